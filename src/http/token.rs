//! `POST /token` (RFC 6749 §3.2).

use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, PRAGMA};
use actix_web::web::Payload;
use actix_web::{HttpMessage, HttpRequest, HttpResponse};

use crate::grant;
use crate::oauth::client_credentials::PresentedClient;
use crate::oauth::token_request::TokenRequest;
use crate::oauth::{OAuthError, Params};

use super::failure::{form_error, oauth_error};
use super::form;
use super::headers::json_with;
use super::log::Subject;
use super::visit::Visit;

/// Answers a token request. Parameters in the query are not looked at.
pub async fn post(request: HttpRequest, payload: Payload) -> HttpResponse {
    let visit = Visit::of(&request);
    let app = &visit.app;
    let form = match form::read(&request, payload).await {
        Ok(form) => form,
        Err(error) => return form_error(app, &error),
    };
    let (client, token_request) = match parse(&request, &form) {
        Ok(parsed) => parsed,
        Err(error) => return oauth_error(app, &error),
    };
    let grant_type = Some(token_request.grant_type().as_str());
    let subject = Subject { client: Some(client.id().chars().take(100).collect()), grant_type };
    request.extensions_mut().insert(subject);
    match grant::token(app, client, token_request, visit.peer).await {
        Ok(tokens) => json_with(app, StatusCode::OK, &tokens, |headers| {
            headers.insert_header((PRAGMA, "no-cache"));
        }),
        Err(error) => oauth_error(app, &error),
    }
}

fn parse(request: &HttpRequest, form: &Params) -> Result<(PresentedClient, TokenRequest), OAuthError> {
    let mut authorization = request.headers().get_all(AUTHORIZATION);
    let header = authorization.next().map(|value| value.to_str().unwrap_or_default());
    if authorization.next().is_some() {
        return Err(OAuthError::invalid_request("the Authorization header was sent twice, send it once"));
    }
    Ok((PresentedClient::read(header, form)?, TokenRequest::parse(form)?))
}

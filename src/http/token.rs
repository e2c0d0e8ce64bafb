//! `POST /token` (RFC 6749 §3.2).

use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, PRAGMA};
use actix_web::web::Payload;
use actix_web::{HttpMessage, HttpRequest, HttpResponse};

use crate::grant::{self, TokenResponse};
use crate::oauth::client_credentials::PresentedClient;
use crate::oauth::token_request::TokenRequest;
use crate::oauth::{ErrorCode, OAuthError, Params};

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
    let (client_id, grant_type) = (client.id().to_owned(), token_request.grant_type().as_str());
    let answer = grant::token(app, client, token_request, visit.peer).await;
    request.extensions_mut().insert(Subject { client: known(client_id, &answer), grant_type: Some(grant_type) });
    match answer {
        Ok(tokens) => json_with(app, StatusCode::OK, &tokens, |headers| {
            headers.insert_header((PRAGMA, "no-cache"));
        }),
        Err(error) => oauth_error(app, &error),
    }
}

/// The client, once it is known to be one: what was sent in its place may be a secret that slipped into the wrong field.
fn known(client_id: String, answer: &Result<TokenResponse, OAuthError>) -> Option<String> {
    let unknown = [ErrorCode::InvalidClient, ErrorCode::TemporarilyUnavailable, ErrorCode::ServerError];
    let is_known = answer.as_ref().err().is_none_or(|error| !unknown.contains(&error.code));
    is_known.then_some(client_id)
}

fn parse(request: &HttpRequest, form: &Params) -> Result<(PresentedClient, TokenRequest), OAuthError> {
    let mut authorization = request.headers().get_all(AUTHORIZATION);
    let header = authorization.next().map(|value| value.to_str().unwrap_or_default());
    if authorization.next().is_some() {
        return Err(OAuthError::invalid_request("the Authorization header was sent twice, send it once"));
    }
    Ok((PresentedClient::read(header, form)?, TokenRequest::parse(form)?))
}

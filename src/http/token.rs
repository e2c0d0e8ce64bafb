//! `POST /token` (RFC 6749 §3.2).

use actix_web::http::StatusCode;
use actix_web::http::header::PRAGMA;
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};

use crate::grant;
use crate::oauth::token_request::TokenRequest;

use super::client;
use super::failure::{form_error, oauth_error};
use super::headers::json_with;
use super::visit::Visit;

/// Answers a token request.
pub async fn post(request: HttpRequest, payload: Payload) -> HttpResponse {
    let visit = Visit::of(&request);
    let app = &visit.app;
    let (client, form) = match client::read(&request, payload).await {
        Ok(read) => read,
        Err(error) => return form_error(app, &error),
    };
    let token_request = match TokenRequest::parse(&form) {
        Ok(parsed) => parsed,
        Err(error) => return oauth_error(app, &error),
    };
    let (client_id, grant_type) = (client.id().to_owned(), token_request.grant_type().as_str());
    let answer = grant::token(app, client, token_request, visit.address).await;
    client::note(&request, client_id, Some(grant_type), &answer);
    match answer {
        Ok(tokens) => json_with(app, StatusCode::OK, &tokens, |headers| {
            headers.insert_header((PRAGMA, "no-cache"));
        }),
        Err(error) => oauth_error(app, &error),
    }
}

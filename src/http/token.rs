//! `POST /token` (RFC 6749 §3.2).

use actix_web::http::StatusCode;
use actix_web::http::header::PRAGMA;
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};

use crate::app::App;
use crate::grant;
use crate::oauth::token_request::TokenRequest;

use super::claimant;
use super::failure::{form_error, oauth_error};
use super::form::FormError;
use super::headers::json_with;
use super::known::Known;
use super::named_client::note_named_client;
use super::visit::Visit;

/// Answers a token request.
pub async fn post(request: HttpRequest, payload: Payload) -> HttpResponse {
    let visit = Visit::of(&request);
    let app = &visit.app;
    let (claimant, form) = match claimant::read(&visit, &request, payload).await {
        Ok(read) => read,
        Err(error) => return unread(app, &error),
    };
    let token_request = match TokenRequest::parse(&form) {
        Ok(parsed) => parsed,
        Err(error) => {
            note_named_client(&visit, claimant.presented.id()).await;
            return unread(app, &FormError::Invalid(error));
        }
    };
    let grant = token_request.grant_type();
    Known::of(&request).grant_type.set(Some(grant.as_str()));
    let answer = grant::token(app, claimant, token_request).await;
    app.metrics.tokens.count_request(Some(grant), answer.as_ref().err().map(|error| error.code));
    match answer {
        Ok(tokens) => json_with(app, StatusCode::OK, &tokens, |headers| {
            headers.insert_header((PRAGMA, "no-cache"));
        }),
        Err(error) => oauth_error(app, &error),
    }
}

/// A request that could not be read.
fn unread(app: &App, error: &FormError) -> HttpResponse {
    app.metrics.tokens.count_request(None, Some(error.code()));
    form_error(app, error)
}

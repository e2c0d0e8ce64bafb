//! `POST /introspect` (RFC 7662 §2).

use actix_web::http::StatusCode;
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};

use crate::grant;

use super::claimant;
use super::failure::{form_error, oauth_error};
use super::headers::json;
use super::visit::Visit;

/// Says what a token is worth, to a client that may know.
pub async fn post(request: HttpRequest, payload: Payload) -> HttpResponse {
    let visit = Visit::of(&request);
    let app = &visit.app;
    let (claimant, token) = match claimant::read_with_token(&visit, &request, payload).await {
        Ok(read) => read,
        Err(error) => return form_error(app, &error),
    };
    match grant::introspect(app, claimant, &token).await {
        Ok(introspection) => json(app, StatusCode::OK, &introspection),
        Err(error) => oauth_error(app, &error),
    }
}

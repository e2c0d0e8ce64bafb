//! `POST /revoke` (RFC 7009 §2).

use actix_web::http::StatusCode;
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};

use crate::grant;

use super::claimant;
use super::failure::{form_error, oauth_error};
use super::headers::json;
use super::visit::Visit;

/// Revokes a token. "The content of the response body is ignored by the client as all necessary information is conveyed in
/// the response code" (§2.2). Some clients read it as JSON all the same, and fail on an empty one: it is an empty object.
pub async fn post(request: HttpRequest, payload: Payload) -> HttpResponse {
    let visit = Visit::of(&request);
    let app = &visit.app;
    let (claimant, token) = match claimant::read_with_token(&visit, &request, payload).await {
        Ok(read) => read,
        Err(error) => return form_error(app, &error),
    };
    match grant::revoke(app, claimant, &token).await {
        Ok(()) => json(app, StatusCode::OK, &serde_json::json!({})),
        Err(error) => oauth_error(app, &error),
    }
}

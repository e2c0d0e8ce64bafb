//! `POST /introspect` (RFC 7662 §2).

use actix_web::http::StatusCode;
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};

use crate::grant;

use super::client;
use super::failure::{form_error, oauth_error};
use super::headers::json;
use super::visit::Visit;

/// Says what a token is worth, to a client that may know.
pub async fn post(request: HttpRequest, payload: Payload) -> HttpResponse {
    let Visit { app, .. } = Visit::of(&request);
    let (client, token) = match client::read_with_token(&request, payload).await {
        Ok(read) => read,
        Err(error) => return form_error(&app, &error),
    };
    let client_id = client.id().to_owned();
    let answer = grant::introspect(&app, client, &token).await;
    client::note(&request, client_id, None, &answer);
    match answer {
        Ok(introspection) => json(&app, StatusCode::OK, &introspection),
        Err(error) => oauth_error(&app, &error),
    }
}

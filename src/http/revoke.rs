//! `POST /revoke` (RFC 7009 §2).

use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};

use crate::grant;

use super::client;
use super::failure::{form_error, oauth_error};
use super::headers::nothing;
use super::visit::Visit;

/// Revokes a token. "The content of the response body is ignored by the client as all necessary information is conveyed in
/// the response code" (§2.2): it is empty.
pub async fn post(request: HttpRequest, payload: Payload) -> HttpResponse {
    let Visit { app, .. } = Visit::of(&request);
    let (client, token) = match client::read_with_token(&request, payload).await {
        Ok(read) => read,
        Err(error) => return form_error(&app, &error),
    };
    let client_id = client.id().to_owned();
    let answer = grant::revoke(&app, client, &token).await;
    client::note(&request, client_id, None, &answer);
    match answer {
        Ok(()) => nothing(&app),
        Err(error) => oauth_error(&app, &error),
    }
}

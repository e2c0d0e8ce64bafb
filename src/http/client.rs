//! What the endpoints have in common that clients authenticate at (RFC 6749 §2.3): the token endpoint, introspection and
//! revocation.

use actix_web::http::header::AUTHORIZATION;
use actix_web::web::Payload;
use actix_web::{HttpMessage, HttpRequest};

use crate::oauth::client_credentials::PresentedClient;
use crate::oauth::{ErrorCode, OAuthError, Params};
use crate::types::Secret;

use super::form::{self, FormError};
use super::log::Subject;

/// The form of a request, and the client that it presents. Parameters in the query are not looked at.
///
/// # Errors
/// [`FormError`], with `invalid_client` or `invalid_request` where the client cannot be read.
pub async fn read(request: &HttpRequest, payload: Payload) -> Result<(PresentedClient, Params), FormError> {
    let form = form::read(request, payload).await?;
    let client = presented(request, &form).map_err(FormError::Invalid)?;
    Ok((client, form))
}

/// The same, with the one parameter of introspection (RFC 7662 §2.1) and revocation (RFC 7009 §2.1). The other,
/// `token_type_hint`, has to be single, and says nothing that the token does not.
///
/// # Errors
/// As [`read`], and `invalid_request` without a token.
pub async fn read_with_token(request: &HttpRequest, payload: Payload) -> Result<(PresentedClient, Secret), FormError> {
    let (client, form) = read(request, payload).await?;
    let token = form.get("token_type_hint").and_then(|_| form.require("token")).map(Secret::new);
    Ok((client, token.map_err(FormError::Invalid)?))
}

fn presented(request: &HttpRequest, form: &Params) -> Result<PresentedClient, OAuthError> {
    let mut authorization = request.headers().get_all(AUTHORIZATION);
    let header = authorization.next().map(|value| value.to_str().unwrap_or_default());
    if authorization.next().is_some() {
        return Err(OAuthError::invalid_request("the Authorization header was sent twice, send it once"));
    }
    PresentedClient::read(header, form)
}

/// Notes for the log who asked for what. The client is named once it is known to be one: what was sent in its place may be
/// a secret that slipped into the wrong field.
pub fn note<T>(
    request: &HttpRequest,
    client_id: String,
    grant_type: Option<&'static str>,
    answer: &Result<T, OAuthError>,
) {
    let unknown = [ErrorCode::InvalidClient, ErrorCode::TemporarilyUnavailable, ErrorCode::ServerError];
    let is_known = answer.as_ref().err().is_none_or(|error| !unknown.contains(&error.code));
    request.extensions_mut().insert(Subject { client: is_known.then_some(client_id), grant_type });
}

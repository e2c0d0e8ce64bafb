//! What the endpoints have in common that clients authenticate at (RFC 6749 §2.3): the token endpoint, introspection and
//! revocation.

use actix_web::HttpRequest;
use actix_web::http::header::AUTHORIZATION;
use actix_web::web::Payload;

use crate::grant::Claimant;
use crate::oauth::client_credentials::PresentedClient;
use crate::oauth::{OAuthError, Params};
use crate::types::Secret;

use super::connection::caller;
use super::form::{self, FormError};
use super::named_client::note_named_client;
use super::visit::Visit;

/// The form of a request, and the client that it presents. Parameters in the query are not looked at.
///
/// # Errors
/// [`FormError`], with `invalid_request` for two methods of authentication, `invalid_client` for none or one that cannot be
/// read.
pub async fn read(visit: &Visit, request: &HttpRequest, payload: Payload) -> Result<(Claimant, Params), FormError> {
    let form = form::read(request, payload).await?;
    let presented = match presented(request, &form) {
        Ok(presented) => presented,
        Err(error) => {
            if let Ok(Some(id)) = form.get("client_id") {
                note_named_client(visit, id).await;
            }
            return Err(FormError::Invalid(error));
        }
    };
    let (app, origin) = (visit.app.clone(), visit.origin);
    let (requester, notes) = (visit.requester.clone(), visit.notes.clone());
    Ok((Claimant { app, presented, origin, caller: caller(request), requester, notes }, form))
}

/// The same, with the one parameter of introspection (RFC 7662 §2.1) and revocation (RFC 7009 §2.1). The other,
/// `token_type_hint`, has to be single, and says nothing that the token does not.
///
/// # Errors
/// As [`read`], and `invalid_request` without a token.
pub async fn read_with_token(
    visit: &Visit,
    request: &HttpRequest,
    payload: Payload,
) -> Result<(Claimant, Secret), FormError> {
    let (claimant, form) = read(visit, request, payload).await?;
    let token = form.get("token_type_hint").and_then(|_| form.require("token")).map(Secret::new);
    match token {
        Ok(token) => Ok((claimant, token)),
        Err(error) => {
            note_named_client(visit, claimant.presented.id()).await;
            Err(FormError::Invalid(error))
        }
    }
}

fn presented(request: &HttpRequest, form: &Params) -> Result<PresentedClient, OAuthError> {
    let mut authorization = request.headers().get_all(AUTHORIZATION);
    let header = authorization.next().map(|value| value.to_str().unwrap_or_default());
    if authorization.next().is_some() {
        return Err(OAuthError::invalid_request("the Authorization header was sent twice, send it once"));
    }
    PresentedClient::read(header, form)
}

//! Request objects (RFC 9101 §6): the step before an authorization request is read. In this order:
//!
//! 1. which object: by value, or by reference to an address that the client registered, and that alone is asked;
//! 2. its header, which says that it is signed;
//! 3. its signature, by a key of the client's;
//! 4. its claims; then its parameters go before those beside it.

use std::borrow::Cow;

use crate::app::App;
use crate::client_keys::ClientKeyError;
use crate::keys::{ClientSigned, VerifyError};
use crate::oauth::authorization_request::MAX_REQUEST;
use crate::oauth::request_object::{RequestObject, Source, TYPES};
use crate::oauth::{Client, ErrorCode, OAuthError, Params};
use crate::outbound::{Purpose, Queue, RETRY_AFTER, Registrant};
use crate::types::Timestamp;

/// The parameters of a request as they count.
pub(super) struct Resolved<'p> {
    /// The parameters: owned where a request object gave some of them.
    pub params: Cow<'p, Params>,
    /// The time from which on the request object is refused.
    pub expires_at: Option<Timestamp>,
}

/// Reads the request object of a request, if there is one.
///
/// # Errors
/// `invalid_request`, `invalid_request_uri`, `invalid_request_object`, `request_not_supported` and
/// `request_uri_not_supported` for an unsigned object (OpenID Connect Core §3.1.2.6), `temporarily_unavailable` where the object
/// or the client's keys cannot be fetched now.
pub(super) async fn resolve<'p>(app: &App, client: &Client, params: &'p Params) -> Result<Resolved<'p>, OAuthError> {
    let Some(source) = Source::of(params, client)? else {
        return Ok(Resolved { params: Cow::Borrowed(params), expires_at: None });
    };
    let token = match source {
        Source::Value(token) => Cow::Borrowed(token),
        Source::Reference(uri) => Cow::Owned(fetch(app, client, uri).await?),
    };
    let object = verify(app, client, &source, &token).await?;
    let expires_at = object.expires_at();
    let resolved = object.parameters(params, client, app.issuer.as_str(), app.clock.now());
    let resolved = resolved.map_err(|reason| source.invalid(&reason))?;
    if resolved.to_query().len() > MAX_REQUEST {
        return Err(source.invalid(&format!("the authorization request is longer than {MAX_REQUEST} bytes")));
    }
    Ok(Resolved { params: Cow::Owned(resolved), expires_at })
}

async fn fetch(app: &App, client: &Client, uri: &str) -> Result<String, OAuthError> {
    let invalid = |description| OAuthError::new(ErrorCode::InvalidRequestUri, description);
    let queue = Queue::new(Purpose::RequestObject, Registrant::of(client.is_self_registered()));
    let body = app.outbound.get(queue, uri).await.map_err(|error| {
        let refused = if error.is_transient() {
            OAuthError::lacking("request_uri could not be fetched now, try again in a while", RETRY_AFTER)
        } else {
            invalid("request_uri could not be fetched")
        };
        refused.with_source(error)
    })?;
    let text = String::from_utf8(body).map_err(|_| invalid("request_uri does not answer with a request object"))?;
    Ok(text.trim().to_owned())
}

async fn verify(app: &App, client: &Client, source: &Source<'_>, token: &str) -> Result<RequestObject, OAuthError> {
    let refused = |error: VerifyError| match error {
        VerifyError::Unsigned => source.unsigned(),
        other => source.invalid(&other.to_string()),
    };
    let signed = ClientSigned::read(token, client.metadata.request_object_signing_alg, &TYPES).map_err(refused)?;
    let verified = app.client_keys.verify(client, &signed).await;
    verified.map_err(|error| match error {
        ClientKeyError::Token(error) => refused(error),
        ClientKeyError::NoKeys => source.invalid("the client has registered no keys, neither jwks nor jwks_uri"),
        error @ ClientKeyError::NotFetched(_) => error.unavailable(),
        // Only the operator learns what a client publishes instead of keys.
        other => source.invalid("the keys of the client could not be read").with_source(other),
    })
}

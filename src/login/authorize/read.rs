//! Reading an authorization request (RFC 6749 §4.1.1), as it comes from a client and on its way through the pages.

use std::borrow::Cow;

use crate::app::App;
use crate::audit::RequestNotes;
use crate::oauth::authorization_request::{AuthorizationPolicy, AuthorizationRequest, MAX_REQUEST};
use crate::oauth::authorize_error::AuthorizeError;
use crate::oauth::redirect_uri::loggable;
use crate::oauth::{Client, OAuthError, Params, RequestFault};
use crate::oidc::check_reachable;

use super::super::named_client::find_named_client;
use super::super::request_object;
use super::{Authorization, Failure};

/// Reads an authorization request (RFC 6749 §4.1.1) as it comes from a client, with its request object.
///
/// # Errors
/// [`Failure::Authorize`], [`Failure::Store`].
pub async fn read(app: &App, params: &Params, notes: &RequestNotes) -> Result<Authorization, Failure> {
    let client = client_of(app, params, notes).await?;
    let resolved = request_object::resolve(app, &client, params).await;
    let refused = |error| Failure::Authorize(AuthorizationRequest::refuse_unread(params, &client, error));
    let resolved = resolved.map_err(refused)?;
    let (had_object, expires_at) = (matches!(resolved.params, Cow::Owned(_)), resolved.expires_at);
    let params = resolved.params.into_owned();
    let authorization = check(app, client, params, notes).await?;
    Ok(Authorization { had_object, expires_at, ..authorization })
}

/// The refusal of a request that is too long to be carried through the pages.
pub async fn refuse_long(app: &App, params: &Params, notes: &RequestNotes) -> Failure {
    let description = format!("the authorization request is longer than {MAX_REQUEST} bytes");
    let error = OAuthError::invalid_request(description).about(RequestFault::TooLong);
    match client_of(app, params, notes).await {
        Ok(client) => Failure::Authorize(AuthorizationRequest::refuse_unread(params, &client, error)),
        Err(failure) => failure,
    }
}

/// Reads a request again, on its way through the pages: its object was read when it came in, and may have ended since.
///
/// # Errors
/// As [`read`].
pub async fn read_again(app: &App, params: Params, notes: &RequestNotes) -> Result<Authorization, Failure> {
    let client = client_of(app, &params, notes).await?;
    check(app, client, params, notes).await
}

async fn client_of(app: &App, params: &Params, notes: &RequestNotes) -> Result<Client, Failure> {
    let client_id = params.require("client_id").map_err(page)?;
    match find_named_client(app, client_id, notes).await? {
        None => Err(unregistered()),
        Some(client) if client.disabled => Err(page(RequestFault::LockedClient.into())),
        Some(client) => Ok(client),
    }
}

async fn check(app: &App, client: Client, params: Params, notes: &RequestNotes) -> Result<Authorization, Failure> {
    let config = &app.config;
    let policy =
        AuthorizationPolicy { client: config.client_policy(&client), resource_patterns: &config.resource_patterns };
    let request = AuthorizationRequest::parse(&params, &client, &policy).map_err(|error| {
        note_redirect_uri(&error, &params, notes);
        Failure::Authorize(error)
    })?;
    let (had_object, expires_at, named) = (false, None, Vec::new());
    let mut authorization = Authorization { client, request, params, had_object, expires_at, named };
    authorization.named = authorization.whom(app).map_err(|error| authorization.refusal(error))?;
    check_reachable(authorization.request.claims.as_ref()).map_err(|error| authorization.refusal(error))?;
    authorization.check_target(app).await?;
    Ok(authorization)
}

fn page(error: OAuthError) -> Failure {
    Failure::Authorize(AuthorizeError::page(error))
}

pub(in crate::login) fn unregistered() -> Failure {
    page(RequestFault::UnknownClient.into())
}

/// Notes the address that an unproven redirect URI leads to.
fn note_redirect_uri(error: &AuthorizeError, params: &Params, notes: &RequestNotes) {
    let AuthorizeError::Page(page) = error else { return };
    if page.error.fault() == RequestFault::UnregisteredRedirectUri
        && let Ok(Some(sent)) = params.get("redirect_uri")
    {
        notes.note_redirect_uri(loggable(sent));
    }
}

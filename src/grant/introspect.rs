//! Introspection (RFC 7662): a resource server asks what a token is worth right now.
//!
//! "The authorization server MUST determine whether or not the token can be used to make a request" (§2.2). A client is
//! told of its own tokens and of those for resources that it serves; any other token is not active, as an unknown one is.
//! Nothing changes by asking: it is no use of a refresh token.

use std::sync::Arc;

use serde::Serialize;

use crate::app::App;
use crate::oauth::handle::Handle;
use crate::oauth::redeem::{Outcome, decide};
use crate::oauth::{Client, ErrorCode, OAuthError, RoleClaims};
use crate::oidc::subject_for;
use crate::store::grants::Found;
use crate::store::{Conn, StoreError, resources, users};
use crate::types::{Secret, Timestamp};

use super::Claimant;
use super::access_token::{AccessToken, Holder, holder};
use super::client_assertion::prove;
use super::client_authentication::authenticate;
use super::presented_token::{PresentedToken, own_grant};
use super::told::roles_told;

/// An introspection response (RFC 7662 §2.2). A token that is not active is described by that alone.
#[derive(Debug, Serialize)]
pub struct Introspection {
    active: bool,
    #[serde(flatten)]
    token: Option<Description>,
}

/// What a client is told of a token.
#[derive(Debug, Serialize)]
struct Description {
    #[serde(skip_serializing_if = "String::is_empty")]
    scope: String,
    client_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<String>,
    /// "Type of the token as defined in Section 5.1 of OAuth 2.0": a refresh token has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    token_type: Option<&'static str>,
    exp: i64,
    iat: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    nbf: Option<i64>,
    sub: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    aud: Option<String>,
    iss: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    jti: Option<String>,
    /// As they are now, not as they were when the token was signed.
    #[serde(flatten)]
    role_claims: RoleClaims,
}

/// What `token` is worth, for a client that may know.
///
/// # Errors
/// `invalid_client`, also for a public client: anybody could be it. `temporarily_unavailable`.
pub async fn introspect(app: &App, claimant: Claimant, token: &Secret) -> Result<Introspection, OAuthError> {
    let claimant = prove(claimant).await?;
    let (unit, now) = (app.clone(), app.clock.now());
    let token = PresentedToken::read(app, token);
    let token = app.store.read(move |conn| describe(conn, &unit, &claimant, &token, now)).await??;
    Ok(Introspection { active: token.is_some(), token })
}

fn describe(
    conn: &mut Conn,
    app: &App,
    claimant: &Claimant,
    token: &PresentedToken,
    now: Timestamp,
) -> Result<Result<Option<Description>, OAuthError>, StoreError> {
    let client = match authenticate(conn, claimant)?.and_then(confidential) {
        Ok(client) => client,
        Err(error) => return Ok(Err(error)),
    };
    Ok(Ok(match token {
        PresentedToken::Access(token) => describe_access_token(conn, &client, token, now)?,
        PresentedToken::Refresh(handle) => describe_refresh_token(conn, app, &client, handle, now)?,
        PresentedToken::Unknown => None,
    }))
}

/// "To prevent token scanning attacks, the endpoint MUST also require some form of authorization to access this endpoint"
/// (RFC 7662 §2.1).
fn confidential(client: Arc<Client>) -> Result<Arc<Client>, OAuthError> {
    if client.is_public() {
        let description = "a public client cannot introspect tokens, it has no credentials";
        return Err(OAuthError::new(ErrorCode::InvalidClient, description));
    }
    Ok(client)
}

fn describe_access_token(
    conn: &mut Conn,
    client: &Client,
    token: &AccessToken,
    now: Timestamp,
) -> Result<Option<Description>, StoreError> {
    let is_own = token.claims.client_id == client.id;
    if !is_own && !client.serves.contains(&token.claims.aud) {
        return Ok(None);
    }
    let Ok(holder) = holder(conn, token, now)? else { return Ok(None) };
    let roles = match &holder {
        Holder::Person(behind) => roles_told(conn, behind.person.id, &token.scope)?,
        Holder::Client => None,
    };
    let registered = match &roles {
        Some(_) => resources::find(conn, &token.claims.aud)?.map(|resource| resource.scope),
        None => None,
    };
    let claims = token.claims.clone();
    Ok(Some(Description {
        scope: claims.scope,
        client_id: claims.client_id,
        username: match holder {
            Holder::Person(behind) => Some(behind.person.username),
            Holder::Client => None,
        },
        token_type: Some("Bearer"),
        exp: claims.exp,
        iat: claims.iat,
        nbf: claims.nbf,
        sub: claims.sub,
        aud: Some(claims.aud),
        iss: claims.iss,
        jti: Some(claims.jti),
        role_claims: roles.map(|roles| RoleClaims::new(&roles, &token.scope, registered.as_ref())).unwrap_or_default(),
    }))
}

/// Only the client that a refresh token was issued to may know of it, and only the current one is active.
fn describe_refresh_token(
    conn: &mut Conn,
    app: &App,
    client: &Client,
    handle: &Handle,
    now: Timestamp,
) -> Result<Option<Description>, StoreError> {
    let Some(Found { grant, owner, .. }) = own_grant(conn, app, client, handle)? else { return Ok(None) };
    if owner.disabled {
        return Ok(None);
    }
    let policy = app.redeem_policy(client);
    if decide(handle.generation, &grant.state, &policy, now) != Outcome::Rotate {
        return Ok(None);
    }
    let Some(person) = users::find(conn, grant.user_id)? else { return Ok(None) };
    let unused_until = grant.state.rotated_at.plus(policy.idle_ttl);
    Ok(Some(Description {
        scope: grant.scope.within(&client.allowed_scope()).to_string(),
        client_id: grant.client_id,
        username: Some(person.username),
        token_type: None,
        exp: grant.state.expires_at.min(unused_until).seconds(),
        iat: grant.state.rotated_at.seconds(),
        nbf: None,
        sub: subject_for(client, grant.user_id, &owner.subject_seed),
        aud: None,
        iss: app.issuer.as_str().to_owned(),
        jti: None,
        role_claims: RoleClaims::default(),
    }))
}

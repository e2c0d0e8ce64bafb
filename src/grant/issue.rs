//! Minting: what a client gets for a grant.

use std::sync::Arc;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::app::{App, Signer};
use crate::oauth::access_token::{ACCESS_TOKEN_TYPE, AccessTokenClaims, TokenId};
use crate::oauth::grant::Grant;
use crate::oauth::{Client, GrantType, OAuthError, Role, RoleClaims, Scope, Target, handle};
use crate::types::Timestamp;

use super::id_token::{IdToken, expiry};

/// A successful token response (RFC 6749 §5.1).
#[derive(Serialize)]
pub struct TokenResponse {
    access_token: String,
    token_type: &'static str,
    expires_in: u64,
    #[serde(skip_serializing_if = "String::is_empty")]
    scope: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
}

/// Which access token to mint for a grant: all of its scope, or less (RFC 6749 §6).
pub(super) struct Wanted {
    /// The scope of this access token.
    pub scope: Scope,
    /// What this access token is for.
    pub target: Target,
    /// The `nonce` to echo; only the code exchange has one.
    pub nonce: Option<String>,
}

/// A grant at its new handle, with what its tokens are minted from. Read in one unit of work.
pub(super) struct Granted {
    /// The client.
    pub client: Arc<Client>,
    /// By which subject the client knows the person.
    pub sub: String,
    /// The grant.
    pub grant: Grant,
    /// Which access token to mint.
    pub wanted: Wanted,
    /// The roles of the person, where the scope of the access token tells of them.
    pub roles: Option<Vec<Role>>,
    /// What the ID token tells of the person, where the request asked for that by name.
    pub told: Map<String, Value>,
}

/// Mints the tokens of a grant that stands at its new handle.
///
/// # Errors
/// `temporarily_unavailable` when the key ring is stale, `server_error`.
pub(super) fn for_grant(app: &App, granted: Granted, now: Timestamp) -> Result<TokenResponse, OAuthError> {
    let Granted { client, sub, grant, wanted, roles, told } = granted;
    let refresh_token = client.has_grant(GrantType::RefreshToken).then(|| refresh_token(app, &grant)).transpose()?;
    let is_authentication = wanted.scope.contains("openid");
    let claims = Access {
        sub: sub.clone(),
        id: TokenId::Grant(grant.id),
        role_claims: roles.map(|roles| role_claims(&grant, &roles, &wanted)).unwrap_or_default(),
        scope: wanted.scope,
        resource: wanted.target.into_uri(),
    };
    let signer = app.signer();
    let (access_token, scope) = access_token(app, &signer, &client, claims, now)?;
    let id_token =
        IdToken { client: &client, sub, grant: &grant, nonce: wanted.nonce, access_token: &access_token, told };
    let id_token = is_authentication.then(|| id_token.mint(app, &signer, now)).transpose()?;
    Ok(response(app, access_token, scope, refresh_token, id_token))
}

/// Mints a token of the client itself (RFC 6749 §4.4.3: "A refresh token SHOULD NOT be included").
///
/// # Errors
/// As [`for_grant`].
pub(super) fn for_client(
    app: &App,
    client: &Client,
    scope: Scope,
    resource: Option<String>,
    now: Timestamp,
) -> Result<TokenResponse, OAuthError> {
    let claims =
        Access { sub: client.id.clone(), id: TokenId::Client, scope, resource, role_claims: RoleClaims::default() };
    let (access_token, scope) = access_token(app, &app.signer(), client, claims, now)?;
    Ok(response(app, access_token, scope, None, None))
}

fn response(
    app: &App,
    access_token: String,
    scope: String,
    refresh_token: Option<String>,
    id_token: Option<String>,
) -> TokenResponse {
    let expires_in = app.config.tokens.access_ttl.as_secs();
    TokenResponse { access_token, token_type: "Bearer", expires_in, scope, refresh_token, id_token }
}

fn refresh_token(app: &App, grant: &Grant) -> Result<String, OAuthError> {
    let key = app.keys.handles.get(grant.handle_key);
    let key = key.ok_or_else(|| OAuthError::server_error("the grant's handle key is not configured"))?;
    Ok(handle::mint(key, grant.id, grant.state.generation, &grant.seed))
}

struct Access {
    sub: String,
    id: TokenId,
    scope: Scope,
    resource: Option<String>,
    role_claims: RoleClaims,
}

/// The claims about roles of an access token.
fn role_claims(grant: &Grant, roles: &[Role], wanted: &Wanted) -> RoleClaims {
    let all = RoleClaims::new(roles, &wanted.scope, wanted.target.registered_scope());
    let has_permissions = all.permissions.is_some();
    let claims = all.fit_for_header();
    if has_permissions && claims.permissions.is_none() {
        tracing::warn!(event = "permissions_left_out", user = %grant.user_id, client = grant.client_id);
    }
    claims
}

/// An access token (RFC 9068) and its scope.
fn access_token(
    app: &App,
    signer: &Signer,
    client: &Client,
    access: Access,
    now: Timestamp,
) -> Result<(String, String), OAuthError> {
    let issuer = app.issuer.as_str();
    let scope = access.scope.to_string();
    let claims = AccessTokenClaims {
        iss: issuer.to_owned(),
        sub: access.sub,
        // "If the request does not include a resource parameter, the authorization server MUST use a default resource
        // indicator in the aud claim" (RFC 9068 §3); for a client without resources that is this server's own UserInfo.
        aud: access.resource.unwrap_or_else(|| issuer.to_owned()),
        client_id: client.id.clone(),
        exp: expiry(now, app.config.tokens.access_ttl),
        iat: now.seconds(),
        nbf: None,
        jti: access.id.mint(&app.rng),
        scope,
        role_claims: access.role_claims,
    };
    Ok((signer.sign(signer.default(), ACCESS_TOKEN_TYPE, &claims)?, claims.scope))
}

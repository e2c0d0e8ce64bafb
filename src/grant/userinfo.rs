//! What an access token is worth at this server itself: `UserInfo` (OpenID Connect Core §5.3).

use std::sync::Arc;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::app::App;
use crate::oauth::{Client, ErrorCode, OAuthError};
use crate::oidc::Opening;
use crate::store::clients;

use super::Requester;
use super::access_token::{Holder, holder, read_access_token};
use super::told::tell;

/// A `UserInfo` response (OpenID Connect Core §5.3.2).
pub enum UserInfo {
    /// As JSON.
    Plain(Claims),
    /// As a JWT, for a client that registered `userinfo_signed_response_alg`.
    Signed(String),
}

/// The claims of a response.
#[derive(Serialize)]
pub struct Claims {
    /// "The `sub` Claim in the `UserInfo` Response MUST be verified to exactly match the `sub` Claim in the ID Token" (§5.3.2).
    sub: String,
    /// "If signed, the `UserInfo` Response SHOULD contain the Claims `iss` (issuer) and `aud` (audience) as members" (§5.3.2).
    #[serde(skip_serializing_if = "Option::is_none")]
    iss: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    aud: Option<String>,
    /// What is told of the person.
    #[serde(flatten)]
    told: Map<String, Value>,
}

/// The claims that an access token opens: those of its scope, and those that were asked for by name. It asks for the `openid`
/// scope, not for an audience. `requester` learns whose token it is.
///
/// # Errors
/// `invalid_token`, `insufficient_scope` (RFC 6750 §3.1), `temporarily_unavailable`.
pub async fn userinfo(app: &App, access_token: &str, requester: &Requester) -> Result<UserInfo, OAuthError> {
    let now = app.clock.now();
    let token = read_access_token(app, access_token).map_err(|error| invalid_token().with_source(error))?;
    let (sub, requester, unit) = (token.claims.sub.clone(), requester.clone(), app.clone());
    let held = app.store.read(move |conn| {
        let client = clients::find(conn, &token.claims.client_id)?.map(Arc::new);
        if let Some(client) = &client {
            requester.is(client);
        }
        let (behind, client) = match (holder(conn, &token, now)?, client) {
            (Err(why), _) => return Ok(Err(invalid_token().with_source(why))),
            _ if !token.scope.contains("openid") => return Ok(Err(without_openid())),
            (Ok(Holder::Person(behind)), Some(client)) => (behind, client),
            (Ok(_), _) => return Ok(Err(invalid_token().with_source("a token of no person"))),
        };
        let opening = Opening {
            table: &unit.config.claims,
            scope: Some(&token.scope),
            client: &client.scope,
            asked: behind.claims.as_ref().map(|claims| &claims.userinfo),
        };
        let told = tell(conn, behind.person, &opening)?;
        Ok(Ok((told, client)))
    });
    let (told, client) = held.await??;
    answer(app, Claims { sub, iss: None, aud: None, told }, &client)
}

fn answer(app: &App, claims: Claims, client: &Client) -> Result<UserInfo, OAuthError> {
    let Some(algorithm) = client.metadata.userinfo_signed_response_alg else { return Ok(UserInfo::Plain(claims)) };
    let claims = Claims { iss: Some(app.issuer.as_str().to_owned()), aud: Some(client.id.clone()), ..claims };
    Ok(UserInfo::Signed(app.signer().sign(algorithm, "JWT", &claims)?))
}

fn without_openid() -> OAuthError {
    let description = "the access token lacks the scope openid, ask for it at the authorization endpoint";
    OAuthError::new(ErrorCode::InsufficientScope, description)
}

fn invalid_token() -> OAuthError {
    OAuthError::new(ErrorCode::InvalidToken, "the access token is expired, revoked, altered or not ours: get a new one")
}

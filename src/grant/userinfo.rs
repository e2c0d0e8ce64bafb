//! What an access token is worth at this server itself: `UserInfo` (OpenID Connect Core §5.3).

use crate::app::App;
use crate::oauth::access_token::{ACCESS_TOKEN_TYPE, AccessTokenClaims, TokenId};
use crate::oauth::{ErrorCode, OAuthError, Scope};
use crate::oidc::{Person, UserInfo};
use crate::store::{clients, grants, users};

/// The claims that an access token opens. It asks for the `openid` scope, not for an audience.
///
/// # Errors
/// `invalid_token`, `insufficient_scope` (RFC 6750 §3.1), `temporarily_unavailable`.
pub async fn userinfo(app: &App, access_token: &str) -> Result<UserInfo, OAuthError> {
    let now = app.clock.now();
    let ring = app.keys.ring.current();
    let claims: AccessTokenClaims =
        ring.verify(access_token, ACCESS_TOKEN_TYPE).map_err(|error| invalid_token().with_source(error))?;
    if !claims.is_current(app.issuer.as_str(), now) {
        return Err(invalid_token().with_source("expired, or another issuer's"));
    }
    let scope = Scope::parse(&claims.scope).map_err(|_| invalid_token())?;
    if !scope.contains("openid") {
        let description = "the access token lacks the scope openid, ask for it at the authorization endpoint";
        return Err(OAuthError::new(ErrorCode::InsufficientScope, description));
    }
    let Some(TokenId::Grant(grant_id)) = TokenId::parse(&claims.jti) else {
        return Err(invalid_token().with_source("a token of no person"));
    };
    let person = app.store.read(move |conn| {
        let Some((grant, false)) = grants::find(conn, grant_id)? else { return Ok(None) };
        let client = clients::find(conn, &grant.client_id)?.filter(|client| !client.disabled);
        if client.is_none() || grant.state.revoked.is_some() {
            return Ok(None);
        }
        users::find(conn, grant.user_id)
    });
    let person = person.await?.ok_or_else(|| invalid_token().with_source("its grant has ended"))?;
    let (username, email, updated_at) = (person.username, person.email, person.updated_at);
    Ok(UserInfo::new(Person { sub: person.id.to_string(), username, email, updated_at }, &scope))
}

fn invalid_token() -> OAuthError {
    OAuthError::new(ErrorCode::InvalidToken, "the access token is expired, revoked, altered or not ours: get a new one")
}

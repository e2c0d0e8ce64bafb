//! What an access token is worth at this server itself: `UserInfo` (OpenID Connect Core §5.3).

use crate::app::App;
use crate::oauth::{ErrorCode, OAuthError};
use crate::oidc::{Person, UserInfo};
use crate::store::clients;

use super::Requester;
use super::access_token::{Holder, holder, read_access_token};
use super::roles::told;

/// The claims that an access token opens. It asks for the `openid` scope, not for an audience. `requester` learns whose
/// token it is.
///
/// # Errors
/// `invalid_token`, `insufficient_scope` (RFC 6750 §3.1), `temporarily_unavailable`.
pub async fn userinfo(app: &App, access_token: &str, requester: &Requester) -> Result<UserInfo, OAuthError> {
    let now = app.clock.now();
    let token = read_access_token(app, access_token).map_err(|error| invalid_token().with_source(error))?;
    let (sub, scope, requester) = (token.claims.sub.clone(), token.scope.clone(), requester.clone());
    let held = app.store.read(move |conn| {
        if let Some(client) = clients::find(conn, &token.claims.client_id)? {
            requester.is(&client);
        }
        let holder = holder(conn, &token, now)?;
        let roles = match &holder {
            Ok(Holder::Person(person)) => told(conn, person.id, &token.scope)?,
            _ => None,
        };
        Ok((holder, roles))
    });
    let (holder, roles) = held.await?;
    let holder = holder.map_err(|why| invalid_token().with_source(why))?;
    if !scope.contains("openid") {
        let description = "the access token lacks the scope openid, ask for it at the authorization endpoint";
        return Err(OAuthError::new(ErrorCode::InsufficientScope, description));
    }
    let Holder::Person(person) = holder else { return Err(invalid_token().with_source("a token of no person")) };
    let person = Person {
        // "The sub Claim in the UserInfo Response MUST be verified to exactly match the sub Claim in the ID Token" (§5.3.2).
        sub,
        username: person.username,
        email: person.email,
        roles: roles.map(|roles| roles.into_iter().map(|role| role.name).collect()),
        updated_at: person.updated_at,
    };
    Ok(UserInfo::new(person, &scope))
}

fn invalid_token() -> OAuthError {
    OAuthError::new(ErrorCode::InvalidToken, "the access token is expired, revoked, altered or not ours: get a new one")
}

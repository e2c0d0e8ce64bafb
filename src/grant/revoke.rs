//! Revocation (RFC 7009): a client says that it needs a token no longer.
//!
//! A refresh token ends its grant, whichever of the grant's refresh tokens it is. An access token ends by itself: it is
//! remembered until its time is over. For a token that is another client's, unknown or over, nothing changes and the answer
//! is the same: "invalid tokens do not cause an error response since the client cannot handle such an error in a reasonable
//! way" (§2.2).

use crate::app::App;
use crate::audit::Event;
use crate::oauth::access_token::TokenId;
use crate::oauth::grant::RevocationReason;
use crate::oauth::handle::Handle;
use crate::oauth::{Client, OAuthError};
use crate::store::grants::{self, Found};
use crate::store::{Conn, StoreError, access_tokens};
use crate::types::{Id, Secret, Timestamp};

use super::Claimant;
use super::access_token::AccessToken;
use super::client_assertion::prove;
use super::client_authentication::authenticate;
use super::presented_token::{PresentedToken, own_grant};

/// What was revoked, for the log.
struct Revoked {
    token: &'static str,
    grant: Option<Id>,
    client: String,
}

/// Revokes `token`, if it is the client's; it is durable when this returns.
///
/// # Errors
/// `invalid_client`, `temporarily_unavailable`: "the client must assume the token still exists and may retry after a
/// reasonable delay" (RFC 7009 §2.2.1).
pub async fn revoke(app: &App, claimant: Claimant, token: &Secret) -> Result<(), OAuthError> {
    let claimant = prove(claimant).await?;
    let (unit, now, origin) = (app.clone(), app.clock.now(), claimant.origin);
    let token = PresentedToken::read(app, token);
    let revoked = app.store.write_one(move |conn| {
        let client = match authenticate(conn, &claimant)? {
            Ok(client) => client,
            Err(error) => return Ok(Err(error)),
        };
        let revoked = match &token {
            PresentedToken::Access(token) => revoke_access_token(conn, &client, token)?,
            PresentedToken::Refresh(handle) => revoke_grant(conn, &unit, &client, handle, now)?,
            PresentedToken::Unknown => None,
        };
        Ok(Ok(revoked))
    });
    let revoked = match revoked.await {
        // Another node revoked the same token at the same moment, and has committed.
        Err(StoreError::Exists) => None,
        other => other??,
    };
    if let Some(Revoked { token, grant, client }) = revoked {
        Event::TokenRevoked { client: &client, grant, token }.write(&origin);
    }
    Ok(())
}

fn revoke_access_token(conn: &mut Conn, client: &Client, token: &AccessToken) -> Result<Option<Revoked>, StoreError> {
    let claims = &token.claims;
    let grant = match token.id {
        TokenId::Grant(id) => Some(id),
        TokenId::Client => None,
    };
    if claims.client_id != client.id || access_tokens::is_revoked(conn, &claims.jti)? || has_ended(conn, grant)? {
        return Ok(None);
    }
    access_tokens::revoke(conn, &claims.jti, Timestamp::from_seconds(claims.exp))?;
    Ok(Some(Revoked { token: "access_token", grant, client: client.id.clone() }))
}

/// Whether a grant is gone or revoked, with its tokens and for good: a person or client that is switched off may come back.
fn has_ended(conn: &mut Conn, grant: Option<Id>) -> Result<bool, StoreError> {
    let Some(grant) = grant else { return Ok(false) };
    Ok(access_tokens::behind(conn, grant)?.is_none_or(|behind| behind.revoked))
}

/// "The authorization server SHOULD also invalidate all access tokens based on the same authorization grant" (RFC 7009 §2.1):
/// they end with the row.
fn revoke_grant(
    conn: &mut Conn,
    app: &App,
    client: &Client,
    handle: &Handle,
    now: Timestamp,
) -> Result<Option<Revoked>, StoreError> {
    let Some(Found { grant, .. }) = own_grant(conn, app, client, handle)? else { return Ok(None) };
    if grant.state.revoked.is_some() {
        return Ok(None);
    }
    grants::revoke(conn, grant.id, RevocationReason::Client, now)?;
    Ok(Some(Revoked { token: "refresh_token", grant: Some(grant.id), client: client.id.clone() }))
}

//! Access tokens that come back to this server, and what they are worth: for every endpoint that takes one.
//!
//! 1. form and signature, by the key ring;
//! 2. issuer and times;
//! 3. what may have ended it since, in a unit of work.

use crate::app::App;
use crate::keys::VerifyError;
use crate::oauth::Scope;
use crate::oauth::access_token::{ACCESS_TOKEN_TYPE, AccessTokenClaims, TokenId};
use crate::store::access_tokens::{self, Behind};
use crate::store::{Conn, StoreError, clients};
use crate::types::Timestamp;

/// An access token that we signed, whose time has come and is not over.
pub struct AccessToken {
    /// What it says.
    pub claims: AccessTokenClaims,
    /// What it allows.
    pub scope: Scope,
    /// Its `jti`, read.
    pub id: TokenId,
}

/// Why a text is not a current access token. It is for the log: whoever presented it gets one answer.
#[derive(Debug, thiserror::Error)]
pub enum NotCurrent {
    /// It is not an access token that we signed.
    #[error(transparent)]
    Form(#[from] VerifyError),
    /// It is another issuer's, or its time has not come or is over.
    #[error("expired, not yet good, or another issuer's")]
    Time,
    /// We signed it, and cannot have meant it.
    #[error("its scope, jti or sub is none that we write")]
    Claims,
}

/// Reads an access token, without asking whether anything ended it before its time.
///
/// # Errors
/// [`NotCurrent`].
pub fn read_access_token(app: &App, token: &str) -> Result<AccessToken, NotCurrent> {
    let claims: AccessTokenClaims = app.keys.ring.current().verify(token, ACCESS_TOKEN_TYPE)?;
    if !claims.is_current(app.issuer.as_str(), app.clock.now()) {
        return Err(NotCurrent::Time);
    }
    let scope = Scope::parse(&claims.scope).map_err(|_| NotCurrent::Claims)?;
    let id = TokenId::parse(&claims.jti).ok_or(NotCurrent::Claims)?;
    if id == TokenId::Client && claims.sub != claims.client_id {
        return Err(NotCurrent::Claims);
    }
    Ok(AccessToken { claims, scope, id })
}

/// Who an access token acts for.
pub(super) enum Holder {
    /// A person.
    Person(Box<Behind>),
    /// The client itself.
    Client,
}

/// Who an access token acts for, or why it is not good any more.
pub(super) fn holder(
    conn: &mut Conn,
    token: &AccessToken,
    now: Timestamp,
) -> Result<Result<Holder, &'static str>, StoreError> {
    if access_tokens::is_revoked(conn, &token.claims.jti)? {
        return Ok(Err("revoked"));
    }
    let TokenId::Grant(grant) = token.id else {
        return Ok(match clients::tokens_since(conn, &token.claims.client_id)? {
            None => Err("its client is gone"),
            Some(since) if Timestamp::from_seconds(token.claims.iat) < since => Err("its client was locked since"),
            Some(_) => Ok(Holder::Client),
        });
    };
    Ok(match access_tokens::behind(conn, grant)? {
        None => Err("its grant is gone"),
        Some(behind) if behind.revoked || now >= behind.expires_at => Err("its grant has ended"),
        Some(behind) if behind.client_disabled => Err("its client is disabled"),
        Some(behind) if behind.person.disabled => Err("its person is disabled"),
        Some(behind) => Ok(Holder::Person(Box::new(behind))),
    })
}

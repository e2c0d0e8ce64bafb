//! The grant: what a person authorized. One row, of which codes and refresh tokens are successive handles.

use std::time::Duration;

use crate::types::{Id, Timestamp};

use super::claims_request::ClaimsRequest;
use super::{Client, ErrorCode, OAuthError, Scope};

/// A grant as stored.
#[derive(Clone, Debug)]
pub struct Grant {
    /// Its id, which is part of every handle and of every access token's `jti`.
    pub id: Id,
    /// The person.
    pub user_id: Id,
    /// The client.
    pub client_id: String,
    /// The browser session that it was made in; none with the password grant.
    pub sid: Option<Id>,
    /// What was authorized. A narrower access token does not change it (RFC 6749 §6).
    pub scope: Scope,
    /// The resource that access tokens are for (RFC 8707).
    pub resource: Option<String>,
    /// The redirect URI that the code was sent to.
    pub redirect_uri: Option<String>,
    /// The `nonce` of the authentication request (OpenID Connect Core §3.1.2.1).
    pub nonce: Option<String>,
    /// The S256 code challenge (RFC 7636 §4.2).
    pub code_challenge: Option<String>,
    /// When the person authenticated.
    pub auth_time: Timestamp,
    /// How the person authenticated (RFC 8176), space separated.
    pub amr: String,
    /// Which handle key its handles are made with.
    pub handle_key: i32,
    /// 32 random bytes that its handles are made with.
    pub seed: Vec<u8>,
    /// Claims that the request asked for by name (OpenID Connect Core §5.5).
    pub claims: Option<ClaimsRequest>,
    /// Where it stands.
    pub state: GrantState,
}

impl Grant {
    /// What is left of its scope: what the client lost since is gone.
    ///
    /// # Errors
    /// `invalid_scope` when all of it is.
    pub fn left_to(&self, client: &Client) -> Result<Scope, OAuthError> {
        let left = self.scope.within(&client.allowed_scope());
        if left.is_empty() && !self.scope.is_empty() {
            let description = "the client may not use any scope of this grant any more, its operator can allow it";
            return Err(OAuthError::new(ErrorCode::InvalidScope, description));
        }
        Ok(left)
    }
}

/// The part of a grant that decides what a handle is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GrantState {
    /// The current handle: 0 is the authorization code, n the n-th refresh token.
    pub generation: u32,
    /// When the current handle was made.
    pub rotated_at: Timestamp,
    /// The latest generation that was repeated late, and how many in a row were.
    pub repeats: Repeats,
    /// When the grant ends whatever happens.
    pub expires_at: Timestamp,
    /// Why it ended, if it did.
    pub revoked: Option<Revocation>,
}

impl GrantState {
    /// A grant that is made at `now` and ends after `lifetime` at the latest, standing at the handle of `generation`.
    #[must_use]
    pub fn new(generation: u32, now: Timestamp, lifetime: Duration) -> Self {
        Self { generation, rotated_at: now, repeats: Repeats::default(), expires_at: now.plus(lifetime), revoked: None }
    }
}

/// Consecutive generations whose predecessor was presented again, later than two tabs would.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Repeats {
    /// The latest of them.
    pub generation: u32,
    /// How many there are.
    pub count: u32,
}

/// The end of a grant before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: RevocationReason,
}

/// Why a grant was revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RevocationReason {
    /// A handle was presented again after its successor was used (RFC 9700 §4.14.2).
    Reuse,
    /// A code came with a well-formed but wrong `code_verifier`.
    WrongVerifier,
    /// Three generations in a row were repeated late: somebody follows the owner.
    Shadowed,
    /// A handle was newer than the row: the database was restored from a backup.
    Ahead,
    /// A handle was presented after the end of the grant, or of its unused handle.
    Expired,
    /// The person signed out of the session that it was bound to, or was signed out.
    SignedOut,
    /// The consent that it stood on was withdrawn.
    ConsentWithdrawn,
    /// The person was locked.
    PersonLocked,
    /// The person got a new password.
    PasswordSet,
    /// The client was locked.
    ClientLocked,
    /// It made room for a newer one of the same person and client.
    Evicted,
    /// An administrator ended it.
    Administrator,
    /// Its client gave it back (RFC 7009).
    Client,
    /// A newer version ended it, for a reason that this one does not know.
    Unknown,
}

impl RevocationReason {
    const ALL: [Self; 14] = [
        Self::Reuse,
        Self::WrongVerifier,
        Self::Shadowed,
        Self::Ahead,
        Self::Expired,
        Self::SignedOut,
        Self::ConsentWithdrawn,
        Self::PersonLocked,
        Self::PasswordSet,
        Self::ClientLocked,
        Self::Evicted,
        Self::Administrator,
        Self::Client,
        Self::Unknown,
    ];

    /// As stored and logged.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reuse => "reuse",
            Self::WrongVerifier => "wrong_verifier",
            Self::Shadowed => "shadowed",
            Self::Ahead => "ahead",
            Self::Expired => "expired",
            Self::SignedOut => "signed_out",
            Self::ConsentWithdrawn => "consent_withdrawn",
            Self::PersonLocked => "person_locked",
            Self::PasswordSet => "password_set",
            Self::ClientLocked => "client_locked",
            Self::Evicted => "evicted",
            Self::Administrator => "administrator",
            Self::Client => "client",
            Self::Unknown => "unknown",
        }
    }

    /// The reason of a stored name. Whatever it is, the grant has ended.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        Self::ALL.into_iter().find(|reason| reason.as_str() == text).unwrap_or(Self::Unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_read_back_and_one_of_a_newer_version_ends_the_grant_as_well() {
        for reason in RevocationReason::ALL {
            assert_eq!(RevocationReason::parse(reason.as_str()), reason);
        }
        assert_eq!(RevocationReason::parse("of next year"), RevocationReason::Unknown);
    }
}

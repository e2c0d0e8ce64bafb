//! JWT access tokens (RFC 9068): their claims, and a `jti` that leads to the grant.

use serde::{Deserialize, Serialize};

use super::RoleClaims;
use crate::types::{Id, Rng, Timestamp, base64url};

/// The `typ` of an access token (RFC 9068 §2.1).
pub const ACCESS_TOKEN_TYPE: &str = "at+jwt";

/// The claims of an access token (RFC 9068 §2.2).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AccessTokenClaims {
    /// The issuer.
    pub iss: String,
    /// The person, or the client where no person is involved.
    pub sub: String,
    /// The one resource that it is for.
    pub aud: String,
    /// The client that it was issued to.
    pub client_id: String,
    /// When it ends, in seconds since the epoch.
    pub exp: i64,
    /// When it was issued, in seconds since the epoch.
    pub iat: i64,
    /// When it begins, in seconds since the epoch; ours begin at once and do not say so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nbf: Option<i64>,
    /// Its id, a [`TokenId`].
    pub jti: String,
    /// What it allows; absent when nothing was asked for.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub scope: String,
    /// The roles of the person (RFC 9068 §2.2.3.1), where the scope opens them.
    #[serde(flatten)]
    pub role_claims: RoleClaims,
}

impl AccessTokenClaims {
    /// Whether it is from `issuer`, its time has come and has not passed.
    #[must_use]
    pub fn is_current(&self, issuer: &str, now: Timestamp) -> bool {
        self.iss == issuer && now.seconds() < self.exp && self.nbf.is_none_or(|nbf| nbf <= now.seconds())
    }
}

/// The id of an access token. Tokens are not stored; that of a grant carries the grant's id, so that what ended the grant
/// ends the token wherever it is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenId {
    /// A token of a grant.
    Grant(Id),
    /// A token of the client itself (RFC 6749 §4.4).
    Client,
}

const SALT: usize = 8;

impl TokenId {
    /// A new `jti`, different each time.
    #[must_use]
    pub fn mint(self, rng: &Rng) -> String {
        match self {
            Self::Grant(id) => base64url::encode([id.as_bytes().as_slice(), &rng.bytes::<SALT>()].concat()),
            Self::Client => base64url::encode(rng.bytes::<16>()),
        }
    }

    /// Reads a `jti` that we minted.
    #[must_use]
    pub fn parse(jti: &str) -> Option<Self> {
        let bytes = base64url::decode(jti)?;
        match bytes.len() {
            16 => Some(Self::Client),
            length if length == 16 + SALT => Id::from_slice(&bytes[..16]).map(Self::Grant),
            _ => None,
        }
    }
}

//! `id_token_hint`: an ID token of ours that comes back to say whom it is about (OpenID Connect Core §3.1.2.1,
//! OpenID Connect RP-Initiated Logout §2). That it has expired does not matter; it authorizes nothing.

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::types::Id;

/// What counts of a token that we once signed.
#[derive(Clone, Debug, Deserialize)]
pub struct IdTokenHint {
    iss: String,
    aud: String,
    /// Whom it is about, as the client knows them.
    pub sub: String,
    sid: Option<String>,
    /// When it was issued, in seconds since the epoch.
    pub iat: i64,
    /// What else we sign under this type never ends.
    #[serde(rename = "exp")]
    _ends: IgnoredAny,
}

impl IdTokenHint {
    /// Whether this issuer said it.
    #[must_use]
    pub fn is_of(&self, issuer: &str) -> bool {
        self.iss == issuer
    }

    /// The client that it was said to.
    #[must_use]
    pub fn client_id(&self) -> &str {
        &self.aud
    }

    /// The browser session that it was issued in; only the tokens of clients that hear of a session's end name it.
    #[must_use]
    pub fn sid(&self) -> Option<Id> {
        self.sid.as_deref().and_then(Id::parse)
    }
}

//! The logout token (OpenID Connect Back-Channel Logout §2.4).

use serde::Serialize;

/// "It is RECOMMENDED that Logout Tokens […] be explicitly typed […] using the value `logout+jwt`" (§2.4).
pub const LOGOUT_TOKEN_TYPE: &str = "logout+jwt";

/// The claims of a logout token. There is no `nonce`: "a `nonce` Claim MUST NOT be present" (§2.4), so that it is never
/// taken for an ID token.
#[derive(Clone, Debug, Serialize)]
pub struct LogoutTokenClaims {
    /// The issuer.
    pub iss: String,
    /// The client.
    pub aud: String,
    /// When it was issued, in seconds since the epoch.
    pub iat: i64,
    /// When it ends, in seconds since the epoch: "preferably at most two minutes in the future" (§4).
    pub exp: i64,
    /// Tells it from all others.
    pub jti: String,
    /// The person, as the client knows them.
    pub sub: String,
    /// The browser session that ended.
    pub sid: String,
    events: Events,
}

/// "a JSON object with the member name `http://schemas.openid.net/event/backchannel-logout`" (§2.4).
#[derive(Clone, Debug, Serialize)]
struct Events {
    #[serde(rename = "http://schemas.openid.net/event/backchannel-logout")]
    backchannel_logout: Nothing,
}

/// "The corresponding member value MUST be a JSON object and SHOULD be the empty JSON object" (§2.4).
#[derive(Clone, Debug, Serialize)]
struct Nothing {}

impl LogoutTokenClaims {
    /// Says to a client that a session has ended.
    #[must_use]
    pub fn new(iss: String, aud: String, (sub, sid): (String, String), jti: String, iat: i64, exp: i64) -> Self {
        Self { iss, aud, iat, exp, jti, sub, sid, events: Events { backchannel_logout: Nothing {} } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_has_what_the_specification_asks_for_and_no_nonce() {
        let of = ("person".to_owned(), "session".to_owned());
        let claims =
            LogoutTokenClaims::new("https://login.example".to_owned(), "web".to_owned(), of, "1".to_owned(), 2, 3);
        let expected = serde_json::json!({
            "iss": "https://login.example", "aud": "web", "iat": 2, "exp": 3, "jti": "1", "sub": "person", "sid": "session",
            "events": {"http://schemas.openid.net/event/backchannel-logout": {}}
        });
        assert_eq!(serde_json::to_value(claims).unwrap(), expected);
    }
}

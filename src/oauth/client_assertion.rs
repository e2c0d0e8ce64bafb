//! Client assertions: a client that authenticates by a JWT which it signs (RFC 7523 §2.2 and §3, OpenID Connect Core §9).

use std::time::Duration;

use serde::Deserialize;

use crate::types::{Timestamp, base64url, has_control};

use super::jwt_claims::{Audience, LEEWAY, NumericDate, Times};

/// The one `client_assertion_type` that there is (RFC 7523 §2.2).
pub const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// The types that an assertion may have, where it says one.
pub const TYPES: [&str; 2] = ["JWT", "client-authentication+jwt"];
/// How far ahead an assertion may end: until then it is remembered.
const MAX_LIFE: Duration = Duration::from_secs(300);
/// The longest `jti`, in bytes.
const MAX_JTI: usize = 512;

/// The claims of an assertion.
#[derive(Clone, Debug, Deserialize)]
pub struct AssertionClaims {
    iss: String,
    sub: String,
    aud: Audience,
    jti: String,
    exp: NumericDate,
    nbf: Option<NumericDate>,
    iat: Option<NumericDate>,
}

/// An assertion that is in order: what has to be remembered, so that it is used once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsedOnce {
    /// Its `jti`, unique among those of its client.
    pub jti: String,
    /// From when on nobody accepts it any more.
    pub until: Timestamp,
}

impl AssertionClaims {
    /// Checks the claims of an assertion by `client_id` whose signature is right. `audiences` are this server's names.
    ///
    /// # Errors
    /// Which claim is not right, for the log.
    pub fn check(self, client_id: &str, audiences: &[&str], now: Timestamp) -> Result<UsedOnce, &'static str> {
        // "For client authentication, the subject MUST be the "client_id" of the OAuth client" (RFC 7523 §3); OpenID
        // Connect Core §9 says the same of the issuer.
        if self.iss != client_id || self.sub != client_id {
            return Err("its iss and sub are not both the client_id");
        }
        if !self.aud.single().is_some_and(|audience| audiences.contains(&audience)) {
            return Err("its aud is not the issuer, alone");
        }
        Times { exp: Some(self.exp), nbf: self.nbf, iat: self.iat }.check(now)?;
        let NumericDate(exp) = self.exp;
        // "The authorization server may reject JWTs with an "exp" claim value that is unreasonably far in the future".
        if exp > now.plus(MAX_LIFE + LEEWAY) {
            return Err("its exp is more than five minutes ahead");
        }
        if self.jti.is_empty() || self.jti.len() > MAX_JTI {
            return Err("its jti is empty or longer than 512 bytes");
        }
        Ok(UsedOnce { jti: self.jti, until: exp.plus(LEEWAY) })
    }
}

/// Whom an assertion speaks of. Nothing about it is proven.
#[must_use]
pub fn claimed_subject(assertion: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Subject {
        sub: String,
    }
    let claims = base64url::decode(assertion.split('.').nth(1)?)?;
    serde_json::from_slice::<Subject>(&claims)
        .ok()
        .map(|subject| subject.sub)
        .filter(|sub| !sub.is_empty() && !has_control(sub))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);
    const ISSUER: &str = "https://login.example";

    fn claims() -> Value {
        json!({ "iss": "web", "sub": "web", "aud": ISSUER, "jti": "1", "exp": NOW.seconds() + 60 })
    }

    fn check(change: impl FnOnce(&mut Value)) -> Option<Result<UsedOnce, &'static str>> {
        let mut claims = claims();
        change(&mut claims);
        let read: AssertionClaims = serde_json::from_value(claims).ok()?;
        Some(read.check("web", &[ISSUER, "https://login.example/token"], NOW))
    }

    #[test]
    fn what_is_in_order_is_remembered_until_nobody_accepts_it() {
        let used = UsedOnce { jti: "1".to_owned(), until: NOW.plus(Duration::from_secs(90)) };
        assert_eq!(check(|_| ()), Some(Ok(used.clone())));
        for aud in [json!([ISSUER]), json!("https://login.example/token"), json!(["https://login.example/token"])] {
            assert_eq!(check(|claims| claims["aud"] = aud), Some(Ok(used.clone())));
        }
        assert!(check(|claims| claims["exp"] = json!(NOW.seconds() + 330)).unwrap().is_ok());
    }

    #[test]
    fn every_claim_counts() {
        for (name, wrong) in [
            ("iss", json!("evil")),
            ("sub", json!("evil")),
            ("aud", json!("https://other.example")),
            ("aud", json!(["https://login.example", "https://other.example"])),
            ("aud", json!([])),
            ("aud", json!("https://login.example/")),
            ("exp", json!(NOW.seconds() - 30)),
            ("exp", json!(NOW.seconds() + 331)),
            ("exp", json!(NOW.seconds() + 315_360_000)),
            ("nbf", json!(NOW.seconds() + 31)),
            ("iat", json!(NOW.seconds() + 31)),
            ("jti", json!("")),
            ("jti", json!("x".repeat(513))),
        ] {
            assert!(check(|claims| claims[name] = wrong.clone()).unwrap().is_err(), "{name}: {wrong}");
        }
        for missing in ["iss", "sub", "aud", "exp", "jti"] {
            assert_eq!(check(|claims| drop(claims.as_object_mut().unwrap().remove(missing))), None, "{missing}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_assertion_makes_it_panic(text: String) {
            let _ = claimed_subject(&text);
        }
    }
}

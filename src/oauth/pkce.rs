//! Proof Key for Code Exchange (RFC 7636), S256 only.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use ring::digest::{SHA256, digest};
use serde::Deserialize;

use crate::types::base64url;

/// Which clients have to send a code challenge, as far as the server decides. "Public clients MUST use PKCE […]. For confidential clients, the use of PKCE is
/// RECOMMENDED" (RFC 9700 §2.1.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum PkceRule {
    /// Everybody.
    #[default]
    #[serde(rename = "always")]
    Always,
    /// Whoever has no credentials.
    #[serde(rename = "public-clients")]
    PublicClients,
}

impl PkceRule {
    /// Every name, as [`PkceRule::as_str`] gives them.
    pub const NAMES: [&str; 2] = ["always", "public-clients"];

    /// As it is spelled in the configuration.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::PublicClients => "public-clients",
        }
    }
}

/// Why a verifier was not accepted. The difference matters: only a well-formed wrong one burns the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerifierError {
    /// None was sent for a challenge.
    Missing,
    /// One was sent for no challenge: somebody may have taken the challenge out of the request (RFC 9700 §2.1.1).
    Unexpected,
    /// It is not 43 to 128 unreserved characters (RFC 7636 §4.1).
    Malformed,
    /// It does not hash to the challenge (RFC 7636 §4.6).
    Wrong,
}

/// Whether a `code_challenge` can be the S256 of anything: the base64url of 32 bytes (RFC 7636 §4.2).
#[must_use]
pub fn is_s256_challenge(challenge: &str) -> bool {
    base64url::decode(challenge).is_some_and(|hash| hash.len() == 32)
}

/// Whether a verifier fits what the request had: a challenge or none.
///
/// # Errors
/// [`VerifierError`].
pub fn check(challenge: Option<&str>, verifier: Option<&str>) -> Result<(), VerifierError> {
    match (challenge, verifier) {
        (Some(challenge), verifier) => verify(challenge, verifier),
        (None, None) => Ok(()),
        (None, Some(_)) => Err(VerifierError::Unexpected),
    }
}

/// "If the values are equal, the token endpoint MUST continue processing as normal" (RFC 7636 §4.6).
///
/// # Errors
/// [`VerifierError`].
fn verify(challenge: &str, verifier: Option<&str>) -> Result<(), VerifierError> {
    let verifier = verifier.ok_or(VerifierError::Missing)?;
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    if !(43..=128).contains(&verifier.len()) || !verifier.bytes().all(unreserved) {
        return Err(VerifierError::Malformed);
    }
    let computed = base64url::encode(digest(&SHA256, verifier.as_bytes()));
    verify_slices_are_equal(computed.as_bytes(), challenge.as_bytes()).map_err(|_| VerifierError::Wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn rfc_7636_appendix_b() {
        assert_eq!(verify(CHALLENGE, Some(VERIFIER)), Ok(()));
        assert!(is_s256_challenge(CHALLENGE));
    }

    #[test]
    fn only_a_well_formed_verifier_can_be_wrong() {
        assert_eq!(verify(CHALLENGE, None), Err(VerifierError::Missing));
        assert_eq!(verify(CHALLENGE, Some(&VERIFIER[..42])), Err(VerifierError::Malformed));
        assert_eq!(verify(CHALLENGE, Some(&"a".repeat(129))), Err(VerifierError::Malformed));
        assert_eq!(verify(CHALLENGE, Some(&"é".repeat(43))), Err(VerifierError::Malformed));
        assert_eq!(verify(CHALLENGE, Some(CHALLENGE)), Err(VerifierError::Wrong));
    }

    #[test]
    fn a_challenge_has_one_spelling() {
        for challenge in
            ["", "short", &format!("{CHALLENGE}="), &CHALLENGE[..42], &format!("{CHALLENGE}A"), &"+".repeat(43)]
        {
            assert!(!is_s256_challenge(challenge), "{challenge}");
        }
    }
}

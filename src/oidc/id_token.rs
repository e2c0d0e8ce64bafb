//! The `id_token` (OpenID Connect Core §2).

use ring::digest::{SHA256, SHA512, digest};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::types::base64url;

/// The claims of an `id_token`.
#[derive(Clone, Debug, Serialize)]
pub struct IdTokenClaims {
    /// The issuer.
    pub iss: String,
    /// The person.
    pub sub: String,
    /// The client.
    pub aud: String,
    /// When it ends, in seconds since the epoch.
    pub exp: i64,
    /// When it was issued, in seconds since the epoch.
    pub iat: i64,
    /// When the person authenticated, in seconds since the epoch.
    pub auth_time: i64,
    /// The `nonce` of the request; "the `nonce` Claim SHOULD NOT be present" after a refresh (§12.2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// The left half of the access token's hash (§3.1.3.6).
    pub at_hash: String,
    /// How far that is to be trusted.
    pub acr: &'static str,
    /// How the person authenticated (RFC 8176).
    pub amr: Vec<String>,
    /// The browser session, for clients that are told when it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// Claims about the person: those of scopes where the client's policy says so, and those that the request named (§5.5).
    #[serde(flatten)]
    pub told: Map<String, Value>,
}

/// "The hash algorithm used is the hash algorithm used in the `alg` Header Parameter of the ID Token's JOSE Header"
/// (OpenID Connect Core §3.1.3.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HashAlgorithm {
    /// RS256, PS256, ES256.
    Sha256,
    /// `EdDSA` with Ed25519 (RFC 8032 §5.1).
    Sha512,
}

/// "the base64url encoding of the left-most half of the hash of the octets of the ASCII representation of the
/// `access_token` value" (OpenID Connect Core §3.1.3.6).
#[must_use]
pub fn at_hash(access_token: &str, algorithm: HashAlgorithm) -> String {
    let hash = match algorithm {
        HashAlgorithm::Sha256 => digest(&SHA256, access_token.as_bytes()),
        HashAlgorithm::Sha512 => digest(&SHA512, access_token.as_bytes()),
    };
    let hash = hash.as_ref();
    base64url::encode(&hash[..hash.len() / 2])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_openid_connect_core() {
        // Appendix A.3: the access token and at_hash of its example id_token.
        assert_eq!(
            at_hash("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y", HashAlgorithm::Sha256),
            "77QmUPtjPfzWtF2AnpK9RQ"
        );
    }
}

//! The signature algorithms, as `jsonwebtoken` calls them.

use crate::types::Algorithm;

/// The same algorithm; `None` for HMAC and everything else that we do not sign with.
pub(super) const fn from_jsonwebtoken(algorithm: jsonwebtoken::Algorithm) -> Option<Algorithm> {
    match algorithm {
        jsonwebtoken::Algorithm::RS256 => Some(Algorithm::Rs256),
        jsonwebtoken::Algorithm::PS256 => Some(Algorithm::Ps256),
        jsonwebtoken::Algorithm::ES256 => Some(Algorithm::Es256),
        jsonwebtoken::Algorithm::EdDSA => Some(Algorithm::EdDsa),
        _ => None,
    }
}

impl From<Algorithm> for jsonwebtoken::Algorithm {
    fn from(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Rs256 => Self::RS256,
            Algorithm::Ps256 => Self::PS256,
            Algorithm::Es256 => Self::ES256,
            Algorithm::EdDsa => Self::EdDSA,
        }
    }
}

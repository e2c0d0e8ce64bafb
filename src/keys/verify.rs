//! The checks on a token that comes back, in the order in which they are made:
//!
//! 1. its length, before anything is decoded;
//! 2. its header brings no key of its own and no extension (RFC 7515 §4.1);
//! 3. its `kid` is one of ours, and its `alg` is that key's (RFC 8725 §3.1);
//! 4. its `typ` is the expected one (RFC 8725 §3.11);
//! 5. its signature (RFC 7515 §5.2);
//! 6. its claims have the expected form.

use std::collections::BTreeMap;

use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Deserializer};

use super::provider::PublicKey;
use super::{Algorithm, KeyError, KeyState, PublicJwk, StoredKey, VerifyError};
use crate::types::base64url;

/// The longest token that is looked at, in bytes.
pub const MAX_TOKEN_LEN: usize = 16 * 1024;

/// The public halves of a ring, by `kid`. They are parsed once, here.
#[derive(Default)]
pub(super) struct Verifiers(BTreeMap<String, Verifier>);

struct Verifier {
    algorithm: Algorithm,
    state: KeyState,
    key: PublicKey,
}

impl Verifiers {
    pub(super) fn insert(&mut self, public: &PublicJwk, stored: &StoredKey) -> Result<(), KeyError> {
        let StoredKey { algorithm, state, .. } = *stored;
        let parsed = PublicKey::new(algorithm, &public.decoding_key(algorithm)?);
        let key = parsed.map_err(|_| KeyError::PublicKey("it cannot be read"))?;
        self.0.insert(stored.kid.clone(), Verifier { algorithm, state, key });
        Ok(())
    }

    /// The claims of `token`, if it is of the type `typ` and signed by a key whose state is not beyond `oldest`.
    pub(super) fn verify<T: DeserializeOwned>(
        &self,
        token: &str,
        typ: &str,
        oldest: KeyState,
    ) -> Result<T, VerifyError> {
        if token.len() > MAX_TOKEN_LEN {
            return Err(VerifyError::TooLong);
        }
        let header = JoseHeader::of(token)?;
        let kid = header.kid.ok_or(VerifyError::UnknownKey)?;
        let verifier = self.0.get(&kid).filter(|known| known.state <= oldest).ok_or(VerifyError::UnknownKey)?;
        if header.alg != verifier.algorithm.as_str() {
            return Err(VerifyError::WrongAlgorithm);
        }
        if !header.typ.is_some_and(|found| is_media_type(&found, typ)) {
            return Err(VerifyError::WrongType);
        }
        let (message, signature) = token.rsplit_once('.').ok_or(VerifyError::Malformed)?;
        let (_, claims) = message.split_once('.').ok_or(VerifyError::Malformed)?;
        let decode = |part| base64url::decode(part).ok_or(VerifyError::Malformed);
        let (claims, signature) = (decode(claims)?, decode(signature)?);
        if !verifier.key.has_signed(message.as_bytes(), &signature) {
            return Err(VerifyError::WrongSignature);
        }
        read_claims(&claims)
    }
}

/// The part of a header that decides whether a token is looked at (RFC 7515 §4.1). A parameter that appears twice is
/// malformed.
#[derive(Deserialize)]
pub(super) struct JoseHeader {
    pub alg: String,
    pub kid: Option<String>,
    pub typ: Option<String>,
    #[serde(rename = "jwk", alias = "jku", alias = "x5u", alias = "x5c", alias = "crit")]
    #[serde(default, deserialize_with = "is_there")]
    unsafe_parameter: bool,
}

impl JoseHeader {
    pub(super) fn of(token: &str) -> Result<Self, VerifyError> {
        let (header, _) = token.split_once('.').ok_or(VerifyError::Malformed)?;
        let json = base64url::decode(header).ok_or(VerifyError::Malformed)?;
        let header: Self = serde_json::from_slice(&json).map_err(|_| VerifyError::Malformed)?;
        if header.unsafe_parameter { Err(VerifyError::UnsafeHeader) } else { Ok(header) }
    }
}

/// Called only for a parameter that is there, whatever its value.
fn is_there<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    IgnoredAny::deserialize(deserializer).map(|_| true)
}

/// Media types are compared without regard to case, and `application/` may be left out (RFC 7515 §4.1.9).
pub(super) fn is_media_type(found: &str, expected: &str) -> bool {
    subtype(found).eq_ignore_ascii_case(subtype(expected))
}

fn subtype(media_type: &str) -> &str {
    match media_type.split_once('/') {
        Some((kind, subtype)) if kind.eq_ignore_ascii_case("application") => subtype,
        _ => media_type,
    }
}

/// The claims of a token whose signature has proven right.
pub(super) fn read_claims<T: DeserializeOwned>(json: &[u8]) -> Result<T, VerifyError> {
    serde_json::from_slice(json).map_err(|_| VerifyError::Claims)
}

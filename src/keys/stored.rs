//! A key as it lies in the store.

use std::time::Duration;

use zeroize::Zeroizing;

use super::{Algorithm, KeyError, PublicJwk, SealKey, SigningKey};
use crate::types::{Rng, Timestamp};

/// Where a key stands in its life. It only ever moves to the right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyState {
    /// Published ahead of its first signature, so that every verifier has it by then.
    Next,
    /// Signs.
    Active,
    /// Signs no more; published until the last token that it signed has expired.
    Retiring,
    /// Not published. Its public half is kept, so that an expired `id_token_hint` still verifies.
    Gone,
}

impl KeyState {
    /// Its name, as stored and as the command line shows it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Next => "next",
            Self::Active => "active",
            Self::Retiring => "retiring",
            Self::Gone => "gone",
        }
    }

    /// The state of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "next" => Some(Self::Next),
            "active" => Some(Self::Active),
            "retiring" => Some(Self::Retiring),
            "gone" => Some(Self::Gone),
            _ => None,
        }
    }
}

/// One row of the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredKey {
    /// The RFC 7638 thumbprint.
    pub kid: String,
    /// The one algorithm that it signs by.
    pub algorithm: Algorithm,
    /// Where it stands in its life.
    pub state: KeyState,
    /// The public half as the JSON of a JWK (RFC 7517 §4).
    pub public_jwk: String,
    /// The private half, PKCS#8 (RFC 5958), sealed with the `kid` as associated data. Of a key that is gone, it is not
    /// opened, and may be empty.
    pub sealed: Vec<u8>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it began to sign.
    pub activated_at: Option<Timestamp>,
    /// When it ceased to sign.
    pub retired_at: Option<Timestamp>,
    /// The longest lifetime of a token that it may have signed, on whatever node: it is published for that long.
    pub token_ttl: Duration,
    /// When it was retired by hand: nothing that it signed is believed since.
    pub revoked_at: Option<Timestamp>,
}

/// A fresh key, ready to be stored. `rsa_bits` (2048, 3072 or 4096) counts for RS256 and PS256 only. A key that is made
/// [`KeyState::Active`] was activated `now`.
///
/// # Errors
/// Those of [`SigningKey::generate`].
pub fn new_stored_key(
    algorithm: Algorithm,
    rsa_bits: u32,
    state: KeyState,
    seal_key: &SealKey,
    rng: &Rng,
    now: Timestamp,
) -> Result<StoredKey, KeyError> {
    let (key, pkcs8) = SigningKey::generate(algorithm, rsa_bits)?;
    Ok(StoredKey {
        kid: key.kid().to_owned(),
        algorithm,
        state,
        public_jwk: key.public_jwk().to_json(),
        sealed: seal_key.seal(rng, key.kid().as_bytes(), &pkcs8),
        created_at: now,
        activated_at: (state == KeyState::Active).then_some(now),
        retired_at: None,
        token_ttl: Duration::ZERO,
        revoked_at: None,
    })
}

impl StoredKey {
    /// The public half, after checking that it is the one that this row speaks of.
    pub(super) fn public_half(&self) -> Result<PublicJwk, KeyError> {
        let mismatch = |part| KeyError::Mismatch { kid: self.kid.clone(), part };
        let jwk: PublicJwk = serde_json::from_str(&self.public_jwk).map_err(|_| mismatch("public half"))?;
        if jwk.kid() != Some(&self.kid) || jwk.thumbprint() != self.kid {
            return Err(mismatch("thumbprint"));
        }
        if jwk.algorithm() != Some(self.algorithm) {
            return Err(mismatch("algorithm"));
        }
        Ok(jwk)
    }

    /// The private half, after checking that it belongs to `public`.
    pub(super) fn private_half(&self, seal_key: &SealKey, public: &PublicJwk) -> Result<SigningKey, KeyError> {
        let pkcs8 = seal_key
            .open(self.kid.as_bytes(), &self.sealed)
            .map(Zeroizing::new)
            .ok_or_else(|| KeyError::WrongMasterKey { kid: self.kid.clone() })?;
        let key = SigningKey::from_pkcs8(self.algorithm, &pkcs8)?;
        if key.public_jwk() != public {
            return Err(KeyError::Mismatch { kid: self.kid.clone(), part: "private half" });
        }
        Ok(key)
    }
}

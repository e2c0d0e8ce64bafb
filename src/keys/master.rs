//! The master key.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use ring::{hkdf, hmac};
use zeroize::Zeroizing;

use super::{MasterKeyError, SealKey};
use crate::types::{Rng, Secret};

/// The 32 bytes that every other secret key of a deployment is derived from. It is never in the database: the database
/// alone opens nothing. It is wiped when dropped, and `Debug` hides it.
#[derive(Clone)]
pub struct MasterKey(Zeroizing<[u8; 32]>);

impl MasterKey {
    /// Reads a master key as people write it: base64 with either alphabet, with its padding or without (43 or 44
    /// characters), or 64 hexadecimal digits. Space around it is ignored.
    ///
    /// # Errors
    /// [`MasterKeyError::Malformed`] unless that gives exactly 32 bytes, [`MasterKeyError::Weak`] if all are equal.
    pub fn parse(text: &str) -> Result<Self, MasterKeyError> {
        let text = text.trim();
        let decoded = match text.len() {
            64 => decode_hex(text),
            43 | 44 => decode_base64(text),
            _ => None,
        };
        let mut bytes = Zeroizing::new([0; 32]);
        match decoded {
            Some(decoded) if decoded.len() == bytes.len() => bytes.copy_from_slice(&decoded),
            _ => return Err(MasterKeyError::Malformed),
        }
        if bytes.iter().all(|byte| *byte == bytes[0]) {
            return Err(MasterKeyError::Weak);
        }
        Ok(Self(bytes))
    }

    /// A fresh master key.
    #[must_use]
    pub fn generate(rng: &Rng) -> Self {
        Self(Zeroizing::new(rng.bytes()))
    }

    /// The key in the form that [`MasterKey::parse`] reads and `openssl rand -base64 32` writes: 44 characters.
    #[must_use]
    pub fn to_base64(&self) -> Secret {
        Secret::new(STANDARD.encode(*self.0))
    }

    /// The key for one purpose: HKDF-SHA256 (RFC 5869) with the salt `countersign` and `purpose` as info. Two purposes
    /// give unrelated keys, and none leads back to the master key.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "32 bytes are far below HKDF's bound of 255 times 32")]
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        let mut key = [0; 32];
        hkdf::Salt::new(hkdf::HKDF_SHA256, b"countersign")
            .extract(&*self.0)
            .expand(&[purpose.as_bytes()], hkdf::HKDF_SHA256)
            .and_then(|material| material.fill(&mut key))
            .expect("HKDF gives 32 bytes");
        key
    }

    /// What is stored to recognise this master key: it tells nothing of any other derived key.
    #[must_use]
    pub fn check_value(&self) -> [u8; 32] {
        self.derive("check value")
    }

    /// The key of the tags in authorization codes and refresh tokens (HMAC-SHA256).
    #[must_use]
    pub fn handle_key(&self) -> hmac::Key {
        self.hmac_key("handle")
    }

    /// The key of the tags in forms that change something (HMAC-SHA256).
    #[must_use]
    pub fn csrf_key(&self) -> hmac::Key {
        self.hmac_key("csrf")
    }

    /// The key of the tags that know a browser again (HMAC-SHA256).
    #[must_use]
    pub fn device_key(&self) -> hmac::Key {
        self.hmac_key("device")
    }

    /// The key that private signing keys are sealed under.
    #[must_use]
    pub fn seal_key(&self) -> SealKey {
        self.sealing("seal private keys")
    }

    /// The key that authorization requests are sealed under while a person signs in.
    #[must_use]
    pub fn flow_key(&self) -> SealKey {
        self.sealing("seal authorization requests")
    }

    fn hmac_key(&self, purpose: &str) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, &*Zeroizing::new(self.derive(purpose)))
    }

    fn sealing(&self, purpose: &str) -> SealKey {
        SealKey::new(&Zeroizing::new(self.derive(purpose)))
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(hidden)")
    }
}

fn decode_base64(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let digits = if text.len() == 44 { text.strip_suffix('=')? } else { text };
    STANDARD_NO_PAD.decode(digits).or_else(|_| URL_SAFE_NO_PAD.decode(digits)).ok().map(Zeroizing::new)
}

fn decode_hex(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let value = |digit: u8| char::from(digit).to_digit(16);
    let bytes = text.as_bytes().chunks_exact(2).map(|pair| u8::try_from(value(pair[0])? << 4 | value(pair[1])?).ok());
    bytes.collect::<Option<Vec<_>>>().map(Zeroizing::new)
}

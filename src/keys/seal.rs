//! Authenticated encryption of small values.

use std::fmt;

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

use crate::types::Rng;

/// An AES-256-GCM key. The nonce is random, which is safe for 2³² values under one key (NIST SP 800-38D §8.3): far more
/// than there will be signing keys, and 136 years of one sign-in each second. `Debug` hides the key.
#[derive(Clone)]
pub struct SealKey(LessSafeKey);

impl SealKey {
    pub(super) fn new(key: &[u8; 32]) -> Self {
        Self(LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).expect("AES-256 takes 32 bytes")))
    }

    /// Seals `plain`: nonce, ciphertext and tag, 28 bytes longer than `plain`. It opens only with the same `aad`, which
    /// says what the value belongs to.
    ///
    /// # Panics
    /// When `plain` is longer than the 64 GiB that one nonce can encrypt.
    #[must_use]
    pub fn seal(&self, rng: &Rng, aad: &[u8], plain: &[u8]) -> Vec<u8> {
        let nonce: [u8; NONCE_LEN] = rng.bytes();
        // The room for the tag is reserved at once: growing would leave a copy of the plain text behind.
        let mut sealed = Vec::with_capacity(NONCE_LEN + plain.len() + AES_256_GCM.tag_len());
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(plain);
        let nonce = Nonce::assume_unique_for_key(nonce);
        let tag = self
            .0
            .seal_in_place_separate_tag(nonce, Aad::from(aad), &mut sealed[NONCE_LEN..])
            .expect("the value is shorter than 64 GiB");
        sealed.extend_from_slice(tag.as_ref());
        sealed
    }

    /// Opens what [`SealKey::seal`] made; `None` under another key, with another `aad`, or if a bit was changed.
    #[must_use]
    pub fn open(&self, aad: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, _) = sealed.split_first_chunk::<NONCE_LEN>()?;
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let mut buffer = sealed.to_vec();
        let plain = self.0.open_within(nonce, Aad::from(aad), &mut buffer, NONCE_LEN..).ok()?.len();
        buffer.truncate(plain);
        Some(buffer)
    }
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealKey(hidden)")
    }
}

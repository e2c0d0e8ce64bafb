//! The key ring.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jsonwebtoken::{EncodingKey, Header};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::rotation::rank;
use super::verify::Verifiers;
use super::{
    Algorithm, JwksDocument, KeyError, KeyState, SealKey, SigningKey, Standing, StoredKey, VerifyError, provider,
    registry,
};
use crate::types::Timestamp;

/// A ring that was read longer ago than this does not sign: another node may have retired its key by hand.
pub const MAX_RING_AGE: Duration = Duration::from_secs(60);

/// All keys as they were at one moment. It never changes: a node that reads the keys again makes a new ring
/// ([`super::SharedRing`]).
pub struct KeyRing {
    signers: BTreeMap<Algorithm, Signer>,
    verifiers: Verifiers,
    jwks: JwksDocument,
    standing: Standing,
    loaded_at: Timestamp,
}

/// An active key, and the name by which `jsonwebtoken` finds it.
struct Signer {
    key: Arc<SigningKey>,
    name: EncodingKey,
    since: Timestamp,
}

impl KeyRing {
    /// Opens the keys that were read from the store at `loaded_at`, a time of [`crate::types::Clock::steady`]. Each private key that is not gone is unsealed and
    /// compared with its public half; keys that were revoked are left out. `jwks_max_age` (whole seconds) is how long verifiers may keep the JWKS.
    ///
    /// # Errors
    /// [`KeyError::WrongMasterKey`] for a key that does not unseal, [`KeyError::Mismatch`] for a row that contradicts
    /// itself, [`KeyError::PrivateKey`] and [`KeyError::PublicKey`] for keys that are not usable,
    /// [`KeyError::NoActiveKey`] and [`KeyError::TwoActive`] unless each algorithm in use has one active key.
    pub fn open(
        stored: &[StoredKey],
        seal_key: &SealKey,
        loaded_at: Timestamp,
        jwks_max_age: Duration,
    ) -> Result<Self, KeyError> {
        provider::install();
        let (mut signers, mut verifiers, mut published) = (BTreeMap::new(), Verifiers::default(), Vec::new());
        for stored in in_publishing_order(stored) {
            if stored.revoked_at.is_some() {
                continue;
            }
            let public = stored.public_half()?;
            verifiers.insert(&public, stored)?;
            if stored.state == KeyState::Gone {
                continue;
            }
            let private = stored.private_half(seal_key, &public)?;
            published.push(public);
            if stored.state == KeyState::Active
                && signers.insert(stored.algorithm, Signer::new(private, stored)).is_some()
            {
                return Err(KeyError::TwoActive(stored.algorithm));
            }
        }
        if signers.is_empty() {
            return Err(KeyError::NoActiveKey);
        }
        let jwks = JwksDocument::new(&published, jwks_max_age);
        Ok(Self { signers, verifiers, jwks, standing: Standing::of(stored), loaded_at })
    }

    /// The JWKS: every key that is next, active or retiring, the oldest first.
    #[must_use]
    pub const fn jwks(&self) -> &JwksDocument {
        &self.jwks
    }

    /// Where its keys stand.
    #[must_use]
    pub const fn standing(&self) -> &Standing {
        &self.standing
    }

    /// The algorithms of the keys that sign or are next, in the order of [`Algorithm`]: a client that keeps the metadata
    /// knows a new one before it meets it.
    #[must_use]
    pub fn algorithms(&self) -> Vec<Algorithm> {
        self.standing.algorithms_up_to(KeyState::Active)
    }

    /// What it signs by where nobody chose: by the wanted algorithm, or until a key for it may sign by another; rather by one
    /// that is not in `also`, which clients choose.
    #[must_use]
    pub fn signing_algorithm(&self, wanted: Algorithm, also: &[Algorithm]) -> Algorithm {
        let preferred = self.signers.keys().copied().min_by_key(|algorithm| rank(*algorithm, wanted, also));
        preferred.unwrap_or(wanted)
    }

    /// Whether a key for `algorithm` signs.
    #[must_use]
    pub fn signs_by(&self, algorithm: Algorithm) -> bool {
        self.signers.contains_key(&algorithm)
    }

    /// Since when each algorithm's active key signs.
    pub fn active_since(&self) -> impl Iterator<Item = (Algorithm, Timestamp)> {
        self.signers.iter().map(|(algorithm, signer)| (*algorithm, signer.since))
    }

    /// Time of reading its keys from the store, by the steady clock.
    #[must_use]
    pub const fn loaded_at(&self) -> Timestamp {
        self.loaded_at
    }

    /// Returns true while the ring may sign at `now`, a time of the steady clock: one older than [`MAX_RING_AGE`] may not know what other nodes did.
    #[must_use]
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        now.since(self.loaded_at) <= MAX_RING_AGE
    }

    /// A signed JWT (RFC 7519 §7.1) with `claims`, of the type `typ` (RFC 8725 §3.11), by the active key for
    /// `algorithm`. It blocks for one signature: some 200 µs with RSA-2048.
    ///
    /// # Errors
    /// [`KeyError::Stale`] if the ring is older than [`MAX_RING_AGE`] at `now`, by the steady clock, [`KeyError::NoKeyFor`] if there is no
    /// active key, [`KeyError::Sign`] if the claims are not JSON or the library fails.
    pub fn sign<T: Serialize>(
        &self,
        algorithm: Algorithm,
        typ: &str,
        claims: &T,
        now: Timestamp,
    ) -> Result<String, KeyError> {
        if !self.is_fresh(now) {
            return Err(KeyError::Stale);
        }
        let signer = self.signers.get(&algorithm).ok_or(KeyError::NoKeyFor(algorithm))?;
        let mut header = Header::new(algorithm.into());
        header.typ = Some(typ.to_owned());
        header.kid = Some(signer.key.kid().to_owned());
        Ok(jsonwebtoken::encode(&header, claims, &signer.name)?)
    }

    /// The claims of a JWT that a published key of this ring signed, of the type `typ`. Only form and signature are
    /// checked (RFC 7515 §5.2): issuer, audience and times are the caller's, who has the clock.
    ///
    /// # Errors
    /// [`VerifyError`] says which check failed.
    pub fn verify<T: DeserializeOwned>(&self, token: &str, typ: &str) -> Result<T, VerifyError> {
        self.verifiers.verify(token, typ, KeyState::Retiring)
    }

    /// As [`KeyRing::verify`], by keys that are gone as well: for an `id_token_hint`, which outlives the key that signed
    /// it (`OpenID` Connect RP-Initiated Logout §2). It proves that we once said this, and authorizes nothing.
    ///
    /// # Errors
    /// [`VerifyError`] says which check failed.
    pub fn verify_hint<T: DeserializeOwned>(&self, token: &str, typ: &str) -> Result<T, VerifyError> {
        self.verifiers.verify(token, typ, KeyState::Gone)
    }
}

impl Signer {
    fn new(key: SigningKey, stored: &StoredKey) -> Self {
        let key = registry::register(key);
        let name = provider::encoding_key(&key);
        Self { key, name, since: stored.activated_at.unwrap_or(stored.created_at) }
    }
}

/// The oldest first: the document stays the same while a key only changes its state from one published to another.
fn in_publishing_order(stored: &[StoredKey]) -> Vec<&StoredKey> {
    let mut ordered: Vec<_> = stored.iter().collect();
    ordered.sort_by(|a, b| (a.created_at, &a.kid).cmp(&(b.created_at, &b.kid)));
    ordered
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let active: Vec<_> = self.signers.values().map(|signer| signer.key.kid()).collect();
        f.debug_struct("KeyRing").field("active", &active).field("loaded_at", &self.loaded_at).finish_non_exhaustive()
    }
}

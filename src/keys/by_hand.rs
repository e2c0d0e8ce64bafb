//! What an operator does to keys by hand: the rule, and nothing that does it.

use super::rotation::{next_key, replaced};
use super::{Algorithm, KeyRefusal, KeyState, RotationPolicy, StoredKey, signing_key};
use crate::types::Timestamp;

/// A key that is taken away at once, whatever it signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// Its `kid`.
    pub kid: String,
    /// Its algorithm.
    pub algorithm: Algorithm,
    /// The state that it is in.
    pub from: KeyState,
    /// Of a key that signs: the `kid` of the published one that takes over. Without one, a new key has to.
    pub successor: Option<String>,
}

/// The key of an algorithm that is next and may sign now, and the one that it takes over from, if there is one. `early` lets it
/// sign even if verifiers may not know it yet.
///
/// # Errors
/// [`KeyRefusal::NoKeys`], [`KeyRefusal::NoNext`], and without `early` [`KeyRefusal::Early`].
pub fn promotion<'a>(
    keys: &'a [StoredKey],
    algorithm: Algorithm,
    policy: &RotationPolicy,
    early: bool,
    now: Timestamp,
) -> Result<(&'a StoredKey, Option<&'a StoredKey>), KeyRefusal> {
    signing_key(keys, policy).ok_or(KeyRefusal::NoKeys)?;
    let next = next_key(keys, algorithm).ok_or(KeyRefusal::NoNext(algorithm))?;
    let at = policy.may_sign_at(next);
    if now < at && !early {
        return Err(KeyRefusal::Early { kid: next.kid.clone(), at });
    }
    Ok((next, replaced(keys, algorithm, policy)))
}

/// How a key is taken away, in whatever state it is.
///
/// # Errors
/// [`KeyRefusal::Unknown`], and [`KeyRefusal::Revoked`] if that was done before.
pub fn revocation(keys: &[StoredKey], kid: &str) -> Result<Revocation, KeyRefusal> {
    let key = keys.iter().find(|key| key.kid == kid).ok_or_else(|| KeyRefusal::Unknown(kid.to_owned()))?;
    if key.revoked_at.is_some() {
        return Err(KeyRefusal::Revoked(kid.to_owned()));
    }
    let successor = next_key(keys, key.algorithm).filter(|_| key.state == KeyState::Active);
    let successor = successor.map(|next| next.kid.clone());
    Ok(Revocation { kid: key.kid.clone(), algorithm: key.algorithm, from: key.state, successor })
}

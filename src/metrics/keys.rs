//! The signing keys, as the ring has them now.

use super::{Label, Page};
use crate::keys::{Algorithm, KeyRing, KeyState};
use crate::types::Clock;

/// Writes how many keys there are, and how old the ones that sign are and the reading of them.
pub fn write_keys(ring: &KeyRing, clock: &Clock, page: &mut Page) {
    let mut keys = page.gauge("countersign_signing_keys", "Signing keys, by algorithm and state.");
    for algorithm in Algorithm::ALL {
        for state in <KeyState as Label>::ALL {
            let count = i64::try_from(ring.standing().count(*algorithm, *state)).unwrap_or(i64::MAX);
            keys.number(&[("algorithm", algorithm.name()), ("state", state.name())], count);
        }
    }
    let mut age = page.gauge("countersign_signing_key_age_seconds", "Since when the active key signs, by algorithm.");
    for (algorithm, since) in ring.active_since() {
        age.duration(&[("algorithm", algorithm.as_str())], clock.now().since(since));
    }
    page.gauge("countersign_key_ring_age_seconds", "Since when the signing keys were not read from the database.")
        .duration(&[], clock.steady().since(ring.loaded_at()));
}

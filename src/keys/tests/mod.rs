//! What holds of keys: the vectors of the RFCs, and what must be refused.

mod client_key;
mod file;
mod jwk;
mod master;
mod provider;
mod ring;
mod rotation;
mod rotation_also;
mod rotation_model;
mod seal;
mod standing;
mod stored;
mod tampering;
mod vectors;

use std::sync::LazyLock;
use std::time::Duration;

use serde_json::{Value, json};

use super::{Algorithm, KeyRing, KeyState, MasterKey, StoredKey, new_stored_key};
use crate::types::{Rng, Timestamp};

const ALGORITHMS: [Algorithm; 4] = [Algorithm::Rs256, Algorithm::Ps256, Algorithm::Es256, Algorithm::EdDsa];
const NOW: Timestamp = Timestamp::from_seconds(1_700_000_000);
const MAX_AGE: Duration = Duration::from_secs(300);

static MASTER: LazyLock<MasterKey> = LazyLock::new(|| MasterKey::generate(&Rng::system()));

/// One active key for each algorithm, made once: RSA keys take their time.
static ACTIVE: LazyLock<Vec<StoredKey>> =
    LazyLock::new(|| ALGORITHMS.into_iter().map(|algorithm| stored(algorithm, KeyState::Active)).collect());

fn stored(algorithm: Algorithm, state: KeyState) -> StoredKey {
    new_stored_key(algorithm, 2048, state, &MASTER.seal_key(), &Rng::system(), NOW).unwrap()
}

fn ring_of(stored: &[StoredKey]) -> KeyRing {
    KeyRing::open(stored, &MASTER.seal_key(), NOW, MAX_AGE).unwrap()
}

fn claims() -> Value {
    json!({ "iss": "https://issuer.example", "sub": "248289761001", "exp": 1_300_819_380 })
}

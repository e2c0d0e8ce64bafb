//! The one global of this program: which private key a `kid` means.
//!
//! `jsonwebtoken` makes a signer by calling a plain function with an `EncodingKey`, which holds bytes and nothing else:
//! that function cannot capture a ring, and parsing a private key from the bytes at each signature costs half a
//! signature more. So an `EncodingKey` holds a `kid`, and the parsed key is looked up here.
//!
//! The registry owns no key. An entry ends with the last ring that holds it, so a key that retires is gone with its last
//! snapshot, and two rings in one process that share a key do not take it from each other.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock, Weak};

use super::SigningKey;

static REGISTRY: RwLock<BTreeMap<Vec<u8>, Weak<SigningKey>>> = RwLock::new(BTreeMap::new());

/// Makes `key` known for as long as what this returns is held: the same key if it is known already, or else this one,
/// in the place of whatever had its `kid`.
pub(super) fn register(key: SigningKey) -> Arc<SigningKey> {
    let mut registry = REGISTRY.write().unwrap_or_else(PoisonError::into_inner);
    registry.retain(|_, known| known.strong_count() > 0);
    let known = registry.get(key.kid().as_bytes()).and_then(Weak::upgrade);
    if let Some(known) = known.filter(|known| known.algorithm() == key.algorithm()) {
        return known;
    }
    let key = Arc::new(key);
    registry.insert(key.kid().as_bytes().to_vec(), Arc::downgrade(&key));
    key
}

/// The key with that `kid`, if some ring holds it.
pub(super) fn find(kid: &[u8]) -> Option<Arc<SigningKey>> {
    REGISTRY.read().unwrap_or_else(PoisonError::into_inner).get(kid)?.upgrade()
}

//! Where a node keeps its ring.

use std::sync::{Arc, PoisonError, RwLock};

use super::KeyRing;

/// The ring that a node uses now. Whoever works with a ring takes it once and keeps it until the work is done; a
/// replacement is seen by the next one who asks.
#[derive(Debug)]
pub struct SharedRing(RwLock<Arc<KeyRing>>);

impl SharedRing {
    /// Starts with `ring`.
    #[must_use]
    pub fn new(ring: KeyRing) -> Self {
        Self(RwLock::new(Arc::new(ring)))
    }

    /// The ring of this moment.
    #[must_use]
    pub fn current(&self) -> Arc<KeyRing> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts a ring that was read again in its place.
    pub fn replace(&self, ring: KeyRing) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(ring);
    }
}

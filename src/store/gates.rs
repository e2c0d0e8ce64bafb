//! One unit at a time about the same person, before it takes a connection: however much is asked for one of them, connections
//! are left for everybody else.

use tokio::sync::{Mutex, MutexGuard};

use crate::types::Id;

/// People share a gate where there are many: one of them then waits for another, and for no longer than a unit takes.
const GATES: usize = 256;

pub(super) struct Gates(Vec<Mutex<()>>);

impl Default for Gates {
    fn default() -> Self {
        Self((0..GATES).map(|_| Mutex::default()).collect())
    }
}

impl Gates {
    /// Waits until no other unit of this process is about `person`.
    pub async fn pass(&self, person: Id) -> MutexGuard<'_, ()> {
        // The end of an id is random.
        let [.., high, low] = *person.as_bytes();
        self.0[usize::from(u16::from_be_bytes([high, low])) % GATES].lock().await
    }
}

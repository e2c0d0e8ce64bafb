//! How many requests are under way: so many in all, and fewer to one host, so that a slow one leaves room for others.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::OutboundError;

/// Requests at the same time. Each has a thread of its own, so that a slow peer holds no worker of the server.
const AT_ONCE: usize = 8;
/// Requests to one host at the same time.
const TO_ONE_HOST: usize = 3;

/// The places of requests.
pub(super) struct Slots {
    all: Arc<Semaphore>,
    /// Those of hosts that somebody asks or waits for.
    hosts: Mutex<HashMap<String, Weak<Semaphore>>>,
}

/// The place of a request, until it is dropped.
pub(super) struct Slot {
    _of_host: OwnedSemaphorePermit,
    _of_all: OwnedSemaphorePermit,
}

impl Slots {
    pub(super) fn new() -> Self {
        Self { all: Arc::new(Semaphore::new(AT_ONCE)), hosts: Mutex::default() }
    }

    /// Waits for a place, first among those who ask the same host.
    ///
    /// # Errors
    /// [`OutboundError::Busy`] after `patience`.
    pub(super) async fn take(&self, host: &str, patience: Duration) -> Result<Slot, OutboundError> {
        let (of_host, of_all) = (self.of_host(host), Arc::clone(&self.all));
        let both =
            async { Ok(Slot { _of_host: of_host.acquire_owned().await?, _of_all: of_all.acquire_owned().await? }) };
        let taken: Result<Result<Slot, tokio::sync::AcquireError>, _> = tokio::time::timeout(patience, both).await;
        taken.map_err(|_| OutboundError::Busy)?.map_err(|_| OutboundError::Busy)
    }

    fn of_host(&self, host: &str) -> Arc<Semaphore> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = hosts.get(host).and_then(Weak::upgrade) {
            return known;
        }
        hosts.retain(|_, slots| slots.strong_count() > 0);
        let new = Arc::new(Semaphore::new(TO_ONE_HOST));
        hosts.insert(host.to_owned(), Arc::downgrade(&new));
        new
    }
}

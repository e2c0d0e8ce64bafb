//! Places of the requests of a queue: so many in all, and fewer to one host, so that a slow host leaves room for others.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};

use super::OutboundError;

/// The places of requests.
pub(super) struct Slots {
    all: Arc<Semaphore>,
    to_one_host: usize,
    /// Those of hosts that somebody asks or waits for.
    hosts: Mutex<HashMap<String, Weak<Semaphore>>>,
}

/// The place of a request, until it is dropped.
pub(super) struct Slot {
    _of_host: OwnedSemaphorePermit,
    _of_all: OwnedSemaphorePermit,
}

impl Slots {
    pub(super) fn new(all: usize, to_one_host: usize) -> Self {
        Self { all: Arc::new(Semaphore::new(all)), to_one_host, hosts: Mutex::default() }
    }

    /// Waits for a place, first among those who ask the same host.
    ///
    /// # Errors
    /// [`OutboundError::Busy`] after `patience`.
    pub(super) async fn take(&self, host: &str, patience: Duration) -> Result<Slot, OutboundError> {
        let (of_host, of_all) = (self.of_host(host), Arc::clone(&self.all));
        let both =
            async { Ok(Slot { _of_host: of_host.acquire_owned().await?, _of_all: of_all.acquire_owned().await? }) };
        let taken: Result<Result<Slot, AcquireError>, _> = tokio::time::timeout(patience, both).await;
        taken.map_err(|_| OutboundError::Busy)?.map_err(|_| OutboundError::Busy)
    }

    fn of_host(&self, host: &str) -> Arc<Semaphore> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = hosts.get(host).and_then(Weak::upgrade) {
            return known;
        }
        hosts.retain(|_, slots| slots.strong_count() > 0);
        let new = Arc::new(Semaphore::new(self.to_one_host));
        hosts.insert(host.to_owned(), Arc::downgrade(&new));
        new
    }
}

//! Recent ends of the writes of requests, which tell if the database takes any.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::Notify;

use crate::metrics::Stopwatch;

/// The time that [`Writes::all_failed`] looks back.
const LATELY: Duration = Duration::from_secs(2);

/// Times at which writes last succeeded and last failed, in milliseconds since the first of them could; 0 for never.
pub(super) struct Writes {
    since: Stopwatch,
    succeeded: AtomicU64,
    failed: AtomicU64,
    /// Woken when one fails, or is not answered in time.
    pub trouble: Notify,
}

impl Default for Writes {
    fn default() -> Self {
        let (succeeded, failed) = (AtomicU64::new(0), AtomicU64::new(0));
        Self { since: Stopwatch::start(), succeeded, failed, trouble: Notify::new() }
    }
}

impl Writes {
    /// Notes how a write ended.
    pub fn note(&self, succeeded: bool) {
        let last = if succeeded { &self.succeeded } else { &self.failed };
        last.store(self.now().max(1), Ordering::Relaxed);
        if !succeeded {
            self.trouble.notify_one();
        }
    }

    /// Returns true if writes failed lately and none succeeded.
    pub fn all_failed(&self) -> bool {
        self.is_within(&self.failed, LATELY) && !self.is_within(&self.succeeded, LATELY)
    }

    /// Returns true if a write failed within the last `period`.
    pub fn failed_within(&self, period: Duration) -> bool {
        self.is_within(&self.failed, period)
    }

    fn is_within(&self, last: &AtomicU64, period: Duration) -> bool {
        match last.load(Ordering::Relaxed) {
            0 => false,
            last => self.now().saturating_sub(last) <= u64::try_from(period.as_millis()).unwrap_or(u64::MAX),
        }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

//! The threads that hash passwords.

use super::{Counter, Gauge, Histogram, Page};

/// What the password threads do.
pub struct PasswordMetrics {
    /// Passwords that are being hashed.
    pub running: Gauge,
    /// Passwords that found the queue full.
    pub rejected: Counter,
    /// How long hashing took, without the wait for it.
    pub seconds: Histogram,
}

impl Default for PasswordMetrics {
    fn default() -> Self {
        Self { running: Gauge::default(), rejected: Counter::default(), seconds: Histogram::of_durations() }
    }
}

impl PasswordMetrics {
    /// Writes them, with how many passwords wait now.
    pub fn write(&self, waiting: usize, page: &mut Page) {
        let waiting = i64::try_from(waiting).unwrap_or(i64::MAX);
        page.gauge("countersign_password_queue_length", "Passwords that wait to be hashed.").number(&[], waiting);
        page.gauge("countersign_password_hashes_running", "Passwords that are being hashed.")
            .number(&[], self.running.get());
        page.counter("countersign_password_hashes_rejected_total", "Passwords that found the queue full.")
            .number(&[], self.rejected.get());
        page.histogram(
            "countersign_password_hash_duration_seconds",
            "Time to hash a password, without the wait for it.",
        )
        .buckets(&[], &self.seconds);
    }
}

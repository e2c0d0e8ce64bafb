//! What clients were told of sessions that ended.

use super::label::labels;
use super::{Counter, Family, Page};

labels! {
    /// What came of an attempt to tell a client.
    DeliveryOutcome {
        /// It has heard it.
        Delivered = "delivered",
        /// It has not, and is told again.
        Failed = "failed",
        /// It has not for a day, and is told no more.
        GivenUp = "given_up",
    }
}

/// What clients were told.
#[derive(Default)]
pub struct LogoutMetrics {
    /// Attempts.
    pub deliveries: Family<DeliveryOutcome, Counter>,
}

impl LogoutMetrics {
    /// Writes them.
    pub fn write(&self, page: &mut Page) {
        let mut deliveries = page.counter(
            "countersign_logout_deliveries_total",
            "Attempts to tell a client that a session ended, by outcome.",
        );
        for (outcome, count) in self.deliveries.iter() {
            deliveries.number(&[("outcome", outcome)], count.get());
        }
    }
}

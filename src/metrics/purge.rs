//! What the background purge removed.

use super::label::labels;
use super::{Counter, Family, Page};

labels! {
    /// A table whose rows have an end.
    PurgedTable {
        /// Grants that were revoked, expired or idle for too long.
        Grants = "grants",
        /// Sessions that are over.
        Sessions = "sessions",
        /// Answers of consent pages that nobody can send again.
        Decisions = "decisions",
        /// Access tokens that were revoked by themselves, and are over.
        RevokedTokens = "revoked_tokens",
        /// Client assertions that were used, and are over.
        AssertionIds = "assertion_ids",
    }
}

/// What the background purge did.
#[derive(Default)]
pub struct PurgeMetrics {
    /// Rows that it removed.
    pub rows: Family<PurgedTable, Counter>,
    /// Walks through all tables that came to their end.
    pub walks: Counter,
}

impl PurgeMetrics {
    /// Writes them.
    pub fn write(&self, page: &mut Page) {
        let mut rows = page.counter("countersign_purged_rows_total", "Rows removed after their end, by table.");
        for (table, count) in self.rows.iter() {
            rows.number(&[("table", table)], count.get());
        }
        page.counter("countersign_purge_walks_total", "Walks of the purge through all tables.")
            .number(&[], self.walks.get());
    }
}

//! Connections of clients.

use super::{Counter, Gauge, Page};

/// Connections of the main listener.
#[derive(Debug, Default)]
pub struct ConnectionMetrics {
    /// Connections that are open.
    pub open: Gauge,
    /// Connections that were refused because there were too many.
    pub refused_total: Counter,
    /// Connections that were refused because there were too many from one address.
    pub refused_per_address: Counter,
}

impl ConnectionMetrics {
    /// Writes them.
    pub fn write(&self, page: &mut Page) {
        page.gauge("countersign_connections", "Connections of clients that are open.").number(&[], self.open.get());
        page.counter("countersign_connections_refused_total", "Connections that were refused, by limit.")
            .number(&[("limit", "all")], self.refused_total.get())
            .number(&[("limit", "address")], self.refused_per_address.get());
    }
}

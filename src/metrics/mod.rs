//! Numbers about the running server, as `/metrics` shows them, and what a single request costs.
//!
//! Recording is a few atomic additions: no lock and no allocation. The values of labels come from closed lists, enums
//! and the route table: nothing that a request brings along becomes one. Each room records into the part that is its
//! own.

mod connections;
mod cost;
mod http;
mod keys;
mod label;
mod logout;
mod number;
mod passwords;
mod process;
mod purge;
mod stopwatch;
mod store;
mod text;
mod tokens;

pub use connections::ConnectionMetrics;
pub use cost::{Cost, metered, spend, spent};
pub use http::{HttpMetrics, RouteMetrics};
pub use keys::write_keys;
pub use label::{Family, Label};
pub use logout::{DeliveryOutcome, LogoutMetrics};
pub use number::{Counter, Gauge, Histogram};
pub use passwords::PasswordMetrics;
pub use process::write_process;
pub use purge::{PurgeMetrics, PurgedTable};
pub use stopwatch::{Stopwatch, thread_cpu};
pub use store::{PostgresMetrics, Refusal, SqliteMetrics, StoreMetrics, UnitKind};
pub use text::Page;
pub use tokens::{ClientRefusal, SignInOutcome, SignInVia, TokenMetrics};

/// What is counted above the store and the password threads, which have their own.
#[derive(Default)]
pub struct Metrics {
    /// Connections.
    pub connections: std::sync::Arc<ConnectionMetrics>,
    /// Requests.
    pub http: HttpMetrics,
    /// Tokens, sign-ins and signatures.
    pub tokens: TokenMetrics,
    /// Rows that were removed.
    pub purge: PurgeMetrics,
    /// What clients were told of sessions.
    pub logout: LogoutMetrics,
}

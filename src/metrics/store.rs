//! Units of work, and the engines below them.

use std::sync::Arc;
use std::time::Duration;

use super::label::labels;
use super::{Counter, Family, Gauge, Histogram, Page};

labels! {
    /// What a unit of work does.
    UnitKind {
        /// It reads.
        Read = "read",
        /// It has at most one statement that modifies.
        WriteOne = "write_one",
        /// It is a transaction that takes turns with others by a row that each of them holds.
        WriteInTurn = "write_in_turn",
        /// It is a transaction, as if no other ran beside it.
        Write = "write",
    }
}

labels! {
    /// Why a unit of work was given up by whoever asked for it.
    Refusal {
        /// Too many were waiting.
        QueueFull = "queue_full",
        /// Nothing took it up in time.
        NotTakenUp = "not_taken_up",
        /// It ran, and did not end in time.
        TimedOut = "timed_out",
        /// The threads have ended.
        Closed = "closed",
    }
}

/// How long units of one kind waited, and ran.
struct Unit {
    wait: Histogram,
    run: Histogram,
}

/// What the store does.
pub struct StoreMetrics {
    units: Family<UnitKind, Unit>,
    /// Units that were given up.
    pub refused: Family<Refusal, Counter>,
    /// Units that ran again, since others were at the same rows.
    pub repeated: Counter,
    statements: Counter,
    engine: Engine,
}

/// The engine's own numbers.
enum Engine {
    Sqlite(Arc<SqliteMetrics>),
    Postgres(Arc<PostgresMetrics>),
}

/// What the writer of the embedded engine does.
pub struct SqliteMetrics {
    /// Units that shared a commit.
    pub batch: Histogram,
    /// How long commits took.
    pub commit: Histogram,
}

/// What the pool does.
#[derive(Default)]
pub struct PostgresMetrics {
    /// Connections that may be open.
    pub limit: Gauge,
    /// Connections that are open.
    pub open: Gauge,
    /// Threads that run a unit.
    pub in_use: Gauge,
    /// Attempts to connect that failed.
    pub connect_failures: Counter,
}

impl Default for SqliteMetrics {
    fn default() -> Self {
        Self { batch: Histogram::of_sizes(), commit: Histogram::of_durations() }
    }
}

impl StoreMetrics {
    /// Those of a store on the embedded engine.
    #[must_use]
    pub fn sqlite(engine: Arc<SqliteMetrics>) -> Arc<Self> {
        Self::new(Engine::Sqlite(engine))
    }

    /// Those of a store on `PostgreSQL`.
    #[must_use]
    pub fn postgres(engine: Arc<PostgresMetrics>) -> Arc<Self> {
        Self::new(Engine::Postgres(engine))
    }

    fn new(engine: Engine) -> Arc<Self> {
        let units = Family::new(|| Unit { wait: Histogram::of_durations(), run: Histogram::of_durations() });
        let (refused, repeated, statements) = (Family::default(), Counter::default(), Counter::default());
        Arc::new(Self { units, refused, repeated, statements, engine })
    }

    /// The engine's name.
    #[must_use]
    pub const fn engine(&self) -> &'static str {
        match self.engine {
            Engine::Sqlite(_) => "sqlite",
            Engine::Postgres(_) => "postgres",
        }
    }

    /// Records a unit that is answered.
    pub fn record(&self, kind: UnitKind, wait: Duration, run: Duration, statements: u64) {
        let unit = self.units.of(kind);
        unit.wait.observe(wait);
        unit.run.observe(run);
        self.statements.add(statements);
    }

    /// Writes them, with how many units wait now, in which lane.
    pub fn write(&self, lane: &'static str, waiting: usize, page: &mut Page) {
        page.gauge("countersign_store_queue_length", "Units of work that wait, by lane.")
            .number(&[("lane", lane)], i64::try_from(waiting).unwrap_or(i64::MAX));
        let mut wait = page.histogram("countersign_store_wait_seconds", "Time until a unit of work ran, by kind.");
        for (kind, unit) in self.units.iter() {
            wait.buckets(&[("kind", kind)], &unit.wait);
        }
        let mut run = page.histogram(
            "countersign_store_run_seconds",
            "Time from there until a unit of work was answered, its commit included, by kind.",
        );
        for (kind, unit) in self.units.iter() {
            run.buckets(&[("kind", kind)], &unit.run);
        }
        let mut refused =
            page.counter("countersign_store_refused_total", "Units of work that were given up, by reason.");
        for (reason, count) in self.refused.iter() {
            refused.number(&[("reason", reason)], count.get());
        }
        page.counter(
            "countersign_store_repeated_total",
            "Units of work that ran again, since others were at the same rows.",
        )
        .number(&[], self.repeated.get());
        page.counter("countersign_store_statements_total", "Statements of units of work.")
            .number(&[], self.statements.get());
        match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.write(page),
            Engine::Postgres(postgres) => postgres.write(page),
        }
    }
}

impl SqliteMetrics {
    fn write(&self, page: &mut Page) {
        page.histogram("countersign_sqlite_batch_units", "Units of work that shared a commit.")
            .buckets(&[], &self.batch);
        page.histogram("countersign_sqlite_commit_duration_seconds", "Time of a commit.").buckets(&[], &self.commit);
    }
}

impl PostgresMetrics {
    fn write(&self, page: &mut Page) {
        page.gauge("countersign_postgres_connections_max", "Connections that may be open.")
            .number(&[], self.limit.get());
        page.gauge("countersign_postgres_connections_open", "Connections that are open.").number(&[], self.open.get());
        page.gauge(
            "countersign_postgres_connections_in_use",
            "Connections that run a unit of work, or are being made for one.",
        )
        .number(&[], self.in_use.get());
        page.counter("countersign_postgres_connect_failures_total", "Attempts to connect that failed.")
            .number(&[], self.connect_failures.get());
    }
}

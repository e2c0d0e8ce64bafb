//! The database: units of work on one set of queries.
//!
//! [`Store::read`] and [`Store::write`] are the only ways in. A unit of work is a short closure over [`Conn`]; no signing,
//! hashing, HTTP or waiting happens inside one. Queries are functions on a connection, one file an entity; rules live
//! elsewhere.

pub mod access_tokens;
pub mod admin_events;
pub mod assertions;
pub mod client_origins;
pub mod clients;
mod conn;
pub mod consents;
pub mod decisions;
mod error;
mod examine;
mod gates;
pub mod grants;
pub mod heartbeat;
pub mod initial_access_tokens;
mod lane;
mod location;
pub mod logout_deliveries;
pub mod master_keys;
mod migrations;
mod postgres;
mod range;
mod reads;
pub mod resources;
pub mod roles;
mod schema;
pub mod session_clients;
pub mod sessions;
pub mod signing_keys;
mod sqlite;
mod statements;
mod transaction;
pub mod turns;
pub mod users;
mod writes;

use std::sync::Arc;
use std::time::Duration;

pub use conn::Conn;
pub use error::StoreError;
pub use examine::Examination;
pub use location::{Location, Postgres};
pub use range::Step;

use crate::metrics::{Page, PostgresMetrics, SqliteMetrics, StoreMetrics, UnitKind};
use crate::types::Id;
use gates::Gates;
use lane::Lane;
use reads::Readers;

/// The database of this process.
#[derive(Clone)]
pub struct Store {
    writer: Lane,
    /// The lane that writes the heartbeat: on `PostgreSQL` a connection of its own, so that a busy pool does not hold it up.
    heart: Lane,
    /// Who reads on the embedded engine; `None` where the writer's lane, which is a pool, reads as well.
    readers: Option<Readers>,
    gates: Arc<Gates>,
    metrics: Arc<StoreMetrics>,
}

impl Store {
    /// Opens a database, bringing its schema up to date. A database that is not there is created.
    ///
    /// # Errors
    /// [`StoreError::Open`], [`StoreError::NewerSchema`], or what a migration failed with.
    pub fn open(location: &Location) -> Result<Self, StoreError> {
        Self::migrate(location)?;
        let gates = Arc::default();
        Ok(match location {
            Location::Sqlite(path) => {
                let commits = Arc::new(SqliteMetrics::default());
                let metrics = StoreMetrics::sqlite(Arc::clone(&commits));
                let readers = Some(Readers::open(path, &metrics)?);
                let writer = sqlite::writer(path, &metrics, commits)?;
                Self { heart: writer.apart(), writer, readers, gates, metrics }
            }
            Location::Postgres(postgres) => {
                let connections = Arc::new(PostgresMetrics::default());
                let metrics = StoreMetrics::postgres(Arc::clone(&connections));
                let alone = Postgres { connections: 1, ..postgres.clone() };
                let heart = postgres::pool(&alone, &metrics, &connections);
                Self { writer: postgres::pool(postgres, &metrics, &connections), heart, readers: None, gates, metrics }
            }
        })
    }

    /// As [`Store::open`], but creates no database: neither a file nor tables in an empty one.
    ///
    /// # Errors
    /// [`StoreError::Missing`], and those of [`Store::open`].
    pub fn open_existing(location: &Location) -> Result<Self, StoreError> {
        if Self::examine(location)?.is_new {
            return Err(StoreError::Missing(location.shown()));
        }
        Self::open(location)
    }

    /// The name of the engine.
    #[must_use]
    pub fn engine(&self) -> &'static str {
        self.metrics.engine()
    }

    /// Writes the metrics of the store.
    pub fn write_metrics(&self, page: &mut Page) {
        self.metrics.write(self.writer.name, self.writer.waiting(), page);
    }

    /// Brings the schema of a database up to date and names the migrations that ran.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn migrate(location: &Location) -> Result<Vec<String>, StoreError> {
        match location {
            Location::Sqlite(path) => {
                sqlite::make_file(path)?;
                migrations::sqlite(&mut sqlite::open(path)?)
            }
            Location::Postgres(postgres) => migrations::postgres(&mut postgres::open(postgres)?),
        }
    }

    /// Looks at a database, and changes nothing.
    ///
    /// # Errors
    /// [`StoreError::Missing`] for a file that is not there, [`StoreError::Open`], [`StoreError::NewerSchema`].
    pub fn examine(location: &Location) -> Result<Examination, StoreError> {
        examine::examine(location)
    }

    /// Runs a unit of work that reads. On the embedded engine all of it sees one snapshot, on `PostgreSQL` each statement does:
    /// a rule that compares rows belongs into one statement, or into [`Store::write`].
    ///
    /// # Errors
    /// What the unit answers, or [`StoreError::Unavailable`].
    pub async fn read<T: Send + 'static>(
        &self,
        unit: impl Fn(&mut Conn) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        match &self.readers {
            Some(readers) => readers.run(unit),
            None => self.writer.run(UnitKind::Read, unit).await,
        }
    }

    /// Runs a unit of work in a transaction, as if no other ran beside it; it is durable when this returns. A unit that
    /// answers `Err` leaves nothing behind, so what must be kept beside a refusal (a revocation) is part of an `Ok`. It runs
    /// again when another was at the same rows.
    ///
    /// # Errors
    /// What the unit answers, or [`StoreError::Unavailable`], after which it is unknown whether it was committed.
    pub async fn write<T: Send + 'static>(
        &self,
        unit: impl Fn(&mut Conn) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.writer.run(UnitKind::Write, unit).await
    }

    /// As [`Store::write`], for a unit that takes turns: what it reads and changes belongs to a row that it holds first, as all
    /// others about the same things do (`users::hold`, `sessions::hold`), or each of its statements is guarded by itself. On
    /// `PostgreSQL` such units wait for each other where others would collide, and units about other rows do not touch them
    /// (`docs/decisions/`, "Units that take turns"). Those about the same `person` take one connection at a time.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub async fn write_in_turn<T: Send + 'static>(
        &self,
        person: Option<Id>,
        unit: impl Fn(&mut Conn) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let _turn = match person {
            Some(person) => Some(self.writer.patiently(self.gates.pass(person)).await?),
            None => None,
        };
        self.writer.run(UnitKind::WriteInTurn, unit).await
    }

    /// As [`Store::write`], for a unit whose only statement that modifies is guarded by what the unit read: on `PostgreSQL` it
    /// needs no transaction around it, which saves two of four round trips, and on the embedded engine no savepoint. What that
    /// statement did stands, whatever the unit answers after it, so it is the last thing that can fail.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub async fn write_one<T: Send + 'static>(
        &self,
        unit: impl Fn(&mut Conn) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.writer.run(UnitKind::WriteOne, unit).await
    }

    /// As [`Store::write_one`], for the heartbeat.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub async fn write_heartbeat<T: Send + 'static>(
        &self,
        unit: impl Fn(&mut Conn) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.heart.run(UnitKind::WriteOne, unit).await
    }

    /// True when one more unit of work would be refused, since too many wait.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.writer.is_full()
    }

    /// True when writes of requests failed within the last 2 s, and none succeeded.
    #[must_use]
    pub fn all_writes_failed(&self) -> bool {
        self.writer.writes.all_failed()
    }

    /// True when a write of a request failed within the last `period`.
    #[must_use]
    pub fn write_failed_within(&self, period: Duration) -> bool {
        self.writer.writes.failed_within(period)
    }

    /// Waits until a write of a request fails or is not answered in time, also for one before this call.
    pub async fn write_trouble(&self) {
        self.writer.writes.trouble.notified().await;
    }
}

/// A column of 16 bytes that names a row.
fn id_column(table: &'static str, bytes: &[u8]) -> Result<crate::types::Id, StoreError> {
    crate::types::Id::from_slice(bytes).ok_or(StoreError::Corrupt { table, reason: "an id has not 16 bytes" })
}

#[cfg(test)]
mod tests;

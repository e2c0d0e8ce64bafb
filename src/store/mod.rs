//! The database: units of work on one set of queries.
//!
//! [`Store::read`] and [`Store::write`] are the only ways in. A unit of work is a short closure over [`Conn`]; no signing,
//! hashing, HTTP or waiting happens inside one. Queries are functions on a connection, one file an entity; rules live
//! elsewhere.

pub mod clients;
mod conn;
pub mod consents;
pub mod decisions;
mod error;
pub mod grants;
mod lane;
pub mod master_keys;
mod migrations;
mod schema;
pub mod sessions;
pub mod signing_keys;
pub mod users;

use std::fs::{DirBuilder, OpenOptions};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

pub use conn::Conn;
pub use error::StoreError;

use lane::Lane;

/// Connections that read beside the one that writes.
const READERS: usize = 2;

/// The database of this process.
#[derive(Clone)]
pub struct Store {
    writer: Lane,
    readers: Lane,
}

impl Store {
    /// Opens the `SQLite` database at `path`, bringing its schema up to date. Folders that are missing are made.
    ///
    /// # Errors
    /// [`StoreError::Open`], [`StoreError::NewerSchema`], or what a migration failed with.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Self::migrate(path)?;
        let readers = (0..READERS).map(|_| conn::open_sqlite(path)).collect::<Result<_, _>>()?;
        let writer = Lane::writer(path.to_owned(), conn::open_sqlite(path)?);
        Ok(Self { writer, readers: Lane::readers(readers) })
    }

    /// Brings the schema of the database at `path` up to date and names the migrations that ran.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn migrate(path: &Path) -> Result<Vec<String>, StoreError> {
        make_file(path)?;
        migrations::migrate(&mut conn::open_sqlite(path)?)
    }

    /// Runs a unit of work that reads, in one snapshot.
    ///
    /// # Errors
    /// What the unit answers, or [`StoreError::Unavailable`].
    pub async fn read<T: Send + 'static>(
        &self,
        unit: impl FnOnce(&mut Conn) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.readers.run(unit).await
    }

    /// Runs a unit of work in a transaction; it is durable when this returns. A unit that answers `Err` leaves nothing
    /// behind, so what must be kept beside a refusal (a revocation) is part of an `Ok`.
    ///
    /// # Errors
    /// What the unit answers, or [`StoreError::Unavailable`], after which it is unknown whether it was committed.
    pub async fn write<T: Send + 'static>(
        &self,
        unit: impl FnOnce(&mut Conn) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.writer.run(unit).await
    }
}

/// Makes the file, and folders on the way to it, for their owner alone; what is there keeps its mode. `SQLite` gives its other
/// files the mode of this one.
fn make_file(path: &Path) -> Result<(), StoreError> {
    let open = |error: std::io::Error| StoreError::Open { path: path.to_owned(), reason: error.to_string() };
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(open)?;
    }
    OpenOptions::new().append(true).create(true).mode(0o600).open(path).map(drop).map_err(open)
}

/// A column of 16 bytes that names a row.
fn id_column(table: &'static str, bytes: &[u8]) -> Result<crate::types::Id, StoreError> {
    crate::types::Id::from_slice(bytes).ok_or(StoreError::Corrupt { table, reason: "an id has not 16 bytes" })
}

#[cfg(test)]
mod tests;

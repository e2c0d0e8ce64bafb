//! A connection to the database, whichever engine it is.

use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};

use super::StoreError;

/// One set of queries for every engine; a statement that must differ matches on the connection.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    /// The embedded engine.
    Sqlite(SqliteConnection),
}

/// Opens a connection to the `SQLite` file at `path`, which is created where it is missing.
///
/// `synchronous=FULL` syncs the write-ahead log at each commit, so that what was acknowledged survives a power loss.
pub(super) fn open_sqlite(path: &Path) -> Result<Conn, StoreError> {
    let mut conn = SqliteConnection::establish(&path.to_string_lossy())
        .map_err(|error| StoreError::Open { path: path.to_owned(), reason: error.to_string() })?;
    conn.batch_execute(
        "PRAGMA busy_timeout = 10000;
         PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA foreign_keys = ON;
         PRAGMA journal_size_limit = 67108864;
         PRAGMA temp_store = MEMORY;",
    )?;
    Ok(Conn::Sqlite(conn))
}

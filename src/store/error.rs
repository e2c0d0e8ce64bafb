//! What can go wrong with the database.

use std::path::PathBuf;

use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// Why a unit of work has no result. Nothing of it was kept, unless the variant says otherwise.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database could not be opened.
    #[error("cannot open the database {}: {reason}", path.display())]
    Open {
        /// Its file.
        path: PathBuf,
        /// What the engine says.
        reason: String,
    },
    /// The database cannot answer now: busy, full, or away. Whether anything was committed is unknown.
    #[error("the database cannot answer: {0}")]
    Unavailable(String),
    /// A row with this key is there already.
    #[error("a row with this key exists")]
    Exists,
    /// A row that no code of ours can have written.
    #[error("a row of {table} makes no sense: {reason}")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The database was written by a newer version.
    #[error(
        "the database has the migration {0}, which this version does not know: run the newer version, or restore a backup"
    )]
    NewerSchema(String),
    /// Any other failure of a statement.
    #[error("the database refused a statement: {0}")]
    Database(String),
}

impl From<DieselError> for StoreError {
    fn from(error: DieselError) -> Self {
        match error {
            DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => Self::Exists,
            DieselError::DatabaseError(DatabaseErrorKind::ClosedConnection, info) => {
                Self::Unavailable(info.message().to_owned())
            }
            DieselError::DatabaseError(kind, info) if is_transient(info.message()) => {
                Self::Unavailable(format!("{kind:?}: {}", info.message()))
            }
            DieselError::BrokenTransactionManager => Self::Unavailable("the transaction was lost".to_owned()),
            other => Self::Database(other.to_string()),
        }
    }
}

/// SQLite's BUSY, LOCKED, FULL, IOERR, NOMEM, READONLY and CANTOPEN, which Diesel passes on by their words alone.
fn is_transient(message: &str) -> bool {
    [
        "database is locked",
        "database table is locked",
        "database or disk is full",
        "disk I/O error",
        "out of memory",
        "attempt to write a readonly database",
        "unable to open database file",
    ]
    .iter()
    .any(|known| message.contains(known))
}

//! What can go wrong with the database.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// Why a unit of work has no result. Nothing of it was kept, unless the variant says otherwise.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database could not be opened.
    #[error("cannot open the database {database}: {reason}")]
    Open {
        /// Its file, or where it is named.
        database: String,
        /// What the engine says.
        reason: String,
    },
    /// No database of Countersign is there, and none was to be created.
    #[error("there is no Countersign database at {0}")]
    Missing(String),
    /// The database cannot answer now: busy, full, or away. Whether anything was committed is unknown.
    #[error("the database cannot answer: {0}")]
    Unavailable(String),
    /// Another unit of work was at the same rows. The unit runs again, and its caller never sees this.
    #[error("others were changing the same rows: {0}")]
    Conflict(String),
    /// A row with this key is there already.
    #[error("a row with this key exists")]
    Exists,
    /// A person was to have a role that is not there.
    #[error("there is no role '{0}': add it with `countersign role add {0}` first")]
    UnknownRole(String),
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
        let (kind, info) = match error {
            DieselError::DatabaseError(kind, info) => (kind, info),
            DieselError::BrokenTransactionManager => return Self::Unavailable("the transaction was lost".to_owned()),
            other => return Self::Database(other.to_string()),
        };
        let message = info.message();
        match kind {
            DatabaseErrorKind::UniqueViolation => Self::Exists,
            // A row that was read a moment ago is gone.
            DatabaseErrorKind::SerializationFailure | DatabaseErrorKind::ForeignKeyViolation => {
                Self::Conflict(message.to_owned())
            }
            DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::ReadOnlyTransaction => {
                Self::Unavailable(message.to_owned())
            }
            _ if contains_any(message, &COLLIDING) => Self::Conflict(message.to_owned()),
            _ if contains_any(message, &PASSING) => Self::Unavailable(format!("{kind:?}: {message}")),
            _ => Self::Database(message.to_owned()),
        }
    }
}

/// `PostgreSQL`'s 40P01, which Diesel passes on by its words alone.
const COLLIDING: [&str; 1] = ["deadlock detected"];

/// What passes: SQLite's BUSY, LOCKED, FULL, IOERR, NOMEM, READONLY and CANTOPEN, and the classes 53, 57 and 08 of `PostgreSQL`,
/// which Diesel passes on by their words alone.
const PASSING: [&str; 21] = [
    "database is locked",
    "database table is locked",
    "database or disk is full",
    "disk I/O error",
    "out of memory",
    "attempt to write a readonly database",
    "unable to open database file",
    "No space left on device",
    "could not extend file",
    "out of shared memory",
    "too many clients",
    "too many connections",
    "remaining connection slots",
    "canceling statement due to",
    "terminating connection",
    "the database system is",
    "idle-in-transaction timeout",
    "server closed the connection",
    "connection to server",
    "no connection to the server",
    "SSL connection has been closed",
];

fn contains_any(message: &str, known: &[&str]) -> bool {
    known.iter().any(|known| message.contains(known))
}

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
    /// The database refused a statement, by a code that has no kind of its own: a deadlock, a timeout, a full disk, or a mistake
    /// in the statement. The unit runs again where that is safe, and is [`StoreError::Unavailable`] otherwise.
    #[error("the database refused a statement: {0}")]
    Refused(String),
    /// A failure that does not pass: a row breaks a rule of the schema, a result cannot be read, a unit panicked.
    #[error("a unit of work failed: {0}")]
    Database(String),
}

impl StoreError {
    /// Returns the error for the caller of a unit of work that does not run again: a reason that may pass is
    /// [`StoreError::Unavailable`]. A refusal is logged, since it may be a mistake in a statement.
    pub(super) fn into_answer(self) -> Self {
        match self {
            Self::Conflict(why) => Self::Unavailable(why),
            Self::Refused(why) => {
                tracing::error!(reason = why, "the database refused a statement");
                Self::Unavailable(why)
            }
            other => other,
        }
    }
}

/// Decides by the kind that Diesel makes of the SQLSTATE or of the result code, and never by the message, which `PostgreSQL`
/// translates (`docs/decisions/`, "Errors of the database").
impl From<DieselError> for StoreError {
    fn from(error: DieselError) -> Self {
        let (kind, info) = match error {
            DieselError::DatabaseError(kind, info) => (kind, info),
            DieselError::BrokenTransactionManager => return Self::Unavailable("the transaction was lost".to_owned()),
            other => return Self::Database(other.to_string()),
        };
        let message = info.message().to_owned();
        match kind {
            DatabaseErrorKind::UniqueViolation => Self::Exists,
            // A row that was read a moment ago is gone.
            DatabaseErrorKind::SerializationFailure | DatabaseErrorKind::ForeignKeyViolation => Self::Conflict(message),
            DatabaseErrorKind::ClosedConnection
            | DatabaseErrorKind::ReadOnlyTransaction
            | DatabaseErrorKind::UnableToSendCommand => Self::Unavailable(format!("{kind:?}: {message}")),
            DatabaseErrorKind::NotNullViolation
            | DatabaseErrorKind::CheckViolation
            | DatabaseErrorKind::RestrictViolation
            | DatabaseErrorKind::ExclusionViolation => Self::Database(message),
            _ => Self::Refused(message),
        }
    }
}

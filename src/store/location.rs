//! The place of a database.

use std::path::PathBuf;

use super::{postgres, sqlite};
use crate::types::Secret;

/// The place of a database.
#[derive(Clone, Debug)]
pub enum Location {
    /// The embedded engine, on a file. It and folders on the way to it are made where they are missing.
    Sqlite(PathBuf),
    /// A `PostgreSQL` server.
    Postgres(Postgres),
}

impl Location {
    /// The path or the URL for a sentence, without the password.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Sqlite(path) => sqlite::shown(path),
            Self::Postgres(postgres) => postgres::shown(postgres),
        }
    }
}

/// A `PostgreSQL` database, as one process uses it.
#[derive(Clone, Debug)]
pub struct Postgres {
    /// A connection URI as libpq reads it.
    pub url: Secret,
    /// Connections at the same time, at least one.
    pub connections: usize,
}

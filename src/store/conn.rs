//! A connection to the database, whichever engine it is.

use diesel::{PgConnection, SqliteConnection};

/// One set of queries for every engine; a statement that must differ matches on the connection.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    /// The embedded engine.
    Sqlite(SqliteConnection),
    /// The engine for several nodes.
    Postgres(PgConnection),
}

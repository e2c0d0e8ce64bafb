//! A connection to the database, whichever engine it is.

use diesel::{PgConnection, SqliteConnection};

/// Runs a query of the busiest paths on whichever engine it is. Through [`Conn`] a query's text would be built each time, to look
/// the prepared statement up by it; each engine by itself knows it by its type.
macro_rules! on_engine {
    ($conn:expr, |$engine:ident| $run:expr) => {
        match $conn {
            $crate::store::Conn::Sqlite($engine) => $run,
            $crate::store::Conn::Postgres($engine) => $run,
        }
    };
}
pub(super) use on_engine;

/// One set of queries for every engine; a statement that must differ matches on the connection.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    /// The embedded engine.
    Sqlite(SqliteConnection),
    /// The engine for several nodes.
    Postgres(PgConnection),
}

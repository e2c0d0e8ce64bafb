//! What begins and ends transactions of the embedded engine: prepared once a connection, since every unit of work needs some.

use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sqlite::Sqlite;
use diesel::{QueryResult, RunQueryDsl, SqliteConnection};

use super::Conn;

macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $sql:literal;)*) => {$(
        $(#[$doc])*
        #[derive(QueryId)]
        pub(super) struct $name;

        impl QueryFragment<Sqlite> for $name {
            fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
                out.push_sql($sql);
                Ok(())
            }
        }

        impl RunQueryDsl<SqliteConnection> for $name {}
    )*};
}

statements! {
    /// Begins a transaction that reads: its snapshot is that of its first statement.
    Begin = "BEGIN";
    /// Begins a transaction that writes, beside no other.
    BeginWrite = "BEGIN IMMEDIATE";
    /// Ends either, and keeps what it did.
    Commit = "COMMIT";
    /// Begins a part of a transaction that can be undone by itself.
    Savepoint = "SAVEPOINT unit";
    /// Undoes the part.
    Undo = "ROLLBACK TO unit";
    /// Ends the part.
    Release = "RELEASE unit";
}

/// Runs one of them.
pub(super) fn run(
    conn: &mut Conn,
    statement: impl QueryFragment<Sqlite> + QueryId + RunQueryDsl<SqliteConnection>,
) -> QueryResult<()> {
    match conn {
        Conn::Sqlite(conn) => statement.execute(conn).map(drop),
        Conn::Postgres(_) => unreachable!("these are statements of the embedded engine"),
    }
}

//! The database of a data folder, seen from outside the server: `SQLite`, or `PostgreSQL` where `COUNTERSIGN_TEST_POSTGRES_URL` names
//! one whose role may create databases.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Mutex;

use diesel::connection::SimpleConnection;
use diesel::{Connection, MultiConnection, PgConnection, QueryResult, QueryableByName, RunQueryDsl, SqliteConnection};

/// A connection to either engine.
#[derive(MultiConnection)]
enum Conn {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    value: i64,
}

#[derive(QueryableByName)]
struct Text {
    #[diesel(sql_type = diesel::sql_types::Text)]
    value: String,
}

/// Whether the tests run on `PostgreSQL`.
pub fn is_postgres() -> bool {
    server_url().is_some()
}

/// The `database.url` of a data folder, where it is not the default. The database is made when it is first asked for.
pub fn url(data_dir: &Path) -> Option<String> {
    let (server, name) = (server_url()?, name(data_dir));
    if is_new(&name) {
        administer(&format!("CREATE DATABASE \"{name}\""));
    }
    let (server, _) = server.rsplit_once('/').expect("it names a database");
    Some(format!("{server}/{name}"))
}

/// Makes the database of a data folder from that of another, which nobody uses meanwhile. On `SQLite` its file is a copy.
pub fn copy(from: &Path, data_dir: &Path) {
    let (from, name) = (name(from), name(data_dir));
    if is_postgres() && is_new(&name) {
        administer(&format!("CREATE DATABASE \"{name}\" TEMPLATE \"{from}\""));
    }
}

/// Brings all that is stored into the one file of an embedded database.
pub fn settle(data_dir: &Path) {
    if !is_postgres() {
        execute(data_dir, "PRAGMA wal_checkpoint(TRUNCATE)");
        let rest = std::fs::metadata(data_dir.join("countersign.db-wal"));
        assert!(rest.is_err() || rest.is_ok_and(|rest| rest.len() == 0), "nobody uses the database");
    }
}

/// Whether a database of this name was not asked for before.
fn is_new(name: &str) -> bool {
    static MADE: Mutex<Option<HashSet<String>>> = Mutex::new(None);
    MADE.lock().expect("nobody panics here").get_or_insert_default().insert(name.to_owned())
}

/// Removes the database of a data folder.
pub fn remove(data_dir: &Path) {
    if is_postgres() {
        administer(&format!("DROP DATABASE IF EXISTS \"{}\" WITH (FORCE)", name(data_dir)));
    }
}

/// Runs statements on the database of a data folder, as an administrator with a database client would.
#[track_caller]
pub fn execute(data_dir: &Path, statements: &str) {
    open(data_dir).batch_execute(statements).expect("the statements are in order");
}

/// Runs a statement in a transaction that stays open until what is given back is dropped, as a process that was paused has it.
#[track_caller]
pub fn hold(data_dir: &Path, statement: &str) -> impl Drop + use<> {
    struct Held(Conn);
    impl Drop for Held {
        fn drop(&mut self) {
            self.0.batch_execute("ROLLBACK").expect("the transaction is open");
        }
    }
    let mut conn = open(data_dir);
    conn.batch_execute(&format!("BEGIN; {statement}")).expect("the statement is in order");
    Held(conn)
}

/// The one number that an SQL expression gives.
#[track_caller]
pub fn number(data_dir: &Path, expression: &str) -> i64 {
    let query = diesel::sql_query(format!("SELECT CAST(({expression}) AS BIGINT) AS value"));
    let rows: Vec<Number> = query.load(&mut open(data_dir)).expect("the expression is in order");
    rows.first().expect("a SELECT without FROM has a row").value
}

/// The one text that an SQL expression gives.
#[track_caller]
pub fn text(data_dir: &Path, expression: &str) -> String {
    let rows: Vec<Text> = texts(&mut open(data_dir), &format!("SELECT CAST(({expression}) AS TEXT) AS value"))
        .expect("the expression is in order");
    rows.into_iter().next().expect("a SELECT without FROM has a row").value
}

/// Bytes as an SQL literal.
pub fn bytes(hex: &str) -> String {
    if is_postgres() { format!("'\\x{hex}'") } else { format!("X'{hex}'") }
}

/// Lets every statement of a kind on a table fail as on a full disk.
#[track_caller]
pub fn fill_up(data_dir: &Path, statement: &str, table: &str) {
    let trigger = format!("CREATE TRIGGER full_{statement} BEFORE {statement} ON {table}");
    let fail = if is_postgres() {
        "CREATE OR REPLACE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'disk_full', MESSAGE = 'kein Platz'; END $$;"
    } else {
        ""
    };
    let action = if is_postgres() {
        "FOR EACH STATEMENT EXECUTE FUNCTION fail()"
    } else {
        "BEGIN SELECT RAISE(ABORT, 'kein Platz'); END"
    };
    execute(data_dir, &format!("{fail}{trigger} {action};"));
}

/// The end of [`fill_up`].
#[track_caller]
pub fn make_room(data_dir: &Path, statement: &str, table: &str) {
    let on_table = if is_postgres() { format!(" ON {table}") } else { String::new() };
    execute(data_dir, &format!("DROP TRIGGER full_{statement}{on_table}"));
}

/// All that is stored: the file byte for byte, or every row of every table.
pub fn stored(data_dir: &Path) -> Vec<u8> {
    if is_postgres() {
        return rows(data_dir).into_bytes();
    }
    let read = |file| std::fs::read(data_dir.join(file)).expect("the database is there");
    [read("countersign.db"), read("countersign.db-wal")].concat()
}

/// Every row of every table as `PostgreSQL` writes it: bytes in hexadecimal digits.
fn rows(data_dir: &Path) -> String {
    let mut conn = open(data_dir);
    let tables = "SELECT tablename::text AS value FROM pg_tables WHERE schemaname = 'public' ORDER BY 1";
    let tables = texts(&mut conn, tables).expect("there are tables");
    let rows = |Text { value: table }| {
        let rows =
            format!("SELECT coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '') AS value FROM \"{table}\" t");
        texts(&mut conn, &rows).expect("a table has rows").remove(0).value
    };
    tables.into_iter().map(rows).collect::<Vec<_>>().join("\n")
}

fn texts(conn: &mut Conn, query: &str) -> QueryResult<Vec<Text>> {
    diesel::sql_query(query).load(conn)
}

fn server_url() -> Option<String> {
    std::env::var("COUNTERSIGN_TEST_POSTGRES_URL").ok().filter(|url| !url.is_empty())
}

fn name(data_dir: &Path) -> String {
    data_dir.file_name().expect("a data folder has a name").to_string_lossy().into_owned()
}

fn administer(statement: &str) {
    let url = server_url().expect("the tests run on PostgreSQL");
    let mut conn = PgConnection::establish(&url).expect("PostgreSQL is there");
    conn.batch_execute(statement).expect("the role may create databases");
}

fn open(data_dir: &Path) -> Conn {
    if let Some(url) = url(data_dir) {
        return Conn::Postgres(PgConnection::establish(&url).expect("the database is there"));
    }
    let file = data_dir.join("countersign.db");
    let mut conn = SqliteConnection::establish(&file.to_string_lossy()).expect("the database is there");
    conn.batch_execute("PRAGMA busy_timeout = 10000; PRAGMA foreign_keys = ON;").expect("SQLite knows its pragmas");
    Conn::Sqlite(conn)
}

//! The database file, seen from outside the server.

use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::{Connection, QueryableByName, RunQueryDsl, SqliteConnection};

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

/// Runs statements on the database of a data folder, as an administrator with a database client would.
#[track_caller]
pub fn execute(data_dir: &Path, statements: &str) {
    open(data_dir).batch_execute(statements).expect("the statements are in order");
}

/// The one number that an SQL expression gives.
#[track_caller]
pub fn number(data_dir: &Path, expression: &str) -> i64 {
    let rows: Vec<Number> = diesel::sql_query(format!("SELECT ({expression}) AS value"))
        .load(&mut open(data_dir))
        .expect("the expression is in order");
    rows.first().expect("a SELECT without FROM has a row").value
}

/// The one text that an SQL expression gives.
#[track_caller]
pub fn text(data_dir: &Path, expression: &str) -> String {
    let rows: Vec<Text> = diesel::sql_query(format!("SELECT ({expression}) AS value"))
        .load(&mut open(data_dir))
        .expect("the expression is in order");
    rows.into_iter().next().expect("a SELECT without FROM has a row").value
}

fn open(data_dir: &Path) -> SqliteConnection {
    let file = data_dir.join("countersign.db");
    let mut conn = SqliteConnection::establish(&file.to_string_lossy()).expect("the database is there");
    conn.batch_execute("PRAGMA busy_timeout = 10000; PRAGMA foreign_keys = ON;").expect("SQLite knows its pragmas");
    conn
}

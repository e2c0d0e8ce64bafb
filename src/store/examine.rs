//! A look at a database that changes nothing.

use std::io::ErrorKind;
use std::path::Path;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::migrations::Pending;
use super::{Conn, Location, StoreError, master_keys, migrations, postgres, sqlite};
use crate::types::Timestamp;

/// What was found.
#[derive(Debug)]
pub struct Examination {
    /// The engine and its version.
    pub engine: String,
    /// The migrations that the next start runs; an empty database needs all.
    pub pending: Vec<String>,
    /// The database has no tables of ours yet.
    pub is_new: bool,
    /// The number and the check value of every master key that the database knows, oldest first.
    pub master_keys: Vec<(i32, Vec<u8>)>,
    /// The database server's clock, where it has one of its own.
    pub clock: Option<Timestamp>,
    /// What weakens a promise, a sentence each.
    pub concerns: Vec<String>,
}

/// Looks at a database.
///
/// # Errors
/// As [`super::Store::examine`].
pub(super) fn examine(location: &Location) -> Result<Examination, StoreError> {
    match location {
        Location::Sqlite(path) => file(path),
        Location::Postgres(location) => server(postgres::open(location)?),
    }
}

fn file(path: &Path) -> Result<Examination, StoreError> {
    use std::os::unix::fs::PermissionsExt;
    let metadata = std::fs::metadata(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => StoreError::Missing(sqlite::shown(path)),
        _ => sqlite::cannot_open(path, &error),
    })?;
    if metadata.is_dir() {
        return Err(sqlite::cannot_open(path, &"it is a folder"));
    }
    let is_shared = metadata.permissions().mode() & 0o077 != 0;
    let shared = || format!("others can read {0}: run `chmod 600 {0}`", path.display());
    let mut conn = sqlite::open_unchanged(path)?;
    let version: String = sql::<Text>("SELECT sqlite_version()").get_result(&mut conn)?;
    let Pending { migrations, is_new } = migrations::pending_sqlite(&mut conn)?;
    Ok(Examination {
        engine: format!("SQLite {version}"),
        master_keys: known_master_keys(Conn::Sqlite(conn), &migrations)?,
        pending: migrations,
        is_new,
        clock: None,
        concerns: is_shared.then(shared).into_iter().collect(),
    })
}

/// The master keys that a database knows; none where its schema is older than their table.
fn known_master_keys(mut conn: Conn, pending: &[String]) -> Result<Vec<(i32, Vec<u8>)>, StoreError> {
    match master_keys::list(&mut conn) {
        Err(_) if !pending.is_empty() => Ok(Vec::new()),
        known => known,
    }
}

fn server(mut conn: PgConnection) -> Result<Examination, StoreError> {
    let setting = |conn: &mut PgConnection, name: &str| -> Result<String, StoreError> {
        Ok(sql::<Text>(&format!("SELECT current_setting('{name}')")).get_result(conn)?)
    };
    let now = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint";
    let expectations = [
        ("fsync", "on", "what was acknowledged can be lost with the machine: set fsync = on"),
        ("server_encoding", "UTF8", "names in other scripts cannot be stored: make the database with ENCODING 'UTF8'"),
    ];
    let mut concerns = Vec::new();
    for (name, expected, concern) in expectations {
        let found = setting(&mut conn, name)?;
        if found != expected {
            concerns.push(format!("{name} is {found}: {concern}"));
        }
    }
    let Pending { migrations, is_new } = migrations::pending_postgres(&mut conn)?;
    Ok(Examination {
        engine: format!("PostgreSQL {}", setting(&mut conn, "server_version")?),
        clock: Some(Timestamp::from_millis(sql::<BigInt>(now).get_result(&mut conn)?)),
        master_keys: known_master_keys(Conn::Postgres(conn), &migrations)?,
        pending: migrations,
        is_new,
        concerns,
    })
}

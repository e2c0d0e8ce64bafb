//! A look at a database that changes nothing.

use std::path::Path;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::{Location, StoreError, migrations, postgres, sqlite};
use crate::types::Timestamp;

/// What was found.
#[derive(Debug)]
pub struct Examination {
    /// The engine and its version.
    pub engine: String,
    /// The migrations that the next start runs; an empty database needs all.
    pub pending: Vec<String>,
    /// The database server's clock, where it has one of its own.
    pub clock: Option<Timestamp>,
    /// What weakens a promise, a sentence each.
    pub concerns: Vec<String>,
}

/// Looks at a database.
///
/// # Errors
/// [`super::StoreError::Open`], [`super::StoreError::NewerSchema`].
pub(super) fn examine(location: &Location) -> Result<Examination, StoreError> {
    match location {
        Location::Sqlite(path) => file(path),
        Location::Postgres(location) => server(&mut postgres::open(location)?),
    }
}

fn file(path: &Path) -> Result<Examination, StoreError> {
    use std::os::unix::fs::PermissionsExt;
    let absent = || StoreError::Open { database: path.display().to_string(), reason: "it is not there".to_owned() };
    let metadata = std::fs::metadata(path).map_err(|_| absent())?;
    let is_shared = metadata.permissions().mode() & 0o077 != 0;
    let shared = || format!("others can read {0}: run `chmod 600 {0}`", path.display());
    let mut conn = sqlite::open(path)?;
    let version: String = sql::<Text>("SELECT sqlite_version()").get_result(&mut conn)?;
    Ok(Examination {
        engine: format!("SQLite {version}"),
        pending: migrations::pending_sqlite(&mut conn)?,
        clock: None,
        concerns: is_shared.then(shared).into_iter().collect(),
    })
}

fn server(conn: &mut PgConnection) -> Result<Examination, StoreError> {
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
        let found = setting(conn, name)?;
        if found != expected {
            concerns.push(format!("{name} is {found}: {concern}"));
        }
    }
    let language = setting(conn, "lc_messages")?;
    if !["C", "POSIX", "en"].iter().any(|english| language.starts_with(english)) && !language.is_empty() {
        concerns.push(format!(
            "lc_messages is {language}, so that a timeout looks like a fault: ALTER ROLE name SET lc_messages = 'C'"
        ));
    }
    Ok(Examination {
        engine: format!("PostgreSQL {}", setting(conn, "server_version")?),
        pending: migrations::pending_postgres(conn)?,
        clock: Some(Timestamp::from_millis(sql::<BigInt>(now).get_result(conn)?)),
        concerns,
    })
}

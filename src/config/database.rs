//! The database that `[database]` means, and the sentences for what is none.

use std::path::Path;

use super::raw::RawDatabase;
use super::rule::{number, require};
use super::typed::{RawDatabaseUrl, SET};
use super::validate::{MOST_THREADS, cores, to_usize};
use super::{ConfigError, Database};
use crate::types::{Secret, password_range};

/// The database of a section, else the one in the data directory.
pub(super) fn meant(raw: &RawDatabase, data_dir: &str) -> Result<Database, ConfigError> {
    let key = "database.url";
    let Some(RawDatabaseUrl(url)) = &raw.url else {
        return Ok(Database::in_directory(Path::new(data_dir)));
    };
    if ["postgres://", "postgresql://"].iter().any(|scheme| url.expose().starts_with(scheme)) {
        return postgres(url, raw.connections);
    }
    let path = url.expose().strip_prefix("sqlite://").unwrap_or_default();
    require(
        !path.is_empty(),
        key,
        || "it is not the URL of a database; write sqlite://PATH or postgres://USER:PASSWORD@HOST/DATABASE",
    )?;
    require(!path.contains(['?', '\0']), key, || "it has options after the path; write sqlite://PATH alone")?;
    require(!path.contains(":memory:"), key, || "it would forget everything at a restart; write sqlite://PATH")?;
    Ok(Database::Sqlite { path: path.into() })
}

/// libpq reads the rest of the URL when it connects.
fn postgres(url: &Secret, connections: u32) -> Result<Database, ConfigError> {
    let key = "database.url";
    let typed = url.expose();
    let (address, query) = typed.split_once('?').unwrap_or((typed, ""));
    require(
        password_range(typed).is_none_or(|password| &typed[password] != SET),
        key,
        || "its password is a placeholder; write postgres://USER:PASSWORD@HOST/DATABASE",
    )?;
    let has_database = address.splitn(4, '/').nth(3).is_some_and(|database| !database.is_empty());
    require(has_database, key, || "it names no database; write postgres://USER:PASSWORD@HOST/DATABASE")?;
    let in_query = query.split('&').any(|pair| pair.starts_with("password="));
    require(!in_query, key, || "its password stands in the query; write postgres://USER:PASSWORD@HOST/DATABASE")?;
    number("database.connections", connections, 0, MOST_THREADS)?;
    let connections = if connections == 0 { 4 * cores() } else { to_usize(connections) };
    Ok(Database::Postgres { url: url.clone(), connections })
}

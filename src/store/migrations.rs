//! Migrations, embedded in the binary. A schema that is newer than the binary is refused.

use std::collections::HashSet;

use diesel::SqliteConnection;
use diesel::migration::{Migration, MigrationSource};
use diesel::sqlite::Sqlite;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{Conn, StoreError};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

/// Brings the schema up to this version.
///
/// # Errors
/// [`StoreError::NewerSchema`] when the database has a migration that this version does not know.
pub(super) fn migrate(conn: &mut Conn) -> Result<Vec<String>, StoreError> {
    let Conn::Sqlite(conn) = conn;
    refuse_newer(conn)?;
    let ran = conn.run_pending_migrations(SQLITE).map_err(|error| StoreError::Database(error.to_string()))?;
    Ok(ran.iter().map(ToString::to_string).collect())
}

fn refuse_newer(conn: &mut SqliteConnection) -> Result<(), StoreError> {
    let failed = |error: Box<dyn std::error::Error + Send + Sync>| StoreError::Database(error.to_string());
    let known: Vec<Box<dyn Migration<Sqlite>>> = SQLITE.migrations().map_err(failed)?;
    let known: HashSet<String> = known.iter().map(|migration| migration.name().version().to_string()).collect();
    let applied = conn.applied_migrations().map_err(failed)?;
    match applied.iter().map(ToString::to_string).find(|version| !known.contains(version)) {
        Some(unknown) => Err(StoreError::NewerSchema(unknown)),
        None => Ok(()),
    }
}

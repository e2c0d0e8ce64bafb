//! Migrations, embedded in the binary: the same names for every engine. A schema that is newer than the binary is refused.
//!
//! All that are pending run in one transaction, and one process at a time: a start that is killed leaves nothing behind.

use std::collections::HashSet;

use diesel::connection::SimpleConnection;
use diesel::migration::{Migration, MigrationSource};
use diesel::{Connection, PgConnection, SqliteConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::StoreError;

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Nodes that start together wait for the first of them here; the number is nobody else's.
const ONE_AT_A_TIME: &str = "SET LOCAL lock_timeout = '60s'; SET LOCAL statement_timeout = 0;
    SELECT pg_advisory_xact_lock(4851284730571908)";

/// Brings the schema of the embedded engine up to this version, and names the migrations that ran.
///
/// # Errors
/// [`StoreError::NewerSchema`] when the database has a migration that this version does not know.
pub(super) fn sqlite(conn: &mut SqliteConnection) -> Result<Vec<String>, StoreError> {
    conn.immediate_transaction(|conn| run(conn, SQLITE))
}

/// The same on `PostgreSQL`.
///
/// # Errors
/// As [`sqlite`].
pub(super) fn postgres(conn: &mut PgConnection) -> Result<Vec<String>, StoreError> {
    conn.transaction(|conn| {
        conn.batch_execute(ONE_AT_A_TIME)?;
        run(conn, POSTGRES)
    })
}

fn run<C>(conn: &mut C, migrations: EmbeddedMigrations) -> Result<Vec<String>, StoreError>
where
    C: MigrationHarness<C::Backend> + Connection,
    EmbeddedMigrations: MigrationSource<C::Backend>,
{
    let failed = |error: Box<dyn std::error::Error + Send + Sync>| StoreError::Database(error.to_string());
    let known: Vec<Box<dyn Migration<C::Backend>>> = migrations.migrations().map_err(failed)?;
    let known: HashSet<String> = known.iter().map(|migration| migration.name().version().to_string()).collect();
    let applied = conn.applied_migrations().map_err(failed)?;
    if let Some(unknown) = applied.iter().map(ToString::to_string).find(|version| !known.contains(version)) {
        return Err(StoreError::NewerSchema(unknown));
    }
    let ran = conn.run_pending_migrations(migrations).map_err(failed)?;
    Ok(ran.iter().map(ToString::to_string).collect())
}

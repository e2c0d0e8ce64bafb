//! Migrations, embedded in the binary: the same names for every engine. A schema that is newer than the binary is refused.
//!
//! All that are pending run in one transaction, and one process at a time: a start that is killed leaves nothing behind.

use diesel::connection::{AnsiTransactionManager, SimpleConnection};
use diesel::migration::{Migration, MigrationSource};
use diesel::result::Error as DieselError;
use diesel::{Connection, PgConnection, RunQueryDsl, SqliteConnection};
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
    // A table that is made anew under its old name must not take along what refers to it.
    conn.batch_execute("PRAGMA foreign_keys = OFF")?;
    let ran = conn.immediate_transaction(|conn| {
        let ran = run(conn, SQLITE)?;
        if ran.is_empty() { Ok(ran) } else { whole(conn).map(|()| ran) }
    });
    conn.batch_execute("PRAGMA foreign_keys = ON")?;
    ran
}

/// What refers to a row still finds it, or the migrations are undone.
fn whole(conn: &mut SqliteConnection) -> Result<(), StoreError> {
    let dangling: i64 =
        diesel::sql_query("SELECT count(*) AS rows FROM pragma_foreign_key_check").get_result::<Dangling>(conn)?.rows;
    if dangling == 0 { Ok(()) } else { Err(StoreError::Database(format!("{dangling} rows refer to none any more"))) }
}

#[derive(diesel::QueryableByName)]
struct Dangling {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    rows: i64,
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

/// The migrations that a database lacks.
pub(super) struct Pending {
    pub migrations: Vec<String>,
    /// No migration was ever applied: the database is not one of ours yet.
    pub is_new: bool,
}

/// The migrations that the embedded engine lacks; nothing is changed.
///
/// # Errors
/// As [`sqlite`].
pub(super) fn pending_sqlite(conn: &mut SqliteConnection) -> Result<Pending, StoreError> {
    unchanged(conn, |conn| pending(conn, &SQLITE))
}

/// The same on `PostgreSQL`.
///
/// # Errors
/// As [`sqlite`].
pub(super) fn pending_postgres(conn: &mut PgConnection) -> Result<Pending, StoreError> {
    unchanged(conn, |conn| pending(conn, &POSTGRES))
}

/// Asking an empty database makes the table of migrations: that is undone.
fn unchanged<C: Connection<TransactionManager = AnsiTransactionManager>, T>(
    conn: &mut C,
    look: impl FnOnce(&mut C) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let mut found = None;
    let _ = conn.transaction(|conn| {
        found = Some(look(conn));
        Err::<(), _>(DieselError::RollbackTransaction)
    });
    found.unwrap_or_else(|| Err(StoreError::Unavailable("no transaction could be begun".to_owned())))
}

fn run<C>(conn: &mut C, migrations: EmbeddedMigrations) -> Result<Vec<String>, StoreError>
where
    C: MigrationHarness<C::Backend> + Connection,
    EmbeddedMigrations: MigrationSource<C::Backend>,
{
    pending(conn, &migrations)?;
    let ran = conn.run_pending_migrations(migrations).map_err(failed)?;
    Ok(ran.iter().map(ToString::to_string).collect())
}

fn pending<C>(conn: &mut C, migrations: &EmbeddedMigrations) -> Result<Pending, StoreError>
where
    C: MigrationHarness<C::Backend> + Connection,
    EmbeddedMigrations: MigrationSource<C::Backend>,
{
    let known: Vec<Box<dyn Migration<C::Backend>>> = migrations.migrations().map_err(failed)?;
    let version = |migration: &dyn Migration<C::Backend>| migration.name().version().to_string();
    let known: Vec<String> = known.iter().map(|migration| version(migration.as_ref())).collect();
    let applied = conn.applied_migrations().map_err(failed)?;
    let applied: Vec<String> = applied.iter().map(ToString::to_string).collect();
    if let Some(unknown) = applied.iter().find(|version| !known.contains(version)) {
        return Err(StoreError::NewerSchema(unknown.clone()));
    }
    let is_new = applied.is_empty();
    Ok(Pending { migrations: known.into_iter().filter(|version| !applied.contains(version)).collect(), is_new })
}

#[expect(clippy::needless_pass_by_value, reason = "it is what map_err passes")]
fn failed(error: Box<dyn std::error::Error + Send + Sync>) -> StoreError {
    StoreError::Database(error.to_string())
}

//! Reads of the embedded engine, on the thread that asks: one takes some microseconds, and to hand it to another thread and
//! back costs as many again. In the write-ahead log a reader waits for nobody.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use diesel::connection::SimpleConnection;

use super::lane::run_counted;
use super::sqlite::open;
use super::transaction::{Begin, Commit, run};
use super::{Conn, StoreError};
use crate::metrics::{Stopwatch, StoreMetrics, UnitKind, spend};

/// Connections that read: as many as there are threads that ever read at the same time.
#[derive(Clone)]
pub(super) struct Readers {
    path: Arc<Path>,
    idle: Arc<Mutex<Vec<Conn>>>,
    metrics: Arc<StoreMetrics>,
}

impl Readers {
    /// Opens the first connection.
    pub(super) fn open(path: &Path, metrics: &Arc<StoreMetrics>) -> Result<Self, StoreError> {
        let first = Conn::Sqlite(open(path)?);
        Ok(Self { path: path.into(), idle: Arc::new(Mutex::new(vec![first])), metrics: Arc::clone(metrics) })
    }

    /// Runs a unit that reads, in one snapshot.
    pub(super) fn run<T>(&self, unit: impl Fn(&mut Conn) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let asked = Stopwatch::start();
        let idle = self.idle().pop();
        let mut conn = idle.map_or_else(|| self.another(), Ok)?;
        let waited = asked.elapsed();
        let (result, statements) = in_snapshot(&mut conn, unit);
        if !matches!(result, Err(StoreError::Unavailable(_) | StoreError::Refused(_))) {
            self.idle().push(conn);
        }
        let whole = asked.elapsed();
        self.metrics.record(UnitKind::Read, waited, whole.saturating_sub(waited), statements);
        spend(|cost| {
            cost.database += whole;
            cost.database_wait += waited;
            cost.statements += statements;
        });
        result.map_err(StoreError::into_answer)
    }

    fn another(&self) -> Result<Conn, StoreError> {
        open(&self.path).map(Conn::Sqlite).map_err(|error| StoreError::Unavailable(error.to_string()))
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Conn>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn in_snapshot<T>(conn: &mut Conn, unit: impl Fn(&mut Conn) -> Result<T, StoreError>) -> (Result<T, StoreError>, u64) {
    if let Err(error) = run(conn, Begin) {
        return (Err(error.into()), 0);
    }
    let ran = run_counted(conn, unit);
    if run(conn, Commit).is_err() {
        // Nothing was written, so the result stands; the connection only has to leave the transaction.
        let _ = conn.batch_execute("ROLLBACK");
    }
    ran
}

//! The embedded engine: one thread writes, and whoever reads does so beside it (`reads`).
//!
//! The writer commits many units in one transaction, each in a savepoint of its own, and answers each only after the
//! commit (group commit): one sync pays for all that came in during the last one.

use std::fs::{DirBuilder, OpenOptions};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crossbeam_channel::Receiver;
use diesel::connection::SimpleConnection;
use diesel::{Connection, QueryResult, SqliteConnection};

use super::lane::{Ending, Job, Lane};
use super::transaction::{BeginWrite, Commit, Release, Savepoint, Undo, run};
use super::{Conn, StoreError, statements};
use crate::metrics::{SqliteMetrics, Stopwatch, StoreMetrics, UnitKind};

/// Units that share a commit.
const BATCH: usize = 256;
/// Memory for pages of the writer, in KiB: it keeps what leads to the rows of large tables. Readers have the usual 2 MiB each.
const WRITER_CACHE: u32 = 16 * 1024;
/// Other processes (the command line) get at the database between two batches: without the pause none does under load.
const BREATH: Duration = Duration::from_micros(50);
/// Attempts at turning on the write-ahead log of a new file that others open, too: for a second.
const WRITE_AHEAD_TRIES: u32 = 200;
const WRITE_AHEAD_PAUSE: Duration = Duration::from_millis(5);

/// The lane that writes.
pub(super) fn writer(
    path: &Path,
    metrics: &Arc<StoreMetrics>,
    commits: Arc<SqliteMetrics>,
) -> Result<Lane, StoreError> {
    let (path, conn) = (path.to_owned(), open_writer(path)?);
    Ok(Lane::new("writer", metrics, vec![move |jobs| write_all(&path, conn, &jobs, &commits)]))
}

/// Opens a connection to the file at `path`, which is there, and changes nothing in it.
pub(super) fn open_unchanged(path: &Path) -> Result<SqliteConnection, StoreError> {
    let mut conn = SqliteConnection::establish(&path.to_string_lossy()).map_err(|error| cannot_open(path, &error))?;
    // The first statement that reads the file: another kind of file is refused here.
    let opened = conn.batch_execute("PRAGMA busy_timeout = 10000; PRAGMA schema_version;");
    opened.map_err(|error| cannot_open(path, &error))?;
    Ok(conn)
}

/// Opens a connection to the file at `path`, which is there.
///
/// `synchronous=FULL` syncs the write-ahead log at each commit, so that what was acknowledged survives a power loss.
pub(super) fn open(path: &Path) -> Result<SqliteConnection, StoreError> {
    let mut conn = open_unchanged(path)?;
    conn.batch_execute(
        "PRAGMA synchronous = FULL;
         PRAGMA foreign_keys = ON;
         PRAGMA journal_size_limit = 67108864;
         PRAGMA temp_store = MEMORY;",
    )?;
    write_ahead(&mut conn)?;
    statements::count(&mut conn);
    Ok(conn)
}

fn open_writer(path: &Path) -> Result<Conn, StoreError> {
    let mut conn = open(path)?;
    conn.batch_execute(&format!("PRAGMA cache_size = -{WRITER_CACHE}"))?;
    Ok(Conn::Sqlite(conn))
}

/// Turns the write-ahead log on. `SQLite` waits for nobody here: of two that open a new file at once, one is told that it is
/// locked, and comes again.
fn write_ahead(conn: &mut SqliteConnection) -> QueryResult<()> {
    let mut tries = WRITE_AHEAD_TRIES;
    loop {
        tries -= 1;
        match conn.batch_execute("PRAGMA journal_mode = WAL") {
            Err(_) if tries > 0 => thread::sleep(WRITE_AHEAD_PAUSE),
            done => return done,
        }
    }
}

/// Makes the file, and folders on the way to it, for their owner alone; what is there keeps its mode. `SQLite` gives its other
/// files the mode of this one.
pub(super) fn make_file(path: &Path) -> Result<(), StoreError> {
    let open = |error: std::io::Error| cannot_open(path, &error);
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(open)?;
    }
    OpenOptions::new().append(true).create(true).mode(0o600).open(path).map(drop).map_err(open)
}

pub(super) fn cannot_open(path: &Path, error: &impl ToString) -> StoreError {
    StoreError::Open { database: shown(path), reason: error.to_string() }
}

/// The path of a database for a sentence: a relative one would depend on the working directory.
pub(super) fn shown(path: &Path) -> String {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).display().to_string()
}

fn write_all(path: &Path, mut conn: Conn, jobs: &Receiver<Box<dyn Job>>, metrics: &SqliteMetrics) {
    while let Ok(first) = jobs.recv() {
        let mut ran = Vec::new();
        let batch = std::iter::once(first).chain(jobs.try_iter()).take(BATCH).filter(|job| job.take_up());
        let committed = commit(&mut conn, batch, &mut ran, metrics);
        metrics.batch.observe_size(ran.len());
        let lost = committed.err().map(|error| StoreError::from(error).to_string());
        if let Some(reason) = &lost {
            // FULL, IOERR and NOMEM may have rolled back everything: what the batch did is unknown, start afresh.
            tracing::error!(reason, "the commit failed, its units are answered as unavailable");
            let _ = conn.batch_execute("ROLLBACK");
            if let Ok(fresh) = open_writer(path) {
                conn = fresh;
            }
        }
        for job in ran {
            job.answer(lost.clone().map(StoreError::Unavailable));
        }
        thread::sleep(BREATH);
    }
}

/// Runs a batch in one transaction. A unit that fails takes only its own savepoint with it; one that modifies by one guarded
/// statement needs none, since a statement that fails has done nothing.
fn commit(
    conn: &mut Conn,
    batch: impl Iterator<Item = Box<dyn Job>>,
    ran: &mut Vec<Box<dyn Job>>,
    metrics: &SqliteMetrics,
) -> QueryResult<()> {
    let mut healthy = run(conn, BeginWrite);
    for mut job in batch {
        let can_be_undone = job.kind() != UnitKind::WriteOne;
        if can_be_undone {
            healthy = healthy.and_then(|()| run(conn, Savepoint));
        }
        let no_transaction = || StoreError::Unavailable("no transaction could be begun".to_owned());
        let ending = job.run(if healthy.is_ok() { Ok(&mut *conn) } else { Err(no_transaction()) });
        if can_be_undone && ending != Ending::Keep {
            healthy = healthy.and_then(|()| run(conn, Undo));
        }
        if can_be_undone {
            healthy = healthy.and_then(|()| run(conn, Release));
        }
        ran.push(job);
    }
    let commit = Stopwatch::start();
    let committed = healthy.and_then(|()| run(conn, Commit));
    metrics.commit.observe(commit.elapsed());
    committed
}

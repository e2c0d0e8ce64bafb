//! Lanes: threads that own a connection and take units of work from a queue.
//!
//! One writer commits many units in one transaction, each in a savepoint of its own, and answers each only after the
//! commit (group commit): one sync pays for all that came in during the last one.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use diesel::QueryResult;
use diesel::connection::SimpleConnection;
use tokio::sync::oneshot;

use super::conn::open_sqlite;
use super::{Conn, StoreError};

/// Units that may wait; more are refused at once.
const QUEUE: usize = 4096;
/// Units that share a commit.
const BATCH: usize = 256;
/// Other processes (the command line) get at the database between two batches: without the pause none does under load.
const BREATH: Duration = Duration::from_micros(50);

/// Runs a unit where there is a transaction to run it in, and gives back what tells its caller how the commit went.
type Job = Box<dyn FnOnce(Option<&mut Conn>) -> Ran + Send>;

struct Ran {
    keep: bool,
    reply: Box<dyn FnOnce(Option<StoreError>) + Send>,
}

/// The sending end of a queue of units of work. The threads end when the last one is dropped.
#[derive(Clone)]
pub(super) struct Lane(Sender<Job>);

impl Lane {
    /// One thread that writes.
    pub(super) fn writer(path: PathBuf, conn: Conn) -> Self {
        let (sender, jobs) = bounded(QUEUE);
        spawn("store-writer", move || write_all(&path, conn, &jobs));
        Self(sender)
    }

    /// As many threads as there are connections, which read.
    pub(super) fn readers(conns: Vec<Conn>) -> Self {
        let (sender, jobs) = bounded::<Job>(QUEUE);
        for mut conn in conns {
            let jobs = jobs.clone();
            spawn("store-reader", move || {
                for job in jobs {
                    read_one(&mut conn, job);
                }
            });
        }
        Self(sender)
    }

    /// Runs a unit of work and waits until its result is durable.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        unit: impl FnOnce(&mut Conn) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |conn| {
            let panicked = || StoreError::Database("a unit of work panicked".to_owned());
            let result = match conn {
                Some(conn) => catch_unwind(AssertUnwindSafe(|| unit(conn))).unwrap_or_else(|_| Err(panicked())),
                None => Err(StoreError::Unavailable("no transaction could be begun".to_owned())),
            };
            let keep = result.is_ok();
            // The caller may have gone: the unit stands all the same.
            let reply = move |lost: Option<StoreError>| drop(answer.send(lost.map_or(result, Err)));
            Ran { keep, reply: Box::new(reply) }
        });
        self.0.try_send(job).map_err(|refused| match refused {
            TrySendError::Full(_) => StoreError::Unavailable("too many units of work are waiting".to_owned()),
            TrySendError::Disconnected(_) => StoreError::Unavailable("the store is closed".to_owned()),
        })?;
        answered.await.map_err(|_| StoreError::Unavailable("the store is closed".to_owned()))?
    }
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) {
    thread::Builder::new().name(name.to_owned()).spawn(run).expect("the operating system starts a thread");
}

/// Runs a unit that reads, all of it in one snapshot.
fn read_one(conn: &mut Conn, job: Job) {
    let begun = conn.batch_execute("BEGIN");
    let ran = job(begun.is_ok().then_some(&mut *conn));
    let ended = begun.and_then(|()| conn.batch_execute("COMMIT"));
    if ended.is_err() {
        // Nothing was written, so the result stands; the connection only has to leave the transaction.
        let _ = conn.batch_execute("ROLLBACK");
    }
    (ran.reply)(None);
}

fn write_all(path: &Path, mut conn: Conn, jobs: &Receiver<Job>) {
    while let Ok(first) = jobs.recv() {
        let mut ran = Vec::new();
        let batch = std::iter::once(first).chain(jobs.try_iter()).take(BATCH);
        let committed = commit(&mut conn, batch, &mut ran);
        let lost = committed.err().map(|error| StoreError::from(error).to_string());
        if let Some(reason) = &lost {
            // FULL, IOERR and NOMEM may have rolled back everything: what the batch did is unknown, start afresh.
            tracing::error!(reason, "the commit failed, its units are answered as unavailable");
            let _ = conn.batch_execute("ROLLBACK");
            if let Ok(fresh) = open_sqlite(path) {
                conn = fresh;
            }
        }
        for unit in ran {
            (unit.reply)(lost.clone().map(StoreError::Unavailable));
        }
        thread::sleep(BREATH);
    }
}

/// Runs a batch in one transaction. A unit that fails takes only its own savepoint with it.
fn commit(conn: &mut Conn, batch: impl Iterator<Item = Job>, ran: &mut Vec<Ran>) -> QueryResult<()> {
    let mut healthy = conn.batch_execute("BEGIN IMMEDIATE");
    for job in batch {
        healthy = healthy.and_then(|()| conn.batch_execute("SAVEPOINT unit"));
        let done = job(healthy.is_ok().then_some(&mut *conn));
        let end = if done.keep { "RELEASE unit" } else { "ROLLBACK TO unit; RELEASE unit" };
        healthy = healthy.and_then(|()| conn.batch_execute(end));
        ran.push(done);
    }
    healthy.and_then(|()| conn.batch_execute("COMMIT"))
}

//! Lanes: a queue of units of work, and threads that each own a connection and take from it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use tokio::sync::oneshot;

use super::{Conn, StoreError};

/// Units that may wait; more are refused at once.
const QUEUE: usize = 4096;
/// How long a unit may wait until a thread takes it up.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long a caller waits for a unit that runs: longer than the engine may take to give up by itself.
const DEADLINE: Duration = Duration::from_secs(15);

/// What a unit does to the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// It reads.
    Read,
    /// It has at most one statement that modifies.
    WriteOne,
    /// It is a transaction that takes turns with others by a row that each of them holds.
    WriteInTurn,
    /// It is a transaction, as if no other ran beside it.
    Write,
}

/// How a unit ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// Keep what it did.
    Keep,
    /// Undo what it did.
    Undo,
    /// Undo it, and run it again: somebody else was at the same rows.
    Conflict,
    /// Undo it, and run it again, once: a row with its key came in first, which it sees when it reads again.
    Exists,
    /// The connection is of no use any more.
    Lost,
}

/// A unit of work on its way through a lane.
pub(super) trait Job: Send {
    /// What it does to the database.
    fn kind(&self) -> Kind;
    /// Takes it out of the queue; `false` when its caller has been told that it did not run.
    fn take_up(&self) -> bool;
    /// Runs it where it can have a connection, or else notes why not.
    fn run(&mut self, conn: Result<&mut Conn, StoreError>) -> Ending;
    /// Tells its caller the result, or what became of the transaction that it was part of.
    fn answer(self: Box<Self>, lost: Option<StoreError>);
}

/// The sending end of a queue of units of work. The threads end when the last one is dropped.
#[derive(Clone)]
pub(super) struct Lane(Sender<Box<dyn Job>>);

impl Lane {
    /// A lane that these threads serve, each until the queue is closed.
    pub(super) fn new(name: &str, threads: Vec<impl FnOnce(Receiver<Box<dyn Job>>) + Send + 'static>) -> Self {
        let (sender, jobs) = bounded(QUEUE);
        for serve in threads {
            let jobs = jobs.clone();
            let thread = thread::Builder::new().name(name.to_owned());
            thread.spawn(move || serve(jobs)).expect("the operating system starts a thread");
        }
        Self(sender)
    }

    /// Runs a unit of work and waits until its result is durable.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        kind: Kind,
        unit: impl Fn(&mut Conn) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, mut answered) = oneshot::channel();
        let stage = Arc::new(Stage::default());
        let job = Work { kind, unit, result: None, answer, stage: Arc::clone(&stage) };
        self.0.try_send(Box::new(job)).map_err(|refused| match refused {
            TrySendError::Full(_) => StoreError::Unavailable("too many units of work are waiting".to_owned()),
            TrySendError::Disconnected(_) => StoreError::Unavailable("the store is closed".to_owned()),
        })?;
        let closed = |_| StoreError::Unavailable("the store is closed".to_owned());
        match tokio::time::timeout(PATIENCE, &mut answered).await {
            Ok(answer) => answer.map_err(closed)?,
            Err(_) if stage.give_up() => Err(StoreError::Unavailable("no connection was free in time".to_owned())),
            Err(_) => match tokio::time::timeout(DEADLINE, answered).await {
                Ok(answer) => answer.map_err(closed)?,
                Err(_) => Err(StoreError::Unavailable("the database did not answer in time".to_owned())),
            },
        }
    }
}

/// Whether a unit waits, runs, or was given up: its caller and its thread agree here.
#[derive(Default)]
struct Stage(AtomicU8);

impl Stage {
    const WAITING: u8 = 0;
    const RUNNING: u8 = 1;
    const GIVEN_UP: u8 = 2;

    fn take_up(&self) -> bool {
        self.leave_waiting(Self::RUNNING)
    }

    fn give_up(&self) -> bool {
        self.leave_waiting(Self::GIVEN_UP)
    }

    fn leave_waiting(&self, next: u8) -> bool {
        self.0.compare_exchange(Self::WAITING, next, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }
}

struct Work<T, F> {
    kind: Kind,
    unit: F,
    result: Option<Result<T, StoreError>>,
    answer: oneshot::Sender<Result<T, StoreError>>,
    stage: Arc<Stage>,
}

impl<T: Send, F: Fn(&mut Conn) -> Result<T, StoreError> + Send> Job for Work<T, F> {
    fn kind(&self) -> Kind {
        self.kind
    }

    fn take_up(&self) -> bool {
        self.stage.take_up()
    }

    fn run(&mut self, conn: Result<&mut Conn, StoreError>) -> Ending {
        let panicked = || StoreError::Database("a unit of work panicked".to_owned());
        let run = |conn| catch_unwind(AssertUnwindSafe(|| (self.unit)(conn))).unwrap_or_else(|_| Err(panicked()));
        let result = conn.and_then(run);
        let ending = match &result {
            Ok(_) => Ending::Keep,
            Err(StoreError::Conflict(_)) => Ending::Conflict,
            Err(StoreError::Exists) => Ending::Exists,
            Err(StoreError::Unavailable(_)) => Ending::Lost,
            Err(_) => Ending::Undo,
        };
        self.result = Some(result);
        ending
    }

    fn answer(self: Box<Self>, lost: Option<StoreError>) {
        let never_ran = || Err(StoreError::Unavailable("it was not run".to_owned()));
        let result = match (lost, self.result) {
            (Some(lost), _) => Err(lost),
            (None, Some(Err(StoreError::Conflict(why)))) => Err(StoreError::Unavailable(why)),
            (None, ran) => ran.unwrap_or_else(never_ran),
        };
        // The caller may have gone: the unit stands all the same.
        drop(self.answer.send(result));
    }
}

//! Lanes: a queue of units of work, and threads that each own a connection and take from it.

mod work;

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use tokio::sync::oneshot;

use super::writes::Writes;
use super::{Conn, StoreError};
use crate::metrics::{Refusal, Stopwatch, StoreMetrics, UnitKind, spend, spent};

use work::{Answer, Stage, Work};

pub(super) use work::run_counted;

/// Units that may wait; more are refused at once.
const QUEUE: usize = 4096;
/// How long a unit may wait until a thread takes it up.
const PATIENCE: Duration = Duration::from_secs(2);
/// Time that a request waits for all its units together, and other work for each of its own: no request waits 5 s for a database
/// that hangs. The engine may go on for a while.
const DEADLINE: Duration = Duration::from_millis(4500);

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
    /// Undo it, and run it again if little time has passed: the database refused a statement, for a reason that may pass.
    Refused,
    /// The connection is of no use any more.
    Lost,
}

/// A unit of work on its way through a lane.
pub(super) trait Job: Send {
    /// What it does to the database.
    fn kind(&self) -> UnitKind;
    /// Takes it out of the queue; `false` when its caller has been told that it did not run.
    fn take_up(&self) -> bool;
    /// Runs it where it can have a connection, or else notes why not.
    fn run(&mut self, conn: Result<&mut Conn, StoreError>) -> Ending;
    /// Tells its caller the result, or what became of the transaction that it was part of.
    fn answer(self: Box<Self>, lost: Option<StoreError>);
}

/// The sending end of a queue of units of work. The threads end when the last one is dropped.
#[derive(Clone)]
pub(super) struct Lane {
    /// What its metrics and its threads are called.
    pub name: &'static str,
    /// Ends of the writes of requests.
    pub writes: Arc<Writes>,
    queue: Sender<Box<dyn Job>>,
    metrics: Arc<StoreMetrics>,
}

impl Lane {
    /// A lane that these threads serve, each until the queue is closed.
    pub(super) fn new(
        name: &'static str,
        metrics: &Arc<StoreMetrics>,
        threads: Vec<impl FnOnce(Receiver<Box<dyn Job>>) + Send + 'static>,
    ) -> Self {
        let (queue, jobs) = bounded(QUEUE);
        for serve in threads {
            let jobs = jobs.clone();
            let thread = thread::Builder::new().name(format!("store-{name}"));
            thread.spawn(move || serve(jobs)).expect("the operating system starts a thread");
        }
        Self { name, writes: Arc::default(), queue, metrics: Arc::clone(metrics) }
    }

    /// The same queue for units whose end says nothing about the writes of requests.
    pub(super) fn apart(&self) -> Self {
        Self { writes: Arc::default(), ..self.clone() }
    }

    /// How many units wait.
    pub(super) fn waiting(&self) -> usize {
        self.queue.len()
    }

    /// True when one more unit would be refused.
    pub(super) fn is_full(&self) -> bool {
        self.queue.is_full()
    }

    /// Waits for what a unit of work needs before it is handed over, for no longer than for a connection.
    pub(super) async fn patiently<T>(&self, wanted: impl Future<Output = T>) -> Result<T, StoreError> {
        let asked = Stopwatch::start();
        let had = tokio::time::timeout(PATIENCE.min(time_left()), wanted).await;
        spend(|cost| {
            cost.database += asked.elapsed();
            cost.database_wait += asked.elapsed();
        });
        had.map_err(|_| {
            self.metrics.refused.of(Refusal::NotTakenUp).increment();
            StoreError::Unavailable("its turn did not come in time".to_owned())
        })
    }

    /// Runs a unit of work and waits until its result is durable. What it cost is added to the request that asked for
    /// it.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        kind: UnitKind,
        unit: impl Fn(&mut Conn) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let handed_over = Stopwatch::start();
        let (answer, answered) = oneshot::channel();
        let (stage, metrics) = (Arc::new(Stage::default()), Arc::clone(&self.metrics));
        let work = Work {
            kind,
            unit,
            result: None,
            answer,
            stage: Arc::clone(&stage),
            handed_over,
            waited: None,
            statements: 0,
            metrics,
        };
        let answer = self.answer(Box::new(work), answered, &stage).await;
        let mut is_of_request = false;
        spend(|cost| {
            cost.database += handed_over.elapsed();
            is_of_request = true;
        });
        let result = match answer {
            Ok((result, waited, statements)) => {
                spend(|cost| {
                    cost.database_wait += waited;
                    cost.statements += statements;
                });
                result
            }
            Err((refusal, why)) => {
                self.metrics.refused.of(refusal).increment();
                Err(StoreError::Unavailable(why.to_owned()))
            }
        };
        if is_of_request && kind != UnitKind::Read {
            self.writes.note(!matches!(result, Err(StoreError::Unavailable(_))));
        }
        result
    }

    /// Hands a unit over and waits for its answer, or gives it up.
    async fn answer<T>(
        &self,
        job: Box<dyn Job>,
        mut answered: oneshot::Receiver<Answer<T>>,
        stage: &Stage,
    ) -> Result<Answer<T>, (Refusal, &'static str)> {
        const CLOSED: (Refusal, &str) = (Refusal::Closed, "the store is closed");
        self.queue.try_send(job).map_err(|refused| match refused {
            TrySendError::Full(_) => (Refusal::QueueFull, "too many units of work are waiting"),
            TrySendError::Disconnected(_) => CLOSED,
        })?;
        let time_left = time_left();
        match tokio::time::timeout(PATIENCE.min(time_left), &mut answered).await {
            Ok(answer) => answer.map_err(|_| CLOSED),
            Err(_) if stage.give_up() => Err((Refusal::NotTakenUp, "no connection was free in time")),
            Err(_) => {
                self.writes.trouble.notify_one();
                match tokio::time::timeout(time_left.saturating_sub(PATIENCE), answered).await {
                    Ok(answer) => answer.map_err(|_| CLOSED),
                    Err(_) => Err((Refusal::TimedOut, "the database did not answer in time")),
                }
            }
        }
    }
}

/// Returns the time that the request being answered may still wait for the database.
fn time_left() -> Duration {
    DEADLINE.saturating_sub(spent().database)
}

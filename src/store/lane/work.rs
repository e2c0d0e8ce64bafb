//! A unit of work on its way through a lane, with the caller that waits for it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use tokio::sync::oneshot;

use super::super::statements::counted;
use super::super::{Conn, StoreError};
use super::{Ending, Job};
use crate::metrics::{Stopwatch, StoreMetrics, UnitKind};

/// Runs a unit, which may panic, and counts its statements.
pub(in crate::store) fn run_counted<T>(
    conn: &mut Conn,
    unit: impl Fn(&mut Conn) -> Result<T, StoreError>,
) -> (Result<T, StoreError>, u64) {
    let before = counted(conn);
    let result = catch_unwind(AssertUnwindSafe(|| unit(&mut *conn)));
    let panicked = |_| Err(StoreError::Database("a unit of work panicked".to_owned()));
    (result.unwrap_or_else(panicked), counted(conn) - before)
}

/// The result of a unit that ran, its wait before that, and the number of its statements.
pub(super) type Answer<T> = (Result<T, StoreError>, Duration, u64);

/// The stage of a unit, which its caller and its thread agree on: it waits, runs, or was given up.
#[derive(Default)]
pub(super) struct Stage(AtomicU8);

impl Stage {
    const WAITING: u8 = 0;
    const RUNNING: u8 = 1;
    const GIVEN_UP: u8 = 2;

    /// Takes the unit out of the queue; `false` when its caller gave it up.
    pub(super) fn take_up(&self) -> bool {
        self.leave_waiting(Self::RUNNING)
    }

    /// Gives the unit up; `false` when it runs.
    pub(super) fn give_up(&self) -> bool {
        self.leave_waiting(Self::GIVEN_UP)
    }

    fn leave_waiting(&self, next: u8) -> bool {
        self.0.compare_exchange(Self::WAITING, next, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }
}

/// A unit of work with its caller.
pub(super) struct Work<T, F> {
    pub(super) kind: UnitKind,
    pub(super) unit: F,
    pub(super) result: Option<Result<T, StoreError>>,
    pub(super) answer: oneshot::Sender<Answer<T>>,
    pub(super) stage: Arc<Stage>,
    pub(super) handed_over: Stopwatch,
    /// Time until the unit ran for the first time.
    pub(super) waited: Option<Duration>,
    /// Statements of all its runs.
    pub(super) statements: u64,
    pub(super) metrics: Arc<StoreMetrics>,
}

impl<T: Send, F: Fn(&mut Conn) -> Result<T, StoreError> + Send> Job for Work<T, F> {
    fn kind(&self) -> UnitKind {
        self.kind
    }

    fn take_up(&self) -> bool {
        self.stage.take_up()
    }

    fn run(&mut self, conn: Result<&mut Conn, StoreError>) -> Ending {
        if self.waited.is_some() {
            self.metrics.repeated.increment();
        }
        self.waited.get_or_insert_with(|| self.handed_over.elapsed());
        let (result, statements) = conn.map_or_else(|error| (Err(error), 0), |conn| run_counted(conn, &self.unit));
        self.statements += statements;
        let ending = match &result {
            Ok(_) => Ending::Keep,
            Err(StoreError::Conflict(_)) => Ending::Conflict,
            Err(StoreError::Exists) => Ending::Exists,
            Err(StoreError::Refused(_)) => Ending::Refused,
            Err(StoreError::Unavailable(_)) => Ending::Lost,
            Err(_) => Ending::Undo,
        };
        self.result = Some(result);
        ending
    }

    fn answer(self: Box<Self>, lost: Option<StoreError>) {
        let Self { kind, unit, result, answer, handed_over, waited, statements, metrics, .. } = *self;
        // What the unit holds is free once its caller knows of the result.
        drop(unit);
        let never_ran = || Err(StoreError::Unavailable("it was not run".to_owned()));
        let result = match (lost, result) {
            (Some(lost), _) => Err(lost),
            (None, ran) => ran.unwrap_or_else(never_ran).map_err(StoreError::into_answer),
        };
        let whole = handed_over.elapsed();
        let waited = waited.unwrap_or(whole);
        metrics.record(kind, waited, whole.saturating_sub(waited), statements);
        // The caller may have gone: the unit stands all the same.
        drop(answer.send((result, waited, statements)));
    }
}

//! What answering one request costs, added up wherever it is spent.
//!
//! A request is answered in one task. The meter is a value of that task, so that whoever spends (the store, the
//! password threads) needs to be handed nothing, and work of no request is spent unmetered. Time is taken around each
//! time that the task runs: between two of them its thread works for other requests.

use std::cell::Cell;
use std::future::poll_fn;
use std::pin::pin;
use std::time::Duration;

use super::Stopwatch;

tokio::task_local! {
    static METER: Cell<Cost>;
}

/// What a request has cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// How long its own thread worked for it, where tokens are signed, and the processor time of the threads that hash
    /// passwords. A task runs without waiting, so this is processor time, too, but for what else the processor did: to ask
    /// the system for the thread's own costs as much as a query, since it is no number that a process can read by itself.
    pub cpu: Duration,
    /// Time in units of work, from handing them over until they were answered.
    pub database: Duration,
    /// The part of it before they ran.
    pub database_wait: Duration,
    /// Statements of these units.
    pub statements: u64,
}

/// Runs some work, and says what it cost beside what came of it.
pub async fn metered<F: Future>(work: F) -> (F::Output, Cost) {
    let work = async {
        let mut work = pin!(work);
        let output = poll_fn(|context| {
            let before = Stopwatch::start();
            let polled = work.as_mut().poll(context);
            spend(|cost| cost.cpu += before.elapsed());
            polled
        })
        .await;
        (output, METER.get().get())
    };
    METER.scope(Cell::default(), work).await
}

/// Adds to the cost of the request that is being answered; to nothing, where none is.
pub fn spend(add: impl FnOnce(&mut Cost)) {
    let _ = METER.try_with(|meter| {
        let mut cost = meter.get();
        add(&mut cost);
        meter.set(cost);
    });
}

/// Returns the cost so far of the request that is being answered; nothing outside a request.
pub fn spent() -> Cost {
    METER.try_with(Cell::get).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::thread_cpu;

    fn busy(until: Duration) {
        let started = thread_cpu();
        while thread_cpu().saturating_sub(started) < until {}
    }

    #[test]
    fn each_of_two_that_take_turns_on_a_thread_pays_for_its_own() {
        const STEP: Duration = Duration::from_millis(5);
        let work = |steps: u64| async move {
            for _ in 0..steps {
                busy(STEP);
                spend(|cost| cost.statements += 1);
                tokio::task::yield_now().await;
            }
            steps
        };
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let both = async { tokio::join!(metered(work(2)), metered(work(20))) };
        let ((two, small), (twenty, large)) = runtime.block_on(both);
        assert_eq!((two, small.statements, twenty, large.statements), (2, 2, 20, 20));
        assert!(small.cpu >= 2 * STEP && large.cpu >= 20 * STEP, "{small:?} {large:?}");
        assert!(small.cpu < large.cpu / 2, "it pays for the other as well: {small:?} {large:?}");
    }

    #[test]
    fn work_of_no_request_is_unmetered() {
        spend(|_| panic!("there is nobody to add it to"));
    }
}

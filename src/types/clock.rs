//! The one place that reads the wall clock.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::Timestamp;

/// Where a use case gets the time from; a test holds the other end of a [`ManualClock`].
#[derive(Clone, Debug)]
pub enum Clock {
    /// The system's wall clock.
    System,
    /// A clock that stands still until it is moved.
    Manual(ManualClock),
}

impl Clock {
    /// The time now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => system_now(),
            Self::Manual(clock) => clock.now(),
        }
    }

    /// The time as the wall clock would show it if nobody had set it since the process began: the age of something in memory is
    /// measured by it. It belongs to this process alone, and is never stored.
    #[must_use]
    pub fn steady(&self) -> Timestamp {
        match self {
            Self::System => {
                let (wall, steady) = *BEGINNING;
                wall.plus(steady.elapsed())
            }
            Self::Manual(clock) => Timestamp::from_millis(clock.0.steady.load(Ordering::SeqCst)),
        }
    }

    /// Milliseconds by which the wall clock was set forward (or back, if negative) since the process began.
    #[must_use]
    pub fn stepped_by(&self) -> i64 {
        self.now().millis() - self.steady().millis()
    }

    /// Returns what the clock of the database shows, where `read` was read there. The clock of a test runs in a time of its own,
    /// and has a clock of the database beside it.
    #[must_use]
    pub fn of_database(&self, read: Timestamp) -> Timestamp {
        match self {
            Self::System => read,
            Self::Manual(clock) => Timestamp::from_millis(clock.0.database.load(Ordering::SeqCst)),
        }
    }
}

/// Both clocks when the first of them was asked for.
static BEGINNING: LazyLock<(Timestamp, Instant)> = LazyLock::new(beginning);

#[expect(clippy::disallowed_methods, reason = "this is the clock that everyone else is given")]
fn beginning() -> (Timestamp, Instant) {
    (system_now(), Instant::now())
}

#[expect(clippy::disallowed_methods, reason = "this is the clock that everyone else is given")]
fn system_now() -> Timestamp {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    Timestamp::from_millis(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
}

/// A clock that a test sets.
#[derive(Clone, Debug)]
pub struct ManualClock(Arc<Manual>);

#[derive(Debug)]
struct Manual {
    wall: AtomicI64,
    steady: AtomicI64,
    database: AtomicI64,
}

impl ManualClock {
    /// A clock that stands at `start`.
    #[must_use]
    pub fn new(start: Timestamp) -> Self {
        let millis = || AtomicI64::new(start.millis());
        Self(Arc::new(Manual { wall: millis(), steady: millis(), database: millis() }))
    }

    /// The time it stands at.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.wall.load(Ordering::SeqCst))
    }

    /// Lets time pass.
    pub fn advance(&self, by: Duration) {
        self.set(self.now().plus(by));
    }

    /// Lets time pass until a time; sets all clocks back to one that lies behind: clocks are set back in the field.
    pub fn set(&self, to: Timestamp) {
        let passed = to.since(self.now());
        self.step_to(to);
        self.0.database.store(to.millis(), Ordering::SeqCst);
        self.0.steady.fetch_add(i64::try_from(passed.as_millis()).unwrap_or(i64::MAX), Ordering::SeqCst);
    }

    /// Sets the clock of this node alone, while no time passes.
    pub fn step_to(&self, to: Timestamp) {
        self.0.wall.store(to.millis(), Ordering::SeqCst);
    }

    /// Sets this clock and that of the database while no time passes, as for a machine that was suspended.
    pub fn step_all_to(&self, to: Timestamp) {
        self.step_to(to);
        self.0.database.store(to.millis(), Ordering::SeqCst);
    }
}

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

    /// The steady time now: it goes on evenly, whatever happens to the wall clock, and is comparable within this process
    /// alone. It serves pauses and ages of what is kept in memory.
    #[must_use]
    pub fn steady(&self) -> Timestamp {
        match self {
            Self::System => system_steady(),
            Self::Manual(clock) => clock.steady(),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the clock that everyone else is given")]
fn system_now() -> Timestamp {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    Timestamp::from_millis(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
}

#[expect(clippy::disallowed_methods, reason = "this is the clock that everyone else is given")]
fn system_steady() -> Timestamp {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    Timestamp::from_millis(0).plus(START.elapsed())
}

/// A clock that a test sets.
#[derive(Clone, Debug)]
pub struct ManualClock(Arc<ManualTimes>);

#[derive(Debug)]
struct ManualTimes {
    wall: AtomicI64,
    steady: AtomicI64,
}

impl ManualClock {
    /// A clock that stands at `start`.
    #[must_use]
    pub fn new(start: Timestamp) -> Self {
        Self(Arc::new(ManualTimes { wall: AtomicI64::new(start.millis()), steady: AtomicI64::new(0) }))
    }

    /// The time it stands at.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.wall.load(Ordering::SeqCst))
    }

    /// The time that has passed on it.
    #[must_use]
    pub fn steady(&self) -> Timestamp {
        Timestamp::from_millis(self.0.steady.load(Ordering::SeqCst))
    }

    /// Moves it forward: time passes.
    pub fn advance(&self, by: Duration) {
        self.set(self.now().plus(by));
    }

    /// Moves it anywhere. Time passes where that lies ahead; a clock that is set back has no time pass.
    pub fn set(&self, to: Timestamp) {
        let before = self.0.wall.swap(to.millis(), Ordering::SeqCst);
        self.0.steady.fetch_add(to.millis().saturating_sub(before).max(0), Ordering::SeqCst);
    }

    /// Sets the wall clock alone, as NTP does: no time passes.
    pub fn step(&self, to: Timestamp) {
        self.0.wall.store(to.millis(), Ordering::SeqCst);
    }
}

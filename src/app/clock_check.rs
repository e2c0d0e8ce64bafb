//! The clock of this node beside that of the database.
//!
//! `PostgreSQL` has a clock, which all nodes share. The embedded engine has none: there the newest time that is stored says
//! that it is at least so late.

use std::sync::atomic::{AtomicI64, AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::store::heartbeat::Heartbeat;
use crate::types::{Clock, Timestamp};

/// A difference that is worth a warning.
const WORTH_A_WARNING: i64 = 2_000;
/// A difference with which nothing is redeemed and signed.
const TOO_MUCH: i64 = 30_000;
/// A clock that has been behind the newest stored time for this long was set right: the stored time was wrong.
const BELIEVED_AFTER: Duration = Duration::from_secs(600);

/// Verdict about the clock of this node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Verdict {
    /// Both clocks agree.
    Right,
    /// The clocks differ so much that people lose some of the retry window.
    Differs,
    /// The clocks differ so much that nothing may be redeemed or signed.
    Off,
}

impl Verdict {
    /// The newest time that is to be stored from now on. A clock that is off does not change what others are compared with, and one
    /// that is a little behind does not hide that it is.
    pub fn newest(self, stored: Timestamp, now: Timestamp) -> Timestamp {
        let is_far_ahead = stored.millis() - now.millis() > TOO_MUCH;
        match self {
            Self::Off => stored,
            Self::Right | Self::Differs if is_far_ahead => now,
            Self::Right | Self::Differs => now.max(stored),
        }
    }
}

/// Results of the comparisons of this node.
#[derive(Clone, Default)]
pub(super) struct ClockCheck(Arc<Checked>);

#[derive(Default)]
struct Checked {
    verdict: AtomicU8,
    /// Milliseconds that the clock was ahead (or behind, if negative) at the last comparison.
    ahead: AtomicI64,
    /// Since when the clock is behind the newest stored time, by the steady clock.
    behind_since: Mutex<Option<Timestamp>>,
}

impl ClockCheck {
    /// Compares the clock with what the database knows.
    pub fn judge(&self, stored: &Heartbeat, database_now: Option<Timestamp>, clock: &Clock) -> Verdict {
        let now = clock.now();
        let ahead = match (database_now, stored.beat_at) {
            (Some(database), _) => now.millis() - clock.of_database(database).millis(),
            (None, Some(newest)) => (now.millis() - newest.min(clock.of_database(newest)).millis()).min(0),
            (None, None) => 0,
        };
        self.0.ahead.store(ahead, Ordering::Relaxed);
        match ahead.saturating_abs() {
            difference if difference <= WORTH_A_WARNING => self.agree(Verdict::Right),
            difference if difference <= TOO_MUCH => self.agree(Verdict::Differs),
            _ if database_now.is_none() && self.is_believed(clock.steady()) => self.agree(Verdict::Differs),
            _ => Verdict::Off,
        }
    }

    fn agree(&self, verdict: Verdict) -> Verdict {
        *self.0.behind_since.lock().unwrap_or_else(PoisonError::into_inner) = None;
        verdict
    }

    /// True when the clock has been behind the newest stored time for so long that it must be right.
    fn is_believed(&self, steady: Timestamp) -> bool {
        let mut since = self.0.behind_since.lock().unwrap_or_else(PoisonError::into_inner);
        steady.since(*since.get_or_insert(steady)) >= BELIEVED_AFTER
    }

    /// Goes by a verdict from now on, and tells the log when it is another one than before.
    pub fn tell(&self, verdict: Verdict) {
        if self.0.verdict.swap(verdict as u8, Ordering::Relaxed) == verdict as u8 {
            return;
        }
        let ahead_ms = self.0.ahead.load(Ordering::Relaxed);
        match verdict {
            Verdict::Right => tracing::info!(ahead_ms, "the clock agrees with that of the database again"),
            Verdict::Differs => tracing::warn!(ahead_ms, "the clock differs from that of the database"),
            Verdict::Off => tracing::error!(
                ahead_ms,
                "the clock differs too much from that of the database: nothing is redeemed or signed until they agree"
            ),
        }
    }

    /// True unless the clock is off.
    pub fn is_right(&self) -> bool {
        self.0.verdict.load(Ordering::Relaxed) != Verdict::Off as u8
    }
}

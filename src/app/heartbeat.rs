//! The heartbeat of this node: it proves that the database takes writes, notes outages, and compares the clocks.
//!
//! 1. a beat reads the row of all nodes and the clock of the database, and writes when it was there;
//! 2. a beat that fails or takes long begins an outage as of the last one that did not, and the next one writes it down;
//! 3. a clock that differs too much from that of the database redeems and signs nothing, until both agree again.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::metrics::Stopwatch;
use crate::oauth::outage::Outage;
use crate::store::heartbeat::{self, Heartbeat as Stored};
use crate::store::{Conn, Store, StoreError};
use crate::types::{Clock, Timestamp};

use super::clock_check::ClockCheck;

/// Life of an answer of [`Heartbeat::is_answered`], and the longest wait for a beat for it.
const REMEMBERED: Duration = Duration::from_secs(1);
const PATIENCE: Duration = Duration::from_millis(450);
/// A beat that took this long was held up by the database.
const SLOW: Duration = Duration::from_secs(2);

/// See the module. Cloning it is cheap.
#[derive(Clone)]
pub struct Heartbeat(Arc<Parts>);

struct Parts {
    store: Store,
    clock: Clock,
    state: Mutex<State>,
    check: ClockCheck,
    /// Held while a beat is waited for.
    turn: tokio::sync::Mutex<()>,
    /// Held by the beat that is with the database, also when nobody waits for it any more: there is one at most, and no queue.
    under_way: Arc<()>,
    /// Time of the last beat for [`Heartbeat::is_answered`], and its success.
    answer: tokio::sync::Mutex<Option<(Stopwatch, bool)>>,
}

#[derive(Default)]
struct State {
    last_beat: Option<Timestamp>,
    in_trouble: bool,
}

impl Heartbeat {
    /// A heart that has not beaten yet.
    #[must_use]
    pub fn new(store: &Store, clock: &Clock) -> Self {
        Self(Arc::new(Parts {
            store: store.clone(),
            clock: clock.clone(),
            state: Mutex::default(),
            check: ClockCheck::default(),
            turn: tokio::sync::Mutex::default(),
            under_way: Arc::default(),
            answer: tokio::sync::Mutex::default(),
        }))
    }

    /// Beats, and waits for it.
    ///
    /// # Errors
    /// [`StoreError`]; [`StoreError::Unavailable`] while the database still has the beat before.
    pub async fn beat(&self) -> Result<(), StoreError> {
        let _turn = self.0.turn.lock().await;
        if Arc::strong_count(&self.0.under_way) > 1 {
            return Err(StoreError::Unavailable("the heartbeat before is not answered yet".to_owned()));
        }
        let taken = Stopwatch::start();
        let mut beaten = self.beat_once().await;
        if beaten.is_ok() && taken.elapsed() > SLOW {
            self.state().in_trouble = true;
            beaten = self.beat_once().await;
        }
        let mut state = self.state();
        state.in_trouble = beaten.is_err();
        state.last_beat = Some(beaten?);
        Ok(())
    }

    async fn beat_once(&self) -> Result<Timestamp, StoreError> {
        let (held, clock, trouble) = (Arc::clone(&self.0.under_way), self.0.clock.clone(), self.trouble());
        let check = self.0.check.clone();
        let unit = move |conn: &mut Conn| {
            debug_assert!(Arc::strong_count(&held) > 1, "the beat is under way for as long as the unit is there");
            let stored = heartbeat::find(conn)?;
            let database_now = heartbeat::database_now(conn)?;
            let (now, verdict) = (clock.now(), check.judge(&stored, database_now, &clock));
            let outage = ended_outage(&stored, trouble, now);
            let beat_at = verdict.newest(stored.beat_at.unwrap_or(now), now);
            heartbeat::beat(conn, beat_at, outage).map(|()| (now, verdict))
        };
        let (now, verdict) = self.0.store.write_heartbeat(unit).await?;
        self.0.check.tell(verdict);
        Ok(now)
    }

    /// Returns the last outage as of now, as the database and this node know it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn last_outage(&self, conn: &mut Conn) -> Result<Option<Outage>, StoreError> {
        let (stored, now) = (heartbeat::find(conn)?, self.0.clock.now());
        let own = self.trouble().map(|began_at| Outage { began_at, ended_at: now }.joined(stored.outage));
        Ok(own.or_else(|| stored.outage_at(now)))
    }

    /// True when the database took a heartbeat within the last second. The answer comes within 500 ms, and stays the same for a
    /// second, unless a write fails meanwhile.
    pub async fn is_answered(&self) -> bool {
        tokio::time::timeout(PATIENCE, self.ask()).await.unwrap_or(false)
    }

    async fn ask(&self) -> bool {
        let mut known = self.0.answer.lock().await;
        if let Some((asked, answered)) = &*known {
            let age = asked.elapsed();
            if age < REMEMBERED && !(*answered && self.0.store.write_failed_within(age)) {
                return *answered;
            }
        }
        // Whether it is waited for or not, the beat is measured to its end.
        let heart = self.clone();
        let beat = tokio::spawn(async move { heart.beat().await });
        let answered = matches!(tokio::time::timeout(PATIENCE, beat).await, Ok(Ok(Ok(()))));
        *known = Some((Stopwatch::start(), answered));
        answered
    }

    /// True while the clock of this node may be believed.
    #[must_use]
    pub fn is_clock_right(&self) -> bool {
        self.0.check.is_right()
    }

    /// Since when no beat has succeeded, while the last one failed.
    fn trouble(&self) -> Option<Timestamp> {
        let state = self.state();
        state.last_beat.filter(|_| state.in_trouble)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The outage that a beat ends: this node's trouble, or a silence of all nodes.
fn ended_outage(stored: &Stored, trouble: Option<Timestamp>, now: Timestamp) -> Option<Outage> {
    let own = trouble.map(|began_at| Outage { began_at, ended_at: now }.joined(stored.outage));
    own.or_else(|| stored.outage_at(now).filter(|outage| Some(*outage) != stored.outage))
}

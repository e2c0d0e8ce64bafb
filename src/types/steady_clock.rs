//! Time that never runs backwards.

use std::time::Duration;

use super::Timestamp;

/// Threads read the clock before they take a lock, so that times arrive out of order by a little. A step back is more.
const DISORDER: Duration = Duration::from_secs(1);

/// A clock that is fed with the wall clock and never runs backwards: a step back of the wall clock counts as no time at all.
///
/// It serves counters in memory. A budget that refills with time refills at the same pace, whatever NTP or a resumed virtual
/// machine does to the wall clock.
#[derive(Clone, Copy, Debug)]
pub struct SteadyClock {
    latest: Timestamp,
    ahead: Duration,
}

/// A clock that has seen no time yet.
impl Default for SteadyClock {
    fn default() -> Self {
        Self { latest: Timestamp::from_millis(0), ahead: Duration::ZERO }
    }
}

impl SteadyClock {
    /// The steady time at the wall clock's `now`. It is comparable with earlier answers of the same clock alone.
    pub fn at(&mut self, now: Timestamp) -> Timestamp {
        let back = self.latest.since(now);
        if back > DISORDER {
            self.ahead += back;
            self.latest = now;
        }
        self.latest = self.latest.max(now);
        self.latest.plus(self.ahead)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);
    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_step_back_counts_as_no_time() {
        let mut clock = SteadyClock::default();
        let before = clock.at(NOW);
        for step in [SECOND * 300, SECOND * 86_400] {
            let mut clock = clock;
            let back = NOW.minus(step);
            assert_eq!(clock.at(back), before);
            assert_eq!(clock.at(back.plus(SECOND)), before.plus(SECOND), "time goes on at once");
            assert_eq!(clock.at(NOW), before.plus(step), "and no second counts twice");
        }
    }

    /// Requests that overtake each other do not make time pass faster.
    #[test]
    fn times_out_of_order_do_not_add_up() {
        let mut clock = SteadyClock::default();
        let before = clock.at(NOW);
        for _ in 0..1000 {
            clock.at(NOW.minus(Duration::from_millis(900)));
            assert_eq!(clock.at(NOW), before);
        }
    }
}

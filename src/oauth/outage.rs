//! Outages of the database, and the retry window after one.

use std::time::Duration;

use crate::types::Timestamp;

use super::grant::GrantState;

/// A time in which the database answered nobody, by the wall clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outage {
    /// Time of the last answer before the outage.
    pub began_at: Timestamp,
    /// Time of the first answer after the outage.
    pub ended_at: Timestamp,
}

/// Outages with less than this between them are one: a client may have been answered in none of the pauses.
const PAUSE: Duration = Duration::from_secs(60);

impl Outage {
    /// Returns the outage from the beginning of `earlier` to the end of this one, where little time lies between them.
    #[must_use]
    pub fn joined(self, earlier: Option<Self>) -> Self {
        match earlier {
            Some(earlier) if self.began_at <= earlier.ended_at.plus(PAUSE) => {
                Self { began_at: self.began_at.min(earlier.began_at), ended_at: self.ended_at.max(earlier.ended_at) }
            }
            _ => self,
        }
    }

    /// Returns a grant as if it had been rotated when the outage ended, unless its retry window was over before.
    ///
    /// A retry gets its answer until the retry window has passed since the rotation was stored, or since the end of an outage
    /// that began before the window had passed.
    #[must_use]
    pub fn delay(&self, grant: &GrantState, retry_window: Duration) -> GrantState {
        let is_over_before = grant.rotated_at.plus(retry_window) < self.began_at;
        let rotated_at = if is_over_before { grant.rotated_at } else { grant.rotated_at.max(self.ended_at) };
        GrantState { rotated_at, ..*grant }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(1_800_000_000 + seconds)
    }

    const fn outage(from: i64, to: i64) -> Outage {
        Outage { began_at: at(from), ended_at: at(to) }
    }

    #[test]
    fn the_window_begins_again_after_an_outage_that_began_within_it() {
        let delayed = |rotated: i64| {
            let grant = GrantState::new(2, at(rotated), Duration::from_secs(86_400));
            outage(100, 170).delay(&grant, Duration::from_secs(20)).rotated_at
        };
        for (rotated, begins) in [(79, 79), (80, 170), (99, 170), (169, 170), (171, 171)] {
            assert_eq!(delayed(rotated), at(begins), "{rotated}");
        }
    }

    #[test]
    fn outages_in_a_row_are_one() {
        assert_eq!(outage(50, 60).joined(Some(outage(10, 40))), outage(10, 60));
        assert_eq!(outage(50, 60).joined(Some(outage(55, 80))), outage(50, 80), "as two nodes saw it");
        assert_eq!(outage(500, 600).joined(Some(outage(10, 40))), outage(500, 600));
        assert_eq!(outage(500, 600).joined(None), outage(500, 600));
    }
}

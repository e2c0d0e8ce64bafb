//! Watch over the process, which notices that it stood still.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::thread;
use std::time::{Duration, Instant};

/// Time between two beats.
const BEAT: Duration = Duration::from_millis(250);
/// A beat that is later than this was missed: the process was stopped, or its machine was.
const STANDSTILL: Duration = Duration::from_secs(2);
/// Time after a standstill in which requests may be read that had come before its end.
const BACKLOG: Duration = Duration::from_secs(1);

/// Times of the last beat and of the end of the last standstill, on the monotonic clock.
#[derive(Debug)]
pub struct StandstillWatch {
    origin: Instant,
    /// Milliseconds after `origin`; 0 before the first beat.
    last_beat: AtomicU64,
    /// Milliseconds after `origin`; 0 before the first standstill.
    resumed: AtomicU64,
}

impl Default for StandstillWatch {
    fn default() -> Self {
        Self { origin: now(), last_beat: AtomicU64::new(0), resumed: AtomicU64::new(0) }
    }
}

impl StandstillWatch {
    /// Starts a thread that beats for as long as the watch is held. Without it no standstill is noticed.
    ///
    /// # Errors
    /// The system starts no thread.
    pub fn start(self: &Arc<Self>) -> std::io::Result<()> {
        let watch: Weak<Self> = Arc::downgrade(self);
        self.beat(now());
        thread::Builder::new().name("standstill".to_owned()).spawn(move || {
            while let Some(watch) = watch.upgrade() {
                watch.beat(now());
                drop(watch);
                thread::sleep(BEAT);
            }
        })?;
        Ok(())
    }

    /// Returns true if the process stood still after it had accepted a request, or so shortly before that the request may have been
    /// waiting since: others may have answered it meanwhile.
    #[must_use]
    pub fn has_stood_still(&self, accepted: Instant) -> bool {
        self.has_stood_still_at(accepted, now())
    }

    fn has_stood_still_at(&self, accepted: Instant, now: Instant) -> bool {
        self.notice(now);
        let resumed = self.resumed.load(Ordering::SeqCst);
        resumed != 0 && self.millis(accepted) <= resumed.saturating_add(millis(BACKLOG))
    }

    fn beat(&self, now: Instant) {
        self.notice(now);
        self.last_beat.fetch_max(self.millis(now).max(1), Ordering::SeqCst);
    }

    /// Notes a standstill that ends now.
    fn notice(&self, now: Instant) {
        let (last, now) = (self.last_beat.load(Ordering::SeqCst), self.millis(now));
        if last != 0 && now > last.saturating_add(millis(STANDSTILL)) {
            self.resumed.fetch_max(now, Ordering::SeqCst);
        }
    }

    fn millis(&self, time: Instant) -> u64 {
        millis(time.saturating_duration_since(self.origin))
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[expect(clippy::disallowed_methods, reason = "a standstill is a gap in monotonic time")]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_from_before_the_end_of_a_standstill_are_told_from_later_ones() {
        let watch = StandstillWatch::default();
        let at = |millis: u64| watch.origin + Duration::from_millis(millis);
        assert!(!watch.has_stood_still_at(at(0), at(10_000)), "without a beat nothing is known");
        watch.beat(at(10_000));
        watch.beat(at(10_250));
        assert!(!watch.has_stood_still_at(at(10_100), at(12_250)), "a late beat is none that was missed");
        // The request comes before the next beat.
        assert!(watch.has_stood_still_at(at(20_000), at(20_000)));
        watch.beat(at(20_100));
        for (accepted, stood_still) in [(10_100, true), (20_050, true), (21_000, true), (21_101, false)] {
            assert_eq!(watch.has_stood_still_at(at(accepted), at(21_200)), stood_still, "{accepted}");
            watch.beat(at(21_200));
        }
    }
}

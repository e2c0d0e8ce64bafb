//! Hosts that are left alone for a while, since they did not answer.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::types::Timestamp;

use super::OutboundError;

/// The rest of a host that timed out: each request to it holds a place for as long as it may.
const AFTER_TIMEOUT: Duration = Duration::from_secs(30);
/// The rest of a host that cannot be reached, which costs little to find out.
const AFTER_REFUSAL: Duration = Duration::from_secs(2);
/// Hosts that are remembered at the same time.
const MOST: usize = 512;

/// The ends of the rests of hosts, by the steady clock.
#[derive(Default)]
pub(super) struct Rests(Mutex<HashMap<String, Timestamp>>);

impl Rests {
    /// # Errors
    /// [`OutboundError::Resting`] for a host that did not answer lately.
    pub(super) fn check(&self, host: &str, now: Timestamp) -> Result<(), OutboundError> {
        let hosts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match hosts.get(host) {
            Some(until) if *until > now => Err(OutboundError::Resting),
            _ => Ok(()),
        }
    }

    /// Remembers the outcome of a request.
    pub(super) fn note<T>(&self, host: &str, outcome: &Result<T, OutboundError>, now: Timestamp) {
        let rest = match outcome {
            Err(OutboundError::Timeout) => AFTER_TIMEOUT,
            Err(OutboundError::Unreachable(_) | OutboundError::NotFound) => AFTER_REFUSAL,
            _ => Duration::ZERO,
        };
        let mut hosts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if rest.is_zero() {
            hosts.remove(host);
            return;
        }
        if hosts.len() >= MOST && !hosts.contains_key(host) {
            hosts.retain(|_, until| *until > now);
            if hosts.len() >= MOST {
                let first = hosts.iter().min_by_key(|(_, until)| **until).map(|(host, _)| host.clone());
                first.map(|first| hosts.remove(&first));
            }
        }
        hosts.insert(host.to_owned(), now.plus(rest));
    }
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;

    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(100);

    fn rests_for(rests: &Rests, host: &str) -> Option<u64> {
        (0..100).find(|seconds| rests.check(host, NOW.plus(Duration::from_secs(*seconds))).is_ok())
    }

    #[test]
    fn a_host_rests_as_long_as_its_failure_costs() {
        let rests = Rests::default();
        rests.note("slow", &Err::<(), _>(OutboundError::Timeout), NOW);
        rests.note("away", &Err::<(), _>(OutboundError::Unreachable(ErrorKind::ConnectionRefused)), NOW);
        rests.note("unknown", &Err::<(), _>(OutboundError::NotFound), NOW);
        rests.note("broken", &Err::<(), _>(OutboundError::Status(500)), NOW);
        assert_eq!(["slow", "away", "unknown", "broken"].map(|host| rests_for(&rests, host)), [30, 2, 2, 0].map(Some));
        rests.note("slow", &Ok(()), NOW);
        assert_eq!(rests_for(&rests, "slow"), Some(0), "one that answers is back");
    }

    #[test]
    fn the_memory_is_bounded() {
        let rests = Rests::default();
        rests.note("first", &Err::<(), _>(OutboundError::Timeout), NOW);
        for n in 0..2000 {
            rests.note(&n.to_string(), &Err::<(), _>(OutboundError::Timeout), NOW.plus(Duration::from_millis(n + 1)));
        }
        assert_eq!(rests.0.lock().unwrap().len(), MOST);
        assert_eq!(rests_for(&rests, "first"), Some(0), "the one whose rest ends first makes room");
        assert!(rests_for(&rests, "1999").is_some_and(|seconds| seconds >= 30));
    }
}

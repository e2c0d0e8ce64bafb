//! Clients that do not authenticate. Their secrets are 256 random bits, which nobody guesses: this is about noise, and the
//! right secret is never refused for what others sent.

use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::types::Timestamp;

use super::buckets::{Buckets, Limit};
use super::{Counted, network, seconds};

/// Failures as one client from one address.
const CLIENT: Limit = Limit { burst: 30, refill: Duration::from_secs(10) };
/// Failures as any client from one address.
const ADDRESS: Limit = Limit { burst: 300, refill: Duration::from_secs(1) };

/// Counts failed client authentication, by address and by the `client_id` that was sent from it, whether there is such a
/// client or not.
pub struct ClientFailures {
    hasher: RandomState,
    budgets: Mutex<(Buckets, Buckets)>,
}

impl Default for ClientFailures {
    fn default() -> Self {
        let budgets = (Buckets::new(CLIENT, 1 << 14), Buckets::new(ADDRESS, 1 << 14));
        Self { hasher: RandomState::new(), budgets: Mutex::new(budgets) }
    }
}

impl ClientFailures {
    /// Counts a failure. One too many counts no further: guesses at one client do not use up what others have.
    #[must_use]
    pub fn failed(&self, client_id: &str, address: IpAddr, now: Timestamp) -> Counted {
        let network = network(address);
        let (client, address) = (self.hasher.hash_one((client_id, network)), self.hasher.hash_one(network));
        let mut budgets = self.budgets.lock().unwrap_or_else(PoisonError::into_inner);
        let (clients, addresses) = &mut *budgets;
        for (budget, key, limit) in [(&mut *clients, client, "client"), (&mut *addresses, address, "address")] {
            let wait = budget.wait(key, now);
            if !wait.is_zero() {
                let crossed = budget.report(key).then_some(limit);
                return Counted { wait: Some(seconds(wait)), crossed };
            }
        }
        clients.take(client, now);
        addresses.take(address, now);
        Counted::FREE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

    #[test]
    fn guesses_at_one_client_leave_others_their_own() {
        let (failures, here) = (ClientFailures::default(), "192.0.2.1".parse().unwrap());
        let mut answers = (0..1000).map(|_| failures.failed("web", here, NOW));
        assert!(answers.by_ref().take(30).all(|answer| answer == Counted::FREE));
        assert_eq!(answers.next(), Some(Counted { wait: Some(10), crossed: Some("client") }));
        assert!(answers.all(|answer| answer == Counted { wait: Some(10), crossed: None }), "it is reported once");
        assert_eq!(failures.failed("evil", here, NOW), Counted::FREE);
        assert_eq!(failures.failed("web", "192.0.2.2".parse().unwrap(), NOW), Counted::FREE);
        assert_eq!(failures.failed("web", here, NOW.plus(Duration::from_secs(10))), Counted::FREE);
    }

    #[test]
    fn one_address_cannot_try_every_client() {
        let (failures, here) = (ClientFailures::default(), "2001:db8::1".parse().unwrap());
        let free = (0..1000).filter(|n| failures.failed(&format!("client{n}"), here, NOW).wait.is_none());
        assert_eq!(free.count(), 300);
        assert!(failures.failed("web", "2001:db8::2".parse().unwrap(), NOW).wait.is_some(), "the same /64");
        assert!(failures.failed("web", "2001:db8:0:1::1".parse().unwrap(), NOW).wait.is_none());
    }
}

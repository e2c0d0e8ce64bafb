//! Registrations of clients by anybody (RFC 7591 §5): each writes a row that stays, and may have something fetched.

use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::types::Timestamp;

use super::buckets::{Buckets, Limit};
use super::{Counted, network, seconds};

/// Attempts from one address.
const ADDRESS: Limit = Limit { burst: 200, refill: Duration::from_secs(10) };

/// Counts registrations by the address that they come from.
pub struct Registrations {
    hasher: RandomState,
    addresses: Mutex<Buckets>,
}

impl Default for Registrations {
    fn default() -> Self {
        Self { hasher: RandomState::new(), addresses: Mutex::new(Buckets::new(ADDRESS, 1 << 14)) }
    }
}

impl Registrations {
    /// Counts an attempt. One too many counts no further.
    #[must_use]
    pub fn attempted(&self, address: IpAddr, now: Timestamp) -> Counted {
        let key = self.hasher.hash_one(network(address));
        let mut addresses = self.addresses.lock().unwrap_or_else(PoisonError::into_inner);
        let wait = addresses.wait(key, now);
        if wait.is_zero() {
            addresses.take(key, now);
            return Counted::FREE;
        }
        Counted { wait: Some(seconds(wait)), crossed: addresses.report(key).then_some("address") }
    }
}

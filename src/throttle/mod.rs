//! Counting what somebody gets wrong, so that guessing is slow and nobody is locked out by it (decision 10). It is kept in
//! memory that is bounded, by each node for itself, and is new at each start.

mod buckets;
mod clients;
mod registrations;
mod sign_ins;

use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

pub use clients::ClientFailures;
pub use registrations::Registrations;
pub use sign_ins::{SignIns, Source};

/// All counters of a server.
#[derive(Default)]
pub struct Throttle {
    /// Passwords that people get wrong.
    pub sign_ins: SignIns,
    /// Secrets that clients get wrong.
    pub clients: ClientFailures,
    /// Clients that are registered by anybody.
    pub registrations: Registrations,
}

/// What the counters say of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    /// The seconds until the next one is free, where this one is one too many.
    pub wait: Option<u64>,
    /// The limit that this attempt found used up, the first time that anybody did since it was last unused: an event to be
    /// logged once, however many attempts follow.
    pub crossed: Option<&'static str>,
}

impl Counted {
    const FREE: Self = Self { wait: None, crossed: None };
}

/// Whole seconds, for `Retry-After`: after them, the wait is over.
fn seconds(wait: Duration) -> u64 {
    u64::try_from(wait.as_millis().div_ceil(1000)).unwrap_or(u64::MAX)
}

/// Where an address is one of many: a host has a whole /64 of IPv6 to itself.
fn network(address: IpAddr) -> IpAddr {
    shortened(address, 64)
}

/// Where a network is one of many: a site can have a /48 (RFC 6177 §1), which are 65,536 networks for who wants them.
fn site(address: IpAddr) -> IpAddr {
    shortened(address, 48)
}

fn shortened(address: IpAddr, prefix: u32) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let kept = u128::MAX << (Ipv6Addr::BITS - prefix);
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & kept))
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

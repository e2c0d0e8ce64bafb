//! Throttling of failed sign-ins, per address and per username from that address: an attacker is slowed down, and the owner
//! of the username, who comes from elsewhere, never is.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Mutex;
use std::time::Duration;

use ring::digest::{SHA256, digest};

use crate::types::Timestamp;

/// Failures that one username has free from one address, and how long until it has one more.
const PER_USERNAME: Limit = Limit { burst: 10, refill: Duration::from_secs(30) };
/// Failures that one address has free, and how long until it has one more: many people may share it.
const PER_ADDRESS: Limit = Limit { burst: 100, refill: Duration::from_secs(3) };
/// Buckets kept in memory; when there are more, the full ones are forgotten.
const MAX_BUCKETS: usize = 100_000;

#[derive(Clone, Copy)]
struct Limit {
    burst: u32,
    refill: Duration,
}

/// Attempts are counted before they are verified, so that a burst cannot outrun the count.
#[derive(Default)]
pub struct Throttle(Mutex<HashMap<Key, Bucket>>);

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Key {
    Address(IpAddr),
    Username(IpAddr, [u8; 16]),
}

/// A bucket of tokens as the time at which it will be full again (the generic cell rate algorithm).
#[derive(Clone, Copy)]
struct Bucket {
    full_at: Timestamp,
}

impl Throttle {
    /// Takes an attempt of `username` from `peer`.
    ///
    /// # Errors
    /// The seconds until the next attempt is free.
    pub fn take(&self, username: &str, peer: IpAddr, now: Timestamp) -> Result<(), u64> {
        let mut buckets = self.lock();
        if buckets.len() > MAX_BUCKETS {
            buckets.retain(|_, bucket| bucket.full_at > now);
        }
        let [address, name] = keys(username, peer);
        let address_after = take(buckets.get(&address).copied(), PER_ADDRESS, now)?;
        let name_after = take(buckets.get(&name).copied(), PER_USERNAME, now)?;
        buckets.insert(address, address_after);
        buckets.insert(name, name_after);
        Ok(())
    }

    /// Gives back what a successful attempt took; the username has all of its attempts again.
    pub fn succeeded(&self, username: &str, peer: IpAddr) {
        let mut buckets = self.lock();
        let [address, name] = keys(username, peer);
        buckets.remove(&name);
        if let Some(bucket) = buckets.get_mut(&address) {
            bucket.full_at = bucket.full_at.minus(PER_ADDRESS.refill);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Key, Bucket>> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

fn take(bucket: Option<Bucket>, limit: Limit, now: Timestamp) -> Result<Bucket, u64> {
    let full_at = bucket.map_or(now, |bucket| bucket.full_at.max(now)).plus(limit.refill);
    let wait = full_at.since(now.plus(limit.refill * limit.burst));
    if wait.is_zero() { Ok(Bucket { full_at }) } else { Err(wait.as_secs().max(1)) }
}

fn keys(username: &str, peer: IpAddr) -> [Key; 2] {
    let peer = network(peer);
    let hash = digest(&SHA256, username.trim().to_lowercase().as_bytes());
    let mut short = [0; 16];
    short.copy_from_slice(&hash.as_ref()[..16]);
    [Key::Address(peer), Key::Username(peer, short)]
}

/// A host has a whole /64 of IPv6 to itself.
fn network(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn the_eleventh_guess_waits_and_the_owner_does_not() {
        let throttle = Throttle::default();
        let (attacker, owner) = (address("192.0.2.1"), address("192.0.2.2"));
        for _ in 0..10 {
            assert_eq!(throttle.take("alice", attacker, NOW), Ok(()));
        }
        assert_eq!(throttle.take("Alice ", attacker, NOW), Err(30));
        assert_eq!(throttle.take("bob", attacker, NOW), Ok(()));
        assert_eq!(throttle.take("alice", owner, NOW), Ok(()));
        assert_eq!(throttle.take("alice", attacker, NOW.plus(Duration::from_secs(30))), Ok(()));
    }

    #[test]
    fn one_address_cannot_try_every_username() {
        let throttle = Throttle::default();
        let tried = (0..200).filter(|n| throttle.take(&format!("user{n}"), address("2001:db8::1"), NOW).is_ok());
        assert_eq!(tried.count(), 100);
        assert!(throttle.take("another", address("2001:db8::2"), NOW).is_err(), "the same /64");
        assert!(throttle.take("another", address("2001:db8:0:1::1"), NOW).is_ok());
    }

    #[test]
    fn success_is_free() {
        let throttle = Throttle::default();
        for _ in 0..1000 {
            assert_eq!(throttle.take("alice", address("192.0.2.1"), NOW), Ok(()));
            throttle.succeeded("alice", address("192.0.2.1"));
        }
    }
}

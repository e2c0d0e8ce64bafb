//! The number of connections, in all and from one address.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::config::Proxies;
use crate::metrics::ConnectionMetrics;

/// Bits of an IPv6 address that name a network: one subscriber has at least as many addresses.
const IPV6_NETWORK: u128 = !0 << 64;

/// Connections that a listener may have.
#[derive(Clone, Debug)]
pub struct ConnectionLimits {
    /// In all.
    pub total: usize,
    /// From one address, or from one IPv6 network of 64 bits. Trusted proxies and this machine have no such limit: everybody
    /// comes through them.
    pub per_address: usize,
    /// The trusted proxies.
    pub proxies: Proxies,
}

/// The connections of a listener.
#[derive(Debug)]
pub struct Admission {
    limits: ConnectionLimits,
    open: Mutex<Open>,
    metrics: Arc<ConnectionMetrics>,
}

#[derive(Debug, Default)]
struct Open {
    total: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// The place of a connection. It is free again once this is dropped.
#[derive(Debug)]
pub struct Place {
    admission: Arc<Admission>,
    /// The address that the connection counts for, unless it counts for none.
    address: Option<IpAddr>,
}

impl Admission {
    /// No connections yet.
    pub fn new(limits: ConnectionLimits, metrics: Arc<ConnectionMetrics>) -> Self {
        Self { limits, open: Mutex::default(), metrics }
    }

    /// Gives a place to a connection from `peer`; `None` where there is none.
    pub fn admit(self: &Arc<Self>, peer: IpAddr) -> Option<Place> {
        let peer = peer.to_canonical();
        let is_exempt = peer.is_loopback() || self.limits.proxies.trusts(peer);
        let address = (!is_exempt).then(|| network_of(peer));
        let mut open = self.open();
        if open.total >= self.limits.total {
            self.metrics.refused_total.increment();
            return None;
        }
        if let Some(address) = address {
            let of_address = open.by_address.entry(address).or_default();
            if *of_address >= self.limits.per_address {
                self.metrics.refused_per_address.increment();
                return None;
            }
            *of_address += 1;
        }
        open.total += 1;
        self.metrics.open.add(1);
        Some(Place { admission: Arc::clone(self), address })
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.admission.open();
        open.total -= 1;
        self.admission.metrics.open.add(-1);
        if let Some(address) = self.address
            && let Some(of_address) = open.by_address.get_mut(&address)
        {
            *of_address -= 1;
            if *of_address == 0 {
                open.by_address.remove(&address);
            }
        }
    }
}

/// The address, or the network that an IPv6 address is in.
fn network_of(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & IPV6_NETWORK)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{AddressRange, ForwardedHeader};

    fn admission(total: usize, per_address: usize) -> Arc<Admission> {
        let trusted = vec![AddressRange::parse("192.0.2.1").unwrap()];
        let proxies = Proxies { trusted, header: ForwardedHeader::XForwardedFor };
        Arc::new(Admission::new(ConnectionLimits { total, per_address, proxies }, Arc::default()))
    }

    fn places(admission: &Arc<Admission>, addresses: &[&str]) -> Vec<Option<Place>> {
        addresses.iter().map(|address| admission.admit(address.parse().unwrap())).collect()
    }

    #[test]
    fn one_address_cannot_take_all_places() {
        let admission = admission(10, 2);
        let mut places = places(&admission, &["198.51.100.1"; 4]);
        assert_eq!(places.iter().flatten().count(), 2);
        assert!(admission.admit("198.51.100.2".parse().unwrap()).is_some());
        places.clear();
        assert!(admission.admit("198.51.100.1".parse().unwrap()).is_some(), "places come back");
        assert!(admission.open().by_address.is_empty(), "nothing is kept of addresses that are gone");
    }

    #[test]
    fn a_network_of_one_subscriber_counts_as_one_address() {
        let admission = admission(10, 2);
        let all = places(&admission, &["2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8:0:1::1"]);
        assert_eq!(all.iter().map(Option::is_some).collect::<Vec<_>>(), [true, true, false, true]);
    }

    #[test]
    fn proxies_and_this_machine_have_the_limit_of_all_alone() {
        let admission = admission(5, 1);
        let all = places(&admission, &["192.0.2.1", "192.0.2.1", "127.0.0.1", "::1", "::ffff:127.0.0.1", "192.0.2.1"]);
        assert_eq!(all.iter().map(Option::is_some).collect::<Vec<_>>(), [true, true, true, true, true, false]);
    }
}

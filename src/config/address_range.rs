//! Ranges of addresses, as in `10.0.0.0/8` (RFC 4632 §3.1, RFC 4291 §2.3).

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An address, or all that begin like it. An IPv4 address that is written as IPv6 (`::ffff:192.0.2.1`) is the IPv4 one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddressRange {
    /// The first of them.
    first: IpAddr,
    /// How many bits they have in common.
    prefix: u32,
}

impl AddressRange {
    /// A single address.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        let first = address.to_canonical();
        Self { first, prefix: bits_of(first) }
    }

    /// Reads an address, or an address and the number of its bits that count.
    ///
    /// # Errors
    /// What to write instead, for the end of a sentence.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let example = || r#"write an address or a range such as "10.0.0.0/8""#.to_owned();
        let (address, prefix) = text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
        let typed: IpAddr = address.parse().map_err(|_| example())?;
        let typed_bits = bits_of(typed);
        let prefix = prefix.map_or(Ok(typed_bits), |prefix| digits(prefix).ok_or_else(example))?;
        if prefix > typed_bits {
            return Err(example());
        }
        let address = typed.to_canonical();
        let prefix = prefix.saturating_sub(typed_bits - bits_of(address));
        if prefix == 0 {
            return Err("that is every address there is; write those that are meant".to_owned());
        }
        let first = first_of(address, prefix);
        if first == address { Ok(Self { first, prefix }) } else { Err(format!("write {}", Self { first, prefix })) }
    }

    /// Whether an address is one of them.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        address.is_ipv4() == self.first.is_ipv4() && first_of(address, self.prefix) == self.first
    }
}

impl fmt::Display for AddressRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.prefix == bits_of(self.first) { self.first.fmt(f) } else { write!(f, "{}/{}", self.first, self.prefix) }
    }
}

const fn bits_of(address: IpAddr) -> u32 {
    match address {
        IpAddr::V4(_) => Ipv4Addr::BITS,
        IpAddr::V6(_) => Ipv6Addr::BITS,
    }
}

/// A number without a sign, which `parse` would take.
fn digits(text: &str) -> Option<u32> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// The address with all but its first `prefix` bits, of which there is at least one, set to zero.
fn first_of(address: IpAddr, prefix: u32) -> IpAddr {
    match address {
        IpAddr::V4(address) => Ipv4Addr::from_bits(address.to_bits() & u32::MAX << (Ipv4Addr::BITS - prefix)).into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & u128::MAX << (Ipv6Addr::BITS - prefix)).into(),
    }
}

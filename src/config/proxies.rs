//! The address of whoever sent a request, where a proxy stands between: from what trusted proxies add to it, and from
//! nothing else (RFC 9700 §4.13).

use std::net::{IpAddr, SocketAddr};

use super::{AddressRange, ForwardedHeader};

/// The proxies that are believed, and the one header in which they say whom they serve. A header that they do not write
/// themselves is passed on from anybody, so there is never a second one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proxies {
    /// The addresses that proxies connect from.
    pub trusted: Vec<AddressRange>,
    /// What they write.
    pub header: ForwardedHeader,
}

impl Proxies {
    /// The address of whoever sent a request to the outermost trusted proxy, or to this server. `peer` is the other end of
    /// the connection, `lines` are the values of [`Proxies::header`] in the order in which they came.
    ///
    /// Each proxy adds the address that it was called from at the end. So the list is read from there, for as long as the
    /// address that was found last is trusted; what stands before that, or cannot be read, may be anybody's invention.
    #[must_use]
    pub fn client_address<'a>(&self, peer: IpAddr, lines: impl DoubleEndedIterator<Item = &'a [u8]>) -> IpAddr {
        let mut found = peer.to_canonical();
        let mut entries = lines.rev().flat_map(|line| self.header.entries_from_the_end(line));
        while self.trusts(found) {
            let Some(Some(address)) = entries.next() else { break };
            found = address;
        }
        found
    }

    /// Returns true for the address of a trusted proxy.
    #[must_use]
    pub fn trusts(&self, address: IpAddr) -> bool {
        self.trusted.iter().any(|range| range.contains(address))
    }
}

impl ForwardedHeader {
    /// The addresses of a line, the last one first; `None` for an entry that has none.
    fn entries_from_the_end(self, line: &[u8]) -> impl Iterator<Item = Option<IpAddr>> {
        split_from_the_end(line, b',').map(move |entry| match self {
            Self::XForwardedFor => address_of(entry.trim_ascii()),
            Self::Forwarded => forwarded_for(entry),
        })
    }
}

/// The node that `for` names in an element of `Forwarded` (RFC 7239 §4, §6).
fn forwarded_for(element: &[u8]) -> Option<IpAddr> {
    let mut nodes = split_from_the_end(element, b';').filter_map(|pair| {
        let equals = pair.iter().position(|byte| *byte == b'=')?;
        let (name, value) = (pair[..equals].trim_ascii(), pair[equals + 1..].trim_ascii());
        name.eq_ignore_ascii_case(b"for").then_some(value)
    });
    // "Each parameter MUST NOT occur more than once per field-value" (RFC 7239 §4).
    let (Some(node), None) = (nodes.next(), nodes.next()) else { return None };
    let quoted = node.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\""));
    address_of(quoted.unwrap_or(node))
}

/// An address, which may have a port; IPv6 may stand in brackets, and has to before a port.
fn address_of(text: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(text).ok()?;
    let in_brackets = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok().map(IpAddr::V6);
    let address = text.parse().ok().or_else(in_brackets);
    let address = address.or_else(|| text.parse().ok().map(|address: SocketAddr| address.ip()))?;
    Some(address.to_canonical())
}

/// The parts of a line between separators, from its end. A separator in a quoted string is text (RFC 9110 §5.6.4). Read
/// from the end, what a proxy added stands on its own: a quote that is left open before it makes no difference.
fn split_from_the_end(line: &[u8], separator: u8) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(line);
    std::iter::from_fn(move || {
        let line = rest?;
        let mut in_quotes = false;
        let start = (0..line.len()).rev().find(|&at| {
            in_quotes ^= line[at] == b'"' && !is_escaped(line, at);
            line[at] == separator && !in_quotes
        });
        rest = start.map(|at| &line[..at]);
        Some(start.map_or(line, |at| &line[at + 1..]))
    })
}

/// Whether an odd number of backslashes stands before a character.
fn is_escaped(line: &[u8], at: usize) -> bool {
    line[..at].iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1
}

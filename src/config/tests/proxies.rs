//! Whose word about an address is taken (U07, RFC 9700 §4.13).

use std::net::IpAddr;

use proptest::prelude::*;

use super::super::{AddressRange, ForwardedHeader, Proxies};
use super::{from_variables, refusal};

const PROXY: &str = "10.0.0.1";

fn proxies(header: ForwardedHeader) -> Proxies {
    let trusted = ["10.0.0.0/8", "fd00::/8", "192.0.2.7"].map(|range| AddressRange::parse(range).unwrap());
    Proxies { trusted: trusted.to_vec(), header }
}

fn found(header: ForwardedHeader, peer: &str, lines: &[&[u8]]) -> String {
    proxies(header).client_address(peer.parse().unwrap(), lines.iter().copied()).to_string()
}

fn x_forwarded_for(peer: &str, lines: &[&str]) -> String {
    let lines: Vec<&[u8]> = lines.iter().map(|line| line.as_bytes()).collect();
    found(ForwardedHeader::XForwardedFor, peer, &lines)
}

fn forwarded(line: &str) -> String {
    found(ForwardedHeader::Forwarded, PROXY, &[line.as_bytes()])
}

#[test]
fn only_a_trusted_proxy_is_listened_to() {
    assert_eq!(x_forwarded_for("198.51.100.1", &["203.0.113.9"]), "198.51.100.1");
    assert_eq!(x_forwarded_for(PROXY, &["203.0.113.9"]), "203.0.113.9");
    assert_eq!(x_forwarded_for("::ffff:10.0.0.1", &["203.0.113.9"]), "203.0.113.9", "written as IPv6");
    assert_eq!(x_forwarded_for(PROXY, &[]), PROXY);
    let nobody = Proxies { trusted: Vec::new(), header: ForwardedHeader::XForwardedFor };
    let peer: IpAddr = PROXY.parse().unwrap();
    assert_eq!(nobody.client_address(peer, [&b"203.0.113.9"[..]].into_iter()), peer);
}

#[test]
fn the_last_address_that_is_no_proxy_counts() {
    for (lines, expected) in [
        (&["203.0.113.9, 198.51.100.1"][..], "198.51.100.1"),
        (&["203.0.113.9, 198.51.100.1, 10.9.9.9,192.0.2.7"], "198.51.100.1"),
        (&["203.0.113.9", "198.51.100.1", "10.9.9.9"], "198.51.100.1"),
        (&["10.1.1.1, 10.2.2.2"], "10.1.1.1"),
        (&["203.0.113.9, 2001:db8::1"], "2001:db8::1"),
        (&["203.0.113.9, 2001:db8::1, fd00::1"], "2001:db8::1"),
        (&["203.0.113.9, ::ffff:198.51.100.1"], "198.51.100.1"),
        (&["203.0.113.9, 198.51.100.1:4711"], "198.51.100.1"),
        (&["203.0.113.9, [2001:db8::1]"], "2001:db8::1"),
        (&["203.0.113.9, [2001:db8::1]:4711"], "2001:db8::1"),
    ] {
        assert_eq!(x_forwarded_for(PROXY, lines), expected, "{lines:?}");
    }
}

#[test]
fn what_cannot_be_read_ends_the_walk() {
    for line in
        ["x", "", ",", "203.0.113.9,", "203.0.113.9, unknown", "203.0.113.9, 1.2.3", "203.0.113.9, \"198.51.100.1\""]
    {
        assert_eq!(x_forwarded_for(PROXY, &[line]), PROXY, "{line}");
    }
    assert_eq!(x_forwarded_for(PROXY, &["203.0.113.9, x, 10.2.2.2"]), "10.2.2.2", "the last good one");
    // What comes before a proxy's own entry cannot spoil it.
    let header = ForwardedHeader::XForwardedFor;
    assert_eq!(found(header, PROXY, &[b"\xff\xfe\", 198.51.100.1"]), "198.51.100.1");
}

#[test]
fn forwarded_is_read_by_its_own_grammar() {
    for (line, expected) in [
        ("for=198.51.100.1", "198.51.100.1"),
        ("For=203.0.113.9, FOR=\"198.51.100.1:80\";proto=http;by=203.0.113.43", "198.51.100.1"),
        ("by=10.0.0.2;for=\"[2001:db8:cafe::17]:4711\"", "2001:db8:cafe::17"),
        ("for=198.51.100.1;host=\"a,b;for=203.0.113.9\"", "198.51.100.1"),
        ("for=198.51.100.1;host=\"a\\\",\"", "198.51.100.1"),
        ("for=198.51.100.1 , for=10.7.7.7", "198.51.100.1"),
        ("for=_hidden", PROXY),
        ("for=unknown, for=10.7.7.7", "10.7.7.7"),
        ("host=198.51.100.1", PROXY),
        ("for=203.0.113.9;for=198.51.100.1", PROXY),
        ("198.51.100.1", PROXY),
    ] {
        assert_eq!(forwarded(line), expected, "{line}");
    }
}

/// Whoever calls the proxy writes the start of the line.
#[test]
fn what_a_client_sends_does_not_swallow_what_the_proxy_adds() {
    for sent in
        ["for=203.0.113.9;host=\"", "\"", "for=\"", "for=\"203.0.113.9\", for=\"x\\", ";;;=,=\"\\\\\"", "for=\\"]
    {
        for added in ["for=198.51.100.1", "for=\"198.51.100.1:80\";proto=https", "proto=http;for=\"198.51.100.1\""] {
            assert_eq!(forwarded(&format!("{sent}, {added}")), "198.51.100.1", "{sent}, {added}");
        }
    }
}

#[test]
fn a_range_is_written_as_it_is_meant() {
    let config = from_variables(&[
        ("COUNTERSIGN_TRUSTED_PROXIES", "127.0.0.1, 10.0.0.0/8,::1,2001:db8::/32,::ffff:192.0.2.0/120"),
        ("COUNTERSIGN_FORWARDED_HEADER", "forwarded"),
    ])
    .unwrap();
    let shown: Vec<String> = config.proxies.trusted.iter().map(ToString::to_string).collect();
    assert_eq!(shown, ["127.0.0.1", "10.0.0.0/8", "::1", "2001:db8::/32", "192.0.2.0/24"]);
    assert_eq!(config.proxies.header, ForwardedHeader::Forwarded);
    for (typed, instead) in [
        ("10.0.0.1/8", "write 10.0.0.0/8"),
        ("2001:db8::1/32", "write 2001:db8::/32"),
        ("proxy.example", "write an address or a range such as \"10.0.0.0/8\""),
        ("10.0.0.0/33", "write an address or a range such as \"10.0.0.0/8\""),
        ("10.0.0.0/+8", "write an address or a range such as \"10.0.0.0/8\""),
        ("10.0.0.0/", "write an address or a range such as \"10.0.0.0/8\""),
        ("0.0.0.0/0", "that is every address there is; write those that are meant"),
        ("::/0", "that is every address there is; write those that are meant"),
        ("::ffff:0:0/96", "that is every address there is; write those that are meant"),
    ] {
        let said = refusal(&[("COUNTERSIGN_TRUSTED_PROXIES", typed)]);
        assert_eq!(said, format!("trusted_proxies: {typed:?} is no proxy's address; {instead}"));
    }
    assert_eq!(
        super::from_file("trusted_proxies = '127.0.0.1'").unwrap_err(),
        "trusted_proxies in FILE: \"127.0.0.1\" does not fit; write a list of addresses such as \
         [\"127.0.0.1\", \"10.0.0.0/8\"]"
    );
}

proptest! {
    #[test]
    fn no_header_makes_it_panic(lines: Vec<Vec<u8>>, peer: IpAddr) {
        for header in [ForwardedHeader::XForwardedFor, ForwardedHeader::Forwarded] {
            let lines = lines.iter().map(Vec::as_slice);
            let address = proxies(header).client_address(PROXY.parse().unwrap(), lines.clone());
            prop_assert_eq!(address, address.to_canonical());
            let peer = peer.to_canonical();
            if !proxies(header).trusted.iter().any(|range| range.contains(peer)) {
                prop_assert_eq!(proxies(header).client_address(peer, lines), peer);
            }
        }
    }

    /// Nothing that is sent to a proxy changes what the proxy says.
    #[test]
    fn what_the_proxy_adds_counts_whatever_was_sent(sent: Vec<u8>, text in "[-a-z0-9=;,\"\\\\ .:\\[\\]]{0,40}") {
        for sent in [&sent, text.as_bytes()] {
            let x = [sent, b", 198.51.100.1"].concat();
            prop_assert_eq!(found(ForwardedHeader::XForwardedFor, PROXY, &[&x]), "198.51.100.1");
            let element = [sent, b", for=\"198.51.100.1:80\";host=\"x,y\""].concat();
            prop_assert_eq!(found(ForwardedHeader::Forwarded, PROXY, &[&element]), "198.51.100.1");
        }
    }

    #[test]
    fn a_range_contains_what_begins_like_it(bits: u128, prefix in 1u32..=128, other: u128) {
        let mask = u128::MAX << (128 - prefix);
        let first = std::net::Ipv6Addr::from_bits(bits & mask | 1 << 127);
        prop_assume!(mask & (1 << 127) != 0);
        let range = AddressRange::parse(&format!("{first}/{prefix}")).unwrap();
        let other = std::net::Ipv6Addr::from_bits(other);
        prop_assert_eq!(range.contains(other.into()), other.to_bits() & mask == first.to_bits());
        prop_assert!(AddressRange::parse(&range.to_string()).unwrap() == range);
    }

    #[test]
    fn no_range_makes_it_panic(text: String) {
        let _ = AddressRange::parse(&text);
    }
}

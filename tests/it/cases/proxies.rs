//! Addresses behind proxies (U07, X04, RFC 9700 §4.13): from those that are trusted, and nobody else.

use serde_json::Value;

use super::password::sign_in;
use crate::support::installation::{terminate, wait_for_end};
use crate::support::{ALICE, Browser, Installation, PASSWORD, Response, Server};

const TRUSTED: (&str, &str) = ("TRUSTED_PROXIES", "127.0.0.0/8,10.0.0.0/8");

/// A wrong password on the page, with these headers.
fn guess(server: &Server, headers: &[(&str, &str)]) -> Response {
    let mut browser = Browser::new(server);
    let page = browser.visit("/login");
    let (csrf, cookies) = (page.hidden("csrf"), browser.cookie_header());
    let form = [("username", ALICE), ("password", "guess"), ("csrf", csrf)];
    server.post_with("/login", &form, &[&[("cookie", cookies.as_str())], headers].concat())
}

/// How many of twelve guesses, the nth with these headers, are verified.
fn verified(server: &Server, headers: impl Fn(usize) -> Vec<(&'static str, String)>) -> usize {
    let guess = |n: &usize| {
        let headers = headers(*n);
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        guess(server, &headers).status == 400
    };
    (0..12).filter(guess).count()
}

#[test]
fn u07_without_a_trusted_proxy_no_header_is_believed() {
    let server = Server::start();
    let spoofed = |n: usize| {
        let address = format!("198.51.100.{n}");
        ["x-forwarded-for", "x-real-ip", "cf-connecting-ip", "true-client-ip", "x-client-ip"]
            .map(|name| (name, address.clone()))
            .into_iter()
            .chain([("forwarded", format!("for={address}"))])
            .collect()
    };
    assert_eq!(verified(&server, spoofed), 10);
}

#[test]
fn people_behind_a_trusted_proxy_have_addresses_of_their_own() {
    let server = Server::start_with(&[TRUSTED]);
    assert_eq!(verified(&server, |n| vec![("x-forwarded-for", format!("198.51.100.{n}"))]), 12);
    assert_eq!(verified(&server, |_| vec![("x-forwarded-for", "203.0.113.1".to_owned())]), 10);
}

/// The proxy adds the address at the end; what stands before it, the client wrote.
#[test]
fn u07_what_a_client_sends_to_the_proxy_is_not_believed() {
    let server = Server::start_with(&[TRUSTED]);
    let chain = |n: usize| vec![("x-forwarded-for", format!("198.51.100.{n}, 203.0.113.1, 10.1.1.1"))];
    assert_eq!(verified(&server, chain), 10);
    let garbage = |n: usize| vec![("x-forwarded-for", format!("\u{e9}\", {n}, 203.0.113.2"))];
    assert_eq!(verified(&server, garbage), 10);
}

/// A proxy that writes one header passes the other on.
#[test]
fn u07_only_the_header_that_the_proxy_writes_is_read() {
    let both = |header: &'static str, n: usize| match header {
        "x-forwarded-for" => vec![(header, "203.0.113.1".to_owned()), ("forwarded", format!("for=198.51.100.{n}"))],
        _ => vec![(header, "for=203.0.113.1".to_owned()), ("x-forwarded-for", format!("198.51.100.{n}"))],
    };
    for header in ["x-forwarded-for", "forwarded"] {
        let server = Server::start_with(&[TRUSTED, ("FORWARDED_HEADER", header)]);
        assert_eq!(verified(&server, |n| both(header, n)), 10, "{header}");
        // Where the proxy does not write it, it is the proxy that is counted.
        assert_eq!(verified(&server, |n| both(header, n).split_off(1)), 10, "{header}");
    }
}

/// X04: it is an address that a proxy tells, and nothing else.
#[test]
fn x04_a_trusted_proxy_changes_no_issuer_and_no_link() {
    let server = Server::start_with(&[TRUSTED, ("ISSUER", "https://id.example")]);
    let headers = [
        ("x-forwarded-for", "198.51.100.1"),
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-proto", "http"),
        ("x-forwarded-prefix", "/evil"),
        ("forwarded", "for=198.51.100.1;host=evil.example;proto=http"),
        ("x-ssl-client-cert", "evil"),
    ];
    for path in ["/.well-known/openid-configuration", "/login", "/"] {
        let (plain, forwarded) = (server.get(path), server.get_with(path, &headers));
        assert_eq!((forwarded.status, forwarded.header("location")), (plain.status, plain.header("location")));
        assert!(!forwarded.body.contains("evil"), "{path}: {forwarded:?}");
    }
}

/// What is logged, what is counted and what is in events is one address.
#[test]
fn u07_the_log_has_the_address_that_is_counted() {
    let installation = Installation::new();
    let mut addresses = Vec::new();
    for settings in [&[][..], &[TRUSTED]] {
        let mut server = installation.serve(settings);
        let ids = ["198.51.100.1, 203.0.113.1", "x"].map(|value| {
            let response = server.get_with("/health/live", &[("x-forwarded-for", value)]);
            response.header("x-request-id").expect("every answer has its id").to_owned()
        });
        terminate(&server);
        wait_for_end(&mut server);
        let log = server.log();
        let records: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).expect("it is JSON")).collect();
        for id in ids {
            let record = records.iter().find(|record| record["request_id"] == id).expect("it is logged");
            addresses.push(record["address"].as_str().expect("it has an address").to_owned());
        }
    }
    assert_eq!(addresses, ["127.0.0.1", "127.0.0.1", "203.0.113.1", "127.0.0.1"]);
}

#[test]
fn the_page_and_the_token_endpoint_know_the_same_address() {
    let server = Server::start_with(&[TRUSTED]);
    assert_eq!(verified(&server, |_| Vec::new()), 10);
    assert_eq!(sign_in(&server, ALICE, PASSWORD).status, 429);
}

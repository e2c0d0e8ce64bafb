//! The issuer's rules and its parts.

use super::super::Issuer;

fn refusal(typed: &str) -> String {
    Issuer::parse(typed).expect_err(typed).to_string()
}

#[test]
fn https_urls_are_issuers() {
    for typed in [
        "https://login.example.com",
        "https://login.example.com:8443",
        "https://example.com/tenant",
        "https://example.com/a/b%20c",
        "https://192.0.2.1",
        "https://[2001:db8::1]:8443/x",
        "https://localhost",
    ] {
        let issuer = Issuer::parse(typed).unwrap();
        assert_eq!(issuer.as_str(), typed);
        assert_eq!(format!("{issuer} {issuer:?}"), format!("{typed} {typed}"));
        assert!(issuer.is_https());
    }
}

#[test]
fn http_is_for_loopback_hosts() {
    for typed in ["http://localhost:8080", "http://127.0.0.1", "http://127.8.9.10:1/x", "http://[::1]:8080"] {
        assert!(!Issuer::parse(typed).unwrap().is_https(), "{typed}");
    }
    for (typed, instead) in [
        ("http://login.example.com", "https://login.example.com"),
        ("http://login.example.com:8080/t/", "https://login.example.com:8080/t"),
        ("http://localhost.example.com", "https://localhost.example.com"),
        ("http://128.0.0.1", "https://128.0.0.1"),
        ("http://0.0.0.0:8080", "https://0.0.0.0:8080"),
        ("http://[::ffff:127.0.0.1]", "https://[::ffff:7f00:1]"),
    ] {
        assert_eq!(refusal(typed), format!("issuer: http is for localhost only; write {instead}"));
    }
}

#[test]
fn parts_that_an_issuer_cannot_have_are_named() {
    for (typed, part, instead) in [
        ("https://example.com/", "a slash at the end", "https://example.com"),
        ("https://example.com/tenant/", "a slash at the end", "https://example.com/tenant"),
        ("https://example.com//", "a slash at the end", "https://example.com"),
        ("https://example.com?", "a query", "https://example.com"),
        ("https://example.com/t?x=1", "a query", "https://example.com/t"),
        ("https://example.com#", "a fragment", "https://example.com"),
        ("https://example.com/t#x", "a fragment", "https://example.com/t"),
        ("https://me@example.com", "a user name or password", "https://example.com"),
        ("https://:secret@example.com", "a user name or password", "https://example.com"),
    ] {
        assert_eq!(refusal(typed), format!("issuer: an issuer has no place for {part}; write {instead}"), "{typed}");
    }
}

#[test]
fn only_the_canonical_spelling_is_an_issuer() {
    for (typed, instead) in [
        ("https://Login.Example.com", "https://login.example.com"),
        ("HTTPS://example.com", "https://example.com"),
        ("https://example.com:443", "https://example.com"),
        ("https://example.com/a/../b", "https://example.com/b"),
        (" https://example.com", "https://example.com"),
        ("https:\\\\example.com", "https://example.com"),
        ("https:/example.com", "https://example.com"),
        ("https://b\u{fc}cher.example", "https://xn--bcher-kva.example"),
        ("http://127.1:80", "http://127.0.0.1"),
    ] {
        assert_eq!(refusal(typed), format!("issuer: {typed:?} has another spelling in URLs; write {instead}"));
    }
}

#[test]
fn anything_else_is_no_issuer() {
    for typed in
        ["", "login.example.com", "/tenant", "https://", "mailto:me@example.com", "localhost:8080", "https://a b"]
    {
        let expected = format!("issuer: {typed:?} is not an absolute URL; write one such as https://login.example.com");
        assert_eq!(refusal(typed), expected);
    }
    for typed in ["ftp://example.com", "file://host/x"] {
        assert_eq!(refusal(typed), "issuer: it is not an https URL; write one such as https://login.example.com");
    }
}

#[test]
fn its_parts_make_up_the_whole() {
    for (typed, origin, path) in [
        ("https://example.com", "https://example.com", ""),
        ("https://example.com:8443/a/b", "https://example.com:8443", "/a/b"),
        ("http://[::1]:8080/t", "http://[::1]:8080", "/t"),
    ] {
        let issuer = Issuer::parse(typed).unwrap();
        assert_eq!((issuer.origin(), issuer.path()), (origin, path));
        assert_eq!(issuer.url("/token"), format!("{typed}/token"));
    }
}

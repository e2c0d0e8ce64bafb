//! Request objects that a client keeps at an address of its own (RFC 9101 §5.2, OpenID Connect Core §6.2).

use std::time::Duration;

use serde_json::json;

use super::request_objects::{LOOPBACK, bare, object};
use crate::support::{ALICE, Authorization, Browser, Peer, SIGNER, Server, Signer, query_of};

#[test]
fn an_object_is_read_where_the_client_keeps_it() {
    let signer = Signer::ed25519("1");
    let (server, peer) = (Server::start_with(LOOPBACK), Peer::start());
    let uri = peer.url("/object");
    server.add_signer(&[("jwks", signer.jwks()), ("request_uris", json!([format!("{uri}#registered")]))]);
    peer.serve("/object", format!("{}\n", signer.sign(&object(&server))));
    for request in [bare().with("request_uri", &uri), bare().with("request_uri", &format!("{uri}#version-2"))] {
        assert_eq!(Browser::new(&server).authorize(&request.path(), ALICE)["state"], "inside");
    }
    // Once for each request, however many pages there were.
    assert_eq!(peer.asked("/object").len(), 2);
}

/// S01: only what is registered is asked for, and only where requests may go.
#[test]
fn s01_a_request_uri_that_is_not_registered_is_not_asked() {
    let signer = Signer::ed25519("1");
    let (server, peer) = (Server::start_with(LOOPBACK), Peer::start());
    let uri = peer.url("/object");
    server.add_signer(&[("jwks", signer.jwks()), ("request_uris", json!([uri]))]);
    peer.serve("/object", signer.sign(&object(&server)));
    let mut browser = Browser::new(&server);
    for other in [
        "http://169.254.169.254/".to_owned(),
        "file:///etc/passwd".to_owned(),
        format!("{}/admin", server.issuer),
        format!("{uri}?x"),
        format!("{uri}/"),
        uri.replace("127.0.0.1", "localhost"),
        uri.to_uppercase(),
        peer.url("/other"),
        "urn:ietf:params:oauth:request_uri:abc".to_owned(),
        format!("{uri}#{}", "x".repeat(512)),
    ] {
        browser.refused(&Authorization::of(SIGNER).with("request_uri", &other), "invalid_request_uri");
    }
    assert_eq!(peer.connections(), 0);
}

#[test]
fn s01_a_registered_request_uri_that_is_not_public_is_not_asked() {
    let signer = Signer::ed25519("1");
    let (server, peer) = (Server::start(), Peer::start());
    let uri = peer.url("/object");
    server.add_signer(&[("jwks", signer.jwks()), ("request_uris", json!([uri]))]);
    let request = Authorization::of(SIGNER).with("request_uri", &uri);
    let told = Browser::new(&server).refused(&request, "invalid_request_uri");
    assert_eq!(peer.connections(), 0);
    assert!(!told["error_description"].contains("127.0.0.1"), "{told:?}");
}

#[test]
fn an_object_that_cannot_be_had_is_an_invalid_request_uri() {
    let signer = Signer::ed25519("1");
    let (server, peer) = (Server::start_with(LOOPBACK), Peer::start());
    let uri = peer.url("/object");
    server.add_signer(&[("jwks", signer.jwks()), ("request_uris", json!([uri]))]);
    let request = Authorization::of(SIGNER).with("request_uri", &uri);
    let mut browser = Browser::new(&server);
    browser.refused(&request, "invalid_request_uri");
    peer.serve("/object", vec![b'x'; 70_000]);
    browser.refused(&request, "invalid_request_uri");
    peer.serve("/object", [0xff, 0xfe]);
    browser.refused(&request, "invalid_request_uri");
    peer.serve_bytes("/object", b"HTTP/1.1 302 x\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n", Duration::ZERO);
    browser.refused(&request, "invalid_request_uri");
    peer.serve_bytes("/object", b"", Duration::from_secs(20));
    browser.refused(&request, "temporarily_unavailable");
    server.clock.advance(Duration::from_secs(30));
    peer.serve("/object", "<html>no object</html>");
    browser.refused(&request, "invalid_request_object");
    let mut long = object(&server);
    long["login_hint"] = json!("x".repeat(12_000));
    peer.serve("/object", signer.sign(&long));
    browser.refused(&request, "invalid_request_object");
}

/// What the object said when the request came in is what counts until the person has answered.
#[test]
fn an_object_that_ends_or_changes_meanwhile_makes_no_difference() {
    let signer = Signer::ed25519("1");
    let (server, peer) = (Server::start_with(LOOPBACK), Peer::start());
    let uri = peer.url("/object");
    server.add_signer(&[("jwks", signer.jwks()), ("request_uris", json!([uri]))]);
    peer.serve("/object", signer.sign(&object(&server)));
    let mut browser = Browser::new(&server);
    let page = browser.visit(&bare().with("request_uri", &uri).path());
    peer.serve_status("/object", "404 Gone", "");
    server.advance(Duration::from_secs(600));
    let page = browser.sign_in(&page, ALICE);
    let answer = browser.decide(&page, "allow");
    assert_eq!(query_of(answer.location())["state"], "inside");
    assert_eq!(peer.asked("/object").len(), 1);
    let mut late = Browser::new(&server);
    late.refused(
        &Authorization::of(SIGNER).with("request", &signer.sign(&json!({ "exp": 1 }))),
        "invalid_request_object",
    );
}

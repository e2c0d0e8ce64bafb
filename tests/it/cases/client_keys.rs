//! The public keys of clients that publish them (`jwks_uri`): fetched when they are needed, and not more often than that.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Peer, Response, Server, Signer};

const GRANT: (&str, &str) = ("grant_type", "client_credentials");
const LOOPBACK: &[(&str, &str)] = &[("OUTBOUND__ALLOWED_ADDRESSES", "127.0.0.1"), ("OUTBOUND__TIMEOUT", "1s")];

/// A server, and a client whose keys are at a peer's `/jwks`.
fn published(settings: &[(&str, &str)]) -> (Server, Peer) {
    let (server, peer) = (Server::start_with(settings), Peer::start());
    server.add_signer(&[("jwks_uri", json!(peer.url("/jwks")))]);
    (server, peer)
}

fn sign_in(server: &Server, signer: &Signer) -> Response {
    server.post_signed(signer, "/token", &[GRANT])
}

#[test]
fn published_keys_are_fetched_once_in_five_minutes() {
    let (server, peer) = published(LOOPBACK);
    let signer = Signer::p256("1");
    peer.serve("/jwks", signer.jwks().to_string());
    for _ in 0..5 {
        sign_in(&server, &signer).tokens();
    }
    server.advance(Duration::from_secs(299));
    sign_in(&server, &signer).tokens();
    assert_eq!(peer.asked("/jwks").len(), 1);
    server.advance(Duration::from_secs(1));
    sign_in(&server, &signer).tokens();
    assert_eq!(peer.asked("/jwks").len(), 2);
}

/// "oidcc key rotation": a client that replaces its keys is known by the new one at once, and by the old one no longer.
#[test]
fn a_new_key_is_known_as_soon_as_it_signs() {
    let (server, peer) = published(LOOPBACK);
    let (old, new) = (Signer::ed25519("old"), Signer::ed25519("new"));
    peer.serve("/jwks", old.jwks().to_string());
    sign_in(&server, &old).tokens();
    peer.serve("/jwks", new.jwks().to_string());
    server.advance(Duration::from_secs(11));
    sign_in(&server, &new).tokens();
    sign_in(&server, &old).assert_error(401, "invalid_client");
    // The same name for another key.
    let renewed = Signer::ed25519("new");
    peer.serve("/jwks", renewed.jwks().to_string());
    server.advance(Duration::from_secs(11));
    sign_in(&server, &renewed).tokens();
}

#[test]
fn unknown_keys_make_us_ask_once_in_ten_seconds() {
    let (server, peer) = published(LOOPBACK);
    let signer = Signer::ed25519("1");
    peer.serve("/jwks", signer.jwks().to_string());
    sign_in(&server, &signer).tokens();
    server.advance(Duration::from_secs(10));
    for _ in 0..20 {
        sign_in(&server, &Signer::ed25519("unknown")).assert_error(401, "invalid_client");
    }
    assert_eq!(peer.asked("/jwks").len(), 2);
    server.advance(Duration::from_secs(9));
    sign_in(&server, &Signer::ed25519("unknown"));
    assert_eq!(peer.asked("/jwks").len(), 2);
    server.advance(Duration::from_secs(1));
    sign_in(&server, &Signer::ed25519("unknown"));
    assert_eq!(peer.asked("/jwks").len(), 3);
}

#[test]
fn keys_that_cannot_be_had_are_asked_for_again_after_a_pause() {
    let (server, peer) = published(LOOPBACK);
    let signer = Signer::ed25519("1");
    for broken in ["no JSON", "[]", "{\"keys\": 7}", "{\"keys\":[{\"kty\":\"oct\",\"k\":\"c2VjcmV0\"}]}"] {
        peer.serve("/jwks", broken);
        let before = peer.asked("/jwks").len();
        for _ in 0..3 {
            sign_in(&server, &signer).assert_error(401, "invalid_client");
        }
        assert_eq!(peer.asked("/jwks").len(), before + 1, "{broken}");
        server.advance(Duration::from_secs(10));
    }
    peer.serve("/jwks", signer.jwks().to_string());
    sign_in(&server, &signer).tokens();
}

/// What was fetched once does not outlive its five minutes because its source is away.
#[test]
fn a_source_that_is_away_ends_what_it_said() {
    let (server, peer) = published(LOOPBACK);
    let signer = Signer::ed25519("1");
    peer.serve("/jwks", signer.jwks().to_string());
    sign_in(&server, &signer).tokens();
    peer.serve_status("/jwks", "503 Away", "");
    server.advance(Duration::from_secs(299));
    sign_in(&server, &signer).tokens();
    server.advance(Duration::from_secs(1));
    sign_in(&server, &signer).assert_error(503, "temporarily_unavailable");
}

/// Keys that cannot be fetched are no failed authentication: nothing is counted, and the assertion is not used up.
#[test]
fn keys_that_cannot_be_fetched_fail_nobody() {
    let (server, peer) = published(LOOPBACK);
    let signer = Signer::ed25519("1");
    peer.serve_status("/jwks", "503 Away", "");
    let assertion = signer.sign(&server.assertion());
    let kind = ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    let form = [kind, ("client_assertion", &assertion), GRANT];
    for _ in 0..40 {
        let refused = server.post("/token", &form);
        refused.assert_error(503, "temporarily_unavailable");
        assert_eq!(refused.header("retry-after"), Some("2"));
    }
    peer.serve("/jwks", signer.jwks().to_string());
    server.clock.advance(Duration::from_secs(10));
    server.post("/token", &form).tokens();
    sign_in(&server, &Signer::ed25519("unknown")).assert_error(401, "invalid_client");
}

/// What is kept ages with time, and not with the wall clock.
#[test]
fn a_step_of_the_clock_neither_ends_nor_prolongs_what_is_kept() {
    let (server, peer) = published(LOOPBACK);
    let signer = Signer::p256("1");
    peer.serve("/jwks", signer.jwks().to_string());
    let day = Duration::from_secs(86_400);
    sign_in(&server, &signer).tokens();
    for step in [server.clock.now().plus(Duration::from_secs(50)), server.clock.now().minus(day)] {
        server.advance(Duration::from_secs(100));
        server.clock.step_all_to(step);
        server.block_on(server.app.reload()).expect("the server reads its own database");
        sign_in(&server, &signer).tokens();
        assert_eq!(peer.asked("/jwks").len(), 1);
    }
    server.advance(Duration::from_secs(100));
    sign_in(&server, &signer).tokens();
    assert_eq!(peer.asked("/jwks").len(), 2, "after five minutes");
}

/// S01: a `jwks_uri` on this machine is asked for nothing unless the operator allows it.
#[test]
fn s01_a_jwks_uri_that_is_not_public_is_not_asked() {
    let (server, peer) = published(&[]);
    let signer = Signer::ed25519("1");
    peer.serve("/jwks", signer.jwks().to_string());
    sign_in(&server, &signer).assert_error(503, "temporarily_unavailable");
    assert_eq!(peer.connections(), 0);
}

/// What a client registers itself with is good at once, and a private key is sent back.
#[test]
fn a_client_that_registers_itself_brings_its_public_keys() {
    let server = Server::start_with(super::registration::OPEN);
    let signer = Signer::p256("1");
    let metadata = |jwks: Value| {
        json!({
            "redirect_uris": ["https://photos.example/cb"], "token_endpoint_auth_method": "private_key_jwt", "jwks": jwks,
        })
    };
    let client = super::registration::registered(&server, &metadata(signer.jwks()));
    let mut claims = server.assertion();
    (claims["iss"], claims["sub"]) = (client["client_id"].clone(), client["client_id"].clone());
    let kind = ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    let form = [kind, ("client_assertion", &signer.sign(&claims)), ("token", "x")];
    assert_eq!(server.post("/introspect", &form).json(), json!({ "active": false }));

    let mut private = signer.jwk();
    private["d"] = json!("c2VjcmV0");
    for wrong in [json!({ "keys": [private] }), json!({ "keys": [{ "kty": "oct", "k": "c2VjcmV0" }] })] {
        let refused = super::registration::register(&server, &metadata(wrong), None);
        assert_eq!((refused.status, &refused.json()["error"]), (400, &json!("invalid_client_metadata")), "{refused:?}");
        assert!(!refused.body.contains("c2VjcmV0"), "{refused:?}");
    }
}

/// Many that sign in at once wait for one request.
#[test]
fn one_request_answers_all_that_wait_for_it() {
    let (server, peer) = published(LOOPBACK);
    let signer = Signer::ed25519("1");
    peer.serve("/jwks", signer.jwks().to_string());
    let answers = super::refresh_races::together(12, |_| sign_in(&server, &signer));
    assert!(answers.iter().all(|answer| answer.status == 200), "{answers:?}");
    assert_eq!(peer.asked("/jwks").len(), 1);
}

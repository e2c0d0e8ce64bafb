//! Another `keys.algorithm`: its first key is published before it signs, and whoever verifies notices nothing (J14).

use std::collections::BTreeSet;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countersign::types::Timestamp;
use ring::digest::{SHA256, SHA512, digest};

use super::key_rotation::{DAY, SECOND, kid, published, signing, token};
use super::tokens::{header, jwks};
use crate::support::{Server, Tokens, Verifier, WEB, claims};

const ISSUER: (&str, &str) = ("ISSUER", "https://login.example");
/// Nothing beside it.
const ALONE: (&str, &str) = ("KEYS__ID_TOKEN_ALGORITHMS", ",");

fn open(data_dir: &Path, algorithm: &'static str, now: Timestamp) -> Server {
    Server::open(data_dir, &[ISSUER, ALONE, ("KEYS__ALGORITHM", algorithm)], now)
}

/// The algorithms of the published keys.
fn algorithms(server: &Server) -> Vec<String> {
    let mut all: Vec<String> =
        jwks(server).iter().map(|key| key["alg"].as_str().expect("a key has one").to_owned()).collect();
    all.sort();
    all
}

/// The algorithms that the metadata names.
fn announced(server: &Server) -> Vec<String> {
    let metadata = server.get("/.well-known/openid-configuration").json();
    let names = metadata["id_token_signing_alg_values_supported"].clone();
    let mut names: Vec<String> = serde_json::from_value(names).expect("it is a list");
    names.sort();
    names
}

fn sorted<const N: usize>(mut names: [&str; N]) -> [&str; N] {
    names.sort_unstable();
    names
}

/// Both tokens are signed by `algorithm`, and one is bound to the other by its hash (OpenID Connect Core §3.1.3.6).
#[track_caller]
fn assert_signed_by(tokens: &Tokens, algorithm: &str) {
    let id_token = tokens.0["id_token"].as_str().expect("openid was asked for");
    for token in [tokens.access_token(), id_token] {
        assert_eq!(header(token)["alg"], algorithm);
    }
    let hash = digest(if algorithm == "EdDSA" { &SHA512 } else { &SHA256 }, tokens.access_token().as_bytes());
    let half = &hash.as_ref()[..hash.as_ref().len() / 2];
    assert_eq!(claims(id_token)["at_hash"], URL_SAFE_NO_PAD.encode(half));
}

#[test]
fn j14_another_algorithm_signs_after_a_day_and_nobody_refuses_anything() {
    let mut server = Server::start_with(&[ISSUER, ALONE, ("KEYS__ALGORITHM", "RS256")]);
    let mut verifier = Verifier::new(&server.clock);
    for (old, new) in [("RS256", "PS256"), ("PS256", "ES256"), ("ES256", "EdDSA"), ("EdDSA", "RS256")] {
        assert_eq!((announced(&server), algorithms(&server)), (vec![old.to_owned()], vec![old.to_owned(); 2]));
        assert!(verifier.accepts(&server, server.sign_in(WEB).access_token()));
        let now = server.clock.now();
        server = open(&server.stop(), new, now);
        verifier = verifier.on(&server.clock);
        assert_eq!(announced(&server), sorted([old, new]), "the metadata tells of it ahead");
        assert_eq!(algorithms(&server), sorted([old, old, new]));
        for later in [SECOND, DAY / 2, DAY] {
            assert_signed_by(&server.sign_in(WEB), old);
            assert!(verifier.accepts(&server, server.sign_in(WEB).access_token()));
            server.advance_to(now.plus(later).minus(SECOND));
        }
        let last = server.sign_in(WEB);
        assert_signed_by(&last, old);
        assert!(verifier.accepts(&server, last.access_token()));
        server.advance(SECOND);
        let first = server.sign_in(WEB);
        assert_signed_by(&first, new);
        assert!([&last, &first].iter().all(|tokens| verifier.accepts(&server, tokens.access_token())));
        assert_eq!(server.userinfo(last.access_token()).status, 200);
        assert_eq!(announced(&server), [new]);
        assert_eq!(algorithms(&server), sorted([old, new, new]));
        server.advance(SECOND * 420);
        assert_eq!(algorithms(&server), [new, new]);
    }
    std::fs::remove_dir_all(server.stop()).unwrap();
}

/// Whoever thinks better of it within the day has lost nothing.
#[test]
fn an_algorithm_that_was_configured_for_a_while_never_signs() {
    let server = Server::start_with(&[ISSUER]);
    let (keys, signer, now) = (published(&server), signing(&server), server.clock.now());
    let server = open(&server.stop(), "ES256", now);
    assert_eq!((published(&server).len(), signing(&server)), (3, signer.clone()));
    server.advance(DAY / 2);
    let now = server.clock.now();
    let server = open(&server.stop(), "RS256", now);
    assert_eq!((signing(&server), announced(&server).len()), (signer.clone(), 2));
    server.advance(DAY / 2);
    assert_eq!((published(&server), signing(&server)), (keys, signer));
    assert_eq!(announced(&server), ["RS256"]);
    std::fs::remove_dir_all(server.stop()).unwrap();
}

/// Two servers that are configured against each other: keys change to and fro once a day, and every token verifies.
#[test]
fn j14_two_servers_with_different_algorithms_break_nothing() {
    let one = Server::start_with(&[ISSUER, ALONE, ("KEYS__ALGORITHM", "EdDSA")]);
    let two = Server::open(&one.data_dir, &[ISSUER, ALONE, ("KEYS__ALGORITHM", "ES256")], one.clock.now());
    let mut verifiers = [Verifier::new(&one.clock), Verifier::new(&two.clock)];
    let mut made = BTreeSet::new();
    for _ in 0..24 * 7 * 4 {
        for server in [&one, &two] {
            server.advance(SECOND * 900);
        }
        let tokens = [&one, &two].map(token);
        for (server, verifier) in [&one, &two].into_iter().zip(&mut verifiers) {
            assert!(tokens.iter().all(|token| verifier.accepts(server, token)));
        }
        made.extend(published(&one));
        assert!(made.len() < 40, "they make keys without end");
    }
    assert!(made.contains(&kid(&token(&one))));
}

//! Signing keys rotate by themselves (J14, J16), seen from outside: the JWKS, and which key signs.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::scope;
use std::time::Duration;

use countersign::keys::{KeyState, revocation};
use countersign::startup::KeyKeeper;
use countersign::store::signing_keys;
use countersign::types::Timestamp;
use serde_json::Value;

use super::tokens::{header, jwks};
use crate::support::database::text;
use crate::support::{Server, Verifier, WEB, claims};

pub const SECOND: Duration = Duration::from_secs(1);
pub const DAY: Duration = Duration::from_secs(86_400);
const MS: Duration = Duration::from_millis(1);

/// All is over soon: a token after half a minute, a key after little more than one.
pub const SHORT: [(&str, &str); 8] = [
    ("KEYS__ALGORITHM", "ES256"),
    ("KEYS__ID_TOKEN_ALGORITHMS", ","),
    ("KEYS__JWKS_MAX_AGE", "5s"),
    ("KEYS__PUBLISH_AHEAD", "65s"),
    ("KEYS__ROTATION_INTERVAL", "70s"),
    ("TOKENS__ACCESS_TTL", "30s"),
    ("TOKENS__ID_TOKEN_TTL", "20s"),
    ("TOKENS__CODE_TTL", "10m"),
];

/// The published keys.
pub fn published(server: &Server) -> BTreeSet<String> {
    jwks(server).iter().map(|key| key["kid"].as_str().expect("a key has an id").to_owned()).collect()
}

/// An access token of a client's own.
pub fn token(server: &Server) -> String {
    server.token(WEB, &[("grant_type", "client_credentials")]).tokens().access_token().to_owned()
}

pub fn kid(token: &str) -> String {
    header(token)["kid"].as_str().expect("a token names its key").to_owned()
}

/// The key that signs.
pub fn signing(server: &Server) -> String {
    kid(&token(server))
}

/// The key that is next.
pub fn next(server: &Server) -> String {
    text(&server.data_dir, "SELECT kid FROM signing_keys WHERE state = 'next'")
}

pub fn set<const N: usize>(kids: [&String; N]) -> BTreeSet<String> {
    kids.into_iter().cloned().collect()
}

/// What keeps a server's keys, for a test that does it step by step.
pub fn keeper(server: &Server) -> KeyKeeper {
    let app = &server.app;
    KeyKeeper::new(&app.store, &app.config, app.keys.seal.clone(), &app.clock, &app.rng)
}

/// What `key retire` does, at the time that the server tells.
fn take_away(server: &Server, kid: &str) {
    let keeper = keeper(server);
    let revoked = server.block_on(async {
        let revocation = revocation(&keeper.list().await.expect("they are read"), kid).expect("it is there");
        keeper.revoke(revocation).await
    });
    assert!(revoked.expect("it is written"), "nobody else moved it");
}

/// J14: the default schedule over a year, looked at each day, and at each rotation from moment to moment.
#[test]
fn j14_keys_rotate_over_the_months_and_each_is_published_before_and_after_it_signs() {
    let server = Server::start();
    let (mut old, mut new, mut since) = (signing(&server), next(&server), server.clock.now());
    for _ in 0..4 {
        for day in 1..90 {
            server.advance_to(since.plus(DAY * day));
            assert_eq!((published(&server), signing(&server)), (set([&old, &new]), old.clone()));
        }
        since = since.plus(DAY * 90);
        server.advance_to(since.minus(MS));
        assert_eq!((published(&server), signing(&server)), (set([&old, &new]), old.clone()));
        server.advance_to(since);
        let third = next(&server);
        assert!(third != old && third != new, "it is a new one");
        assert_eq!((published(&server), signing(&server)), (set([&old, &new, &third]), new.clone()));
        // Five minutes of a token, a minute of another node's ring, a minute for clocks that differ.
        let end = since.plus(SECOND * 420);
        server.advance_to(end.minus(MS));
        assert_eq!(published(&server), set([&old, &new, &third]));
        server.advance_to(end);
        assert_eq!(published(&server), set([&new, &third]));
        (old, new) = (new, third);
    }
}

/// The last token of a key is good until it expires, here and elsewhere.
#[test]
fn j14_a_token_that_was_signed_just_before_its_key_retired_is_good_until_it_expires() {
    let server = Server::start();
    let end = server.clock.now().plus(DAY * 90);
    server.advance_to(end.minus(MS));
    let last = server.sign_in(WEB);
    server.advance_to(end);
    assert_ne!(signing(&server), kid(last.access_token()));
    for left in [300, 299, 60, 1] {
        let expires = claims(last.access_token())["exp"].as_i64().expect("it expires");
        server.advance_to(Timestamp::from_seconds(expires - left).max(end));
        assert!(Verifier::new(&server.clock).accepts(&server, last.access_token()), "{left} s before its end");
        assert_eq!(server.userinfo(last.access_token()).status, 200, "{left} s before its end");
    }
    server.advance(SECOND);
    assert_eq!(server.userinfo(last.access_token()).status, 401);
}

/// J14: verifiers that fetch the JWKS at different times and never for a key they do not know, through many rotations.
#[test]
fn j14_verifiers_that_cache_the_jwks_refuse_nothing_through_many_rotations() {
    let server = Server::start_with(&SHORT);
    let mut verifiers: Vec<Verifier> = (0..5).map(|_| Verifier::new(&server.clock)).collect();
    let (mut alive, mut kids) = (Vec::new(), BTreeSet::new());
    for step in 0..1200_usize {
        // Now and then the next key is taken away: the one in its place has to wait until everybody knows it.
        if step % 67 == 66 {
            take_away(&server, &next(&server));
        }
        server.advance(SECOND);
        alive.push(token(&server));
        kids.insert(kid(alive.last().expect("it was pushed")));
        let now = server.clock.now().seconds();
        alive.retain(|token| claims(token)["exp"].as_i64().is_some_and(|expires| now < expires));
        // One more verifier each second, so that they fetch at different times; and each sees the oldest and the newest.
        for verifier in verifiers.iter_mut().take(step + 1) {
            for token in [&alive[0], &alive[alive.len() - 1]] {
                assert!(verifier.accepts(&server, token), "{} after {step} s", kid(token));
            }
        }
        assert!(published(&server).len() <= 5, "they do not pile up");
    }
    assert!(kids.len() >= 8, "{} keys have signed", kids.len());
    assert!(verifiers.iter().all(|verifier| (200..=240).contains(&verifier.fetched)), "each has cached");
}

/// J14, under load: tokens are made and verified while keys rotate and the clock runs.
#[test]
fn j14_nothing_is_refused_while_keys_rotate_under_load() {
    let server = Server::start_with(&SHORT);
    let (done, counts) = (AtomicBool::new(false), [(); 4].map(|()| AtomicUsize::new(0)));
    let kids = scope(|scope| {
        let workers: Vec<_> = counts
            .iter()
            .map(|count| {
                let (server, done) = (&server, &done);
                scope.spawn(move || {
                    let (mut verifier, mut kids) = (Verifier::new(&server.clock), BTreeSet::new());
                    while !done.load(Ordering::Relaxed) {
                        let token = token(server);
                        kids.insert(kid(&token));
                        assert!(verifier.accepts(server, &token), "{}", kid(&token));
                        count.fetch_add(1, Ordering::Relaxed);
                    }
                    kids
                })
            })
            .collect();
        for _ in 0..200 {
            let before = counts.each_ref().map(|count| count.load(Ordering::Relaxed));
            server.advance(SECOND * 5);
            // Nobody falls behind by more than two steps: a token is not verified after it has expired.
            let is_behind = |at: usize| counts[at].load(Ordering::Relaxed) == before[at];
            while (0..4).any(is_behind) && workers.iter().all(|worker| !worker.is_finished()) {
                std::thread::yield_now();
            }
        }
        done.store(true, Ordering::Relaxed);
        workers.into_iter().flat_map(|worker| worker.join().expect("nothing was refused")).collect::<BTreeSet<_>>()
    });
    assert!(kids.len() >= 12, "{} keys have signed", kids.len());
}

/// J16: what is left of a key that is gone is its public half, for as long as somebody may bring back an `id_token` by it.
#[test]
fn j16_a_key_that_is_gone_has_no_private_half_and_is_forgotten_after_the_longest_session() {
    let server = Server::start();
    let first = signing(&server);
    let end = server.clock.now().plus(DAY * 90);
    server.advance_to(end.minus(MS));
    let tokens = server.sign_in(WEB);
    let id_token = tokens.0["id_token"].as_str().expect("openid was asked for");
    let stored = || server.block_on(server.app.store.read(signing_keys::list)).expect("they are read");
    let find = || stored().into_iter().find(|key| key.kid == first);
    let hint = || server.app.keys.ring.current().verify_hint::<Value>(id_token, "JWT");
    server.advance_to(end);
    assert!(find().is_some_and(|key| key.state == KeyState::Retiring && !key.sealed.is_empty()));
    server.advance(SECOND * 420);
    let gone = find().expect("its public half is kept");
    assert_eq!((gone.state, gone.sealed.len()), (KeyState::Gone, 0));
    assert!(gone.public_jwk.contains(&first));
    let forgotten = end.plus(DAY * 30 + SECOND * 60);
    server.advance_to(forgotten.minus(MS));
    assert_eq!(hint().expect("an expired id_token is known as ours")["aud"], "web");
    server.advance_to(forgotten);
    assert!(find().is_none() && hint().is_err(), "it is forgotten");
    assert_eq!(stored().len(), 2);
}

/// Tokens that were made under a longer lifetime stay good when a shorter one is configured.
#[test]
fn j14_a_shorter_lifetime_takes_no_key_away_from_tokens_that_are_out() {
    let server = Server::start_with(&[("TOKENS__ACCESS_TTL", "1d"), ("ISSUER", "https://login.example")]);
    let end = server.clock.now().plus(DAY * 90);
    server.advance_to(end.minus(SECOND));
    let long = server.sign_in(WEB);
    let now = server.clock.now();
    let server = Server::open(&server.stop(), &[("ISSUER", "https://login.example")], now);
    server.advance_to(end);
    assert_ne!(signing(&server), kid(long.access_token()));
    server.advance_to(end.plus(DAY).minus(SECOND * 2));
    assert!(Verifier::new(&server.clock).accepts(&server, long.access_token()));
    assert_eq!(server.userinfo(long.access_token()).status, 200);
    server.advance_to(end.plus(DAY + SECOND * 120));
    assert!(!published(&server).contains(&kid(long.access_token())));
    std::fs::remove_dir_all(server.stop()).expect("it is there");
}

/// A clock that is set back revives no key and takes none away.
#[test]
fn a_clock_that_is_set_back_changes_nothing_about_keys() {
    let server = Server::start();
    let start = server.clock.now();
    server.advance_to(start.plus(DAY * 90));
    server.advance_to(start.plus(DAY * 90 + SECOND * 420));
    let (keys, signer, successor) = (published(&server), signing(&server), next(&server));
    let now = server.clock.now();
    for back in [DAY, DAY * 90, DAY * 3650] {
        server.advance_to(now.minus(back));
        assert_eq!((published(&server), signing(&server)), (keys.clone(), signer.clone()), "{back:?} back");
    }
    server.advance_to(start.plus(DAY * 180).minus(MS));
    assert_eq!(signing(&server), signer);
    server.advance_to(start.plus(DAY * 180));
    assert_eq!(signing(&server), successor, "it rotates as if nothing had happened");
}

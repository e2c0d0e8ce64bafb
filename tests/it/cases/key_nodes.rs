//! Several nodes, restarts and failures: keys rotate once, whatever happens meanwhile (J14).

use std::sync::Barrier;
use std::thread::scope;
use std::time::Duration;

use countersign::keys::{Algorithm, KeyState, Step, due};
use countersign::startup::rotation_policy;
use countersign::store::{StoreError, signing_keys};

use super::key_rotation::{DAY, SECOND, SHORT, keeper, kid, next, published, set, signing, token};
use crate::support::database::{execute, fill_up, make_room, number};
use crate::support::{ALICE, PASSWORD, ROPC, Server, Verifier, WEB};

const ISSUER: (&str, &str) = ("ISSUER", "https://login.example");

/// Two servers on one database, which tell the same time.
fn two_servers(settings: &[(&'static str, &'static str)]) -> (Server, Server) {
    let settings = [settings, &[ISSUER]].concat();
    let one = Server::start_with(&settings);
    let two = Server::open(&one.data_dir, &settings, one.clock.now());
    (one, two)
}

/// Lets the same time pass for both, and has them rotate at the same moment.
fn advance_together(servers: [&Server; 2], by: Duration) {
    let barrier = Barrier::new(2);
    for server in servers {
        server.clock.advance(by);
    }
    scope(|scope| {
        for server in servers {
            scope.spawn(|| {
                barrier.wait();
                server.advance(Duration::ZERO);
            });
        }
    });
}

#[test]
fn two_servers_that_rotate_at_the_same_moment_agree() {
    let (one, two) = two_servers(&SHORT);
    let mut verifiers = [Verifier::new(&one.clock), Verifier::new(&two.clock)];
    let mut before = signing(&one);
    for round in 0..12 {
        advance_together([&one, &two], SECOND * 71);
        let tokens = [token(&one), token(&two)];
        assert_eq!(kid(&tokens[0]), kid(&tokens[1]), "round {round}");
        assert_ne!(kid(&tokens[0]), before, "round {round}");
        // Either may have read before the other had made the next key; both have it at the next reading.
        advance_together([&one, &two], SECOND);
        assert_eq!(published(&one), published(&two));
        let states = "SELECT COUNT(*) FROM signing_keys WHERE state IN ('next', 'active')";
        assert_eq!(number(&one.data_dir, states), 2, "round {round}");
        // Each takes the keys of the other's tokens from its own JWKS.
        for (server, verifier) in [&one, &two].into_iter().zip(&mut verifiers) {
            assert!(tokens.iter().all(|token| verifier.accepts(server, token)));
        }
        before = kid(&tokens[0]);
    }
}

#[test]
fn a_token_of_one_server_is_good_at_the_other_that_has_not_rotated_yet() {
    let (one, two) = two_servers(&[]);
    let person = [("grant_type", "password"), ("username", ALICE), ("password", PASSWORD), ("scope", "openid")];
    for server in [&one, &two] {
        server.advance_to(server.clock.now().plus(DAY * 90).minus(SECOND));
    }
    one.advance(SECOND);
    let (new, old) = (one.token(ROPC, &person).tokens(), two.token(ROPC, &person).tokens());
    assert_ne!(kid(new.access_token()), kid(old.access_token()));
    assert_eq!(two.userinfo(new.access_token()).status, 200, "it knows the next key");
    assert_eq!(one.userinfo(old.access_token()).status, 200, "it knows the one before");
    assert!(published(&one).is_superset(&published(&two)));
}

/// Both find no key at all, as at a first start.
#[test]
fn two_servers_that_make_the_first_keys_at_the_same_moment_agree() {
    let (one, two) = two_servers(&SHORT);
    for round in 0..5 {
        execute(&one.data_dir, "DELETE FROM signing_keys");
        advance_together([&one, &two], SECOND);
        advance_together([&one, &two], SECOND);
        assert_eq!((published(&one).len(), published(&two)), (2, published(&one)), "round {round}");
        assert_eq!(signing(&one), signing(&two));
    }
}

/// A node is killed after each of the steps of a rotation, and started again.
#[test]
fn a_rotation_goes_on_after_a_restart_between_any_two_of_its_steps() {
    let settings = [&SHORT[..], &[ISSUER]].concat();
    let mut server = Server::start_with(&settings);
    // Due are: the promotion, the new next key, and at other times the end of an old key.
    for killed_after in [0, 1, 2, 0, 1, 2, 3] {
        let (old, new) = (signing(&server), next(&server));
        server.clock.advance(SECOND * 71);
        let (keeper, policy) = (keeper(&server), rotation_policy(&server.app.config));
        server.block_on(async {
            for _ in 0..killed_after {
                let step = due(&keeper.list().await.unwrap(), &policy, server.clock.now());
                if let Some(step) = step {
                    assert!(keeper.perform(step).await.unwrap());
                }
            }
        });
        let now = server.clock.now();
        server = Server::open(&server.stop(), &settings, now);
        assert_eq!(signing(&server), new, "after {killed_after} steps");
        assert!(published(&server).is_superset(&set([&old, &new, &next(&server)])));
    }
    std::fs::remove_dir_all(server.stop()).unwrap();
}

/// While nothing can be written, the keys that are there sign and are read; then the rotation is made up for.
#[test]
fn a_rotation_that_fails_stops_nobody_and_is_tried_again() {
    let server = Server::start_with(&SHORT);
    let (before, successor) = ((published(&server), signing(&server)), next(&server));
    fill_up(&server.data_dir, "UPDATE", "signing_keys");
    fill_up(&server.data_dir, "INSERT", "signing_keys");
    for _ in 0..3 {
        server.advance(SECOND * 71);
        assert_eq!((published(&server), signing(&server)), before);
        assert_eq!(server.get("/health/ready").status, 200);
    }
    // What fails in its middle leaves nothing half done.
    make_room(&server.data_dir, "UPDATE", "signing_keys");
    server.advance(SECOND);
    assert_eq!((published(&server), signing(&server)), (before.0, successor.clone()), "there is no next one");
    make_room(&server.data_dir, "INSERT", "signing_keys");
    server.advance(SECOND);
    assert_eq!((published(&server).len(), signing(&server)), (3, successor));
}

/// A clock that was far ahead leaves no key in the JWKS for years.
#[test]
fn a_key_that_was_retired_by_a_wrong_clock_leaves_when_it_should() {
    let server = Server::start_with(&SHORT);
    let (before, now) = (signing(&server), server.clock.now());
    server.advance(SECOND * 71);
    assert_eq!(published(&server).len(), 3);
    execute(&server.data_dir, "UPDATE signing_keys SET retired_at = retired_at + 400000000000");
    for seconds in [72, 71 + 160] {
        server.advance_to(now.plus(SECOND * seconds));
    }
    assert!(!published(&server).contains(&before), "its last token has expired");
}

/// A ring that was not read for a minute does not sign: another node may have retired its key.
#[test]
fn nothing_is_signed_while_the_keys_cannot_be_read_and_nothing_is_consumed() {
    let server = Server::start_with(&SHORT);
    let (signed, code) = (server.sign_in(WEB), server.code(WEB));
    let documents = ["/.well-known/jwks.json", "/.well-known/openid-configuration"];
    let before = documents.map(|path| server.get(path).body);
    execute(&server.data_dir, "ALTER TABLE signing_keys RENAME TO hidden");
    let reload = || server.block_on(server.app.reload());
    assert!(reload().is_err());
    server.clock.advance(SECOND * 60);
    assert!(reload().is_err());
    server.token(WEB, &[("grant_type", "client_credentials")]).tokens();
    server.clock.advance(Duration::from_millis(1));
    for refused in [
        server.token(WEB, &[("grant_type", "client_credentials")]),
        server.exchange(WEB, &code),
        server.refresh(WEB, signed.refresh_token()),
    ] {
        refused.assert_error(503, "temporarily_unavailable");
        assert_eq!(refused.header("retry-after"), Some("1"));
    }
    assert_eq!(documents.map(|path| server.get(path).body), before, "they are served from memory");
    assert_eq!((server.get("/health/ready").status, server.get("/health/live").status), (503, 200));
    execute(&server.data_dir, "ALTER TABLE hidden RENAME TO signing_keys");
    server.advance(Duration::ZERO);
    assert_eq!(server.get("/health/ready").status, 200);
    server.exchange(WEB, &code).tokens();
    server.refresh(WEB, signed.refresh_token()).tokens();
}

/// Each statement names the state that it starts from: of two that do the same, one does it, and half a promotion is none.
#[test]
fn a_key_moves_once_whoever_moves_it() {
    let server = Server::start_with(&SHORT);
    let now = server.clock.now();
    let (active, next) = (signing(&server), next(&server));
    let (a, n) = (active.clone(), next.clone());
    server.write(move |conn| {
        assert!(!signing_keys::withdraw(conn, &a, KeyState::Retiring, now)?, "it is active");
        assert!(!signing_keys::retire(conn, &n, now)?, "it is next");
        assert!(!signing_keys::forget(conn, &a)?, "it is not gone");
        assert!(!signing_keys::promote(conn, &a, Some(&n), now)?, "the other way round");
        assert!(signing_keys::withdraw(conn, &n, KeyState::Next, now)?);
        assert!(!signing_keys::withdraw(conn, &n, KeyState::Next, now)?, "it is gone");
        Ok(())
    });
    // The next key was taken away while somebody promoted it: the one that signs goes on.
    let half = server.app.store.write(move |conn| signing_keys::promote(conn, &next, Some(&active), now));
    assert!(matches!(server.block_on(half), Err(StoreError::Unavailable(_))));
    server.advance(SECOND);
    assert_eq!(published(&server).len(), 2);
    token(&server);

    // A private half that was erased is not brought back by a node that seals all keys again.
    let stored = server.block_on(server.app.store.read(signing_keys::list)).unwrap();
    let gone = stored.into_iter().find(|key| key.state == KeyState::Gone).expect("it was withdrawn");
    server.write(move |conn| signing_keys::reseal(conn, &gone.kid, b"what it was", b"what it would be"));
    assert_eq!(number(&server.data_dir, "SELECT LENGTH(sealed) FROM signing_keys WHERE state = 'gone'"), 0);
}

/// Nothing is due after a rotation, and a node that thought so all the same throws away what it made.
#[test]
fn a_node_that_comes_second_changes_nothing() {
    let server = Server::start_with(&SHORT);
    let (old, new) = (signing(&server), next(&server));
    server.advance(SECOND * 71);
    let (keeper, policy) = (keeper(&server), rotation_policy(&server.app.config));
    let before = server.block_on(keeper.list()).unwrap();
    assert_eq!(due(&before, &policy, server.clock.now()), None);
    for late in [
        Step::Promote { next: new, signing: Some(old) },
        Step::Make(Algorithm::Es256, KeyState::Next),
        Step::Make(Algorithm::Es256, KeyState::Active),
    ] {
        assert!(!server.block_on(keeper.perform(late)).unwrap());
    }
    assert_eq!(server.block_on(keeper.list()).unwrap(), before);
}

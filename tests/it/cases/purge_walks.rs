//! Walks of the purge (L10): in steps, beside whatever else happens, by one node at a time, and so that storage does
//! not grow.

use countersign::oauth::Scope;
use countersign::oauth::grant::{Grant, GrantState, Revocation, RevocationReason};
use countersign::store::{grants, users};
use countersign::types::Id;

use super::purge::{DAY, HOUR, LONG, SECOND, just_before, rows};
use super::refresh_races::together;
use crate::support::database::{self, number};
use crate::support::{ALICE, Authorization, Browser, PASSWORD, ROPC, Server, WEB};

/// Adds grants of alice's, of which every third has ended.
fn add_grants(server: &Server, count: usize) {
    let (app, now) = (server.app.clone(), server.clock.now());
    server.write(move |conn| {
        let alice = users::find_by_username(conn, ALICE)?.expect("she is there");
        for n in 0..count {
            let mut state = GrantState::new(1, now, LONG);
            state.revoked = (n % 3 == 0).then_some(Revocation { at: now, reason: RevocationReason::Reuse });
            let grant = Grant {
                id: Id::new(now, &app.rng),
                user_id: alice.id,
                client_id: "web".to_owned(),
                sid: None,
                scope: Scope::parse("openid").expect("it is a scope"),
                resource: None,
                redirect_uri: None,
                nonce: None,
                code_challenge: None,
                auth_time: now,
                amr: "pwd".to_owned(),
                claims: None,
                handle_key: app.keys.handles.current(),
                seed: app.rng.bytes::<32>().to_vec(),
                state,
            };
            grants::insert(conn, &grant, now)?;
        }
        Ok(())
    });
}

/// A walk of several steps, while others sign in and refresh.
#[test]
fn a_walk_removes_what_has_ended_and_nothing_else_whatever_happens_meanwhile() {
    let server = Server::start_with(&[
        ("MANAGEMENT__LISTEN", "127.0.0.1:0"),
        ("TOKENS__REFRESH_IDLE_TTL", "30d"),
        ("TOKENS__GRANTS_PER_CLIENT", "2000"),
    ]);
    add_grants(&server, 1000);
    server.advance(2 * DAY);
    let families: Vec<_> = (0..3).map(|_| server.sign_in(WEB)).collect();
    let families = together(4, |thread| {
        if thread == 3 {
            for _ in 0..3 {
                server.purge();
            }
            return None;
        }
        let mut tokens = families[thread].clone();
        for _ in 0..20 {
            tokens = server.refresh(WEB, tokens.refresh_token()).tokens();
        }
        Some(tokens)
    });
    assert_eq!(rows(&server, "grants"), 1000 - 334 + 3);
    assert_eq!(rows(&server, "grants WHERE revoked_at IS NOT NULL"), 0);
    for tokens in families.into_iter().flatten() {
        server.refresh(WEB, tokens.refresh_token()).tokens();
    }
    let metrics = server.metrics();
    assert!((metrics.get("countersign_purged_rows_total", &[("table", "grants")]) - 334.0).abs() < 0.5);
    assert!((metrics.get("countersign_purge_walks_total", &[]) - 3.0).abs() < 0.5);
}

/// Promise 5: storage does not grow with use. Pages that were freed are used again.
#[test]
fn l10_storage_is_flat_over_many_cycles() {
    let server = Server::start();
    let mut browser = Browser::of_alice(&server, WEB);
    let mut pages = Vec::new();
    for _ in 0..8 {
        for _ in 0..30 {
            // Every other code is redeemed. The session of the last cycle is over: she signs in at the first.
            browser.authorize(&Authorization::of(WEB).path(), ALICE);
            let code = browser.authorize(&Authorization::of(WEB).path(), ALICE)["code"].clone();
            let tokens = server.exchange(WEB, &code).tokens();
            server.refresh(WEB, tokens.refresh_token()).tokens();
        }
        let grant = [("grant_type", "password"), ("username", ALICE), ("password", PASSWORD)];
        server.token(ROPC, &grant).tokens();
        assert!(rows(&server, "grants") > 60);
        server.advance(LONG);
        server.purge();
        assert_eq!(["grants", "sessions", "decisions"].map(|table| rows(&server, table)), [0, 0, 0]);
        if !database::is_postgres() {
            pages.push(number(&server.data_dir, "SELECT page_count FROM pragma_page_count"));
        }
    }
    assert!(pages.windows(2).skip(1).all(|pair| pair[1] <= pair[0] + 2), "the file grows: {pages:?}");
    assert!(pages.last() <= pages.get(2).map(|pages| pages + 4).as_ref(), "the file grows: {pages:?}");
}

#[test]
fn one_of_several_nodes_takes_the_turn() {
    let one = Server::start();
    let other = Server::open(&one.data_dir, &[("ISSUER", &one.issuer)], one.clock.now());
    let take =
        |server: &Server| server.block_on(countersign::purge::take_turn(&server.app)).expect("the database is there");
    for _ in 0..3 {
        let turns = together(8, |thread| take(if thread % 2 == 0 { &one } else { &other }));
        assert_eq!(turns.iter().filter(|turn| **turn).count(), 1);
        for node in [&one, &other] {
            node.advance(just_before(HOUR));
            assert!(!take(node));
            node.advance(SECOND);
        }
    }
    // A turn of the future was taken by a clock that has been set back.
    let earlier = one.clock.now().minus(LONG);
    for node in [&one, &other] {
        node.clock.set(earlier);
    }
    assert!(take(&other) && !take(&one));
}

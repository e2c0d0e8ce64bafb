//! Refresh tokens (T): rotation, the retry window, and what an older token does.

use std::collections::HashSet;
use std::time::Duration;

use crate::support::database::{number, text};
use crate::support::{EVIL, ROPC, SPA, Server, Tokens, WEB, claims};

const SECOND: Duration = Duration::from_secs(1);

/// Which handle the only grant stands at.
pub fn generation(server: &Server) -> i64 {
    number(&server.data_dir, "SELECT generation FROM grants")
}

/// Why the only grant was revoked.
fn revoked_reason(server: &Server) -> String {
    text(&server.data_dir, "SELECT revoked_reason FROM grants")
}

/// Nothing of a grant works any more.
#[track_caller]
pub fn assert_ended(server: &Server, client: crate::support::TestClient, latest: &Tokens) {
    server.refresh(client, latest.refresh_token()).assert_error(400, "invalid_grant");
    assert_eq!(server.userinfo(latest.access_token()).status, 401);
}

#[test]
fn every_refresh_gives_another_refresh_token_and_another_access_token() {
    let server = Server::start();
    let mut seen = HashSet::new();
    let mut tokens = server.sign_in(WEB);
    for _ in 0..20 {
        assert!(seen.insert(tokens.refresh_token().to_owned()) && seen.insert(tokens.access_token().to_owned()));
        assert!(tokens.refresh_token().starts_with("cs_rt_") && tokens.refresh_token().len() < 512);
        tokens = server.refresh(WEB, tokens.refresh_token()).tokens();
    }
    assert_eq!(server.userinfo(tokens.access_token()).status, 200);
}

/// T01: replayed after its successor was used.
#[test]
fn t01_an_older_refresh_token_ends_the_family_although_the_request_fails() {
    let server = Server::start();
    for client in [WEB, SPA] {
        let first = server.sign_in(client);
        let second = server.refresh(client, first.refresh_token()).tokens();
        let third = server.refresh(client, second.refresh_token()).tokens();
        server.refresh(client, first.refresh_token()).assert_error(400, "invalid_grant");
        assert_ended(&server, client, &third);
        server.refresh(client, second.refresh_token()).assert_error(400, "invalid_grant");
        assert_eq!(server.userinfo(first.access_token()).status, 401);
    }
    assert_eq!(number(&server.data_dir, "SELECT COUNT(*) FROM grants WHERE revoked_reason = 'reuse'"), 2);
}

/// T01: replayed outside the window. 60 s for a confidential client, 20 s for a public one.
#[test]
fn t01_the_previous_refresh_token_ends_the_family_outside_the_retry_window() {
    for (client, window) in [(WEB, 60), (SPA, 20)] {
        let server = Server::start();
        let first = server.sign_in(client);
        let second = server.refresh(client, first.refresh_token()).tokens();
        server.advance(SECOND * window);
        assert_eq!(server.refresh(client, first.refresh_token()).tokens().refresh_token(), second.refresh_token());
        server.advance(Duration::from_millis(1));
        server.refresh(client, first.refresh_token()).assert_error(400, "invalid_grant");
        assert_ended(&server, client, &second);
        assert_eq!(revoked_reason(&server), "reuse");
    }
}

#[test]
fn the_retry_window_is_a_setting_and_zero_turns_it_off() {
    let settings = [("TOKENS__REFRESH_RETRY_WINDOW", "0s"), ("TOKENS__REFRESH_RETRY_WINDOW_PUBLIC", "0s")];
    let server = Server::start_with(&settings);
    for client in [WEB, SPA] {
        let first = server.sign_in(client);
        let second = server.refresh(client, first.refresh_token()).tokens();
        server.advance(Duration::from_millis(1));
        server.refresh(client, first.refresh_token()).assert_error(400, "invalid_grant");
        assert_ended(&server, client, &second);
    }
}

#[test]
fn a_retry_answers_with_the_same_refresh_token_and_a_fresh_access_token() {
    let server = Server::start();
    for client in [WEB, SPA] {
        let first = server.sign_in(client);
        let second = server.refresh(client, first.refresh_token()).tokens();
        server.advance(SECOND);
        let again = server.refresh(client, first.refresh_token()).tokens();
        assert_eq!(again.refresh_token(), second.refresh_token());
        assert_ne!(again.access_token(), second.access_token());
        assert_eq!(again.claims()["iat"].as_i64(), second.claims()["iat"].as_i64().map(|iat| iat + 1));
        for tokens in [&first, &second, &again] {
            assert_eq!(server.userinfo(tokens.access_token()).status, 200);
        }
        let third = server.refresh(client, again.refresh_token()).tokens();
        assert_ne!(third.refresh_token(), second.refresh_token());
    }
}

#[test]
fn a_retry_may_ask_for_another_part_of_the_scope() {
    let server = Server::start();
    let first = server.sign_in(WEB);
    let scope = |tokens: &Tokens| tokens.claims()["scope"].as_str().unwrap_or_default().to_owned();
    let form = |token, scope| [("grant_type", "refresh_token"), ("refresh_token", token), ("scope", scope)];
    let second = server.token(WEB, &form(first.refresh_token(), "openid")).tokens();
    let again = server.token(WEB, &form(first.refresh_token(), "notes.read")).tokens();
    assert_eq!((scope(&second).as_str(), scope(&again).as_str()), ("openid", "notes.read"));
    assert_eq!(second.refresh_token(), again.refresh_token());
    let wider = server.token(WEB, &form(first.refresh_token(), "notes.write"));
    wider.assert_error(400, "invalid_scope");
    assert_eq!(scope(&server.refresh(WEB, again.refresh_token()).tokens()), "openid notes.read");
}

/// A retry extends neither its own window nor the idle time of the successor.
#[test]
fn a_retry_extends_nothing() {
    let server = Server::start();
    let first = server.sign_in(WEB);
    let second = server.refresh(WEB, first.refresh_token()).tokens();
    server.advance(SECOND * 50);
    server.refresh(WEB, first.refresh_token()).tokens();
    server.advance(SECOND * 11);
    server.refresh(WEB, first.refresh_token()).assert_error(400, "invalid_grant");
    assert_ended(&server, WEB, &second);

    let first = server.sign_in(WEB);
    let second = server.refresh(WEB, first.refresh_token()).tokens();
    server.advance(SECOND * 50);
    server.refresh(WEB, first.refresh_token()).tokens();
    server.advance(Duration::from_secs(7 * 86_400 - 50));
    server.refresh(WEB, second.refresh_token()).assert_error(400, "invalid_grant");
}

#[test]
fn two_tabs_that_refresh_together_a_hundred_times_stay_signed_in() {
    for client in [WEB, SPA] {
        let server = Server::start();
        let mut token = server.sign_in(client).refresh_token().to_owned();
        for _ in 0..100 {
            let one = server.refresh(client, &token).tokens();
            server.clock.advance(SECOND * 3);
            let other = server.refresh(client, &token).tokens();
            assert_eq!(one.refresh_token(), other.refresh_token());
            one.refresh_token().clone_into(&mut token);
            server.advance(SECOND * 20);
        }
        assert_eq!(generation(&server), 101);
    }
}

/// However often it retries in between.
#[test]
fn a_shadow_at_five_seconds_is_out_at_its_third() {
    for (client, retries) in [(WEB, 1), (SPA, 1), (WEB, 3), (SPA, 3)] {
        let server = Server::start();
        let mut current = server.sign_in(client);
        for third in [false, false, true] {
            let next = server.refresh(client, current.refresh_token()).tokens();
            server.advance(SECOND * 5);
            for _ in 0..retries {
                let shadow = server.refresh(client, current.refresh_token());
                if third {
                    shadow.assert_error(400, "invalid_grant");
                    assert_ended(&server, client, &next);
                } else {
                    assert_eq!(shadow.tokens().refresh_token(), next.refresh_token());
                }
            }
            current = next;
        }
        assert_eq!(revoked_reason(&server), "shadowed");
    }
}

#[test]
fn late_retries_of_one_generation_count_once_and_a_generation_without_any_starts_anew() {
    let server = Server::start();
    let mut current = server.sign_in(SPA);
    for late in [true, true, false, true, true, false, true, true] {
        let next = server.refresh(SPA, current.refresh_token()).tokens();
        server.advance(SECOND * 4);
        for _ in 0..if late { 4 } else { 0 } {
            assert_eq!(server.refresh(SPA, current.refresh_token()).tokens().refresh_token(), next.refresh_token());
            server.advance(SECOND);
        }
        current = next;
    }
    server.refresh(SPA, current.refresh_token()).tokens();
}

/// Keycloak compared issue times in whole seconds and let replays pass (keycloak#50999).
#[test]
fn counters_order_refresh_tokens_whatever_the_clock_does() {
    let server = Server::start();
    let first = server.sign_in(WEB);
    let second = server.refresh(WEB, first.refresh_token()).tokens();
    server.clock.set(server.clock.now().minus(SECOND * 3600));
    server.advance(Duration::ZERO);
    assert_eq!(server.refresh(WEB, first.refresh_token()).tokens().refresh_token(), second.refresh_token());
    let third = server.refresh(WEB, second.refresh_token()).tokens();
    server.refresh(WEB, first.refresh_token()).assert_error(400, "invalid_grant");
    server.clock.set(server.clock.now().minus(SECOND * 7200));
    server.advance(Duration::ZERO);
    server.refresh(WEB, third.refresh_token()).assert_error(400, "invalid_grant");
}

/// OpenID Connect Core §12.2: the original `auth_time`, `amr` and `sid`, and no `nonce`.
#[test]
fn a_refresh_with_openid_gives_an_id_token_of_the_same_sign_in() {
    let server = Server::start();
    server.tell_sid(EVIL);
    let request = crate::support::Authorization::of(EVIL).with("nonce", "n-1");
    let first = server.exchange(EVIL, &server.code_for(&request, crate::support::ALICE)).tokens();
    server.advance(SECOND * 100);
    let second = server.refresh(EVIL, first.refresh_token()).tokens();
    let [original, refreshed] = [&first, &second].map(|tokens| claims(tokens.0["id_token"].as_str().unwrap()));
    for same in ["iss", "sub", "aud", "auth_time", "amr", "sid"] {
        assert!(!original[same].is_null(), "{same}");
        assert_eq!(original[same], refreshed[same], "{same}");
    }
    assert_eq!((original["nonce"].as_str(), refreshed.get("nonce")), (Some("n-1"), None));
    assert_eq!(refreshed["iat"].as_i64().unwrap() - original["iat"].as_i64().unwrap(), 100);
}

#[test]
fn a_refresh_token_of_the_password_grant_rotates_like_any_other() {
    let server = Server::start();
    let form = [("grant_type", "password"), ("username", "alice"), ("password", crate::support::PASSWORD)];
    let first = server.token(ROPC, &form).tokens();
    let second = server.refresh(ROPC, first.refresh_token()).tokens();
    assert_eq!(server.refresh(ROPC, first.refresh_token()).tokens().refresh_token(), second.refresh_token());
    let third = server.refresh(ROPC, second.refresh_token()).tokens();
    server.refresh(ROPC, first.refresh_token()).assert_error(400, "invalid_grant");
    server.refresh(ROPC, third.refresh_token()).assert_error(400, "invalid_grant");
}

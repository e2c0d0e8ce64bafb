//! A clock that is set back, by an NTP step of minutes or a virtual machine that resumed with hours: negative elapsed time
//! counts as zero, so that nothing is refused for as long as the step was, and nothing that has ended comes back.

use std::time::Duration;

use super::backchannel_logout::LOOPBACK;
use super::password::sign_in;
use crate::support::database::number;
use crate::support::{ALICE, Authorization, Browser, PASSWORD, Peer, SPA, Server, Tokens, WEB, basic};

const STEPS: [Duration; 2] = [Duration::from_secs(5 * 60), Duration::from_secs(7 * 3600)];
const SECOND: Duration = Duration::from_secs(1);

fn set_back(server: &Server, by: Duration) {
    server.advance_to(server.clock.now().minus(by));
}

/// Tokens of a grant of alice's that a browser session is behind.
fn signed_in(server: &Server, browser: &mut Browser) -> Tokens {
    let answer = browser.authorize(&Authorization::of(SPA).path(), ALICE);
    server.exchange(SPA, &answer["code"]).tokens()
}

#[test]
fn u05_a_right_password_is_right_at_once() {
    for step in STEPS {
        let server = Server::start();
        for _ in 0..9 {
            sign_in(&server, ALICE, "guess").assert_error(400, "invalid_grant");
        }
        sign_in(&server, ALICE, PASSWORD).tokens();
        set_back(&server, step);
        sign_in(&server, ALICE, PASSWORD).tokens();
        sign_in(&server, ALICE, "guess").assert_error(400, "invalid_grant");
        assert_eq!(sign_in(&server, ALICE, PASSWORD).header("retry-after"), Some("30"), "the failures still count");
        set_back(&server, step);
        assert_eq!(sign_in(&server, ALICE, PASSWORD).header("retry-after"), Some("30"), "and for no longer");
        server.advance(SECOND * 30);
        sign_in(&server, ALICE, PASSWORD).tokens();
    }
}

#[test]
fn k09_a_client_that_failed_waits_no_longer_than_before() {
    let guess = |server: &Server| {
        let header = basic("web", "guess");
        server
            .post_with("/token", &[("grant_type", "client_credentials")], &[("authorization", header.as_str())])
            .status
    };
    for step in STEPS {
        let server = Server::start();
        assert_eq!(guess(&server), 401);
        set_back(&server, step);
        let free = (0..40).take_while(|_| guess(&server) == 401).count();
        assert_eq!(free, 29, "the failure before the step counts, and no other");
        set_back(&server, step);
        assert_eq!(guess(&server), 429);
        server.advance(SECOND * 10);
        assert_eq!((guess(&server), guess(&server)), (401, 429));
    }
}

/// The newest handle rotates, its predecessor gets the same successor, and an older one ends the family as ever.
#[test]
fn refresh_tokens_are_ordered_by_counters() {
    for step in STEPS {
        let server = Server::start();
        let first = signed_in(&server, &mut Browser::new(&server));
        let second = server.refresh(SPA, first.refresh_token()).tokens();
        set_back(&server, step);
        let again = server.refresh(SPA, first.refresh_token()).tokens();
        assert_eq!(again.refresh_token(), second.refresh_token(), "a lost answer logs nobody out");
        let third = server.refresh(SPA, second.refresh_token()).tokens();
        server.refresh(SPA, first.refresh_token()).assert_error(400, "invalid_grant");
        server.refresh(SPA, third.refresh_token()).assert_error(400, "invalid_grant");
    }
}

#[test]
fn what_has_ended_does_not_come_back() {
    for step in STEPS {
        let server = Server::start();
        let mut browser = Browser::new(&server);
        let tokens = signed_in(&server, &mut browser);
        let held = browser.cookies.clone();
        let page = browser.visit("/logout");
        assert_eq!(browser.submit(&page, "/logout", &[]).status, 303);
        set_back(&server, step);
        server.refresh(SPA, tokens.refresh_token()).assert_error(400, "invalid_grant");
        browser.cookies = held;
        let page = browser.visit(&Authorization::of(SPA).path());
        assert!(page.body.contains("name=\"password\""), "the session has ended: {page:?}");
        assert_eq!(server.userinfo(tokens.access_token()).status, 401);
    }
}

/// What was refused since its time was over stays refused.
#[test]
fn what_has_expired_does_not_come_back() {
    let server = Server::start();
    let start = server.clock.now();
    let (idle, unused) = (server.sign_in(WEB), server.sign_in(WEB));
    let code = server.code(WEB);
    server.advance(SECOND * 61);
    server.exchange(WEB, &code).assert_error(400, "invalid_grant");
    server.advance(SECOND * 86_400 * 8);
    server.refresh(WEB, idle.refresh_token()).assert_error(400, "invalid_grant");
    server.advance_to(start);
    server.exchange(WEB, &code).assert_error(400, "invalid_grant");
    server.refresh(WEB, idle.refresh_token()).assert_error(400, "invalid_grant");
    server.refresh(WEB, unused.refresh_token()).tokens();
    assert_eq!(number(&server.data_dir, "SELECT COUNT(*) FROM grants WHERE revoked_reason = 'expired'"), 2);
}

/// A session, a code and the keys of the server go on where they were.
#[test]
fn what_goes_on_goes_on() {
    for step in STEPS {
        let server = Server::start();
        let mut browser = Browser::new(&server);
        let tokens = signed_in(&server, &mut browser);
        let code = browser.authorize(&Authorization::of(SPA).path(), ALICE)["code"].clone();
        server.clock.set(server.clock.now().minus(step));
        server.refresh(SPA, tokens.refresh_token()).tokens();
        server.exchange(SPA, &code).tokens();
        let max_age = Authorization::of(SPA).with("max_age", "60").path();
        assert!(browser.authorize(&max_age, ALICE).contains_key("code"), "an auth_time in the future is recent");
        server.block_on(server.app.reload()).expect("the server reads its own database");
        server.advance(SECOND * 61);
        server.refresh(SPA, tokens.refresh_token()).assert_error(400, "invalid_grant");
        signed_in(&server, &mut Browser::new(&server));
    }
}

#[test]
fn a_client_hears_of_a_sign_out_at_once() {
    for step in STEPS {
        let (server, peer) = (Server::start_with(LOOPBACK), Peer::start());
        let uri = format!("backchannel_logout_uri={}", peer.url("/web"));
        server.command(&["client", "set", WEB.id, "--metadata", &uri], "");
        peer.serve_status("/web", "503 Service Unavailable", "");
        for _ in 0..3 {
            let mut browser = Browser::new(&server);
            let answer = browser.authorize(&Authorization::of(WEB).path(), ALICE);
            server.exchange(WEB, &answer["code"]).tokens();
            let page = browser.visit("/logout");
            assert_eq!(browser.submit(&page, "/logout", &[]).status, 303);
        }
        set_back(&server, step);
        server.deliver();
        assert_eq!(peer.asked("/web").len(), 1, "once, and not for each session");
        peer.serve("/web", "");
        server.advance(SECOND * 5);
        server.deliver();
        assert_eq!(
            (peer.asked("/web").len(), number(&server.data_dir, "SELECT COUNT(*) FROM logout_deliveries")),
            (4, 0)
        );
    }
}

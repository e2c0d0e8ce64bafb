//! The background purge: what is past its end goes, and what may still be of use stays.

use std::time::Duration;

use crate::support::database::number;
use crate::support::{ALICE, Authorization, BOB, Browser, SPA, Server, WEB};

pub const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
pub const HOUR: Duration = Duration::from_secs(3600);
pub const DAY: Duration = Duration::from_secs(86_400);
/// Longer than anything lives here, and is kept after it.
pub const LONG: Duration = Duration::from_secs(40 * 86_400);

pub fn rows(server: &Server, table: &str) -> i64 {
    number(&server.data_dir, &format!("SELECT count(*) FROM {table}"))
}

pub fn just_before(passing: Duration) -> Duration {
    passing.saturating_sub(SECOND)
}

/// Time passes, and a walk removes nothing a second before, and the rows that it must a second after.
#[track_caller]
fn assert_goes_after(server: &Server, table: &str, passing: Duration) {
    let before = rows(server, table);
    server.advance(just_before(passing));
    server.purge();
    assert_eq!(rows(server, table), before, "{table}: too early");
    server.advance(2 * SECOND);
    server.purge();
    assert!(rows(server, table) < before, "{table}: still there");
}

#[test]
fn a_revoked_grant_goes_a_day_after_its_last_access_token() {
    let server = Server::start();
    let tokens = server.sign_in(WEB);
    let next = server.refresh(WEB, tokens.refresh_token()).tokens();
    let last = server.refresh(WEB, next.refresh_token()).tokens();
    server.refresh(WEB, tokens.refresh_token()).assert_error(400, "invalid_grant");
    let refused = server.refresh(WEB, last.refresh_token());
    assert_eq!(server.userinfo(last.access_token()).status, 401);
    assert_goes_after(&server, "grants", DAY + 5 * MINUTE);
    // Whoever holds one of its handles sees no difference.
    let gone = server.refresh(WEB, last.refresh_token());
    assert_eq!((gone.status, &gone.body), (refused.status, &refused.body));
    server.refresh(WEB, tokens.refresh_token()).assert_error(400, "invalid_grant");
}

#[test]
fn a_code_that_nobody_redeems_goes() {
    let server = Server::start();
    let code = server.code(WEB);
    assert_goes_after(&server, "grants", DAY + 5 * MINUTE + MINUTE);
    server.exchange(WEB, &code).assert_error(400, "invalid_grant");
}

#[test]
fn a_grant_that_nobody_refreshes_goes_and_one_that_is_refreshed_stays_to_its_end() {
    let server = Server::start();
    let idle = server.sign_in(WEB);
    let mut used = server.sign_in(SPA);
    for _ in 0..4 {
        server.advance(just_before(7 * DAY));
        server.purge();
        used = server.refresh(SPA, used.refresh_token()).tokens();
    }
    assert_eq!(rows(&server, "grants"), 1, "the one that was idle is gone");
    server.refresh(WEB, idle.refresh_token()).assert_error(400, "invalid_grant");
    // It ends with its 30th day, however lately it was used.
    server.advance(2 * DAY);
    server.purge();
    used = server.refresh(SPA, used.refresh_token()).tokens();
    server.advance(4 * SECOND);
    server.refresh(SPA, used.refresh_token()).assert_error(400, "invalid_grant");
    assert_goes_after(&server, "grants", DAY + 5 * MINUTE);
}

/// An access token outlives a grant that nobody refreshes, and is worth something to its end.
#[test]
fn an_access_token_finds_its_grant_until_its_own_end() {
    let server = Server::start_with(&[("TOKENS__ACCESS_TTL", "24h"), ("TOKENS__REFRESH_IDLE_TTL", "1m")]);
    let tokens = server.sign_in(WEB);
    server.advance(just_before(DAY));
    server.purge();
    assert_eq!(server.userinfo(tokens.access_token()).status, 200);
    assert_goes_after(&server, "grants", DAY + MINUTE + SECOND);
}

#[test]
fn a_session_goes_a_day_after_its_end_unless_a_grant_hangs_on_it() {
    let server = Server::start();
    let login = |server: &Server| {
        let mut browser = Browser::new(server);
        let page = browser.visit("/login");
        browser.sign_in(&page, ALICE);
    };
    login(&server);
    assert_eq!(rows(&server, "sessions"), 1);
    // Idle for two hours, it is over.
    assert_goes_after(&server, "sessions", DAY + 2 * HOUR);

    let mut browser = Browser::of_alice(&server, WEB);
    server.advance(3 * DAY);
    server.purge();
    assert_eq!((rows(&server, "sessions"), rows(&server, "grants")), (0, 0), "its code goes, and then it can");
    let tokens = server.sign_in(SPA);
    login(&server);
    server.advance(3 * DAY);
    server.purge();
    assert_eq!((rows(&server, "sessions"), rows(&server, "grants")), (1, 1));
    server.refresh(SPA, tokens.refresh_token()).tokens();
    // A session that is used lives on.
    let page = browser.visit("/login");
    browser.sign_in(&page, ALICE);
    server.advance(HOUR);
    server.purge();
    assert!(browser.visit("/login").body.contains("/logout"), "still signed in");
}

/// What a dead session still does: whoever signs in next in its browser ends what another person left there.
#[test]
fn a_stranger_at_the_same_browser_still_ends_what_was_bound_to_the_session() {
    let server = Server::start();
    let mut browser = Browser::new(&server);
    let request = Authorization::of(WEB).with("scope", "openid");
    let code = browser.authorize(&request.path(), ALICE)["code"].clone();
    let tokens = server.exchange(WEB, &code).tokens();
    server.advance(5 * DAY);
    server.purge();
    let page = browser.visit("/login");
    browser.sign_in(&page, BOB);
    server.refresh(WEB, tokens.refresh_token()).assert_error(400, "invalid_grant");
}

#[test]
fn a_decision_goes_when_nobody_can_send_its_page_again() {
    let server = Server::start();
    let mut browser = Browser::new(&server);
    let page = browser.visit(&Authorization::of(WEB).path());
    let consent = browser.sign_in(&page, ALICE);
    browser.decide(&consent, "deny");
    assert_eq!(rows(&server, "decisions"), 1);
    server.advance(HOUR);
    server.purge();
    browser.submit(&consent, "/consent", &[("decision", "allow")]).assert_error_page(400);
    assert_goes_after(&server, "decisions", DAY);
}

/// And no token is revived: those that were revoked are remembered until a day after their end.
#[test]
fn a_revoked_access_token_goes_a_day_after_its_end() {
    let server = Server::start_with(&[("TOKENS__ACCESS_TTL", "24h"), ("MANAGEMENT__LISTEN", "127.0.0.1:0")]);
    let tokens: Vec<_> = (0..300)
        .map(|_| server.token(WEB, &[("grant_type", "client_credentials")]).tokens().access_token().to_owned())
        .collect();
    let (revoked, kept) = tokens.split_at(299);
    for token in revoked {
        server.revoke(WEB, token);
    }
    server.advance(just_before(DAY));
    server.purge();
    for token in [&revoked[0], &revoked[298]] {
        assert_eq!(server.introspect(WEB, token)["active"], false);
    }
    assert_eq!(server.introspect(WEB, &kept[0])["active"], true);
    assert_goes_after(&server, "revoked_tokens", DAY + SECOND);
    assert_eq!(rows(&server, "revoked_tokens"), 0, "all of them, in two steps");
    let removed = server.metrics().get("countersign_purged_rows_total", &[("table", "revoked_tokens")]);
    assert!((removed - 299.0).abs() < 0.5, "{removed}");
}

/// Consents are what a person wants to be remembered.
#[test]
fn nothing_else_goes() {
    let server = Server::start();
    server.sign_in(WEB);
    let tables =
        ["users", "clients", "given_consents", "resources", "roles", "user_roles", "signing_keys", "master_keys"];
    let before = tables.map(|table| rows(&server, table));
    server.advance(LONG);
    server.purge();
    assert_eq!(tables.map(|table| rows(&server, table)), before);
    assert_eq!(["grants", "sessions", "decisions"].map(|table| rows(&server, table)), [0, 0, 0]);
}

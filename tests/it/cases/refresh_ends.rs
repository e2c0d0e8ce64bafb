//! What ends a grant besides its own tokens (T07, T10): an administrator, signing out, and never a restart.

use std::time::Duration;

use countersign::store::{clients, users};

use super::refresh::assert_ended;
use crate::support::database::{bytes, execute, number};
use crate::support::{ALICE, Authorization, BOB, Browser, EVIL, ROPC, SPA, Server, Tokens, VERIFIER, WEB};

#[test]
fn t07_a_disabled_person_refreshes_nothing() {
    let server = Server::start();
    let (alices, code) = (server.sign_in(WEB), server.code(WEB));
    let mut browser = Browser::new(&server);
    browser.authorize(&Authorization::of(WEB).path(), ALICE);
    let bobs = server.exchange(WEB, &server.code_for(&Authorization::of(WEB), BOB)).tokens();
    execute(&server.data_dir, "UPDATE users SET disabled_at = 1 WHERE username = 'alice'");
    assert_ended(&server, WEB, &alices);
    server.exchange(WEB, &code).assert_error(400, "invalid_grant");
    let page = browser.visit(&Authorization::of(WEB).path());
    assert!(page.body.contains("name=\"password\""), "her session ended as well");
    assert_eq!(server.userinfo(bobs.access_token()).status, 200);
    server.refresh(WEB, bobs.refresh_token()).tokens();
}

#[test]
fn t07_a_removed_person_refreshes_nothing_and_leaves_no_grant() {
    let server = Server::start();
    let (tokens, code) = (server.sign_in(WEB), server.code(SPA));
    let removed = server.write(|conn| {
        let alice = users::find_by_username(conn, ALICE)?.expect("she is there");
        users::remove(conn, alice.id)
    });
    assert!(removed);
    assert_ended(&server, WEB, &tokens);
    server.exchange(SPA, &code).assert_error(400, "invalid_grant");
    for table in ["grants", "sessions", "given_consents"] {
        assert_eq!(number(&server.data_dir, &format!("SELECT COUNT(*) FROM {table}")), 0, "{table}");
    }
}

#[test]
fn a_disabled_or_removed_client_authenticates_no_more_and_its_grants_end() {
    let server = Server::start();
    let (webs, spas) = (server.sign_in(WEB), server.sign_in(SPA));
    let other = server.sign_in(EVIL);
    execute(&server.data_dir, "UPDATE clients SET disabled_at = 1 WHERE id = 'web'");
    assert!(server.write(|conn| clients::remove(conn, "spa")));
    for (client, tokens) in [(WEB, &webs), (SPA, &spas)] {
        server.refresh(client, tokens.refresh_token()).assert_error(401, "invalid_client");
        assert_eq!(server.userinfo(tokens.access_token()).status, 401);
    }
    server.get(&Authorization::of(WEB).path()).assert_error_page(400);
    server.get(&Authorization::of(SPA).path()).assert_error_page(400);
    assert_eq!(number(&server.data_dir, "SELECT COUNT(*) FROM grants WHERE client_id = 'spa'"), 0);
    server.refresh(EVIL, other.refresh_token()).tokens();
}

/// Tokens of two grants from one browser: without `offline_access`, and with it.
fn bound_and_offline<'a>(server: &'a Server, browser: &mut Browser<'a>) -> [Tokens; 2] {
    ["openid notes.read", "openid offline_access"].map(|scope| {
        let answer = browser.authorize(&Authorization::of(WEB).with("scope", scope).path(), ALICE);
        server.exchange(WEB, &answer["code"]).tokens()
    })
}

#[test]
fn signing_out_ends_a_grant_without_offline_access_and_not_one_with_it() {
    let server = Server::start();
    let mut browser = Browser::new(&server);
    let [bound, offline] = bound_and_offline(&server, &mut browser);
    let elsewhere = server.sign_in(WEB);
    let unredeemed = browser.authorize(&Authorization::of(WEB).path(), ALICE)["code"].clone();
    let page = browser.visit("/logout");
    assert_eq!(browser.submit(&page, "/logout", &[]).status, 303);
    assert_ended(&server, WEB, &bound);
    server.exchange(WEB, &unredeemed).assert_error(400, "invalid_grant");
    assert_eq!(server.userinfo(offline.access_token()).status, 200);
    server.refresh(WEB, offline.refresh_token()).tokens();
    server.refresh(WEB, elsewhere.refresh_token()).tokens();
}

#[test]
fn the_expiry_of_a_session_ends_no_grant() {
    let server = Server::start();
    let mut browser = Browser::new(&server);
    let tokens = bound_and_offline(&server, &mut browser);
    server.advance(Duration::from_secs(13 * 3600));
    assert!(browser.visit("/login").body.contains("name=\"password\""), "the session is over");
    for tokens in tokens {
        server.refresh(WEB, tokens.refresh_token()).tokens();
    }
}

#[test]
fn another_person_who_signs_in_ends_nothing() {
    let server = Server::start();
    let mut browser = Browser::new(&server);
    let [bound, offline] = bound_and_offline(&server, &mut browser);
    server.advance(Duration::from_secs(1));
    let login = browser.visit(&Authorization::of(WEB).with("prompt", "login").path());
    browser.sign_in(&login, BOB);
    server.refresh(WEB, bound.refresh_token()).tokens();
    server.refresh(WEB, offline.refresh_token()).tokens();
}

#[test]
fn signing_in_again_as_the_same_person_ends_nothing() {
    let server = Server::start();
    let mut browser = Browser::new(&server);
    let [bound, _] = bound_and_offline(&server, &mut browser);
    server.advance(Duration::from_secs(1));
    let login = browser.visit(&Authorization::of(WEB).with("prompt", "login").path());
    browser.sign_in(&login, ALICE);
    server.refresh(WEB, bound.refresh_token()).tokens();
}

/// T10: what was used before a restart is still used after it, and a revocation outlives it as well.
#[test]
fn t10_a_restart_revives_nothing_and_ends_nothing() {
    let server = Server::start();
    let used = server.sign_in(WEB);
    let current = server.refresh(WEB, server.refresh(WEB, used.refresh_token()).tokens().refresh_token()).tokens();
    let lost = server.sign_in(SPA);
    let successor = server.refresh(SPA, lost.refresh_token()).tokens();
    let (code, unused) = (server.code(WEB), server.code(WEB));
    server.exchange(WEB, &code).tokens();
    let form = [("grant_type", "password"), ("username", ALICE), ("password", crate::support::PASSWORD)];
    let revoked = server.token(ROPC, &form).tokens();
    let newer = server.refresh(ROPC, revoked.refresh_token()).tokens();
    let newest = server.refresh(ROPC, newer.refresh_token()).tokens();
    server.refresh(ROPC, revoked.refresh_token()).assert_error(400, "invalid_grant");

    let now = server.clock.now();
    let data_dir = server.stop();
    let server = Server::open(&data_dir, &[], now.plus(Duration::from_secs(2)));
    server.refresh(WEB, used.refresh_token()).assert_error(400, "invalid_grant");
    server.refresh(WEB, current.refresh_token()).assert_error(400, "invalid_grant");
    server.refresh(ROPC, newest.refresh_token()).assert_error(400, "invalid_grant");
    server.exchange(WEB, &code).assert_error(400, "invalid_grant");
    let again = server.refresh(SPA, lost.refresh_token()).tokens();
    assert_eq!(again.refresh_token(), successor.refresh_token(), "the retry window outlives a restart");
    server.exchange(WEB, &unused).tokens();

    let data_dir = server.stop();
    std::fs::remove_dir_all(data_dir).unwrap();
}

/// A restored backup: the client holds a token that is newer than the row.
#[test]
fn a_refresh_token_from_after_the_backup_ends_the_grant() {
    let server = Server::start();
    let mut tokens = vec![server.sign_in(WEB)];
    for _ in 0..3 {
        tokens.push(server.refresh(WEB, tokens.last().unwrap().refresh_token()).tokens());
    }
    execute(&server.data_dir, "UPDATE grants SET generation = 2");
    server.refresh(WEB, tokens[3].refresh_token()).assert_error(400, "invalid_grant");
    assert_ended(&server, WEB, &tokens[1]);
    assert_eq!(number(&server.data_dir, "SELECT COUNT(*) FROM grants WHERE revoked_reason = 'ahead'"), 1);
}

/// A row that was altered in the database alone forges nothing: the seed belongs to the tag.
#[test]
fn a_grant_whose_seed_was_altered_is_worth_nothing() {
    let server = Server::start();
    let (tokens, code) = (server.sign_in(WEB), server.code(SPA));
    execute(&server.data_dir, &format!("UPDATE grants SET seed = {}", bytes(&"5e".repeat(32))));
    server.refresh(WEB, tokens.refresh_token()).assert_error(400, "invalid_grant");
    let form = [("grant_type", "authorization_code"), ("code", code.as_str()), ("code_verifier", VERIFIER)];
    server.token(SPA, &form).assert_error(400, "invalid_grant");
}

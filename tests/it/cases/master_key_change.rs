//! A new master key, with the old one in `secrets.master_key_previous`: nobody notices.

use std::collections::HashMap;

use crate::support::{ALICE, Authorization, Browser, SPA, Server, WEB, query_of};

const FIRST: &str = "Zmlyc3QgbWFzdGVyIGtleSBvZiB0aGlydHktdHdvIGI=";
const SECOND: &str = "c2Vjb25kIG1hc3RlciBrZXkgb2YgdGhpcnR5LXR3byE=";
const THIRD: &str = "dGhpcmQgbWFzdGVyIGtleSBvZiB0aGlydHktdHdvICE=";
/// Every server of a test says the same of itself, whatever port it listens on.
const ISSUER: (&str, &str) = ("ISSUER", "http://127.0.0.1:4711");

fn start() -> Server {
    Server::start_with(&[ISSUER, ("SECRETS__MASTER_KEY", FIRST)])
}

/// The same installation after a restart with another master key.
fn restart(server: Server, current: &str, previous: &str) -> Server {
    server.restart(&[ISSUER, ("SECRETS__MASTER_KEY", current), ("SECRETS__MASTER_KEY_PREVIOUS", previous)])
}

/// A browser after the restart, with the cookies that it had.
fn resume<'a>(server: &'a Server, cookies: &HashMap<String, String>) -> Browser<'a> {
    Browser { cookies: cookies.clone(), ..Browser::new(server) }
}

#[test]
fn a_refresh_token_and_a_code_outlive_the_master_key_that_made_them() {
    let server = start();
    let (tokens, code) = (server.sign_in(WEB), server.code(SPA));
    let used = server.sign_in(SPA);
    let successor = server.refresh(SPA, used.refresh_token()).tokens();
    let server = restart(server, SECOND, FIRST);
    let next = server.refresh(WEB, tokens.refresh_token()).tokens();
    assert_eq!(server.userinfo(tokens.access_token()).status, 200, "signed before");
    server.exchange(SPA, &code).tokens();
    let repeated = server.refresh(SPA, used.refresh_token()).tokens();
    assert_eq!(repeated.refresh_token(), successor.refresh_token(), "a lost response is repeated across the change");

    let server = restart(server, THIRD, &format!("{SECOND},{FIRST}"));
    let next = server.refresh(WEB, next.refresh_token()).tokens();
    server.refresh(WEB, next.refresh_token()).tokens();
    server.refresh(WEB, tokens.refresh_token()).assert_error(400, "invalid_grant");
}

#[test]
fn pages_that_were_open_when_the_master_key_changed_can_still_be_sent() {
    let server = start();
    let (mut signing_in, mut consenting) = (Browser::new(&server), Browser::new(&server));
    let login = signing_in.visit(&Authorization::of(WEB).path());
    let begun = consenting.visit(&Authorization::of(WEB).path());
    let consent = consenting.sign_in(&begun, ALICE);
    assert!(login.body.contains("name=\"password\"") && consent.body.contains("value=\"allow\""));
    let (signing_in, consenting) = (signing_in.cookies, consenting.cookies);

    let server = restart(server, SECOND, FIRST);
    let mut browser = resume(&server, &consenting);
    let answer = browser.decide(&consent, "allow");
    server.exchange(WEB, &query_of(answer.location())["code"]).tokens();
    let mut browser = resume(&server, &signing_in);
    let answer = browser.sign_in(&login, ALICE);
    server.exchange(WEB, &query_of(answer.location())["code"]).tokens();
}

#[test]
fn a_session_outlives_the_master_key_and_can_be_signed_out_of() {
    let server = start();
    let mut browser = Browser::of_alice(&server, WEB);
    let page = browser.get("/login");
    let cookies = browser.cookies;
    let server = restart(server, SECOND, FIRST);
    let mut browser = resume(&server, &cookies);
    let silent = browser.get(&Authorization::of(WEB).with("prompt", "none").path());
    assert!(query_of(silent.location()).contains_key("code"), "{silent:?}");
    let out = browser.submit(&page, "/logout", &[]);
    assert!(out.status == 200 || out.status == 303, "{out:?}");
    let silent = browser.get(&Authorization::of(WEB).with("prompt", "none").path());
    assert_eq!(query_of(silent.location())["error"], "login_required");
}

/// A key that is configured no longer opens nothing: the pages say so, and starting anew works.
#[test]
fn what_was_made_with_a_master_key_that_is_gone_ends_on_a_page() {
    let server = start();
    let mut browser = Browser::new(&server);
    let login = browser.visit(&Authorization::of(SPA).path());
    let tokens = server.sign_in(WEB);
    let cookies = browser.cookies;
    let server = restart(restart(server, SECOND, FIRST), THIRD, SECOND);
    let mut browser = resume(&server, &cookies);
    let form = browser.submit(&login, "/login", &[("username", ALICE), ("password", "x")]);
    form.assert_error_page(403);
    assert!(form.body.contains("href=\"/login\""), "the page leads on: {form:?}");
    server.refresh(WEB, tokens.refresh_token()).assert_error(400, "invalid_grant");
    assert!(browser.authorize(&Authorization::of(SPA).path(), ALICE).contains_key("code"));
}

//! `prompt` and `max_age` (OpenID Connect Core §3.1.2.1): when a person is asked, and when not.

use std::time::Duration;

use serde_json::Value;

use crate::support::{ALICE, Authorization, BOB, Browser, Response, Server, WEB, claims, query_of};

fn is_login(page: &Response) -> bool {
    page.status == 200 && page.body.contains("name=\"password\"")
}

fn is_consent(page: &Response) -> bool {
    page.status == 200 && page.body.contains("value=\"allow\"") && page.body.contains("value=\"switch\"")
}

fn prompt(prompt: &str) -> Authorization {
    Authorization::of(WEB).with("prompt", prompt)
}

/// The `id_token` of the code in an answer.
#[track_caller]
fn id_token(server: &Server, answer: &Response) -> Value {
    let tokens = server.exchange(WEB, &query_of(answer.location())["code"]).tokens();
    claims(tokens.0["id_token"].as_str().expect("openid was asked for"))
}

/// U22: `login_required`, `consent_required`, and a code where nothing has to be asked.
#[test]
fn u22_prompt_none_shows_no_page() {
    let server = Server::start();
    let stored = server.stored();
    let mut browser = Browser::new(&server);
    assert_eq!(browser.refused(&prompt("none"), "login_required")["state"], "xyz");
    assert!(browser.cookies.is_empty() && server.stored() == stored, "nothing begins");

    let mut browser = Browser::of_alice(&server, WEB);
    let more = prompt("none").with("scope", "openid notes.read notes.write");
    assert_eq!(browser.refused(&more, "consent_required")["state"], "xyz");
    browser.refused(&prompt("none").with("max_age", "0"), "login_required");
    let answer = browser.get(&prompt("none").path());
    assert_eq!(id_token(&server, &answer)["auth_time"], server.clock.now().seconds());

    server.advance(Duration::from_secs(12 * 3600));
    browser.refused(&prompt("none"), "login_required");
}

#[test]
fn prompt_none_stands_alone_and_every_value_is_known() {
    let server = Server::start();
    let mut browser = Browser::of_alice(&server, WEB);
    for combined in ["none login", "login none", "none consent", "none select_account", "none none", "create", "NONE"] {
        let told = browser.refused(&prompt(combined), "invalid_request");
        assert!(told["error_description"].contains("prompt") && told["state"] == "xyz", "{told:?}");
    }
    assert!(query_of(browser.get(&prompt("").path()).location()).contains_key("code"), "empty is absent");
}

#[test]
fn prompt_login_asks_again_and_once() {
    let server = Server::start();
    server.tell_sid(WEB);
    let mut browser = Browser::of_alice(&server, WEB);
    let sid = id_token(&server, &browser.get(&Authorization::of(WEB).path()))["sid"].clone();
    server.advance(Duration::from_secs(100));
    let page = browser.visit(&prompt("login").path());
    assert!(is_login(&page), "{page:?}");
    let old = browser.cookies["countersign_session"].clone();
    let answer = browser.sign_in(&page, ALICE);
    let fresh = id_token(&server, &answer);
    assert!(sid.is_string());
    assert_eq!((fresh["auth_time"].as_i64(), &fresh["sid"]), (Some(server.clock.now().seconds()), &sid));
    assert_ne!(browser.cookies["countersign_session"], old);
    server.advance(Duration::from_millis(1));
    assert!(is_login(&browser.visit(&prompt("login").path())), "the next request is asked for itself");
}

#[test]
fn prompt_consent_asks_who_has_consented() {
    let server = Server::start();
    let mut browser = Browser::of_alice(&server, WEB);
    let page = browser.visit(&prompt("consent").path());
    assert!(is_consent(&page) && page.body.contains(ALICE), "{page:?}");
    assert!(query_of(browser.decide(&page, "allow").location()).contains_key("code"));
    server.advance(Duration::from_secs(1));
    let page = browser.visit(&prompt("login consent").path());
    assert!(is_login(&page), "{page:?}");
    let page = browser.sign_in(&page, ALICE);
    assert!(is_consent(&page), "{page:?}");
    let page = browser.submit(&page, "/consent", &[("decision", "switch")]);
    let page = browser.follow(page);
    let page = browser.use_another(&page);
    assert!(is_login(&page), "somebody else may sign in: {page:?}");
    let page = browser.sign_in(&page, BOB);
    assert!(is_consent(&page) && page.body.contains(BOB) && !page.body.contains(ALICE), "{page:?}");
}

#[test]
fn u23_max_age_is_how_long_ago_the_person_may_have_signed_in() {
    let server = Server::start();
    let mut browser = Browser::of_alice(&server, WEB);
    let max_age = |seconds: &str| Authorization::of(WEB).with("max_age", seconds);
    let signed_in_at = server.clock.now().seconds();

    server.advance(Duration::from_secs(1));
    let answer = browser.get(&max_age("1").path());
    assert_eq!(id_token(&server, &answer)["auth_time"], signed_in_at);
    server.advance(Duration::from_secs(1));
    let page = browser.visit(&max_age("1").path());
    assert!(is_login(&page), "{page:?}");
    server.advance(Duration::from_secs(5));
    let answer = browser.sign_in(&page, ALICE);
    assert_eq!(
        id_token(&server, &answer)["auth_time"],
        signed_in_at + 7,
        "signing in answers, however short max_age is"
    );

    server.advance(Duration::from_millis(1));
    let page = browser.visit(&max_age("0").path());
    assert!(is_login(&page), "zero asks even now: {page:?}");
    let answer = browser.sign_in(&page, ALICE);
    assert_eq!(id_token(&server, &answer)["auth_time"], signed_in_at + 7);
}

/// Design §4: a clock step revives nothing; nor does a sign-in in the same millisecond count for the next request.
#[test]
fn u23_being_asked_again_does_not_hang_on_the_clock() {
    let server = Server::start();
    for back in [0, 60] {
        for request in [prompt("login"), Authorization::of(WEB).with("max_age", "0")] {
            let mut browser = Browser::of_alice(&server, WEB);
            server.clock.set(server.clock.now().minus(Duration::from_secs(back)));
            let page = browser.visit(&request.path());
            assert!(is_login(&page), "{back} s back, {request:?}: {page:?}");
        }
    }
}

/// The same, from the person's side: the clock is set back while the login page is open.
#[test]
fn u23_signing_in_answers_whatever_the_clock_does() {
    let server = Server::start();
    let mut browser = Browser::of_alice(&server, WEB);
    server.advance(Duration::from_secs(10));
    for request in [prompt("login"), Authorization::of(WEB).with("max_age", "0")] {
        let page = browser.visit(&request.path());
        assert!(is_login(&page), "{page:?}");
        server.clock.set(server.clock.now().minus(Duration::from_secs(1)));
        let answer = browser.sign_in(&page, ALICE);
        assert!(answer.header("location").is_some_and(|to| to.contains("?code=")), "{request:?}: {answer:?}");
        server.advance(Duration::from_secs(10));
    }
}

/// U23: another person's sign-in in between is not the one that was asked for.
#[test]
fn u23_a_sign_in_before_the_request_does_not_count() {
    let server = Server::start();
    let mut browser = Browser::of_alice(&server, WEB);
    server.advance(Duration::from_secs(10));
    for request in [prompt("login"), Authorization::of(WEB).with("max_age", "5")] {
        let page = browser.visit(&request.path());
        assert!(is_login(&page), "{page:?}");
        let flow = page.hidden("flow").to_owned();
        for path in ["/login", "/consent"] {
            let page = browser.visit(&format!("{path}?flow={flow}"));
            assert!(is_login(&page), "{path} does not lead around it: {page:?}");
        }
        let csrf = page.hidden("csrf");
        let answer = browser.post("/consent", &[("flow", &flow), ("csrf", csrf), ("decision", "allow")]);
        assert!(answer.location().starts_with("/login?flow="), "{answer:?}");
    }
}

#[test]
fn max_age_is_a_whole_number_of_seconds() {
    let server = Server::start();
    let mut browser = Browser::of_alice(&server, WEB);
    for max_age in ["-1", "1.5", "1e3", "x", "1 ", "0x10", "99999999999999999999"] {
        let told = browser.refused(&Authorization::of(WEB).with("max_age", max_age), "invalid_request");
        assert!(told["error_description"].contains("max_age") && told["state"] == "xyz", "{told:?}");
    }
}

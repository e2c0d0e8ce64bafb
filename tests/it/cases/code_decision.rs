//! Authorization codes (C): what Allow and Deny on a consent page do, once and again.

use std::time::Duration;

use crate::support::{ALICE, Authorization, BOB, Browser, PASSWORD, Response, Server, WEB, query_of};

/// A browser with alice signed in, and the consent page of a request of `web`.
fn asked(server: &Server) -> (Browser<'_>, Response) {
    let mut browser = Browser::new(server);
    let login = browser.visit(&Authorization::of(WEB).path());
    let consent = browser.sign_in(&login, ALICE);
    assert!(consent.body.contains("value=\"deny\""), "{consent:?}");
    (browser, consent)
}

/// What alice allows `web`, as stored.
fn allowed(server: &Server) -> String {
    server.allowed(ALICE, WEB.id)
}

#[track_caller]
fn assert_denied(server: &Server, answer: &Response) {
    assert_eq!((answer.status, answer.body.as_str(), answer.header("set-cookie")), (303, "", None), "{answer:?}");
    assert!(answer.location().starts_with("https://app.example/cb?error=access_denied&"), "{answer:?}");
    let told = query_of(answer.location());
    assert_eq!((told["state"].as_str(), told["iss"].as_str()), ("xyz", server.issuer.as_str()));
    assert_eq!((told.len(), told.contains_key("error_description")), (4, true), "{told:?}");
}

#[test]
fn c11_deny_tells_the_client_and_stores_no_consent() {
    let server = Server::start();
    let (mut browser, consent) = asked(&server);
    assert_denied(&server, &browser.submit(&consent, "/consent", &[("decision", "deny")]));
    assert_eq!(allowed(&server), "");
    let page = browser.visit(&Authorization::of(WEB).path());
    assert!(page.body.contains("value=\"allow\""), "alice is asked again: {page:?}");
}

#[test]
fn c11_deny_may_be_pressed_twice() {
    let server = Server::start();
    let (mut browser, consent) = asked(&server);
    let first = browser.submit(&consent, "/consent", &[("decision", "deny")]);
    let stored = server.stored();
    let second = browser.submit(&consent, "/consent", &[("decision", "deny")]);
    assert_denied(&server, &second);
    assert_eq!(first.location(), second.location());
    assert!(server.stored() == stored, "nothing more is stored");
}

#[test]
fn c11_allow_after_deny_is_too_late() {
    let server = Server::start();
    let (mut browser, consent) = asked(&server);
    assert_denied(&server, &browser.submit(&consent, "/consent", &[("decision", "deny")]));
    browser.submit(&consent, "/consent", &[("decision", "allow")]).assert_error_page(400);
    assert_eq!(allowed(&server), "");
    assert_denied(&server, &browser.submit(&consent, "/consent", &[("decision", "deny")]));
}

/// C11: the flow is dead, also when the person has allowed the client in another one since.
#[test]
fn c11_a_denied_flow_never_gets_a_code() {
    let server = Server::start();
    let (mut browser, consent) = asked(&server);
    browser.submit(&consent, "/consent", &[("decision", "deny")]);
    let other = browser.visit(&Authorization::of(WEB).path());
    assert!(query_of(browser.decide(&other, "allow").location()).contains_key("code"));

    browser.submit(&consent, "/consent", &[("decision", "allow")]).assert_error_page(400);
    for page in ["/consent", "/login"] {
        let answer = browser.get(&format!("{page}?flow={}", consent.hidden("flow")));
        assert!(!answer.header("location").unwrap_or_default().contains("code="), "{page}: {answer:?}");
    }
}

#[test]
fn c11_allow_pressed_twice_gives_the_same_code_until_it_is_used() {
    let server = Server::start();
    let (mut browser, consent) = asked(&server);
    let first = browser.submit(&consent, "/consent", &[("decision", "allow")]);
    assert_eq!(allowed(&server), "openid notes.read");
    let stored = server.stored();
    let second = browser.submit(&consent, "/consent", &[("decision", "allow")]);
    assert_eq!(first.location(), second.location());
    assert!(server.stored() == stored, "nothing more is stored");

    let tokens = server.exchange(WEB, &query_of(first.location())["code"]).tokens();
    browser.submit(&consent, "/consent", &[("decision", "allow")]).assert_error_page(400);
    assert_eq!(server.userinfo(tokens.access_token()).status, 200, "pressing a button once more harms nothing");
}

/// C11: what is gone is not handed out again. The page says where the way goes on.
#[track_caller]
fn assert_over(answer: &Response) {
    answer.assert_error_page(400);
    assert!(answer.body.contains("Go back to the application and start again"), "{answer:?}");
}

#[test]
fn c11_allow_pressed_again_after_the_code_expired_is_over() {
    let server = Server::start();
    let (mut browser, consent) = asked(&server);
    let first = browser.submit(&consent, "/consent", &[("decision", "allow")]);
    server.advance(Duration::from_secs(59));
    let second = browser.submit(&consent, "/consent", &[("decision", "allow")]);
    assert_eq!(first.location(), second.location());
    server.advance(Duration::from_secs(1));
    assert_over(&browser.submit(&consent, "/consent", &[("decision", "allow")]));
    assert_over(&browser.get(&format!("/consent?flow={}", consent.hidden("flow"))));
    server.exchange(WEB, &query_of(first.location())["code"]).assert_error(400, "invalid_grant");
}

#[test]
fn c11_allow_pressed_again_after_the_grant_ended_is_over() {
    let server = Server::start_with(&[("TOKENS__GRANTS_PER_CLIENT", "1")]);
    let (mut browser, consent) = asked(&server);
    browser.submit(&consent, "/consent", &[("decision", "allow")]);
    server.advance(Duration::from_secs(1));
    assert!(browser.get(&Authorization::of(WEB).path()).location().contains("code="), "it takes the only place");
    assert_over(&browser.submit(&consent, "/consent", &[("decision", "allow")]));
    server.command(&["grant", "revoke", "--all"], "");
    assert_over(&browser.submit(&consent, "/consent", &[("decision", "allow")]));
}

#[test]
fn c11_deny_after_allow_is_too_late_and_harms_nothing() {
    let server = Server::start();
    let (mut browser, consent) = asked(&server);
    let allowed = browser.submit(&consent, "/consent", &[("decision", "allow")]);
    browser.submit(&consent, "/consent", &[("decision", "deny")]).assert_error_page(400);
    server.exchange(WEB, &query_of(allowed.location())["code"]).tokens();
}

#[test]
fn c11_neither_allow_nor_deny_is_no_decision() {
    let server = Server::start();
    let (mut browser, consent) = asked(&server);
    for decision in ["", "ALLOW", "yes", "allow "] {
        browser.submit(&consent, "/consent", &[("decision", decision)]).assert_error_page(403);
    }
    browser.submit(&consent, "/consent", &[("decision", "allow"), ("decision", "deny")]).assert_error_page(403);
    assert_eq!(allowed(&server), "");
    assert!(query_of(browser.decide(&consent, "allow").location()).contains_key("code"));
}

/// A flow that alice allowed gives bob nothing of hers.
#[test]
fn c11_a_decision_is_its_persons_alone() {
    let server = Server::start();
    let (mut browser, consent) = asked(&server);
    let allowed = query_of(browser.decide(&consent, "allow").location());
    let switched = browser.submit(&consent, "/consent", &[("decision", "switch")]);
    let chooser = browser.follow(switched);
    let login = browser.use_another(&chooser);
    let answer = browser.submit(&login, "/login", &[("username", BOB), ("password", PASSWORD)]);
    let consent = browser.follow(answer);
    assert!(consent.body.contains(BOB), "bob is asked for himself: {consent:?}");
    let answer = browser.submit(&consent, "/consent", &[("decision", "allow")]);
    answer.assert_error_page(400);
    server.exchange(WEB, &allowed["code"]).tokens();
}

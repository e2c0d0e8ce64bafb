//! Several people in one browser, and which of them answers a request (OpenID Connect Core §3.1.2.1).

use std::collections::HashMap;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{
    ALICE, Authorization, BOB, Browser, EVIL, PASSWORD, Response, Server, WEB, add_person, claims, query_of,
};

const SESSION: &str = "countersign_session";
const OTHERS: &str = "countersign_accounts";

fn is_login(page: &Response) -> bool {
    page.status == 200 && page.body.contains("name=\"password\"")
}

fn is_consent(page: &Response) -> bool {
    page.status == 200 && page.body.contains("value=\"allow\"")
}

fn is_chooser(page: &Response) -> bool {
    page.status == 200 && page.body.contains("Choose an account")
}

fn prompt(prompt: &str) -> Authorization {
    Authorization::of(WEB).with("prompt", prompt)
}

/// The ID token of the code in an answer.
#[track_caller]
fn id_token(server: &Server, answer: &HashMap<String, String>) -> String {
    let code = answer.get("code").unwrap_or_else(|| panic!("no code in {answer:?}"));
    server.exchange(WEB, code).tokens().0["id_token"].as_str().expect("openid was asked for").to_owned()
}

/// A browser in which these people are signed in and have allowed the client, the last one is current. Gives back an ID token
/// of each.
fn browser_of<'a>(server: &'a Server, people: &[&str]) -> (Browser<'a>, Vec<String>) {
    server.tell_sid(WEB);
    let mut browser = Browser::new(server);
    let mut tokens = Vec::new();
    for person in people {
        let page = browser.visit(&prompt("login").path());
        let page = browser.sign_in(&page, person);
        let page = if is_consent(&page) { browser.decide(&page, "allow") } else { page };
        tokens.push(id_token(server, &query_of(page.location())));
        server.advance(Duration::from_secs(1));
    }
    (browser, tokens)
}

/// Who is signed in, as the page without a request tells.
fn signed_in(browser: &mut Browser, people: &[&str]) -> Vec<bool> {
    let page = browser.visit("/login");
    people.iter().map(|person| page.body.contains(&format!("<bdi>{person}</bdi>"))).collect()
}

fn sid(token: &str) -> Value {
    let sid = claims(token)["sid"].clone();
    assert!(sid.is_string(), "{token}");
    sid
}

fn sub(token: &str) -> String {
    claims(token)["sub"].as_str().expect("it has a subject").to_owned()
}

#[test]
fn another_person_who_signs_in_is_added_and_current() {
    let server = Server::start();
    let (mut browser, tokens) = browser_of(&server, &[ALICE, BOB]);
    assert_eq!(signed_in(&mut browser, &[ALICE, BOB]), [true, true]);
    let silent = browser.get(&prompt("none").path());
    let current = id_token(&server, &query_of(silent.location()));
    assert_eq!((sub(&current), sid(&current)), (sub(&tokens[1]), sid(&tokens[1])));
}

#[test]
fn a_sixth_person_ends_the_session_of_whoever_signed_in_first() {
    let server = Server::start();
    let people = ["p1", "p2", "p3", "p4", "p5", "p6"];
    for person in people {
        server.block_on(add_person(&server.app, person, PASSWORD));
    }
    let (mut browser, _) = browser_of(&server, &people[..5]);
    assert_eq!(signed_in(&mut browser, &people), [true, true, true, true, true, false]);
    let first = server.exchange(WEB, &browser.authorize(&prompt("none").with("login_hint", "p1").path(), "")["code"]);
    let page = browser.visit(&prompt("login").path());
    browser.sign_in(&page, "p6");
    assert_eq!(signed_in(&mut browser, &people), [false, true, true, true, true, true]);
    server.refresh(WEB, first.tokens().refresh_token()).assert_error(400, "invalid_grant");
    let others = browser.cookies[OTHERS].clone();
    assert_eq!(others.split('.').map(str::len).collect::<Vec<_>>(), [43; 4]);
}

/// Session fixation finds nothing to fix, and what hangs on the session stays.
#[test]
fn the_same_person_again_goes_on_under_the_same_sid_and_another_cookie() {
    let server = Server::start();
    let (mut browser, tokens) = browser_of(&server, &[ALICE, BOB]);
    let before = browser.cookies.clone();
    let page = browser.visit(&prompt("login").path());
    let answer = browser.sign_in(&page, ALICE);
    let again = id_token(&server, &query_of(answer.location()));
    assert_eq!(sid(&again), sid(&tokens[0]));
    assert_ne!(claims(&again)["auth_time"], claims(&tokens[0])["auth_time"]);
    assert_ne!(browser.cookies[SESSION], before[OTHERS]);
    assert_eq!(browser.cookies[OTHERS], before[SESSION], "bob is the other one now");
    let mut thief = Browser::new(&server);
    thief.cookies.insert(SESSION.to_owned(), before[OTHERS].clone());
    assert_eq!(signed_in(&mut thief, &[ALICE, BOB]), [false, false]);
}

#[test]
fn select_account_asks_first_and_once() {
    let server = Server::start();
    let (mut browser, tokens) = browser_of(&server, &[ALICE, BOB]);
    let chooser = browser.visit(&prompt("select_account").path());
    assert!(is_chooser(&chooser) && chooser.body.contains(ALICE) && chooser.body.contains(BOB), "{chooser:?}");
    let answer = browser.choose(&chooser, ALICE);
    assert_eq!(sid(&id_token(&server, &query_of(answer.location()))), sid(&tokens[0]), "there was nothing else to ask");
    let silent = browser.get(&prompt("none").path());
    assert_eq!(sub(&id_token(&server, &query_of(silent.location()))), sub(&tokens[0]), "she is the current one now");

    let chooser = browser.visit(&prompt("select_account consent").path());
    let consent = browser.choose(&chooser, BOB);
    assert!(is_consent(&consent) && consent.body.contains(BOB) && !consent.body.contains(ALICE), "{consent:?}");
    let answer = browser.decide(&consent, "allow");
    assert_eq!(sid(&id_token(&server, &query_of(answer.location()))), sid(&tokens[1]));

    let chooser = browser.visit(&prompt("select_account login").path());
    let login = browser.choose(&chooser, ALICE);
    assert!(is_login(&login) && login.body.contains("value=\"alice\""), "she is asked again: {login:?}");
    let answer = browser.sign_in(&login, ALICE);
    assert_eq!(sid(&id_token(&server, &query_of(answer.location()))), sid(&tokens[0]));
}

#[test]
fn select_account_with_one_account_still_asks_and_with_none_signs_in() {
    let server = Server::start();
    let mut browser = Browser::new(&server);
    let login = browser.visit(&prompt("select_account").path());
    assert!(is_login(&login), "{login:?}");
    let consent = browser.sign_in(&login, ALICE);
    assert!(is_consent(&consent), "signing in was choosing: {consent:?}");
    browser.decide(&consent, "allow");
    let chooser = browser.visit(&prompt("select_account").path());
    assert!(is_chooser(&chooser), "{chooser:?}");
    let login = browser.use_another(&chooser);
    assert!(is_login(&login), "{login:?}");
    let consent = browser.sign_in(&login, BOB);
    assert!(is_consent(&consent) && consent.body.contains(BOB), "{consent:?}");
    assert_eq!(signed_in(&mut browser, &[ALICE, BOB]), [true, true]);
}

#[test]
fn another_account_begins_with_an_empty_form() {
    let server = Server::start();
    let (mut browser, _) = browser_of(&server, &[ALICE]);
    let chooser = browser.visit(&prompt("select_account").with("login_hint", "carol").path());
    let login = browser.use_another(&chooser);
    assert!(is_login(&login) && !login.body.contains(ALICE) && !login.body.contains("carol"), "{login:?}");
}

/// Each tab goes on with the person whom it showed, whoever became the current one in another.
#[test]
fn a_consent_page_is_answered_by_whom_it_named() {
    let server = Server::start();
    let (mut browser, tokens) = browser_of(&server, &[ALICE]);
    let consent = browser.visit(&prompt("consent").path());
    assert!(is_consent(&consent) && consent.body.contains(ALICE), "{consent:?}");
    let login = browser.visit(&prompt("login").path());
    browser.sign_in(&login, BOB);
    let answer = browser.decide(&consent, "allow");
    assert_eq!(sid(&id_token(&server, &query_of(answer.location()))), sid(&tokens[0]));
}

/// A flow that names nobody yet is not answered by a form that was made for it.
#[test]
fn a_consent_page_is_shown_before_it_is_answered() {
    let server = Server::start();
    let (mut browser, _) = browser_of(&server, &[ALICE, BOB]);
    let chooser = browser.visit(&prompt("select_account consent").path());
    let (csrf, flow) = (chooser.hidden("csrf"), chooser.hidden("flow"));
    let answer = browser.post("/consent", &[("flow", flow), ("csrf", csrf), ("decision", "allow")]);
    assert!(answer.location().starts_with("/select_account?flow="), "{answer:?}");
    for path in ["/login", "/consent"] {
        assert!(is_chooser(&browser.visit(&format!("{path}?flow={flow}"))), "{path} does not lead around it");
    }
}

#[test]
fn a_choice_counts_from_its_own_page_and_among_ones_own_accounts() {
    let server = Server::start();
    let (mut browser, _) = browser_of(&server, &[ALICE]);
    let (_, others) = browser_of(&server, &[BOB]);
    let chooser = browser.visit(&prompt("select_account").path());
    let foreign = sid(&others[0]);
    let foreign = foreign.as_str().expect("it is text");
    let answer = browser.submit(&chooser, "/select_account", &[("account", foreign)]);
    assert!(answer.location().starts_with("/select_account?flow="), "{answer:?}");
    for wrong in ["", "nobody", "another another"] {
        browser.submit(&chooser, "/select_account", &[("account", wrong)]).assert_error_page(403);
    }
    let flow = chooser.hidden("flow");
    browser.post("/select_account", &[("flow", flow), ("account", "another")]).assert_error_page(403);
    let proof = ("csrf", chooser.hidden("csrf"));
    browser.post("/select_account", &[proof, ("account", "another")]).assert_error_page(403);
    browser.get("/select_account").assert_error_page(403);
    assert_eq!(signed_in(&mut browser, &[ALICE, BOB]), [true, false]);
}

#[test]
fn a_session_past_its_limits_is_not_offered() {
    let server = Server::start_with(&[("SESSION__IDLE_TTL", "2h"), ("SESSION__TTL", "12h")]);
    let (mut browser, _) = browser_of(&server, &[ALICE, BOB]);
    server.advance(Duration::from_secs(3600));
    assert!(browser.get(&prompt("none").path()).location().contains("code="), "bob is here");
    server.advance(Duration::from_secs(3600));
    let chooser = browser.visit(&prompt("select_account").path());
    assert!(is_chooser(&chooser) && chooser.body.contains(BOB) && !chooser.body.contains(ALICE), "{chooser:?}");
}

/// Nobody says who of the others it is now, and nothing is answered in the name of one of them.
#[test]
fn when_the_current_session_is_gone_the_others_are_offered() {
    let server = Server::start();
    let (mut browser, _) = browser_of(&server, &[ALICE, BOB]);
    server.command(&["user", "lock", BOB], "");
    browser.refused(&prompt("none"), "login_required");
    let chooser = browser.visit(&Authorization::of(WEB).path());
    assert!(is_chooser(&chooser) && chooser.body.contains(ALICE) && !chooser.body.contains(BOB), "{chooser:?}");
    assert!(browser.choose(&chooser, ALICE).location().contains("code="));
}

#[test]
fn what_is_no_session_in_the_second_cookie_does_no_harm() {
    let server = Server::start();
    let (mut browser, _) = browser_of(&server, &[ALICE]);
    for garbage in ["x", "....", &"A".repeat(43), &vec!["B".repeat(43); 4].join("."), &"C".repeat(5000)] {
        browser.cookies.insert(OTHERS.to_owned(), garbage.to_owned());
        assert_eq!(signed_in(&mut browser, &[ALICE]), [true], "{garbage}");
    }
}

#[test]
fn login_hint_lets_somebody_else_who_is_signed_in_answer() {
    let server = Server::start();
    let (mut browser, tokens) = browser_of(&server, &[ALICE, BOB]);
    for (hint, expected) in [("alice", 0), (" ALICE ", 0), (BOB, 1), ("nobody", 1), ("", 1)] {
        let answer = browser.get(&prompt("none").with("login_hint", hint).path());
        assert_eq!(sid(&id_token(&server, &query_of(answer.location()))), sid(&tokens[expected]), "{hint}");
    }
}

/// What names alice in a request: an ID token that has expired since, and a value for the claim.
fn naming(token: &str) -> [(&'static str, String); 2] {
    let wanted = json!({"id_token": {"sub": {"value": sub(token)}}});
    [("id_token_hint", token.to_owned()), ("claims", wanted.to_string())]
}

#[test]
fn whom_the_request_names_answers_if_they_are_signed_in() {
    let server = Server::start();
    let (mut browser, tokens) = browser_of(&server, &[ALICE, BOB]);
    server.advance(Duration::from_secs(3600));
    for (name, value) in naming(&tokens[0]) {
        let before = browser.cookies.clone();
        let answer = browser.get(&prompt("none").with(name, &value).path());
        assert_eq!(sid(&id_token(&server, &query_of(answer.location()))), sid(&tokens[0]), "{name}");
        assert_eq!(browser.cookies, before);
        let (mut other, _) = browser_of(&server, &[BOB]);
        other.refused(&prompt("none").with(name, &value), "login_required");
        Browser::new(&server).refused(&prompt("none").with(name, &value), "login_required");
    }
    let [hint, wanted] = naming(&tokens[0]);
    let both = prompt("none").with(hint.0, &hint.1).with(wanted.0, &naming(&tokens[1])[1].1);
    browser.refused(&both, "login_required");
}

#[test]
fn whoever_signs_in_has_to_be_whom_the_request_names() {
    let server = Server::start();
    let (_, tokens) = browser_of(&server, &[ALICE]);
    for (name, value) in naming(&tokens[0]) {
        let request = Authorization::of(WEB).with(name, &value);
        let (mut browser, _) = browser_of(&server, &[BOB]);
        let login = browser.visit(&request.path());
        assert!(is_login(&login), "{login:?}");
        let answer = browser.sign_in(&login, BOB);
        assert_eq!(query_of(answer.location())["error"], "login_required");
        let login = browser.visit(&request.path());
        let answer = browser.sign_in(&login, ALICE);
        assert_eq!(sub(&id_token(&server, &query_of(answer.location()))), sub(&tokens[0]));
        let chooser = browser.visit(&request.with("prompt", "select_account").path());
        let answer = browser.choose(&chooser, BOB);
        assert_eq!(query_of(answer.location())["error"], "login_required");
    }
}

#[test]
fn a_hint_that_is_not_ours_for_the_client_is_an_error() {
    let server = Server::start();
    let (mut browser, tokens) = browser_of(&server, &[ALICE]);
    let mut of_evil = Browser::new(&server);
    let code = of_evil.authorize(&Authorization::of(EVIL).path(), ALICE)["code"].clone();
    let foreign = server.exchange(EVIL, &code).tokens();
    let foreign_id = foreign.0["id_token"].as_str().expect("openid was asked for").to_owned();
    let unsigned = tokens[0].rsplit_once('.').expect("it has a signature").0;
    let altered = format!("{unsigned}.AAAA");
    for hint in ["x", "a.b.c", &foreign_id, foreign.access_token(), &format!("{unsigned}."), &altered] {
        let told = browser.refused(&prompt("none").with("id_token_hint", hint), "invalid_request");
        assert!(told["error_description"].contains("id_token_hint"), "{told:?}");
    }
    let told =
        browser.refused(&prompt("none").with("claims", r#"{"id_token": {"sub": {"value": 1}}}"#), "invalid_request");
    assert!(told["error_description"].contains("sub"), "{told:?}");
}

#[test]
fn u19_the_second_cookie_is_as_well_kept_as_the_first() {
    let server = Server::start_with(&[("ISSUER", "https://login.example")]);
    let mut browser = Browser::new(&server);
    browser.authorize(&Authorization::of(WEB).path(), ALICE);
    let login = browser.visit(&prompt("login").path());
    let answer = browser.submit(&login, "/login", &[("username", BOB), ("password", PASSWORD)]);
    let cookies: Vec<&str> =
        answer.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap()).collect();
    let others = cookies.iter().find(|cookie| cookie.starts_with("__Host-countersign_accounts=")).expect("it is set");
    for attribute in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/"] {
        assert!(others.contains(attribute), "{others}");
    }
    let page = browser.visit("/logout");
    browser.submit(&page, "/logout", &[]);
    assert!(!browser.cookies.keys().any(|name| name.ends_with("accounts") || name.ends_with("session")));
}

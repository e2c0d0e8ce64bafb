//! Several tabs of one browser: a form is judged by the cookie of its browser, whatever sessions began, changed or ended since
//! its page was shown.

use crate::support::{
    ALICE, Authorization, BOB, Browser, EVIL, PASSWORD, Response, Server, TestClient, WEB, claims, query_of,
};

fn is_login(page: &Response) -> bool {
    page.status == 200 && page.body.contains("name=\"password\"")
}

fn is_consent_of(page: &Response, person: &str) -> bool {
    page.status == 200 && page.body.contains("value=\"allow\"") && page.body.contains(&format!("<bdi>{person}</bdi>"))
}

fn is_chooser(page: &Response) -> bool {
    page.status == 200 && page.body.contains("name=\"account\"")
}

/// The scope that a person has allowed a client, as stored.
fn allowed(server: &Server, person: &'static str, client: TestClient) -> String {
    server.allowed(person, client.id)
}

/// The subject of the code in an answer.
#[track_caller]
fn subject(server: &Server, client: TestClient, answer: &Response) -> String {
    let told = query_of(answer.location());
    let code = told.get("code").unwrap_or_else(|| panic!("no code in {answer:?}"));
    let tokens = server.exchange(client, code).tokens();
    let token = tokens.0["id_token"].as_str().expect("openid was asked for").to_owned();
    claims(&token)["sub"].as_str().expect("it has a subject").to_owned()
}

#[track_caller]
fn sign_out(browser: &mut Browser) {
    let page = browser.get("/logout");
    let answer = browser.submit(&page, "/logout", &[]);
    assert!(answer.location().starts_with("/logout"), "{answer:?}");
    assert!(!browser.cookies.contains_key("countersign_session"), "{answer:?}");
}

#[test]
fn two_applications_ask_for_sign_in_and_both_get_an_answer() {
    let server = Server::start();
    let mut browser = Browser::new(&server);
    let first = browser.visit(&Authorization::of(WEB).path());
    let second = browser.visit(&Authorization::of(EVIL).path());
    for (page, client) in [(&first, WEB), (&second, EVIL)] {
        let consent = browser.sign_in(page, ALICE);
        assert!(is_consent_of(&consent, ALICE), "{consent:?}");
        subject(&server, client, &browser.decide(&consent, "allow"));
    }
}

#[test]
fn the_other_tab_may_be_reloaded_instead_and_goes_on_with_the_session_that_exists() {
    let server = Server::start();
    let mut browser = Browser::new(&server);
    let first = browser.visit(&Authorization::of(WEB).path());
    let second = browser.visit(&Authorization::of(EVIL).path());
    browser.sign_in(&first, ALICE);
    let consent = browser.visit(&format!("/login?flow={}", second.hidden("flow")));
    assert!(is_consent_of(&consent, ALICE), "{consent:?}");
}

#[test]
fn credentials_are_judged_as_always_in_a_form_from_before() {
    let server = Server::start();
    let mut browser = Browser::new(&server);
    let [first, second, third] = [WEB, EVIL, WEB].map(|client| browser.visit(&Authorization::of(client).path()));
    browser.sign_in(&first, ALICE);
    let wrong = browser.submit(&second, "/login", &[("username", ALICE), ("password", "wrong")]);
    assert_eq!(wrong.status, 400, "{wrong:?}");
    assert!(wrong.body.contains("The evil application") && wrong.body.contains("name=\"password\""), "{wrong:?}");
    let consent = browser.sign_in(&third, BOB);
    assert!(is_consent_of(&consent, BOB) && !consent.body.contains(ALICE), "bob is added: {consent:?}");
}

#[test]
fn a_form_from_before_signing_out_signs_in_again() {
    let server = Server::start();
    let mut browser = Browser::of_alice(&server, WEB);
    let again = browser.visit(&Authorization::of(WEB).with("prompt", "login").path());
    sign_out(&mut browser);
    let answer = browser.sign_in(&again, ALICE);
    subject(&server, WEB, &answer);
}

#[test]
fn allow_after_signing_out_elsewhere_asks_for_sign_in_and_consent_again() {
    let server = Server::start();
    let mut browser = Browser::new(&server);
    let login = browser.visit(&Authorization::of(WEB).path());
    let consent = browser.sign_in(&login, ALICE);
    for decision in ["allow", "deny", "switch"] {
        if !browser.cookies.contains_key("countersign_session") {
            let page = browser.visit("/login");
            browser.sign_in(&page, ALICE);
        }
        sign_out(&mut browser);
        let page = browser.submit(&consent, "/consent", &[("decision", decision)]);
        let page = browser.follow(page);
        assert!(is_login(&page) && page.body.contains("The web application"), "{decision}: {page:?}");
        assert_eq!(allowed(&server, ALICE, WEB), "", "{decision} decides nothing");
        let again = browser.sign_in(&page, ALICE);
        assert!(is_consent_of(&again, ALICE), "{decision}: {again:?}");
    }
    let page = browser.visit(&format!("/login?flow={}", consent.hidden("flow")));
    let page = if is_chooser(&page) { browser.choose(&page, ALICE) } else { page };
    subject(&server, WEB, &browser.decide(&page, "allow"));
}

/// The flow names the session that answers: nobody answers for somebody else.
#[test]
fn a_consent_page_of_somebody_who_signed_out_is_not_answered_by_whoever_signed_in() {
    let server = Server::start();
    let mut browser = Browser::new(&server);
    let login = browser.visit(&Authorization::of(WEB).path());
    let consent = browser.sign_in(&login, ALICE);
    sign_out(&mut browser);
    let page = browser.visit("/login");
    browser.sign_in(&page, BOB);
    for decision in ["allow", "deny"] {
        let answer = browser.submit(&consent, "/consent", &[("decision", decision)]);
        let page = browser.follow(answer);
        assert!(is_chooser(&page) && page.body.contains(BOB), "{decision}: {page:?}");
        assert_eq!((allowed(&server, ALICE, WEB), allowed(&server, BOB, WEB)), (String::new(), String::new()));
    }
}

#[test]
fn three_tabs_of_two_people_are_answered_by_whom_they_name() {
    let server = Server::start();
    let subject_of = |person: &str| {
        let mut browser = Browser::new(&server);
        let login = browser.visit(&Authorization::of(EVIL).path());
        let consent = browser.sign_in(&login, person);
        subject(&server, EVIL, &browser.decide(&consent, "allow"))
    };
    let (alice, bob) = (subject_of(ALICE), subject_of(BOB));
    let mut browser = Browser::new(&server);
    let login = browser.visit(&Authorization::of(WEB).path());
    let of_alice = browser.sign_in(&login, ALICE);
    let login = browser.visit(&Authorization::of(WEB).with("prompt", "login").path());
    let of_bob = browser.sign_in(&login, BOB);
    let chooser = browser.visit(&Authorization::of(WEB).with("prompt", "select_account consent").path());
    assert!(is_consent_of(&of_alice, ALICE) && is_consent_of(&of_bob, BOB) && is_chooser(&chooser));
    let chosen = browser.choose(&chooser, ALICE);
    assert_eq!(subject(&server, WEB, &browser.decide(&of_bob, "allow")), bob);
    assert_eq!(subject(&server, WEB, &browser.decide(&of_alice, "allow")), alice);
    assert_eq!(subject(&server, WEB, &browser.decide(&chosen, "allow")), alice);
}

/// The same button twice before the first answer is there: the browser shows the second answer, with whatever cookies came last.
#[test]
fn a_double_click_never_ends_on_an_error_page() {
    let server = Server::start();
    let mut browser = Browser::new(&server);
    let login = browser.visit(&Authorization::of(WEB).path());
    let typed = [("username", ALICE), ("password", PASSWORD)];
    let mut lagging = Browser { http: browser.http, cookies: browser.cookies.clone(), address: None };
    let first = browser.submit(&login, "/login", &typed);
    let second = lagging.submit(&login, "/login", &typed);
    assert_eq!((first.status, second.status), (303, 303), "{second:?}");
    let after_first = browser.visit(second.location());
    assert!(after_first.status == 200, "the cookies of the first, the address of the second: {after_first:?}");
    let consent = lagging.visit(second.location());
    assert!(is_consent_of(&consent, ALICE), "{consent:?}");

    let [first, second] = [(); 2].map(|()| lagging.submit(&consent, "/consent", &[("decision", "switch")]));
    assert_eq!((first.status, second.status), (303, 303));
    let chooser = lagging.follow(second);
    let [first, second] = [(); 2].map(|()| lagging.choose(&chooser, ALICE));
    assert!(is_consent_of(&first, ALICE) && is_consent_of(&second, ALICE), "{second:?}");

    let logout = lagging.get("/logout");
    let [first, second] = [(); 2].map(|()| lagging.submit(&logout, "/logout", &[]));
    assert_eq!((first.status, second.status), (303, 303), "{second:?}");
    let page = lagging.follow(second);
    assert!(page.status == 200 && page.body.contains("You are signed out"), "{page:?}");
}

/// The first click has brought the person to the application, which has used the code: the second brings them there again.
#[test]
fn signing_in_once_more_for_a_request_whose_code_was_used_begins_it_again() {
    let server = Server::start();
    let mut browser = Browser::of_alice(&server, WEB);
    sign_out(&mut browser);
    let login = browser.visit(&Authorization::of(WEB).path());
    let first = subject(&server, WEB, &browser.sign_in(&login, ALICE));
    let answer = browser.sign_in(&login, ALICE);
    assert_eq!(query_of(answer.location())["state"], "xyz");
    assert_eq!(subject(&server, WEB, &answer), first);
}

/// Every page that the browser goes back to leads on, to the application at the latest.
#[test]
fn back_after_each_step_leads_on() {
    let server = Server::start();
    let mut browser = Browser::new(&server);
    let login = browser.visit(&Authorization::of(WEB).path());
    let consent = browser.sign_in(&login, ALICE);
    let back = browser.visit(&format!("/login?flow={}", login.hidden("flow")));
    assert!(is_consent_of(&back, ALICE), "back to the sign-in: {back:?}");
    let again = browser.sign_in(&login, ALICE);
    assert!(is_consent_of(&again, ALICE), "the sign-in sent again: {again:?}");
    let answer = browser.decide(&consent, "allow");
    subject(&server, WEB, &answer);
    for path in ["/consent", "/login"] {
        let over = browser.get(&format!("{path}?flow={}", consent.hidden("flow")));
        over.assert_error_page(400);
        assert!(over.body.contains("href=\"https://app.example/\""), "{path} names the application: {over:?}");
        assert!(over.body.contains("The web application"), "{path}: {over:?}");
    }
}

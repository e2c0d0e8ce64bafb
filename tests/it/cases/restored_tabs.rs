//! Pages that are opened again: in another browser, after a restart that forgot the cookies, or much later. A request that can
//! begin again begins again, and nothing that was answered elsewhere counts.

use std::time::Duration;

use countersign::oauth::registration::NewClient;
use serde_json::{Value, json};

use crate::support::{
    ALICE, Authorization, BOB, Browser, PASSWORD, Response, Server, TestClient, WEB, claims, query_of, register,
};

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);
const SESSION: &str = "countersign_session";

#[track_caller]
fn assert_login(page: &Response) {
    assert!(page.body.contains("name=\"password\"") && page.body.contains("The web application"), "{page:?}");
}

#[track_caller]
fn assert_consent_of(page: &Response, person: &str) {
    assert!(page.body.contains("value=\"allow\"") && page.body.contains(&format!("<bdi>{person}</bdi>")), "{page:?}");
}

fn allowed(server: &Server, person: &'static str) -> String {
    server.allowed(person, WEB.id)
}

#[track_caller]
fn subject(server: &Server, answer: &Response) -> String {
    let told = query_of(answer.location());
    assert_eq!(told["state"], "xyz");
    let tokens = server.exchange(WEB, &told["code"]).tokens();
    let token = tokens.0["id_token"].as_str().expect("openid was asked for").to_owned();
    claims(&token)["sub"].as_str().expect("it has a subject").to_owned()
}

/// A browser in which alice is asked for consent.
fn asked(server: &Server) -> (Browser<'_>, Response) {
    let mut browser = Browser::new(server);
    let login = browser.visit(&Authorization::of(WEB).path());
    let consent = browser.sign_in(&login, ALICE);
    assert_consent_of(&consent, ALICE);
    (browser, consent)
}

#[test]
fn a_page_without_its_cookie_begins_again_in_its_place() {
    let server = Server::start();
    let (_, consent) = asked(&server);
    let flow = consent.hidden("flow");
    for page in ["/login", "/consent", "/select_account"] {
        let mut restarted = Browser::new(&server);
        let login = restarted.get(&format!("{page}?flow={flow}"));
        assert_eq!(login.status, 200, "{page} is shown, not redirected to: {login:?}");
        assert_login(&login);
        assert!(restarted.cookies.contains_key("countersign_browser"), "{page}: {login:?}");
        assert_ne!(login.hidden("flow"), flow, "{page} has a fresh flow");
        let reloaded = restarted.get(&format!("{page}?flow={flow}"));
        assert_eq!(reloaded.status, 200, "{page} again: {reloaded:?}");
        let consent = restarted.sign_in(&login, ALICE);
        assert_consent_of(&consent, ALICE);
    }
    let mut restarted = Browser::new(&server);
    let login = restarted.get(&format!("/login?flow={flow}"));
    let consent = restarted.sign_in(&login, ALICE);
    subject(&server, &restarted.decide(&consent, "allow"));
}

#[test]
fn a_page_that_was_open_for_hours_goes_on() {
    let server = Server::start();
    let mut browser = Browser::new(&server);
    let login = browser.visit(&Authorization::of(WEB).path());
    server.advance(2 * HOUR);
    let reloaded = browser.get(&format!("/login?flow={}", login.hidden("flow")));
    assert_eq!(reloaded.status, 200);
    assert_login(&reloaded);
    let consent = browser.sign_in(&login, ALICE);
    assert_consent_of(&consent, ALICE);
    server.advance(HOUR + Duration::from_secs(1));
    let again = browser.submit(&consent, "/consent", &[("decision", "allow")]);
    assert_eq!((again.status, allowed(&server, ALICE).as_str()), (403, ""), "an old answer decides nothing: {again:?}");
    assert_consent_of(&again, ALICE);
    subject(&server, &browser.decide(&again, "allow"));
}

/// Whoever is sent a flow of somebody else begins the request as from a link: no session, no choice, no sign-in carries over.
#[test]
fn a_flow_of_another_browser_carries_nobody_over() {
    let server = Server::start();
    let mut owner = Browser::new(&server);
    let login = owner.visit(&Authorization::of(WEB).with("prompt", "login consent").path());
    let consent = owner.sign_in(&login, ALICE);
    let flow = consent.hidden("flow");
    for person in [BOB, ALICE] {
        let mut other = Browser::new(&server);
        let page = other.visit("/login");
        other.sign_in(&page, person);
        for path in ["/consent", "/login", "/select_account"] {
            let login = other.get(&format!("{path}?flow={flow}"));
            assert_eq!(login.status, 200);
            assert_login(&login);
            assert!(
                !login.body.contains("value=\"allow\""),
                "prompt=login is not answered by alice's sign-in: {login:?}"
            );
        }
        let proof = [("csrf", page.hidden("csrf")), ("flow", flow), ("decision", "allow")];
        let answer = other.post("/consent", &proof);
        assert_eq!((answer.status, answer.header("location")), (403, None), "{answer:?}");
        assert_login(&answer);
    }
    assert_eq!((allowed(&server, ALICE), allowed(&server, BOB)), (String::new(), String::new()));

    let mut other = Browser::new(&server);
    let login = other.get(&format!("/consent?flow={flow}"));
    let consent = other.sign_in(&login, BOB);
    assert_consent_of(&consent, BOB);
    let of_bob = subject(&server, &other.decide(&consent, "allow"));
    let consent = owner.get(&format!("/consent?flow={flow}"));
    assert_consent_of(&consent, ALICE);
    assert_ne!(subject(&server, &owner.decide(&consent, "allow")), of_bob);
}

/// The cookies are gone, the page is still there: its form decides nothing, and the person is asked again.
#[test]
fn a_form_whose_cookie_is_gone_is_asked_again() {
    let server = Server::start();
    let (mut browser, consent) = asked(&server);
    let chooser = browser.visit(&Authorization::of(WEB).with("prompt", "select_account").path());
    let mut restarted = Browser::new(&server);
    for decision in ["allow", "deny", "switch"] {
        restarted.cookies.clear();
        let answer = restarted.submit(&consent, "/consent", &[("decision", decision)]);
        assert_eq!((answer.status, answer.header("location")), (403, None), "{answer:?}");
        assert_login(&answer);
    }
    restarted.cookies.clear();
    let login = restarted.submit(&chooser, "/select_account", &[("account", "another")]);
    assert_eq!(login.status, 403);
    assert_login(&login);
    assert_eq!(allowed(&server, ALICE), "");
    let consent = restarted.sign_in(&login, ALICE);
    subject(&server, &restarted.decide(&consent, "allow"));
}

/// The same in a browser that has got another cookie since.
#[test]
fn a_form_that_was_made_for_another_cookie_is_asked_again() {
    let server = Server::start();
    let (browser, consent) = asked(&server);
    let mut restarted = Browser::new(&server);
    let page = restarted.visit("/login");
    restarted.sign_in(&page, ALICE);
    let again = restarted.submit(&consent, "/consent", &[("decision", "allow")]);
    assert_eq!((again.status, allowed(&server, ALICE).as_str()), (403, ""), "{again:?}");
    assert_consent_of(&again, ALICE);
    subject(&server, &restarted.decide(&again, "allow"));
    drop(browser);
}

#[test]
fn a_browser_without_cookies_is_told_so_and_is_not_sent_in_circles() {
    let server = Server::start();
    let mut browser = Browser::new(&server);
    let first = browser.get(&Authorization::of(WEB).path());
    browser.cookies.clear();
    let mut page = browser.get(first.location());
    assert_eq!(page.status, 200, "{page:?}");
    for _ in 0..3 {
        assert_login(&page);
        browser.cookies.clear();
        page = browser.submit(&page, "/login", &[("username", ALICE), ("password", PASSWORD)]);
        assert_eq!((page.status, page.header("location")), (403, None), "{page:?}");
        assert!(page.body.contains("it keeps no cookies") && page.body.contains("value=\"alice\""), "{page:?}");
        assert!(!browser.cookies.contains_key(SESSION), "nobody is signed in");
    }
    let consent = browser.sign_in(&page, ALICE);
    assert_consent_of(&consent, ALICE);
    browser.cookies.remove("countersign_browser");
    let consent = browser.get(&format!("/consent?flow={}", consent.hidden("flow")));
    assert_eq!(consent.status, 200, "a browser that keeps some of them: {consent:?}");
    assert_consent_of(&consent, ALICE);
}

/// A client whose application says where it begins.
pub fn photos(server: &Server, metadata: &[(&str, Value)]) -> TestClient {
    let client = TestClient { id: "photos", ..WEB };
    let metadata = metadata.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    let registration = NewClient { name: Some("Photos".to_owned()), metadata, ..client.registration() };
    server.block_on(register(&server.app, registration, client.secret));
    client
}

#[test]
fn what_cannot_begin_again_leads_to_its_application() {
    let initiate = ("initiate_login_uri", json!("https://photos.example/start"));
    let home = ("client_uri", json!("https://photos.example/home"));
    for (metadata, address) in [
        (&[initiate, home.clone()][..], "https://photos.example/start?iss="),
        (&[home], "https://photos.example/home\""),
        (&[], "https://app.example/\""),
    ] {
        let server = Server::start();
        let client = photos(&server, metadata);
        let mut browser = Browser::new(&server);
        let login = browser.visit(&Authorization::of(client).path());
        let consent = browser.sign_in(&login, ALICE);
        browser.decide(&consent, "allow");
        let over = |page: &Response| {
            page.assert_error_page(400);
            assert!(page.body.contains(&format!("href=\"{address}")), "{address}: {page:?}");
            assert!(page.body.contains("<bdi>Photos</bdi>"), "{page:?}");
        };
        over(&Browser::new(&server).get(&format!("/consent?flow={}", consent.hidden("flow"))));
        server.advance(31 * DAY);
        over(&browser.get(&format!("/login?flow={}", login.hidden("flow"))));
        over(&browser.submit(&login, "/login", &[("username", ALICE), ("password", PASSWORD)]));
    }
}

#[test]
fn a_request_begins_again_for_thirty_days() {
    let server = Server::start();
    let mut browser = Browser::new(&server);
    let login = browser.visit(&Authorization::of(WEB).path());
    server.advance(30 * DAY);
    let page = Browser::new(&server).get(&format!("/login?flow={}", login.hidden("flow")));
    assert_eq!(page.status, 200);
    assert_login(&page);
}

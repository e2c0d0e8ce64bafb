//! Forms and cookies of the pages (U): a form counts only from its own page in its own browser.

use std::time::Duration;

use countersign::store::sessions;
use countersign::types::Secret;

use crate::support::{ALICE, Authorization, BOB, Browser, EVIL, PASSWORD, Response, Server, WEB, query_of};

const SESSION: &str = "countersign_session";

/// A form of a browser, with what else the browser would say.
fn post(browser: &Browser, path: &str, form: &[(&str, &str)], headers: &[(&str, &str)]) -> Response {
    let cookies = browser.cookie_header();
    browser.http.post_with(path, form, &[&[("cookie", cookies.as_str())], headers].concat())
}

fn credentials<'a>(csrf: &'a str, flow: &'a str) -> Vec<(&'a str, &'a str)> {
    let all = [("username", ALICE), ("password", PASSWORD), ("csrf", csrf), ("flow", flow)];
    all.into_iter().filter(|(_, value)| !value.is_empty()).collect()
}

/// Headers with which a browser says that a form comes from elsewhere.
const FROM_ELSEWHERE: [(&str, &str); 6] = [
    ("origin", "https://evil.example"),
    ("origin", "http://127.0.0.1:1"),
    ("origin", "http://127.0.0.1.evil.example"),
    ("sec-fetch-site", "cross-site"),
    ("sec-fetch-site", "same-site"),
    ("sec-fetch-site", "anything"),
];

#[track_caller]
fn assert_no_sign_in(answer: &Response) {
    assert_eq!((answer.status, answer.header("location")), (403, None), "{answer:?}");
    let cookies = answer.headers.get_all("set-cookie");
    assert!(!cookies.iter().any(|cookie| cookie.to_str().unwrap().starts_with(SESSION)), "{answer:?}");
}

#[test]
fn u15_nobody_is_signed_in_by_a_form_from_elsewhere() {
    let server = Server::start();
    let hashed = server.app.passwords.hashes();
    let (mut browser, mut other) = (Browser::new(&server), Browser::new(&server));
    let page = browser.visit(&Authorization::of(WEB).path());
    let foreign = other.visit(&Authorization::of(WEB).path());
    let (csrf, flow) = (page.hidden("csrf"), page.hidden("flow"));
    let flipped = if csrf.starts_with('A') { csrf.replacen('A', "B", 1) } else { format!("A{}", &csrf[1..]) };
    for wrong in ["", foreign.hidden("csrf"), &flipped, &csrf[..42], "AAAA", "%", "é"] {
        for flow in ["", flow] {
            assert_no_sign_in(&post(&browser, "/login", &credentials(wrong, flow), &[]));
        }
    }
    let right = credentials(csrf, flow);
    assert_no_sign_in(&post(&browser, "/login", &[&right[..], &[("csrf", csrf)]].concat(), &[]));
    assert_no_sign_in(&post(&Browser::new(&server), "/login", &right, &[]));
    assert_no_sign_in(&post(&other, "/login", &right, &[]));
    for header in FROM_ELSEWHERE {
        assert_no_sign_in(&post(&browser, "/login", &right, &[header]));
    }
    assert_eq!(server.app.passwords.hashes(), hashed, "no password was looked at");

    let own = [("origin", server.issuer.as_str()), ("sec-fetch-site", "same-origin")];
    let answer = post(&browser, "/login", &right, &own);
    assert_eq!(answer.status, 303, "{answer:?}");
    assert!(answer.location().starts_with("/consent?flow="), "{answer:?}");
}

/// U15: a token is bound to the cookie of the browser, so that one from before signing in counts after it, in that browser alone.
/// A token that was made for another cookie counts nowhere, whoever is signed in.
#[test]
fn u15_a_token_counts_with_its_own_browsers_cookie_alone() {
    let server = Server::start();
    let mut browser = Browser::new(&server);
    let before = browser.visit("/login");
    browser.sign_in(&before, ALICE);
    let session = browser.cookies[SESSION].clone();
    let own = browser.cookies["countersign_browser"].clone();
    let other = Browser::new(&server).visit("/login").hidden("csrf").to_owned();
    for (cookie, csrf) in [(own.as_str(), other.as_str()), (&"A".repeat(43), before.hidden("csrf"))] {
        browser.cookies.insert("countersign_browser".to_owned(), cookie.to_owned());
        let form = [("username", BOB), ("password", PASSWORD), ("csrf", csrf)];
        assert_no_sign_in(&browser.post("/login", &form));
        browser.post("/logout", &[("csrf", csrf)]).assert_error_page(403);
        assert_eq!(browser.cookies[SESSION], session);
        assert!(browser.get("/login").body.contains(ALICE), "alice is still signed in");
    }
    browser.cookies.insert("countersign_browser".to_owned(), own);
    browser.sign_in(&before, BOB);
    let page = browser.get("/login");
    assert!(page.body.contains(ALICE) && page.body.contains(BOB), "bob is added: {page:?}");
}

/// What alice allows a client, as stored.
fn allowed(server: &Server, client_id: &'static str) -> String {
    server.allowed(ALICE, client_id)
}

/// A browser with alice signed in, and the consent page of a request.
fn asked<'a>(server: &'a Server, request: &Authorization) -> (Browser<'a>, Response) {
    let mut browser = Browser::new(server);
    let login = browser.visit(&request.path());
    let consent = browser.sign_in(&login, ALICE);
    (browser, consent)
}

#[test]
fn u16_nothing_is_allowed_by_a_form_from_elsewhere() {
    let server = Server::start();
    let (browser, consent) = asked(&server, &Authorization::of(WEB));
    let (other, foreign) = asked(&server, &Authorization::of(WEB));
    let (csrf, flow) = (consent.hidden("csrf"), consent.hidden("flow"));
    let form = |csrf: &str, flow: &str| {
        [("csrf", csrf), ("flow", flow), ("decision", "allow")].map(|(n, v)| (n, v.to_owned()))
    };
    let send = |browser: &Browser, form: [(&'static str, String); 3], headers: &[(&str, &str)]| {
        let form = form.each_ref().map(|(name, value)| (*name, value.as_str()));
        post(browser, "/consent", &form, headers)
    };
    let flipped = |text: &str, at: usize| {
        let c = if &text[at..=at] == "A" { "B" } else { "A" };
        format!("{}{c}{}", &text[..at], &text[at + 1..])
    };
    for wrong in ["", foreign.hidden("csrf"), &flipped(csrf, 3), "AAAA"] {
        send(&browser, form(wrong, flow), &[]).assert_error_page(403);
    }
    let last = flow.len() - 2;
    let forged =
        [flipped(flow, 0), flipped(flow, 20), flipped(flow, last), flow[..last].to_owned(), format!("{flow}AAAA")];
    for forged in forged.iter().map(String::as_str).chain(["", foreign.hidden("flow"), "AAAA", "//evil.example"]) {
        send(&browser, form(csrf, forged), &[]).assert_error_page(403);
    }
    for header in FROM_ELSEWHERE {
        send(&browser, form(csrf, flow), &[header]).assert_error_page(403);
    }
    send(&other, form(csrf, flow), &[]).assert_error_page(403);
    let asked = send(&Browser::new(&server), form(csrf, flow), &[]);
    assert_no_sign_in(&asked);
    assert!(asked.body.contains("name=\"password\""), "a browser without the cookie is asked to sign in: {asked:?}");
    assert_eq!(allowed(&server, WEB.id), "");

    let answer = send(&browser, form(csrf, flow), &[("origin", &server.issuer), ("sec-fetch-site", "same-origin")]);
    assert!(answer.location().starts_with("https://app.example/cb?code="), "{answer:?}");
    assert_eq!(allowed(&server, WEB.id), "openid notes.read");
}

/// D06: what is allowed is the request that the page showed.
#[test]
fn d06_a_form_adds_nothing_to_what_was_asked() {
    let server = Server::start();
    let (mut browser, consent) = asked(&server, &Authorization::of(WEB).with("scope", "notes.read"));
    let added = [
        ("decision", "allow"),
        ("scope", "openid notes.read notes.write offline_access"),
        ("client_id", EVIL.id),
        ("redirect_uri", EVIL.redirect_uri),
        ("state", "other"),
        ("code_challenge", "other"),
        ("resource", "https://other.example/api"),
        ("username", BOB),
    ];
    let answer = browser.submit(&consent, "/consent", &added);
    assert!(answer.location().starts_with("https://app.example/cb?code="), "{answer:?}");
    let told = query_of(answer.location());
    assert_eq!(told["state"], "xyz");
    server.exchange(EVIL, &told["code"]).assert_error(400, "invalid_grant");
    let tokens = server.exchange(WEB, &told["code"]).tokens();
    let claims = tokens.claims();
    assert_eq!((claims["scope"].as_str(), claims["aud"].as_str()), (Some("notes.read"), Some("https://api.example")));
    assert_eq!((allowed(&server, WEB.id).as_str(), allowed(&server, EVIL.id).as_str()), ("notes.read", ""));
}

fn is_signed_in(server: &Server, cookie: &str) -> bool {
    let cookie = Secret::new(cookie);
    let session = server.block_on(server.app.store.read(move |conn| sessions::find(conn, &cookie)));
    session.expect("the database is there").is_some()
}

/// A cookie that somebody planted in the browser is not the one of the session that begins.
#[test]
fn u17_signing_in_makes_a_new_session_cookie_and_ends_the_old_one() {
    let server = Server::start();
    let mut attacker = Browser::new(&server);
    let page = attacker.visit("/login");
    attacker.sign_in(&page, ALICE);
    let of_attacker = attacker.cookies[SESSION].clone();
    assert!(is_signed_in(&server, &of_attacker));
    let invented = "A".repeat(43);
    for planted in [of_attacker.as_str(), &invented, "x", ""] {
        server.advance(Duration::from_secs(1));
        let mut victim = Browser::new(&server);
        victim.cookies.insert(SESSION.to_owned(), planted.to_owned());
        let page = victim.visit(&Authorization::of(WEB).with("prompt", "login").path());
        victim.submit(&page, "/login", &[("username", ALICE), ("password", PASSWORD)]);
        let new = victim.cookies[SESSION].clone();
        assert_ne!(new, planted);
        assert!(is_signed_in(&server, &new) && !is_signed_in(&server, planted));

        let mut again = Browser::new(&server);
        again.cookies.insert(SESSION.to_owned(), planted.to_owned());
        assert!(again.visit("/login").body.contains("name=\"password\""), "{planted} signs nobody in");
    }
}

/// The same for the session of somebody else: whoever planted it knows no cookie of the victim's.
#[test]
fn u17_a_planted_session_of_somebody_else_is_not_the_one_that_begins() {
    let server = Server::start();
    let mut attacker = Browser::new(&server);
    let page = attacker.visit("/login");
    attacker.sign_in(&page, BOB);
    let planted = attacker.cookies[SESSION].clone();
    for cookie in [SESSION, "countersign_accounts"] {
        server.advance(Duration::from_secs(1));
        let mut victim = Browser::new(&server);
        victim.cookies.insert(cookie.to_owned(), planted.clone());
        let page = victim.visit(&Authorization::of(WEB).with("prompt", "select_account").path());
        let page = victim.use_another(&page);
        victim.submit(&page, "/login", &[("username", ALICE), ("password", PASSWORD)]);
        assert!(victim.cookies[SESSION] != planted && is_signed_in(&server, &victim.cookies[SESSION]), "{cookie}");
        let page = attacker.visit("/login");
        assert!(page.body.contains(BOB) && !page.body.contains(ALICE), "{page:?}");
    }
}

#[test]
fn u20_a_cookie_is_worth_nothing_after_signing_out() {
    let server = Server::start();
    let mut browser = Browser::new(&server);
    let request = Authorization::of(WEB);
    let tokens = server.exchange(WEB, &browser.authorize(&request.path(), ALICE)["code"]).tokens();
    let offline = request.clone().with("scope", "openid offline_access");
    let offline = server.exchange(WEB, &browser.authorize(&offline.path(), ALICE)["code"]).tokens();
    let mut thief = Browser::new(&server);
    thief.cookies = browser.cookies.clone();
    assert!(query_of(thief.get(&request.path()).location()).contains_key("code"), "it is worth something before");

    let page = browser.get("/logout");
    let answer = browser.submit(&page, "/logout", &[]);
    assert!(
        answer.header("set-cookie").is_some_and(|cookie| cookie.starts_with("countersign_session=;")),
        "{answer:?}"
    );
    assert!(!browser.cookies.contains_key(SESSION) && !is_signed_in(&server, &thief.cookies[SESSION]));
    assert!(thief.get(&request.path()).location().starts_with("/login?flow="));
    thief.refused(&request.with("prompt", "none"), "login_required");
    server.refresh(WEB, tokens.refresh_token()).assert_error(400, "invalid_grant");
    server.refresh(WEB, offline.refresh_token()).tokens();
}

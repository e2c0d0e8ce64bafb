//! Redirects of the pages (R): signing in, consenting and signing out lead to this server or to the client that asked.

use countersign::store::clients;
use countersign::types::Secret;

use crate::support::{
    ALICE, Authorization, Browser, EVIL, PASSWORD, Response, Server, TestClient, WEB, form_encode, query_of,
};

/// Names under which others take an address to go on to.
const NAMES: [&str; 10] = [
    "return_to",
    "returnUrl",
    "next",
    "continue",
    "redirect",
    "redirect_uri",
    "url",
    "target",
    "post_logout_redirect_uri",
    "state",
];

/// Addresses off this server, and some that only look as if they were not.
fn off_site(server: &Server) -> Vec<String> {
    let tricks = [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "/\t/evil.example",
        "/%09/evil.example",
        "https:evil.example",
        "/%5cevil.example",
        "/@evil.example",
        "javascript:alert('evil')",
    ];
    let mut all: Vec<String> = tricks.map(str::to_owned).to_vec();
    all.extend([format!("{}.evil.example/", server.issuer), format!("{}@evil.example/", server.issuer)]);
    all.extend([EVIL.redirect_uri, WEB.redirect_uri].map(str::to_owned));
    all
}

#[track_caller]
fn assert_local_page(page: &Response) {
    assert_eq!((page.status, page.header("location")), (200, None), "{page:?}");
    assert!(
        !page.body.contains("evil.") && !page.body.contains("alert(") && !page.body.contains("app.example"),
        "{page:?}"
    );
}

#[test]
fn r19_signing_in_without_a_flow_leads_to_this_server() {
    let server = Server::start();
    for target in off_site(&server) {
        let named = NAMES.map(|name| (name, target.as_str()));
        let address = format!("/login?{}", form_encode(&named));
        let mut browser = Browser::new(&server);
        let page = browser.get(&address);
        assert_local_page(&page);
        let csrf = page.hidden("csrf").to_owned();
        let credentials = [("username", ALICE), ("password", PASSWORD), ("csrf", &csrf)];
        let answer = browser.post(&address, &[&credentials[..], &named].concat());
        assert_eq!((answer.status, answer.location()), (303, "/login"), "{target}");
        let page = browser.get(&address);
        assert_local_page(&page);
        assert!(page.body.contains(ALICE), "alice is signed in: {page:?}");
    }
}

#[test]
fn r19_an_address_is_no_flow() {
    let server = Server::start();
    let mut browser = Browser::of_alice(&server, WEB);
    for target in off_site(&server) {
        browser.get(&format!("/login?{}", form_encode(&[("flow", &target)]))).assert_error_page(403);
        browser.get(&format!("/consent?{}", form_encode(&[("flow", &target)]))).assert_error_page(403);
    }
}

#[test]
fn r20_signing_out_leads_to_this_server() {
    let server = Server::start();
    for target in off_site(&server) {
        let back = [("post_logout_redirect_uri", target.as_str())];
        assert_local_page(&Browser::new(&server).get(&format!("/logout?{}", form_encode(&back))));
        let named = NAMES.map(|name| (name, target.as_str()));
        let named: Vec<_> = named.into_iter().filter(|named| *named != back[0]).collect();
        let address = format!("/logout?{}", form_encode(&named));
        assert_local_page(&Browser::new(&server).get(&address));
        let mut browser = Browser::of_alice(&server, WEB);
        let page = browser.get(&address);
        assert_local_page(&page);
        let csrf = [("csrf", page.hidden("csrf"))];
        let answer = browser.post(&address, &[&csrf[..], &named].concat());
        assert_eq!(answer.status, 303, "{target}");
        assert!(answer.location().starts_with("/logout?done="), "{target}: {answer:?}");
        assert_local_page(&browser.get(&address));
    }
}

#[test]
fn r21_a_link_or_a_foreign_form_signs_nobody_out() {
    let server = Server::start();
    let mut browser = Browser::of_alice(&server, WEB);
    let page = browser.get("/logout");
    assert_local_page(&page);
    assert!(page.body.contains("action=\"/logout\"") && page.body.contains(ALICE), "it asks: {page:?}");
    assert_eq!(page.header("set-cookie"), None);
    let posted = browser.post("/logout", &[]);
    assert!(browser.follow(posted).body.contains(ALICE), "it asks");
    browser.post("/logout", &[("csrf", "AAAA")]).assert_error_page(403);
    let answer = browser.get(&Authorization::of(WEB).path());
    assert!(query_of(answer.location()).contains_key("code"), "alice is still signed in: {answer:?}");

    assert_eq!(browser.submit(&page, "/logout", &[]).status, 303);
    let answer = browser.get(&Authorization::of(WEB).path());
    assert!(answer.location().starts_with("/login?flow="), "and now she is not: {answer:?}");
}

/// RFC 9700 §4.12.
#[test]
fn r23_a_form_is_answered_by_303_and_what_was_typed_goes_no_further() {
    let server = Server::start();
    let mut browser = Browser::new(&server);
    let login = browser.visit(&Authorization::of(WEB).path());
    let signed_in = browser.submit(&login, "/login", &[("username", ALICE), ("password", PASSWORD)]);
    let consent = browser.get(signed_in.location());
    let allowed = browser.submit(&consent, "/consent", &[("decision", "allow")]);
    let again = browser.visit(&Authorization::of(WEB).with("prompt", "consent").path());
    let denied = browser.submit(&again, "/consent", &[("decision", "deny")]);
    let switched = browser.submit(&again, "/consent", &[("decision", "switch")]);
    let browser = &mut Browser::of_alice(&server, WEB);
    let logout = browser.get("/logout");
    let signed_out = browser.submit(&logout, "/logout", &[]);
    let posted = browser.post("/authorize", &Authorization::of(WEB).pairs());

    for (answer, leads_to) in [
        (signed_in, "/consent?flow="),
        (allowed, "https://app.example/cb?code="),
        (denied, "https://app.example/cb?error=access_denied&"),
        (switched, "/select_account?flow="),
        (signed_out, "/logout"),
        (posted, "/authorize?posted="),
    ] {
        assert_eq!((answer.status, answer.body.as_str()), (303, ""), "{answer:?}");
        assert!(answer.location().starts_with(leads_to), "{leads_to}: {answer:?}");
        for typed in [ALICE, "correct", "csrf=", "decision="] {
            assert!(!answer.location().contains(typed), "{typed}: {answer:?}");
        }
    }
}

/// Switches a client off.
fn disable(server: &Server, client: TestClient) {
    let secret = Secret::new(client.secret.unwrap_or_default());
    let mut disabled = client.registration().register(&secret).expect("it is in order");
    disabled.disabled = true;
    remove(server, client);
    let now = server.clock.now();
    server.write(move |conn| clients::insert(conn, &disabled, now));
}

fn remove(server: &Server, client: TestClient) {
    assert!(server.write(move |conn| clients::remove(conn, client.id)), "there was one");
}

#[test]
fn r25_a_client_that_is_gone_or_switched_off_gets_nothing_more() {
    for end in [disable, remove] {
        let server = Server::start();
        let (tokens, code) = (server.sign_in(WEB), server.code(WEB));
        let request = Authorization::of(WEB);
        let mut signed_in = Browser::of_alice(&server, WEB);
        let mut signing_in = Browser::new(&server);
        let login = signing_in.visit(&request.path());
        let mut consenting = Browser::of_alice(&server, WEB);
        let consent = consenting.visit(&request.clone().with("prompt", "consent").path());
        let client_credentials = [("grant_type", "client_credentials"), ("scope", "notes.read")];
        server.token(WEB, &client_credentials).tokens();

        end(&server, WEB);
        signed_in.get(&request.path()).assert_error_page(400);
        signed_in.post("/authorize", &request.pairs()).assert_error_page(400);
        signing_in.get(&format!("/login?flow={}", login.hidden("flow"))).assert_error_page(400);
        let typed = [("username", ALICE), ("password", PASSWORD)];
        signing_in.submit(&login, "/login", &typed).assert_error_page(400);
        consenting.get(&format!("/consent?flow={}", consent.hidden("flow"))).assert_error_page(400);
        consenting.submit(&consent, "/consent", &[("decision", "allow")]).assert_error_page(400);
        consenting.submit(&consent, "/consent", &[("decision", "deny")]).assert_error_page(400);
        server.exchange(WEB, &code).assert_error(401, "invalid_client");
        server.refresh(WEB, tokens.refresh_token()).assert_error(401, "invalid_client");
        server.token(WEB, &client_credentials).assert_error(401, "invalid_client");
        assert_eq!(server.userinfo(tokens.access_token()).status, 401);

        let logout = signed_in.get("/logout");
        assert_eq!(signed_in.submit(&logout, "/logout", &[]).location(), "/logout", "signing out still works");
    }
}

//! Redirect URIs (R) of requests: only what is registered, character by character, is ever redirected to.

use countersign::oauth::registration::NewClient;

use crate::support::{Authorization, Browser, Server, WEB, query_of, raw, register};

/// Neither a GET nor a POST of the request leads anywhere, repeats anything, or leaves anything behind.
#[track_caller]
pub fn assert_leads_nowhere(server: &Server, browser: &mut Browser, request: &Authorization) {
    let before = server.stored();
    for page in [browser.get(&request.path()), browser.post("/authorize", &request.pairs())] {
        page.assert_error_page(400);
        assert!(!page.body.contains("href=\"http") && !page.body.contains("evil"), "{request:?}: {page:?}");
    }
    assert!(server.stored() == before, "something was stored for {request:?}");
}

/// Of these and the registered redirect URI of `web`, only that one is redirected to.
#[track_caller]
fn assert_only_the_registered_one(others: &[&str]) {
    let server = Server::start();
    let mut browser = Browser::of_alice(&server, WEB);
    for other in others {
        assert_leads_nowhere(&server, &mut browser, &Authorization::of(WEB).with("redirect_uri", other));
    }
    let before = server.stored();
    let answer = browser.get(&Authorization::of(WEB).path());
    assert!(answer.location().starts_with("https://app.example/cb?code="), "{answer:?}");
    assert!(server.stored() != before, "a grant is stored");
}

/// A client with these redirect URIs, besides everybody's.
pub fn add(server: &Server, id: &str, redirect_uris: &[&str]) {
    let redirect_uris = redirect_uris.iter().map(|uri| (*uri).to_owned()).collect();
    let client = NewClient { id: id.to_owned(), redirect_uris, ..WEB.registration() };
    server.block_on(register(&server.app, client, Some("secret")));
}

#[test]
fn r01_a_host_that_starts_or_ends_like_the_registered_one_is_another() {
    assert_only_the_registered_one(&[
        "https://app.example.evil.com/cb",
        "https://app.example@evil.com/cb",
        "https://app.example:443@evil.com/cb",
        "https://evil-app.example/cb",
        "https://evil.app.example/cb",
        "https://app.exampl/cb",
        "//app.example/cb",
        "https:/app.example/cb",
        "https:app.example/cb",
        "/cb",
        "evil",
    ]);
}

#[test]
fn r03_a_path_is_not_normalised() {
    assert_only_the_registered_one(&[
        "https://app.example/cb/../x",
        "https://app.example/cb/../cb",
        "https://app.example/./cb",
        "https://app.example//cb",
        "https://app.example/cb/..%2fx",
        "https://app.example/cb%2f..%2fx",
        "https://app.example/cb%252f..%252fx",
        "https://app.example/cb/..;/x",
        "https://app.example/cb/x",
        "https://app.example/",
    ]);
}

#[test]
fn r04_another_spelling_of_the_same_address_is_another_address() {
    assert_only_the_registered_one(&[
        "HTTPS://APP.EXAMPLE/cb",
        "https://APP.example/cb",
        "https://app.example/CB",
        "https://app.example:443/cb",
        "https://app.example:8443/cb",
        "https://app.example/cb/",
        "https://app.example/%63b",
        "https://app%2eexample/cb",
        "https://app。example/cb",
        "https://app.example./cb",
        "http://app.example/cb",
    ]);
}

#[test]
fn r05_a_query_is_part_of_the_address() {
    assert_only_the_registered_one(&[
        "https://app.example/cb?",
        "https://app.example/cb?x=1",
        "https://app.example/cb?next=https://evil.com",
        "https://app.example/cb&x=1",
    ]);

    let server = Server::start();
    add(&server, "query", &["https://app.example/cb?a=1&b=2"]);
    let mut browser = Browser::of_alice(&server, WEB);
    let request = Authorization::of(WEB).with("client_id", "query");
    for other in ["https://app.example/cb", "https://app.example/cb?b=2&a=1", "https://app.example/cb?a=1&b=2&c=3"] {
        assert_leads_nowhere(&server, &mut browser, &request.clone().with("redirect_uri", other));
    }
    let exact = request.with("redirect_uri", "https://app.example/cb?a=1&b=2");
    let page = browser.visit(&exact.path());
    let answer = browser.decide(&page, "allow");
    assert!(answer.location().starts_with("https://app.example/cb?a=1&b=2&code="), "a query is kept: {answer:?}");
}

#[test]
fn r06_a_fragment_leads_nowhere() {
    assert_only_the_registered_one(&[
        "https://app.example/cb#",
        "https://app.example/cb#fragment",
        "https://app.example/cb%23fragment",
    ]);
}

#[test]
fn r08_an_unknown_client_has_no_redirect_uri() {
    let server = Server::start();
    let mut browser = Browser::of_alice(&server, WEB);
    for id in ["nobody", "", "WEB", "web ", " web", "web/", "w%65b", "%", "web'--"] {
        for uri in ["https://evil.example/cb", WEB.redirect_uri] {
            let request = Authorization::of(WEB).with("client_id", id).with("redirect_uri", uri);
            assert_leads_nowhere(&server, &mut browser, &request);
            assert_leads_nowhere(&server, &mut browser, &request.without("client_id"));
        }
    }
    assert!(query_of(browser.get(&Authorization::of(WEB).path()).location()).contains_key("code"));
}

#[test]
fn r09_nothing_else_is_looked_at_before_client_and_redirect_uri() {
    let server = Server::start();
    let mut browser = Browser::of_alice(&server, WEB);
    let unregistered = Authorization::of(WEB).with("redirect_uri", "https://evil.example/cb");
    for (name, value) in [
        ("response_type", "bogus"),
        ("response_type", ""),
        ("scope", "unknown"),
        ("code_challenge", ""),
        ("prompt", "none"),
        ("request_uri", "https://evil.example/request"),
        ("resource", "https://evil.example"),
    ] {
        assert_leads_nowhere(&server, &mut browser, &unregistered.clone().with(name, value));
        assert_leads_nowhere(
            &server,
            &mut browser,
            &unregistered.clone().with(name, value).with("client_id", "nobody"),
        );
        assert_leads_nowhere(&server, &mut browser, &unregistered.clone().and(name, value).and(name, value));
    }
    browser.refused(&Authorization::of(WEB).with("response_type", "bogus"), "unsupported_response_type");
}

#[test]
fn r11_a_redirect_uri_may_be_left_out_by_a_client_that_has_one() {
    let server = Server::start();
    add(&server, "two", &["https://app.example/cb", "https://app.example/cb2"]);
    let mut browser = Browser::of_alice(&server, WEB);
    let two = Authorization::of(WEB).with("client_id", "two");
    assert_leads_nowhere(&server, &mut browser, &two.clone().without("redirect_uri"));
    assert_leads_nowhere(&server, &mut browser, &two.with("redirect_uri", ""));

    let answer = browser.get(&Authorization::of(WEB).without("redirect_uri").path());
    assert!(answer.location().starts_with("https://app.example/cb?code="), "{answer:?}");
}

#[test]
fn r16_white_space_and_backslashes_are_not_tidied_up() {
    assert_only_the_registered_one(&[
        "https://app.example/cb ",
        " https://app.example/cb",
        "https://app.example/cb\t",
        "https://app.example/\tcb",
        "https://app.example/cb\n",
        "https://app.example/cb\r\nX-Evil: 1",
        "https://app.example\\@evil.com",
        "https://app.example\\@evil.com/cb",
        "/\\evil.com",
        "https://app.example/\u{200b}cb",
        "https://app.example/cb\u{2028}",
    ]);

    let server = Server::start();
    for unencoded in
        ["https://app.example\\@evil.com", "https://app.example/cb\x0bX", "https://app.example/cb%0d%0aX:1"]
    {
        let query = Authorization::of(WEB).without("redirect_uri").path();
        let request = format!("GET {query}&redirect_uri={unencoded} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        let answer = raw(&server.address, request.as_bytes()).to_lowercase();
        assert!(answer.starts_with("http/1.1 400 "), "{answer}");
        assert!(!answer.contains("\nlocation:") && !answer.contains("\nx:"), "{answer}");
    }
}

/// R16: what no parameter may have (U13) is refused alike in a query and in a form.
#[test]
fn r16_a_nul_leads_nowhere() {
    assert_only_the_registered_one(&["https://app.example/cb\0", "\0"]);
}

#[test]
fn r17_a_dot_is_a_dot() {
    let server = Server::start();
    add(&server, "dots", &["https://foo.example.com/cb"]);
    let mut browser = Browser::of_alice(&server, WEB);
    let request = Authorization::of(WEB).with("client_id", "dots");
    for other in ["https://fooaexample.com/cb", "https://foo.exampleacom/cb", "https://*.example.com/cb", ".*"] {
        assert_leads_nowhere(&server, &mut browser, &request.clone().with("redirect_uri", other));
    }
    let page = browser.visit(&request.with("redirect_uri", "https://foo.example.com/cb").path());
    assert!(page.body.contains("value=\"allow\""), "{page:?}");
}

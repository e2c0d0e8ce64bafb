//! Nothing random breaks the server (L11).

use super::http_errors::assert_shape;
use crate::support::{ALICE, Authorization, Browser, PASSWORD, SPA, Server, WEB, form_encode, raw};
use proptest::collection::vec;
use proptest::prelude::{Strategy, any, prop_oneof};
use proptest::sample::select;
use proptest::test_runner::{Config, TestRunner};
use std::time::Duration;

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// Names that mean something, and some that do not.
fn names() -> impl Strategy<Value = String> {
    let known = select(vec![
        "grant_type",
        "client_id",
        "client_secret",
        "code",
        "code_verifier",
        "refresh_token",
        "scope",
        "resource",
        "username",
        "password",
        "redirect_uri",
        "response_type",
        "state",
        "nonce",
        "prompt",
        "max_age",
        "code_challenge",
        "flow",
        "csrf",
        "code_challenge_method",
        "decision",
        "lang",
        "login_hint",
        "ui_locales",
        "access_token",
        "client_assertion",
        "request",
    ]);
    prop_oneof![9 => known.prop_map(str::to_owned), 1 => any::<String>()]
}

/// Values that are nearly right, and some that are not.
fn values() -> impl Strategy<Value = String> {
    let known = select(vec![
        "authorization_code",
        "refresh_token",
        "client_credentials",
        "web",
        "spa",
        "native",
        "code",
        "openid",
        "S256",
        "none",
        "https://app.example/cb",
        "https://spa.example/cb",
        "http://127.0.0.1:1/cb",
        "login",
        "allow",
        "deny",
        "",
        "0",
        "-1",
        "18446744073709551616",
        "https://api.example",
        "cs_rt_AAAA",
        "cs_ac_AAAA",
        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
        "openid offline_access",
        "\0",
        "\u{202e}",
        "eyJhbGciOiJub25lIn0.e30.",
    ]);
    prop_oneof![8 => known.prop_map(str::to_owned), 2 => any::<String>(), 1 => "[ -~]{0,200}"]
}

/// Parameters as a client could send them, and sometimes bytes that are none.
fn parameters() -> impl Strategy<Value = Vec<u8>> {
    let form = vec((names(), values()), 0..14).prop_map(|pairs| {
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        form_encode(&pairs).into_bytes()
    });
    prop_oneof![6 => form, 1 => vec(any::<u8>(), 0..300), 1 => "[a-z=&%+;]{0,60}".prop_map(String::into_bytes)]
}

fn for_each<S: Strategy>(cases: u32, strategy: &S, check: impl Fn(S::Value)) {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let result = TestRunner::new(config).run(strategy, |value| {
        check(value);
        Ok(())
    });
    result.unwrap_or_else(|failed| panic!("{failed}"));
}

#[test]
fn l11_no_random_form_breaks_an_endpoint() {
    let server = Server::start();
    let mut browser = Browser::new(&server);
    browser.authorize(&Authorization::of(SPA).path(), ALICE);
    let cookies = browser.cookie_header();
    let paths = select(vec!["/token", "/token", "/authorize", "/login", "/userinfo", "/consent", "/logout"]);
    for_each(2_000, &(paths, parameters()), |(path, form)| {
        let response = server.send("POST", path, &[FORM, ("cookie", &cookies)], Some(&form));
        assert!(response.status < 500, "{path} {:?}: {response:?}", String::from_utf8_lossy(&form));
        if path == "/token" && response.status != 200 {
            assert_shape(&response);
        }
    });
    assert_eq!(server.get("/health/ready").status, 200);
}

/// With the right form token, so that what is behind it is reached.
#[test]
fn l11_no_random_username_or_password_breaks_the_login_page() {
    let server = Server::start();
    let mut browser = Browser::new(&server);
    let page = browser.visit(&Authorization::of(WEB).path());
    let typed = (prop_oneof![values(), any::<String>()], prop_oneof![values(), any::<String>()]);
    let browser = std::cell::RefCell::new(browser);
    for_each(60, &typed, |(username, password)| {
        let form = [("username", username.as_str()), ("password", password.as_str())];
        let answer = browser.borrow_mut().submit(&page, "/login", &form);
        assert!([400, 403, 429].contains(&answer.status), "{username:?} {password:?}: {answer:?}");
        assert!(answer.body.contains("<form"), "the form is there again");
        server.clock.advance(Duration::from_secs(30));
    });
    let again = browser.borrow_mut().visit("/login");
    let signed_in = browser.borrow_mut().submit(&again, "/login", &[("username", ALICE), ("password", PASSWORD)]);
    assert_eq!(signed_in.status, 303);
}

#[test]
fn l11_no_random_query_breaks_an_endpoint() {
    let server = Server::start();
    let mut browser = Browser::new(&server);
    browser.authorize(&Authorization::of(SPA).path(), ALICE);
    let cookies = browser.cookie_header();
    let paths = select(vec!["/authorize", "/authorize", "/login", "/consent", "/logout", "/userinfo", "/", "/nowhere"]);
    let near = vec((names(), values()), 0..4);
    for_each(1_500, &(paths, parameters(), near), |(path, query, more)| {
        // Bytes that cannot stand in a request line are another test's.
        let query: String =
            query.iter().map(|byte| if byte.is_ascii_graphic() { char::from(*byte) } else { '+' }).collect();
        let mut request = Authorization::of(SPA);
        for (name, value) in &more {
            request = request.with(name, value);
        }
        let target = match path {
            "/authorize" if query.len().is_multiple_of(2) => request.path(),
            _ => format!("{path}?{}", query.replace(['#', '"', '<', '>', '\\', '^', '`', '{', '|', '}'], "+")),
        };
        let response = server.get_with(&target, &[("cookie", &cookies)]);
        assert!(response.status < 500, "{target}: {response:?}");
        if let Some(location) = response.header("location") {
            let own = location.starts_with("/login") || location.starts_with("/consent");
            let proven = location.starts_with("https://spa.example/cb?")
                || location.starts_with("https://app.example/cb?")
                || location.starts_with("http://127.0.0.1");
            assert!(own || proven, "{target} leads to {location}");
        }
    });
}

#[test]
fn l11_no_random_header_or_request_line_breaks_the_server() {
    let server = Server::start();
    let header = prop_oneof![
        "(authorization|cookie|content-type|accept-language|origin|if-none-match|host|sec-fetch-site|expect|range|te)",
        "[!-~]{1,20}"
    ];
    let value =
        prop_oneof![vec(any::<u8>(), 0..80), "(Basic|Bearer) [A-Za-z0-9+/=.]{0,60}".prop_map(String::into_bytes)];
    let start = prop_oneof![
        4 => select(vec!["POST /token", "GET /authorize?client_id=web", "GET /login", "GET /userinfo", "POST /login"])
            .prop_map(|start| format!("{start} HTTP/1.1").into_bytes()),
        1 => vec(any::<u8>(), 0..60),
        1 => "[A-Z]{1,8} [!-~]{0,40} HTTP/[0-9.]{1,4}".prop_map(String::into_bytes),
    ];
    for_each(600, &(start, vec((header, value), 0..5)), |(start, headers)| {
        let mut request = [&start[..], b"\r\nConnection: close\r\nContent-Length: 0\r\n"].concat();
        for (name, value) in headers {
            request.extend_from_slice(name.as_bytes());
            request.extend_from_slice(b": ");
            request.extend(value.into_iter().filter(|byte| !b"\r\n".contains(byte)));
            request.extend_from_slice(b"\r\n");
        }
        request.extend_from_slice(b"\r\n");
        let answer = raw(&server.address, &request);
        let answered = answer.starts_with("HTTP/1.") && !answer.starts_with("HTTP/1.1 5");
        assert!(answered, "{:?}: {answer:?}", String::from_utf8_lossy(&request));
    });
    assert_eq!(server.get("/health/ready").status, 200);
}

#[test]
fn l11_garbage_behind_a_request_costs_the_connection_and_no_more() {
    let server = Server::start();
    let good = "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n";
    for garbage in [
        "\u{0}\u{1}\u{2}garbage\r\n\r\n",
        "GET\r\n\r\n",
        "{}",
        "\r\n\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "\u{16}\u{3}\u{1}\u{2}",
    ] {
        let answer = raw(&server.address, format!("{good}{good}{garbage}{good}").as_bytes());
        assert!(answer.matches("HTTP/1.1 200").count() >= 2, "{garbage:?}: {answer}");
        assert!(!answer.contains("HTTP/1.1 5"), "{garbage:?}: {answer}");
    }
    for cut in [1, 10, 20, good.len() - 2] {
        let answer = raw(&server.address, &good.as_bytes()[..cut]);
        assert!(!answer.contains("HTTP/1.1 5") && !answer.contains("HTTP/1.1 200"), "{answer}");
    }
    let pipelined = raw(&server.address, good.repeat(50).as_bytes());
    assert_eq!(pipelined.matches("{\"status\":\"live\"}").count(), 50, "each is answered, in order");
    assert_eq!(server.get("/health/ready").status, 200);
}

//! HTTP itself (X): health, bounds, and what nobody may keep.

use crate::support::{ALICE, Authorization, Browser, Response, Server, WEB, query_of, raw_request};

pub const FORM: &str = "application/x-www-form-urlencoded";

/// The status of a raw answer.
#[track_caller]
pub fn status(answer: &str) -> u16 {
    let status = answer.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)).and_then(|digits| digits.parse().ok());
    status.unwrap_or_else(|| panic!("no answer: {answer:?}"))
}

/// A request with these header lines, which closes the connection.
pub fn ask(server: &Server, start: &str, headers: &str, body: &[u8]) -> String {
    let head = format!("{start} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n");
    raw_request(&server.address, &[head.as_bytes(), body].concat())
}

#[track_caller]
pub fn assert_well(server: &Server) {
    assert_eq!(server.get("/health/ready").status, 200);
    server.token(WEB, &[("grant_type", "client_credentials")]).tokens();
}

#[test]
fn health_says_whether_the_process_lives_and_whether_it_can_serve() {
    let server = Server::start();
    for path in ["/health/live", "/health/ready"] {
        let response = server.get(path);
        assert_eq!((response.status, response.header("cache-control")), (200, Some("no-store")));
        assert_eq!(response.header("content-type"), Some("application/json"));
        assert_eq!(server.send("HEAD", path, &[], None).status, 200);
    }
    server.app.begin_stop();
    let (live, ready) = (server.get("/health/live"), server.get("/health/ready"));
    assert_eq!((live.status, ready.status), (200, 503));
    assert_eq!(ready.json()["reason"], "stopping");
}

/// The form is bounded at 64 kB, whether its length is said or not.
#[test]
fn x08_a_form_may_have_64_kb_and_no_byte_more() {
    let server = Server::start();
    let headers = [("content-type", FORM)];
    for path in ["/token", "/introspect", "/revoke", "/userinfo", "/login", "/consent", "/logout", "/authorize"] {
        for (length, too_large) in [(65_536, false), (65_537, true), (1 << 20, true)] {
            let body = vec![b'a'; length];
            let response = server.send("POST", path, &headers, Some(&body));
            assert_eq!(response.status == 413, too_large, "{path} {length}: {}", response.status);
            assert!(response.status < 500);
        }
        let chunk = format!("8000\r\n{}\r\n", "a".repeat(0x8000));
        let chunked = format!("{chunk}{chunk}{chunk}0\r\n\r\n");
        let lines = format!("Content-Type: {FORM}\r\nTransfer-Encoding: chunked\r\n");
        let answer = ask(&server, &format!("POST {path}"), &lines, chunked.as_bytes());
        assert_eq!(status(&answer), 413, "{path}");
    }
    let too_large = server.send("POST", "/token", &headers, Some(&vec![b'a'; 65_537]));
    too_large.assert_error(413, "invalid_request");
    assert_well(&server);
}

#[test]
fn x08_queries_headers_and_parameters_are_bounded() {
    let server = Server::start();
    for length in [9_000, 20_000, 65_536, 300_000] {
        let padding = "a".repeat(length);
        for path in ["/authorize", "/login", "/consent", "/token", "/userinfo", "/.well-known/jwks.json"] {
            let answer = ask(&server, &format!("GET {path}?state={padding}"), "", b"");
            let status = status(&answer);
            assert!(status < 500, "{path}: {status}");
            assert!(length < 20_000 || (400..500).contains(&status), "{path} {length}: {status}");
        }
        assert!((400..500).contains(&status(&ask(&server, &format!("GET /{padding}"), "", b""))));
    }
    let request = Authorization::of(WEB).with("nonce", &"n".repeat(12_000)).path();
    assert_eq!(query_of(server.get(&request).location())["error"], "invalid_request");

    let many = "X-Header: value\r\n".repeat(300);
    assert!((400..500).contains(&status(&ask(&server, "GET /login", &many, b""))));
    let cookies = "cookie=value; ".repeat(3_000);
    assert!(status(&ask(&server, "GET /login", &format!("Cookie: {cookies}\r\n"), b"")) < 500);
    for form in ["a=1&".repeat(16_000), "&".repeat(60_000), "=&".repeat(30_000), "a".repeat(65_000)] {
        let response = server.send("POST", "/token", &[("content-type", FORM)], Some(form.as_bytes()));
        assert!([400, 401].contains(&response.status), "{}", response.status);
    }
    assert_well(&server);
}

#[test]
fn x19_what_is_about_a_person_or_a_client_is_kept_by_nobody() {
    let server = Server::start();
    let tokens = server.sign_in(WEB);
    let mut browser = Browser::new(&server);
    let login = browser.visit(&Authorization::of(WEB).path());
    let consent = browser.sign_in(&login, ALICE);
    let answers = [
        ("introspection", server.post_as(WEB, "/introspect", &[("token", "x")])),
        ("introspection refused", server.post("/introspect", &[("token", "x")])),
        ("revocation", server.post_as(WEB, "/revoke", &[("token", "x")])),
        ("revocation refused", server.post("/revoke", &[("token", "x")])),
        ("authorize", browser.get(&Authorization::of(WEB).path())),
        ("an unproven request", server.get("/authorize?client_id=x")),
        ("a missing page", server.get("/nowhere")),
        ("logout", browser.get("/logout")),
        ("userinfo", server.userinfo(tokens.access_token())),
        ("userinfo refused", server.userinfo("x")),
        ("token", server.refresh(WEB, tokens.refresh_token())),
        ("token refused", server.refresh(WEB, "x")),
        ("login", login),
        ("consent", consent),
    ];
    for (name, answer) in answers {
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{name}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{name}");
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"), "{name}");
    }
}

/// Nothing of the playground is reachable under `serve`.
#[test]
fn nothing_of_the_playground_is_reachable() {
    let server = Server::start();
    for path in ["/dev", "/dev/", "/dev/client", "/dev/api", "/dev/home", "/dev/client/", "//dev/client", "/DEV/client"]
    {
        for method in ["GET", "POST", "HEAD"] {
            let response: Response = server.send(method, path, &[], None);
            assert_eq!(response.status, 404, "{method} {path}");
        }
    }
    assert_eq!(server.get("/").location(), "/login");
    let metadata = server.get("/.well-known/openid-configuration").body;
    assert!(!metadata.contains("dev"), "{metadata}");
}

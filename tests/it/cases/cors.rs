//! Pages on another origin (X12): a public client's own may read what it asked for, and no other page anything.

use std::time::Duration;

use super::http::ask;
use crate::support::database::execute;
use crate::support::{Authorization, Browser, Response, SPA, Server, TestClient, WEB, basic, register};
use countersign::oauth::registration::NewClient;

const ORIGIN: &str = "https://spa.example";
/// Nearly right, or right for somebody else.
const FOREIGN: [&str; 15] = [
    "https://spa.example.evil.com",
    "https://evilspa.example",
    "https://evil.example",
    "https://app.example",
    "http://spa.example",
    "https://spa.example:443",
    "https://spa.example:8443",
    "https://SPA.example",
    "HTTPS://spa.example",
    "https://spa.example.",
    "https://spa.example/",
    "https://spa.example https://spa.example",
    "null",
    "*",
    "",
];

fn allowed(response: &Response) -> Option<&str> {
    for name in ["access-control-allow-credentials", "access-control-allow-private-network"] {
        assert_eq!(response.header(name), None, "{response:?}");
    }
    response.header("access-control-allow-origin")
}

/// A token request of a client from a page.
fn token(server: &Server, client: TestClient, origin: &str, form: &[(&str, &str)]) -> Response {
    let authorization = client.secret.map(|secret| basic(client.id, secret));
    let mut headers = vec![("origin", origin)];
    headers.extend(authorization.as_deref().map(|value| ("authorization", value)));
    let id = client.secret.is_none().then_some(("client_id", client.id));
    let form: Vec<_> = form.iter().copied().chain(id).collect();
    server.post_with("/token", &form, &headers)
}

fn refresh(server: &Server, client: TestClient, origin: &str, refresh_token: &str) -> Response {
    token(server, client, origin, &[("grant_type", "refresh_token"), ("refresh_token", refresh_token)])
}

fn preflight(server: &Server, path: &str, origin: &str) -> Response {
    let headers = [
        ("origin", origin),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "authorization,content-type"),
    ];
    server.send("OPTIONS", path, &headers, None)
}

/// Another public client, on its own origins.
fn add_other(server: &Server) {
    let redirect_uris = ["https://other.example/cb", "http://localhost:3000/cb", "com.example.app:/cb"];
    let other = NewClient {
        id: "other".to_owned(),
        redirect_uris: redirect_uris.map(str::to_owned).to_vec(),
        ..SPA.registration()
    };
    server.block_on(register(&server.app, other, None));
    server.advance(Duration::ZERO);
}

#[test]
fn x12_a_public_clients_own_page_reads_its_tokens_and_its_errors() {
    let server = Server::start();
    let tokens = server.sign_in(SPA);
    let answer = refresh(&server, SPA, ORIGIN, tokens.refresh_token());
    assert_eq!(allowed(&answer), Some(ORIGIN));
    assert_eq!(answer.header("vary"), Some("Origin"));
    assert_eq!(answer.header("access-control-expose-headers"), Some("WWW-Authenticate, Retry-After"));
    answer.tokens();
    for (error, form) in [
        ("invalid_grant", &[("grant_type", "refresh_token"), ("refresh_token", "x")][..]),
        ("unauthorized_client", &[("grant_type", "client_credentials")]),
        ("unsupported_grant_type", &[("grant_type", "x")]),
        ("invalid_request", &[("grant_type", "refresh_token")]),
    ] {
        let answer = token(&server, SPA, ORIGIN, form);
        assert_eq!((answer.json()["error"].as_str(), allowed(&answer)), (Some(error), Some(ORIGIN)));
    }
    let form = [("grant_type", "refresh_token"), ("refresh_token", "x"), ("client_id", "nobody")];
    let answer = server.post_with("/token", &form, &[("origin", ORIGIN)]);
    assert_eq!((answer.status, allowed(&answer)), (401, Some(ORIGIN)));
}

#[test]
fn x12_no_other_origin_reads_anything() {
    let server = Server::start();
    add_other(&server);
    let mut tokens = server.sign_in(SPA);
    for origin in FOREIGN.iter().chain(&["https://other.example", "http://localhost:3000"]) {
        let answer = refresh(&server, SPA, origin, tokens.refresh_token());
        assert_eq!((allowed(&answer), answer.header("access-control-expose-headers")), (None, None), "{origin}");
        assert_eq!(answer.header("vary"), Some("Origin"), "{origin}");
        tokens = answer.tokens();
        assert_eq!(allowed(&refresh(&server, SPA, origin, "x")), None, "{origin}");
    }
    let body = format!("grant_type=refresh_token&client_id=spa&refresh_token={}", tokens.refresh_token());
    let (form, length) = ("Content-Type: application/x-www-form-urlencoded", body.len());
    let twice = format!("{form}\r\nContent-Length: {length}\r\nOrigin: {ORIGIN}\r\nOrigin: {ORIGIN}\r\n");
    let answer = ask(&server, "POST /token", &twice, body.as_bytes());
    assert!(answer.starts_with("HTTP/1.1 200 ") && !answer.to_lowercase().contains("access-control"), "{answer}");
    assert_eq!(allowed(&server.refresh(SPA, "x")), None, "nobody asked");
}

/// A confidential client has no pages: what is in a page is no secret.
#[test]
fn x12_a_confidential_client_has_no_origin() {
    let server = Server::start();
    let tokens = server.sign_in(WEB);
    for origin in ["https://app.example", ORIGIN] {
        assert_eq!(allowed(&refresh(&server, WEB, origin, "x")), None, "{origin}");
        assert_eq!(allowed(&preflight(&server, "/token", "https://app.example")), None);
        let bearer = format!("Bearer {}", tokens.access_token());
        let answer = server.get_with("/userinfo", &[("authorization", &bearer), ("origin", origin)]);
        assert_eq!((answer.status, allowed(&answer)), (200, None), "{origin}");
    }
}

#[test]
fn x12_a_preflight_is_answered_for_registered_origins_only() {
    let server = Server::start();
    add_other(&server);
    for (path, methods) in [("/token", "POST"), ("/userinfo", "GET, POST")] {
        for origin in [ORIGIN, "https://other.example", "http://localhost:3000", "http://127.0.0.1"] {
            let answer = preflight(&server, path, origin);
            assert_eq!((answer.status, answer.body.as_str(), allowed(&answer)), (204, "", Some(origin)));
            assert_eq!(answer.header("access-control-allow-methods"), Some(methods));
            assert_eq!(answer.header("access-control-allow-headers"), Some("authorization, content-type, dpop"));
            assert_eq!((answer.header("access-control-max-age"), answer.header("vary")), (Some("600"), Some("Origin")));
        }
        let near = ["http://localhost:3001", "http://localhost", "http://127.0.0.1:8080", "com.example.app:"];
        for origin in FOREIGN.iter().chain(&near) {
            let answer = preflight(&server, path, origin);
            assert_eq!((answer.status, allowed(&answer)), (405, None), "{origin}");
            assert_eq!(answer.header("access-control-allow-methods"), None, "{origin}");
        }
        assert_eq!(server.send("OPTIONS", path, &[("origin", ORIGIN)], None).status, 405, "it asks for nothing");
    }
}

#[test]
fn x12_userinfo_is_read_by_the_pages_of_the_client_whose_token_it_is() {
    let server = Server::start();
    add_other(&server);
    let tokens = server.sign_in(SPA);
    let ask = |token: &str, origin: &str| {
        let bearer = format!("Bearer {token}");
        server.get_with("/userinfo", &[("authorization", &bearer), ("origin", origin)])
    };
    let answer = ask(tokens.access_token(), ORIGIN);
    assert_eq!((answer.status, allowed(&answer)), (200, Some(ORIGIN)));
    for origin in FOREIGN.iter().chain(&["https://other.example"]) {
        assert_eq!(allowed(&ask(tokens.access_token(), origin)), None, "{origin}");
    }
    let invalid = ask("x", ORIGIN);
    assert_eq!((invalid.status, allowed(&invalid)), (401, Some(ORIGIN)));
    assert_eq!(allowed(&ask("x", "https://spa.example.evil.com")), None);
    let nothing = server.get_with("/userinfo", &[("origin", ORIGIN)]);
    assert_eq!((nothing.status, allowed(&nothing)), (401, Some(ORIGIN)));
    // Also when its grant has ended.
    execute(&server.data_dir, "UPDATE grants SET revoked_at = 1, revoked_reason = 'reuse'");
    let ended = ask(tokens.access_token(), ORIGIN);
    assert_eq!((ended.status, allowed(&ended)), (401, Some(ORIGIN)));
    assert_eq!(allowed(&ask(tokens.access_token(), "https://other.example")), None);
}

/// RFC 9700 §2.6: "CORS MUST NOT be supported at the authorization endpoint".
#[test]
fn x12_no_page_of_ours_is_read_by_another() {
    let server = Server::start();
    let mut browser = Browser::of_alice(&server, SPA);
    browser.get("/login");
    let cookies = browser.cookie_header();
    let authorize = Authorization::of(SPA).path();
    for path in [authorize.as_str(), "/authorize", "/login", "/consent", "/logout", "/", "/nowhere", "/health/live"] {
        for method in ["GET", "POST", "OPTIONS", "HEAD"] {
            let headers = [
                ("origin", ORIGIN),
                ("cookie", cookies.as_str()),
                ("content-type", "application/x-www-form-urlencoded"),
                ("access-control-request-method", "POST"),
            ];
            let body = (method == "POST").then_some(&b""[..]);
            let answer = server.send(method, path, &headers, body);
            let names: Vec<_> = answer.headers.keys().map(ToString::to_string).collect();
            assert!(names.iter().all(|name| !name.starts_with("access-control")), "{method} {path}: {names:?}");
        }
    }
}

/// What a client asks for itself is decided by what it is now, and a preflight by what was read last.
#[test]
fn x12_an_origin_goes_with_its_client() {
    let server = Server::start();
    let tokens = server.sign_in(SPA);
    execute(&server.data_dir, "UPDATE clients SET redirect_uris = 'https://moved.example/cb' WHERE id = 'spa'");
    let answer = refresh(&server, SPA, ORIGIN, tokens.refresh_token());
    assert_eq!((answer.status, allowed(&answer)), (200, None));
    assert_eq!(preflight(&server, "/token", ORIGIN).status, 204);
    server.advance(Duration::from_secs(15));
    assert_eq!(preflight(&server, "/token", ORIGIN).status, 405);
    assert_eq!(preflight(&server, "/token", "https://moved.example").status, 204);
    execute(&server.data_dir, "UPDATE clients SET disabled_at = 1 WHERE id = 'spa'");
    server.advance(Duration::from_secs(15));
    assert_eq!(preflight(&server, "/token", "https://moved.example").status, 405);
    let answer = refresh(&server, SPA, "https://moved.example", tokens.refresh_token());
    assert_eq!((answer.status, allowed(&answer)), (401, None));
}

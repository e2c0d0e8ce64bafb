//! Errors say what the developer needs and nothing about the inside (X20).

use crate::support::database::execute;
use crate::support::{Authorization, Response, SPA, Server, WEB, basic};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// Words that only the inside knows.
const INSIDE: [&str; 16] = [
    "panick",
    "sqlite",
    "diesel",
    "SELECT",
    "constraint",
    "src/",
    ".rs:",
    "stack",
    "backtrace",
    "rustc",
    "actix",
    "Some(",
    "None)",
    "unwrap",
    "/tmp",
    "thread '",
];

/// One shape for programs, one for people, and no word from the inside in either.
#[track_caller]
pub fn assert_shape(response: &Response) {
    for word in INSIDE {
        assert!(!response.body.contains(word), "{word}: {response:?}");
    }
    for name in ["server", "x-powered-by"] {
        assert_eq!(response.header(name), None);
    }
    let version = env!("CARGO_PKG_VERSION");
    assert!(!response.body.contains(version), "the version is nobody's business: {response:?}");
    assert!(response.header("x-request-id").is_some_and(|id| id.len() == 16), "{response:?}");
    match response.header("content-type") {
        Some("application/json") => {
            let body = response.json();
            let members: Vec<&String> = body.as_object().unwrap().keys().collect();
            assert!(members.iter().all(|name| ["error", "error_description"].contains(&name.as_str())), "{body}");
            let description = body["error_description"].as_str().unwrap();
            assert!(!description.is_empty() && description.len() < 300);
        }
        Some("text/html; charset=utf-8") => {
            assert!(response.body.starts_with("<!DOCTYPE html>") || response.body.starts_with("<!doctype html>"));
            assert_eq!(response.header("x-frame-options"), Some("DENY"));
            let policy = response.header("content-security-policy").unwrap();
            assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
            assert!(!response.body.contains("style=\"") && !response.body.contains("onclick"));
        }
        other => panic!("{other:?}: {response:?}"),
    }
}

#[test]
fn x20_every_error_has_one_shape_and_nothing_of_the_inside() {
    let server = Server::start();
    let tokens = server.sign_in(WEB);
    let web = [("authorization", basic("web", WEB.secret.unwrap()))];
    let web = web.each_ref().map(|(name, value)| (*name, value.as_str()));
    let mut errors = Vec::new();
    let forms: [&[(&str, &str)]; 12] = [
        &[],
        &[("grant_type", "x")],
        &[("grant_type", "authorization_code")],
        &[("grant_type", "authorization_code"), ("code", "x")],
        &[("grant_type", "authorization_code"), ("code", "x"), ("code_verifier", "x"), ("redirect_uri", "x")],
        &[("grant_type", "refresh_token")],
        &[("grant_type", "refresh_token"), ("refresh_token", "\"'<>\\")],
        &[("grant_type", "refresh_token"), ("refresh_token", tokens.refresh_token()), ("scope", "\"<script>\\é")],
        &[("grant_type", "refresh_token"), ("refresh_token", tokens.refresh_token()), ("scope", "<script>")],
        &[("grant_type", "refresh_token"), ("refresh_token", tokens.refresh_token()), ("resource", "\u{1b}[31m")],
        &[("grant_type", "password"), ("username", "x"), ("password", "x")],
        &[("grant_type", "client_credentials"), ("scope", "openid")],
    ];
    for form in forms {
        errors.push(server.post_with("/token", form, &web));
        errors.push(server.post("/token", form));
    }
    for (method, path) in [
        ("GET", "/token"),
        ("GET", "/introspect"),
        ("GET", "/revoke"),
        ("POST", "/introspect"),
        ("POST", "/revoke"),
        ("GET", "/nowhere"),
        ("POST", "/nowhere"),
        ("GET", "/assets/x/y.css"),
        ("GET", "/userinfo"),
        ("PUT", "/login"),
        ("POST", "/login"),
        ("POST", "/consent"),
        ("POST", "/select_account"),
        ("GET", "/select_account?flow=AAAA"),
        ("GET", "/logout?state=%22%3E%3Csvg%20onload%3Dalert(1)%3E&state="),
        ("GET", "/logout?client_id=nobody&client_id=nobody"),
        ("GET", "/consent"),
        ("GET", "/login?flow=x"),
        ("GET", "/consent?flow=AAAA"),
        ("GET", "/authorize"),
        ("GET", "/authorize?client_id=%22%3E%3Csvg%20onload%3Dalert(1)%3E"),
        ("GET", "/authorize?client_id=web&redirect_uri=javascript:alert(1)"),
    ] {
        errors.push(server.send(method, path, &[FORM], (method == "POST").then_some(b"")));
    }
    errors.push(server.userinfo("x.y.z"));
    errors.push(server.post("/token", &[("x", &"a".repeat(70_000))]));
    for error in errors {
        assert!((400..500).contains(&error.status), "{error:?}");
        assert_shape(&error);
    }
}

/// X20: a fault of the server's own says so, under the id that its log has, and nothing else.
#[test]
fn x20_a_fault_of_our_own_gives_nothing_away() {
    let server = Server::start();
    let tokens = server.sign_in(WEB);
    execute(&server.data_dir, "UPDATE grants SET scope = 'with \"quotes\"'");
    let fault = server.refresh(WEB, tokens.refresh_token());
    fault.assert_error(500, "server_error");
    assert_shape(&fault);
    for endpoint in ["/introspect", "/revoke"] {
        let fault = server.post_as(WEB, endpoint, &[("token", tokens.refresh_token())]);
        fault.assert_error(500, "server_error");
        assert_shape(&fault);
    }
    execute(&server.data_dir, "ALTER TABLE revoked_tokens RENAME TO elsewhere");
    let fault = server.userinfo(tokens.access_token());
    assert_eq!((fault.status, fault.header("www-authenticate")), (503, None), "it is not the token's fault");
    assert_shape(&fault);
    execute(&server.data_dir, "UPDATE clients SET grant_types = 'unheard_of' WHERE id = 'spa'");
    let page = server.get(&Authorization::of(SPA).path());
    page.assert_error_page(500);
    assert_shape(&page);
    assert_eq!(server.get("/.well-known/jwks.json").status, 200);
}

//! Public documents (X12): every page on another origin reads them, whatever header it sends. An MCP client in a browser sends
//! `MCP-Protocol-Version` with its first request.

use serde_json::json;

use super::registration::{OPEN, registered, request_of};
use crate::support::{ALICE, Program, Response, Server, VERIFIER};

const ORIGINS: [&str; 3] = ["https://anybody.example", "http://localhost:6274", "null"];
const HEADERS: &str = "authorization,content-type,mcp-protocol-version,x-anything";
const DOCUMENTS: [&str; 3] = ["openid-configuration", "oauth-authorization-server", "jwks.json"];

fn preflight(http: &crate::support::Http, path: &str, origin: &str) -> Response {
    let headers =
        [("origin", origin), ("access-control-request-method", "GET"), ("access-control-request-headers", HEADERS)];
    http.send("OPTIONS", path, &headers, None)
}

/// Every page may send these methods to a path, any header beside, and read the answer.
#[track_caller]
fn assert_open(http: &crate::support::Http, path: &str, methods: &str) {
    for origin in ORIGINS {
        let answer = preflight(http, path, origin);
        assert_eq!((answer.status, answer.body.as_str()), (204, ""), "{path}: {answer:?}");
        for (name, value) in [
            ("access-control-allow-origin", Some("*")),
            ("access-control-allow-methods", Some(methods)),
            ("access-control-allow-headers", Some(HEADERS)),
            ("access-control-allow-credentials", None),
            ("access-control-max-age", Some("600")),
            ("vary", Some("Access-Control-Request-Headers")),
        ] {
            assert_eq!(answer.header(name), value, "{path}: {answer:?}");
        }
        let method = methods.split(',').next().unwrap_or_default();
        let answer = http.send(method, path, &[("origin", origin), ("mcp-protocol-version", "2025-06-18")], None);
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"), "{path}: {answer:?}");
        assert_eq!(answer.header("access-control-allow-credentials"), None);
        assert_eq!(answer.header("access-control-expose-headers"), Some("WWW-Authenticate, Retry-After"));
    }
}

#[test]
fn x12_every_page_reads_public_documents_with_any_header() {
    let server = Server::start();
    for document in DOCUMENTS {
        let path = format!("/.well-known/{document}");
        assert_open(&server, &path, "GET");
        let known = server.get(&path);
        let again = [("origin", "null"), ("if-none-match", known.header("etag").expect("it has a tag"))];
        let again = server.get_with(&path, &again);
        assert_eq!((again.status, again.header("access-control-allow-origin")), (304, Some("*")));
    }
    // A registration endpoint that is not open to anybody is not open to pages.
    let server = Server::start_with(&[("REGISTRATION__MODE", "token")]);
    let answer = preflight(&server, "/register", ORIGINS[0]);
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (405, None));
}

#[test]
fn x12_the_documents_of_an_issuer_with_a_path_are_open_at_both_addresses() {
    let server = Server::start_with(&[("ISSUER", "https://id.example/tenant")]);
    for document in DOCUMENTS {
        assert_open(&server, &format!("/tenant/.well-known/{document}"), "GET");
    }
    for document in &DOCUMENTS[..2] {
        assert_open(&server, &format!("/.well-known/{document}/tenant"), "GET");
    }
}

/// A program in a page registers itself, signs a person in, and calls `UserInfo` at once.
#[test]
fn x12_a_page_registers_itself_where_anybody_may_and_goes_on() {
    let server = Server::start_with(OPEN);
    assert_open(&server, "/register", "POST");
    let origin = "http://localhost:6274";
    let metadata = json!({
        "redirect_uris": [format!("{origin}/callback")],
        "token_endpoint_auth_method": "none",
        "grant_types": ["authorization_code", "refresh_token"],
    });
    let client = registered(&server, &metadata);
    let id = client["client_id"].as_str().expect("it has an id");
    assert_open(&server, &format!("/register/{id}"), "GET, PUT, DELETE");
    let code = server.code_for(&request_of(&client), ALICE);
    let form = [("grant_type", "authorization_code"), ("code", &code), ("code_verifier", VERIFIER), ("client_id", id)];
    let tokens = server.post_with("/token", &form, &[("origin", origin)]);
    assert_eq!(tokens.header("access-control-allow-origin"), Some(origin));
    let bearer = format!("Bearer {}", tokens.tokens().access_token());
    let ask = [("origin", origin), ("access-control-request-method", "GET")];
    let ask = server.send("OPTIONS", "/userinfo", &ask, None);
    assert_eq!((ask.status, ask.header("access-control-allow-origin")), (204, Some(origin)), "{ask:?}");
    let told = server.get_with("/userinfo", &[("origin", origin), ("authorization", &bearer)]);
    assert_eq!((told.status, told.header("access-control-allow-origin")), (200, Some(origin)));
}

#[test]
fn x12_the_api_of_the_playground_is_called_by_every_page() {
    let (server, _) = Program::dev();
    assert_open(&server, "/dev/api", "GET");
    std::fs::remove_dir_all(&server.data_dir).expect("the playground has a folder");
}

//! No text makes an endpoint fail, whichever parameter it stands in and whichever engine looks it up: control characters,
//! of which `PostgreSQL` stores no NUL, are refused at the edge.

use serde_json::{Map, Value, json};

use super::registration::{OPEN, registered};
use crate::support::{
    ALICE, Authorization, Browser, EVIL, PASSWORD, ROPC, Response, Server, VERIFIER, WEB, basic, form_encode,
};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const JSON: (&str, &str) = ("content-type", "application/json");

/// Control characters, and texts that other layers could stumble over.
const TEXTS: [&str; 12] = [
    "\0",
    "web\0",
    "\u{1b}[2J",
    "\u{7f}",
    "\u{9b}",
    "\u{202e}",
    "\u{10ffff}",
    "'; DROP TABLE users; --",
    "-9223372036854775809",
    "{\"a\":\"\\u0000\"}",
    "a,b;c=\"d\" \\",
    "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ3ZWJcdTAwMDAiLCJpc3MiOiJ3ZWIifQ.AAAA",
];

#[track_caller]
fn assert_answered(response: &Response, what: &str) {
    assert!(response.status < 500, "{what}: {response:?}");
}

fn owned(parameters: &[(&str, &str)]) -> Vec<(String, String)> {
    parameters.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// A request: method, path, parameters.
type Request = (&'static str, &'static str, Vec<(String, String)>);

/// Requests that are in order.
fn requests(server: &Server, browser: &mut Browser) -> Vec<Request> {
    let authorize = Authorization::of(WEB).with("id_token_hint", "x").with("request", "x").with("claims", "{}");
    let authorize = authorize.with("nonce", "n").with("prompt", "login").with("ui_locales", "de").with("max_age", "1");
    let page = browser.visit(&Authorization::of(WEB).with("prompt", "consent").path());
    let (flow, csrf) = (page.hidden("flow").to_owned(), page.hidden("csrf").to_owned());
    let own = |more: &[(&str, &str)]| owned(&[&[("flow", flow.as_str()), ("csrf", csrf.as_str())], more].concat());
    let token = server.sign_in(WEB);
    let of_client = [("client_id", "evil"), ("client_secret", EVIL.secret.unwrap())];
    let program = |more: &[(&str, &str)]| owned(&[&of_client[..], more].concat());
    let logout = [("client_id", "web"), ("id_token_hint", "x"), ("post_logout_redirect_uri", "x"), ("state", "s")];
    let mut all = vec![
        ("GET", "/authorize", owned(&authorize.pairs())),
        ("POST", "/authorize", owned(&authorize.pairs())),
        ("GET", "/login", own(&[("lang", "de")])),
        ("POST", "/login", own(&[("username", "nobody"), ("password", "wrong")])),
        ("GET", "/consent", own(&[])),
        ("POST", "/consent", own(&[("decision", "later")])),
        ("GET", "/select_account", own(&[])),
        ("POST", "/select_account", own(&[("account", "another"), ("cancel", "")])),
        ("GET", "/logout", owned(&[&logout[..], &[("done", "x"), ("posted", "x")]].concat())),
        ("POST", "/logout", owned(&logout)),
        ("POST", "/introspect", program(&[("token", token.access_token()), ("token_type_hint", "access_token")])),
        ("POST", "/revoke", program(&[("token", "cs_rt_AAAA"), ("token_type_hint", "refresh_token")])),
        ("POST", "/userinfo", owned(&[("access_token", token.access_token())])),
        ("GET", "/", owned(&[("x", "y")])),
    ];
    let assertion = ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    for (grant, more) in [
        ("authorization_code", &[("code", "cs_ac_AAAA"), ("redirect_uri", "x"), ("code_verifier", VERIFIER)][..]),
        ("refresh_token", &[("refresh_token", "cs_rt_AAAA"), ("scope", "openid"), ("resource", "https://api.example")]),
        ("client_credentials", &[("scope", "notes.read"), ("resource", "https://api.example")]),
    ] {
        all.push(("POST", "/token", program(&[&[("grant_type", grant)], more].concat())));
    }
    all.push(("POST", "/token", owned(&[("grant_type", "client_credentials"), assertion, ("client_assertion", "x")])));
    let password = [("client_id", "ropc"), ("client_secret", ROPC.secret.unwrap()), ("username", ALICE)];
    let password = [&[("grant_type", "password"), ("password", PASSWORD)], &password[..]].concat();
    all.push(("POST", "/token", owned(&password)));
    all
}

#[test]
fn no_text_in_a_parameter_makes_an_endpoint_fail() {
    let server = Server::start();
    let mut browser = Browser::of_alice(&server, WEB);
    let requests = requests(&server, &mut browser);
    let cookies = browser.cookie_header();
    for (method, path, parameters) in &requests {
        for at in 0..parameters.len() {
            for text in TEXTS {
                let mut sent = parameters.clone();
                text.clone_into(&mut sent[at].1);
                let pairs: Vec<(&str, &str)> =
                    sent.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
                let encoded = form_encode(&pairs);
                let response = match *method {
                    "GET" => server.get_with(&format!("{path}?{encoded}"), &[("cookie", &cookies)]),
                    _ => server.send(method, path, &[FORM, ("cookie", &cookies)], Some(encoded.as_bytes())),
                };
                assert_answered(&response, &format!("{method} {path} {}={text:?}", sent[at].0));
            }
        }
    }
    for text in TEXTS {
        for (user, password) in [(text, "secret"), ("web", text)] {
            let encode = |text: &str| form_encode(&[("", text)])[1..].to_owned();
            let authorization = ("authorization", &*basic(&encode(user), &encode(password)));
            let response = server.post_with("/token", &[("grant_type", "client_credentials")], &[authorization]);
            assert_answered(&response, &format!("Basic {user:?} {password:?}"));
        }
    }
    assert_eq!(server.get("/health/ready").status, 200);
}

#[test]
fn no_text_in_a_path_makes_an_endpoint_fail() {
    let server = Server::start_with(OPEN);
    let client = registered(&server, &json!({ "redirect_uris": ["https://photos.example/cb"] }));
    let bearer = format!("Bearer {}", client["registration_access_token"].as_str().unwrap());
    let body = json!({ "redirect_uris": ["https://photos.example/cb"] }).to_string();
    for text in
        ["%00", "x%00", "%1b", "%7f", "%c2%9b", "%ff", "%ed%a0%80", "%2f", "%25", "%", "%zz", "%e2%80%ae", "'", "..%2f"]
    {
        for path in [
            "/register/TEXT",
            "/clients/TEXT/logo",
            "/assets/TEXT/countersign.css",
            "/assets/x/TEXT",
            "/TEXT",
            "/login/TEXT",
        ] {
            let path = path.replace("TEXT", text);
            for method in ["GET", "HEAD", "PUT", "DELETE", "POST"] {
                let body = (method == "PUT").then_some(body.as_bytes());
                let response = server.send(method, &path, &[("authorization", &bearer), JSON], body);
                assert_answered(&response, &format!("{method} {path}"));
                let is_control = ["%00", "%1b", "%7f", "%c2%9b"].iter().any(|control| path.contains(control));
                assert!(!is_control || response.status == 400, "{method} {path}: {response:?}");
            }
        }
    }
}

#[test]
fn no_text_in_a_registration_makes_it_fail() {
    let server = Server::start_with(OPEN);
    let names = [
        &countersign::oauth::ClientMetadata::NAMES[..],
        &[
            "client_name",
            "redirect_uris",
            "scope",
            "grant_types",
            "response_types",
            "token_endpoint_auth_method",
            "x\0",
        ],
    ];
    for name in names.concat() {
        for text in TEXTS {
            for value in [json!(text), json!([text]), json!({ "keys": [{ "kty": text }] })] {
                let mut metadata = Map::new();
                metadata.insert("redirect_uris".to_owned(), json!(["https://photos.example/cb"]));
                metadata.insert(name.to_owned(), value);
                let body = Value::Object(metadata).to_string();
                let response = server.send("POST", "/register", &[JSON], Some(body.as_bytes()));
                assert_answered(&response, &body);
                let has_control = ["\\u0000", "\\u001b", "\u{7f}", "\u{9b}"].iter().any(|control| {
                    // A backslash that is escaped itself escapes nothing.
                    body.replace("\\\\", "").contains(control)
                });
                assert!(!has_control || response.status == 400, "{body}: {response:?}");
            }
        }
    }
}

//! `client set` and `client rotate-secret`, with the program, beside a running server.

use serde_json::{Value, json};

use crate::support::database::number;
use crate::support::{Authorization, Installation, Program, SPA, basic};

const REDIRECT: &str = "https://app.example/cb";
const GRANT: [(&str, &str); 1] = [("grant_type", "client_credentials")];

/// An installation with a client that has a bit of everything.
fn with_client() -> (Installation, Value) {
    let installation = Installation::new();
    for resource in ["https://api.example", "https://other.example"] {
        installation.run(&["resource", "add", resource], "");
    }
    let add = ["client", "add", "web", "--name", "The web", "--redirect-uri", REDIRECT, "--scope", "openid notes.read"];
    let grants =
        ["--grant", "authorization_code", "--grant", "client_credentials", "--resource", "https://api.example"];
    let added = installation.json(&[&add[..], &grants].concat(), "");
    (installation, added)
}

fn secret(printed: &Value) -> &str {
    printed["client_secret"].as_str().expect("it is printed once")
}

fn set(installation: &Installation, arguments: &[&str]) -> Value {
    installation.json(&[&["client", "set", "web"], arguments].concat(), "")
}

#[track_caller]
fn authenticates(server: &Program, secret: &str, expected: bool) {
    let answer = server.post_with("/token", &GRANT, &[("authorization", &basic("web", secret))]);
    assert_eq!(answer.status, if expected { 200 } else { 401 }, "{answer:?}");
}

#[test]
fn what_is_named_is_replaced_and_everything_else_stays() {
    let (installation, _) = with_client();
    let mut expected = installation.json(&["client", "show", "web"], "");
    let others = ["--redirect-uri", "https://app.example/new", "--redirect-uri", "http://localhost:3000/cb"];
    let changes: [(&[&str], &str, Value); 15] = [
        (&["--auth-method", "client_secret_basic"], "accepts_any_secret_method", json!(false)),
        (&["--pkce", "optional"], "pkce", json!("optional")),
        (&["--id-token-claims", "requested"], "id_token_claims", json!("requested")),
        (&["--profile", "strict"], "profile", json!("strict")),
        (&["--name", "Another web"], "client_name", json!("Another web")),
        (&others, "redirect_uris", json!([others[1], others[3]])),
        (&["--scope", "openid email"], "scope", json!("openid email")),
        (&["--auth-method", "client_secret_post"], "token_endpoint_auth_method", json!("client_secret_post")),
        (
            &["--resource", "https://other.example", "--resource", "https://other.example"],
            "resources",
            json!(["https://other.example"]),
        ),
        (&["--serves", "https://api.example"], "serves", json!(["https://api.example"])),
        (&["--serves", ""], "serves", json!([])),
        (&["--first-party"], "first_party", json!(true)),
        (&["--no-first-party"], "first_party", json!(false)),
        (&["--grant", "client_credentials"], "grant_types", json!(["client_credentials"])),
        (&["--redirect-uri", ""], "redirect_uris", json!([])),
    ];
    for (arguments, member, value) in changes {
        expected[member] = value;
        assert_eq!(set(&installation, arguments), expected, "{arguments:?}");
        assert_eq!(installation.json(&["client", "show", "web"], ""), expected, "{arguments:?} is stored");
    }
    assert_eq!(installation.run(&["client", "set", "web", "--name", "W"], ""), "Changed client web.\n");
}

#[test]
fn a_running_server_knows_a_change_at_once() {
    let (installation, added) = with_client();
    let server = installation.serve(&[]);
    let request = |uri: &str| {
        let request = Authorization::of(SPA).with("client_id", "web").with("redirect_uri", uri);
        server.get(&request.path()).status
    };
    assert_eq!((request(REDIRECT), request("https://app.example/new")), (303, 400));
    set(&installation, &["--redirect-uri", "https://app.example/new"]);
    assert_eq!((request(REDIRECT), request("https://app.example/new")), (400, 303));
    authenticates(&server, secret(&added), true);
    set(&installation, &["--auth-method", "client_secret_post"]);
    authenticates(&server, secret(&added), false);
    let form = [GRANT[0], ("client_id", "web"), ("client_secret", secret(&added))];
    server.post("/token", &form).tokens();
}

#[test]
fn a_change_keeps_the_secret_until_the_client_becomes_public() {
    let (installation, added) = with_client();
    let server = installation.serve(&[]);
    for change in [&["--confidential"][..], &["--auth-method", "client_secret_basic"], &["--name", "W"]] {
        assert_eq!(set(&installation, change).get("client_secret"), None, "{change:?}");
        authenticates(&server, secret(&added), true);
    }
    let public = set(&installation, &["--public", "--grant", "authorization_code"]);
    assert_eq!((public.get("client_secret"), &public["token_endpoint_auth_method"]), (None, &json!("none")));
    assert_eq!(number(&installation.data_dir, "SELECT count(secret_hash) FROM clients"), 0);
    authenticates(&server, secret(&added), false);

    let again = set(&installation, &["--auth-method", "client_secret_basic", "--grant", "client_credentials"]);
    assert_ne!(secret(&again), secret(&added), "the old one does not come back");
    authenticates(&server, secret(&added), false);
    authenticates(&server, secret(&again), true);
    assert_eq!(installation.json(&["client", "show", "web"], "").get("client_secret"), None);
}

#[test]
fn a_rotated_secret_is_printed_once_and_the_old_one_stays_for_a_while() {
    let (installation, added) = with_client();
    let server = installation.serve(&[]);
    let rotate = |arguments: &[&str]| installation.json(&[&["client", "rotate-secret", "web"], arguments].concat(), "");
    let second = rotate(&[]);
    let members: Vec<&String> = second.as_object().unwrap().keys().collect();
    assert_eq!(members, ["client_id", "client_secret", "previous_secret_expires_at"]);
    assert!(secret(&second).starts_with("cs_cs_") && secret(&second).len() == secret(&added).len());
    let until = second["previous_secret_expires_at"].as_str().expect("the two overlap");
    assert!(until.starts_with("20") && until.ends_with('Z'), "{until}");
    for valid in [&added, &second] {
        authenticates(&server, secret(valid), true);
    }
    let shown = installation.json(&["client", "show", "web"], "");
    assert_eq!(shown["previous_secret_expires_at"], second["previous_secret_expires_at"]);
    let text = installation.run(&["client", "show", "web"], "");
    assert!(text.contains(until) && !text.contains(secret(&second)), "{text}");

    assert_eq!(rotate(&["--end-previous"]), json!({ "client_id": "web", "previous_secret_expires_at": null }));
    authenticates(&server, secret(&added), false);
    authenticates(&server, secret(&second), true);
    let third = rotate(&["--overlap", "0"]);
    assert_eq!(third["previous_secret_expires_at"], Value::Null);
    authenticates(&server, secret(&second), false);
    authenticates(&server, secret(&third), true);
    assert_eq!(installation.json(&["client", "show", "web"], "").get("previous_secret_expires_at"), None);
}

#[test]
fn an_overlap_ends_by_itself() {
    let (installation, added) = with_client();
    let server = installation.serve(&[]);
    let second = installation.json(&["client", "rotate-secret", "web", "--overlap", "1s"], "");
    let ended = (0..300).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(100));
        let answer = server.post_with("/token", &GRANT, &[("authorization", &basic("web", secret(&added)))]);
        answer.status == 401
    });
    assert!(ended, "the old secret goes on");
    authenticates(&server, secret(&second), true);
    assert_eq!(installation.json(&["client", "show", "web"], "").get("previous_secret_expires_at"), None);
}

//! Bounds on clients that register themselves: how large they are, how many come from one address, and that nothing grows in
//! memory or has to be counted.

use std::time::Duration;

use serde_json::{Value, json};

use super::registration::{OPEN, register, registered};
use crate::support::database::{execute, number};
use crate::support::{Response, Server};

fn public(redirect_uri: &str) -> Value {
    json!({ "redirect_uris": [redirect_uri], "token_endpoint_auth_method": "none" })
}

/// Replaces a registration.
fn replace(server: &Server, client: &Value, metadata: &Value) -> Response {
    let (id, token) = (client["client_id"].as_str().unwrap(), client["registration_access_token"].as_str().unwrap());
    let mut metadata = metadata.clone();
    metadata["client_id"] = json!(id);
    let headers = [("content-type", "application/json"), ("authorization", &format!("Bearer {token}"))];
    server.send("PUT", &format!("/register/{id}"), &headers, Some(metadata.to_string().as_bytes()))
}

#[test]
fn the_metadata_of_a_client_is_16_kb_at_most() {
    let server = Server::start_with(OPEN);
    let of_length = |length: usize| {
        let mut metadata = public("https://photos.example/cb");
        let long = "x".repeat(1900);
        metadata["contacts"] = json!([long, long, long, long, long, long, long, long, ""]);
        metadata["contacts"][8] = json!("x".repeat(length - metadata.to_string().len()));
        metadata
    };
    let client = registered(&server, &of_length(16 * 1024));
    let (larger, before) = (of_length(16 * 1024 + 1), server.stored());
    for answer in [register(&server, &larger, None), replace(&server, &client, &larger)] {
        answer.assert_error(400, "invalid_client_metadata");
        assert!(answer.body.contains("at most 16384 bytes"), "{answer:?}");
    }
    assert_eq!(server.stored(), before);
}

#[test]
fn one_address_registers_at_a_bounded_rate() {
    let server = Server::start_with(&[("REGISTRATION__MODE", "open"), ("TRUSTED_PROXIES", "127.0.0.0/8")]);
    let client = registered(&server, &public("https://photos.example/cb"));
    let attempt = |address: &str| {
        let headers = [("content-type", "application/json"), ("x-forwarded-for", address)];
        server.send("POST", "/register", &headers, Some(b"{}"))
    };
    let counted = (0..300).take_while(|_| attempt("192.0.2.1").status == 400).count();
    assert_eq!(counted, 200);
    let refused = attempt("192.0.2.1");
    refused.assert_error(429, "temporarily_unavailable");
    assert_eq!(refused.header("retry-after"), Some("10"));
    assert_eq!(attempt("192.0.2.2").status, 400, "another address has its own");
    server.clock.advance(Duration::from_secs(10));
    assert_eq!((attempt("192.0.2.1").status, attempt("192.0.2.1").status), (400, 429));
    // To replace a registration counts as well.
    let replaced = (0..300).take_while(|_| replace(&server, &client, &json!({})).status == 400).count();
    assert_eq!(replaced, 200, "what was registered from here is ten seconds ago");
    replace(&server, &client, &json!({})).assert_error(429, "temporarily_unavailable");
}

/// The database counts, whoever writes: an earlier version as well, which knows nothing of it.
#[test]
fn the_number_of_clients_is_kept_and_not_counted() {
    let server = Server::start_with(&[("REGISTRATION__MODE", "open"), ("REGISTRATION__MOST_CLIENTS", "2")]);
    let refused = |server: &Server| register(server, &public("https://photos.example/cb"), None).status == 400;
    registered(&server, &public("https://photos.example/cb"));
    let other = registered(&server, &public("https://other.example/cb"));
    assert!(refused(&server));
    let grants = |change: &str| {
        execute(&server.data_dir, &format!("UPDATE clients SET {change} WHERE registration_token IS NOT NULL"));
        server.advance(Duration::ZERO);
        server.get("/.well-known/openid-configuration").json()["grant_types_supported"].to_string()
    };
    let with_password = number(&server.data_dir, "SELECT with_password FROM client_totals");
    execute(&server.data_dir, "UPDATE clients SET grant_types = 'refresh_token' WHERE registration_token IS NULL");
    assert!(with_password > 0 && !grants("name = 'x'").contains("password"));
    assert!(grants("grant_types = 'authorization_code password'").contains("password"));
    assert!(!grants("grant_types = 'authorization_code'").contains("password"));
    execute(&server.data_dir, &format!("DELETE FROM clients WHERE id = {}", other["client_id"]).replace('"', "'"));
    registered(&server, &public("https://photos.example/cb"));
    assert!(refused(&server));
    execute(&server.data_dir, "DELETE FROM clients");
    let totals = "SELECT self_registered + with_password FROM client_totals";
    assert_eq!(number(&server.data_dir, totals), 0);
}

fn preflight(server: &Server, origin: &str) -> u16 {
    let headers = [("origin", origin), ("access-control-request-method", "POST")];
    server.send("OPTIONS", "/token", &headers, None).status
}

/// Origins of clients that registered themselves are looked up: yes and no are remembered for ten seconds, and what an earlier
/// version wrote is found after a reload.
#[test]
fn the_origins_of_such_clients_are_looked_up() {
    let server = Server::start_with(OPEN);
    let later = || server.clock.advance(Duration::from_secs(10));
    let (first, moved) = ("https://photos.example", "https://moved.example");
    assert_eq!(preflight(&server, first), 405);
    let client = registered(&server, &public("https://photos.example/cb"));
    assert_eq!((preflight(&server, first), preflight(&server, moved)), (204, 405), "at once");
    let move_it = "UPDATE clients SET redirect_uris = 'https://moved.example/cb' WHERE registration_token IS NOT NULL";
    execute(&server.data_dir, move_it);
    server.block_on(server.app.reload()).expect("the server reads its own database");
    assert_eq!((preflight(&server, first), preflight(&server, moved)), (204, 405), "for a moment");
    later();
    assert_eq!((preflight(&server, first), preflight(&server, moved)), (405, 204));
    assert_eq!(replace(&server, &client, &public("https://photos.example/new")).status, 200);
    assert_eq!(preflight(&server, first), 204, "at once");
    execute(&server.data_dir, "UPDATE clients SET disabled_at = 1 WHERE registration_token IS NOT NULL");
    later();
    assert_eq!(preflight(&server, first), 405);
    execute(&server.data_dir, "DELETE FROM clients WHERE registration_token IS NOT NULL");
    assert_eq!(number(&server.data_dir, "SELECT count(*) FROM client_origins"), 0);
}

//! What cannot be registered (RFC 7591 §3.2.2), and what is looked into before a client is believed.

use serde_json::{Value, json};

use super::registration::{OPEN, register, registered};
use crate::support::{Peer, Server};

#[test]
fn what_makes_no_sense_is_refused_by_name() {
    let server = Server::start_with(OPEN);
    let uris = json!(["https://photos.example/cb"]);
    for (metadata, error, names) in [
        (json!({}), "invalid_redirect_uri", "redirect_uris"),
        (json!({ "redirect_uris": "https://a.example/" }), "invalid_redirect_uri", "redirect_uris"),
        (json!({ "redirect_uris": [1] }), "invalid_redirect_uri", "redirect_uris"),
        (json!({ "redirect_uris": ["http://photos.example/cb"] }), "invalid_redirect_uri", "https"),
        (json!({ "redirect_uris": ["https://photos.example/cb#x"] }), "invalid_redirect_uri", "fragment"),
        (json!({ "redirect_uris": ["javascript:alert(1)"] }), "invalid_redirect_uri", "scheme"),
        (
            json!({ "redirect_uris": uris, "software_statement": "e30.e30." }),
            "unapproved_software_statement",
            "software_statement",
        ),
        (json!({ "redirect_uris": uris, "response_types": ["id_token"] }), "invalid_client_metadata", "response_types"),
        (
            json!({ "redirect_uris": uris, "grant_types": ["client_credentials"] }),
            "invalid_client_metadata",
            "grant_types",
        ),
        (json!({ "redirect_uris": uris, "scope": "admin" }), "invalid_client_metadata", "scope"),
        (json!({ "redirect_uris": uris, "scope": 1 }), "invalid_client_metadata", "scope"),
        (json!({ "redirect_uris": uris, "client_name": ["x"] }), "invalid_client_metadata", "client_name"),
        (json!({ "redirect_uris": uris, "client_name": "a\nb" }), "invalid_client_metadata", "name"),
        (
            json!({ "redirect_uris": uris, "token_endpoint_auth_method": "client_secret_jwt" }),
            "invalid_client_metadata",
            "client_secret_jwt",
        ),
        (
            json!({ "redirect_uris": uris, "token_endpoint_auth_method": "private_key_jwt" }),
            "invalid_client_metadata",
            "jwks",
        ),
        (
            json!({ "redirect_uris": uris, "jwks_uri": "https://a.example/", "jwks": { "keys": [] } }),
            "invalid_client_metadata",
            "jwks",
        ),
        (json!({ "redirect_uris": uris, "jwks_uri": "http://a.example/jwks" }), "invalid_client_metadata", "jwks_uri"),
        (json!({ "redirect_uris": uris, "jwks": [] }), "invalid_client_metadata", "jwks"),
        (json!({ "redirect_uris": uris, "logo_uri": "logo.png" }), "invalid_client_metadata", "logo_uri"),
        (json!({ "redirect_uris": uris, "subject_type": "private" }), "invalid_client_metadata", "subject_type"),
        (json!({ "redirect_uris": uris, "application_type": 1 }), "invalid_client_metadata", "application_type"),
        (
            json!({ "redirect_uris": uris, "id_token_signed_response_alg": "none" }),
            "invalid_client_metadata",
            "id_token_signed_response_alg",
        ),
        (
            json!({ "redirect_uris": uris, "userinfo_signed_response_alg": "HS256" }),
            "invalid_client_metadata",
            "userinfo_signed_response_alg",
        ),
        (
            json!({ "redirect_uris": uris, "id_token_encrypted_response_alg": "RSA-OAEP" }),
            "invalid_client_metadata",
            "id_token_encrypted_response_alg",
        ),
        (
            json!({ "redirect_uris": uris, "dpop_bound_access_tokens": true }),
            "invalid_client_metadata",
            "dpop_bound_access_tokens",
        ),
        (json!({ "redirect_uris": uris, "default_max_age": -1 }), "invalid_client_metadata", "default_max_age"),
        (json!({ "redirect_uris": uris, "require_auth_time": "yes" }), "invalid_client_metadata", "require_auth_time"),
        (
            json!({ "redirect_uris": uris, "initiate_login_uri": "http://a.example/" }),
            "invalid_client_metadata",
            "initiate_login_uri",
        ),
        (
            json!({ "redirect_uris": uris, "request_uris": ["ftp://a.example/"] }),
            "invalid_client_metadata",
            "request_uris",
        ),
        (
            json!({ "redirect_uris": uris, "post_logout_redirect_uris": ["http://a.example/"] }),
            "invalid_client_metadata",
            "post_logout_redirect_uris",
        ),
        (
            json!({ "redirect_uris": uris, "backchannel_logout_uri": "http://a.example/" }),
            "invalid_client_metadata",
            "backchannel_logout_uri",
        ),
    ] {
        let answer = register(&server, &metadata, None);
        answer.assert_error(400, error);
        assert!(answer.body.contains(names), "{metadata}: {answer:?}");
    }
    let fine = json!({ "redirect_uris": uris, "dpop_bound_access_tokens": false, "software_statement": null });
    registered(&server, &fine);
}

/// X08, X10, X16.
#[test]
fn x16_what_is_no_object_is_refused() {
    let server = Server::start_with(OPEN);
    let json = [("content-type", "application/json")];
    let deep = format!("{{\"jwks\":{}", "[".repeat(50_000));
    let twice = r#"{"redirect_uris":["https://a.example/"],"redirect_uris":["https://b.example/"]}"#;
    for body in ["", "[]", "1", "null", "{", "{\"a\":1e999}", &deep, twice, "\"x\""] {
        let answer = server.send("POST", "/register", &json, Some(body.as_bytes()));
        answer.assert_error(400, "invalid_client_metadata");
    }
    let large = format!("{{\"a\":\"{}\"}}", "x".repeat(70_000));
    assert_eq!(server.send("POST", "/register", &json, Some(large.as_bytes())).status, 413);
    let form = [("content-type", "application/x-www-form-urlencoded")];
    server.send("POST", "/register", &form, Some(b"redirect_uris=x")).assert_error(400, "invalid_client_metadata");
    assert_eq!(server.get("/register").status, 405);
}

/// What a client refers to is fetched by the guard's rules, and has to say what the client says.
#[test]
fn a_sector_lists_the_redirect_uris_of_its_clients() {
    let allowed = [("REGISTRATION__MODE", "open"), ("OUTBOUND__ALLOWED_ADDRESSES", "127.0.0.1")];
    let server = Server::start_with(&allowed);
    let peer = Peer::start();
    peer.serve("/sector", r#"["https://a.example/cb", "https://b.example/cb"]"#);
    let metadata = |uris: Value| json!({ "redirect_uris": uris, "subject_type": "pairwise", "sector_identifier_uri": peer.url("/sector") });
    let client = registered(&server, &metadata(json!(["https://a.example/cb", "https://b.example/cb"])));
    assert_eq!(
        (&client["subject_type"], &client["sector_identifier_uri"]),
        (&json!("pairwise"), &json!(peer.url("/sector")))
    );
    let unlisted = register(&server, &metadata(json!(["https://a.example/cb", "https://c.example/cb"])), None);
    unlisted.assert_error(400, "invalid_client_metadata");
    assert!(unlisted.body.contains("https://c.example/cb"), "{unlisted:?}");
    for other in ["{}", "[1]", "<html>"] {
        peer.serve("/sector", other);
        let answer = register(&server, &metadata(json!(["https://a.example/cb"])), None);
        answer.assert_error(400, "invalid_client_metadata");
        assert!(answer.body.contains("sector_identifier_uri"), "{answer:?}");
    }
}

#[test]
fn nothing_is_fetched_for_somebody_who_may_not_register_or_from_within_the_network() {
    let peer = Peer::start();
    peer.serve("/sector", r#"["https://a.example/cb"]"#);
    let metadata = json!({ "redirect_uris": ["https://a.example/cb"], "sector_identifier_uri": peer.url("/sector") });
    let guarded = Server::start_with(OPEN);
    let answer = register(&guarded, &metadata, None);
    answer.assert_error(400, "invalid_client_metadata");
    assert!(!answer.body.contains("127.0.0.1"), "it tells nothing of the network: {answer:?}");
    let closed = [("REGISTRATION__MODE", "token"), ("OUTBOUND__ALLOWED_ADDRESSES", "127.0.0.1")];
    assert_eq!(register(&Server::start_with(&closed), &metadata, Some("cs_it_x")).status, 401);
    assert!(peer.asked("/sector").is_empty(), "no packet left");
}

#[test]
fn keys_of_a_client_are_public_ones() {
    let server = Server::start_with(OPEN);
    let private = json!({ "keys": [{ "kty": "oct", "k": "c2VjcmV0" }] });
    let metadata = json!({ "redirect_uris": ["https://a.example/cb"], "jwks": private });
    let answer = register(&server, &metadata, None);
    answer.assert_error(400, "invalid_client_metadata");
    assert!(!answer.body.contains("c2VjcmV0"), "{answer:?}");
}

/// A parser of URLs takes them, and a header or a policy would be read as several values.
#[test]
fn a_host_is_a_name_or_an_address() {
    let server = Server::start_with(OPEN);
    let uris = json!(["https://photos.example/cb"]);
    for host in [
        "a.example;script-src",
        "a.example,b.example",
        "a'b.example",
        "a(b).example",
        "$a.example",
        "a_b.example",
        "a!b",
        "a%2cb",
    ] {
        let uri = format!("https://{host}/x");
        let redirect = json!({ "redirect_uris": [uri] });
        register(&server, &redirect, None).assert_error(400, "invalid_redirect_uri");
        for name in [
            "client_uri",
            "logo_uri",
            "policy_uri",
            "tos_uri",
            "initiate_login_uri",
            "jwks_uri",
            "sector_identifier_uri",
            "backchannel_logout_uri",
            "frontchannel_logout_uri",
        ] {
            let refused = register(&server, &json!({ "redirect_uris": uris, name: uri }), None);
            refused.assert_error(400, "invalid_client_metadata");
            assert!(refused.body.contains(name) && refused.body.contains("host"), "{refused:?}");
        }
        for name in ["request_uris", "post_logout_redirect_uris"] {
            let refused = register(&server, &json!({ "redirect_uris": uris, name: [uri] }), None);
            refused.assert_error(400, "invalid_client_metadata");
        }
    }
    for host in
        ["app.example", "APP.example", "xn--bcher-kva.example", "192.0.2.1:8443", "[2001:db8::1]", "a-b.example."]
    {
        registered(&server, &json!({ "redirect_uris": [format!("https://{host}/x")] }));
    }
}

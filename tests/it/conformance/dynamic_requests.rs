//! Dynamic OP: what clients that registered themselves ask for.

use serde_json::{Value, json};

use super::dynamic::{OPEN, Rp};
use crate::support::{ALICE, Browser, Peer, Server, Signer, header, query_of};

#[test]
fn oidcc_idtoken_rs256() {
    let rp = Rp::new(&json!({ "id_token_signed_response_alg": "RS256" }));
    let tokens = rp.sign_in(&rp.request());
    rp.id_token(&tokens);
    let header = header(tokens.0["id_token"].as_str().unwrap());
    assert!(header["alg"] == "RS256" && header["kid"].is_string());
}

#[test]
fn oidcc_idtoken_unsigned() {
    let metadata = Server::start_with(OPEN).get("/.well-known/openid-configuration").json();
    let algorithms = metadata["id_token_signing_alg_values_supported"].as_array().unwrap();
    assert!(!algorithms.contains(&"none".into()), "the module is skipped then");
}

#[test]
fn oidcc_userinfo_rs256() {
    let rp = Rp::new(&json!({ "userinfo_signed_response_alg": "RS256" }));
    let tokens = rp.sign_in(&rp.request());
    let answer = rp.server.userinfo(tokens.access_token());
    assert_eq!(answer.header("content-type"), Some("application/jwt"));
    assert_eq!(header(&answer.body)["alg"], "RS256");
    let said = crate::support::claims(&answer.body);
    assert_eq!((&said["iss"], &said["aud"]), (&json!(rp.server.issuer), &json!(rp.id())));
    assert_eq!((&said["sub"], said.get("nonce")), (&rp.id_token(&tokens)["sub"], None));
}

#[test]
fn oidcc_ensure_redirect_uri_in_authorization_request() {
    let rp = Rp::new(&json!({ "redirect_uris": ["https://rp.example/callback", "https://rp.example/second"] }));
    Browser::new(&rp.server).get(&rp.request().without("redirect_uri").path()).assert_error_page(400);
}

fn with_query() -> Rp {
    Rp::new(&json!({ "redirect_uris": ["https://rp.example/callback?foo=bar"] }))
}

#[test]
fn oidcc_redirect_uri_query_ok() {
    let rp = with_query();
    let mut browser = Browser::new(&rp.server);
    let page = browser.visit(&rp.request().path());
    let page = browser.sign_in(&page, ALICE);
    let answer = browser.decide(&page, "allow");
    assert!(answer.location().starts_with("https://rp.example/callback?foo=bar&code="), "{answer:?}");
}

#[test]
fn oidcc_redirect_uri_query_mismatch() {
    let rp = with_query();
    let other = rp.request().with("redirect_uri", "https://rp.example/callback?bar=foo");
    Browser::new(&rp.server).get(&other.path()).assert_error_page(400);
}

#[test]
fn oidcc_redirect_uri_query_added() {
    let rp = Rp::new(&json!({}));
    let added = rp.request().with("redirect_uri", "https://rp.example/callback?foo=bar");
    Browser::new(&rp.server).get(&added.path()).assert_error_page(400);
}

#[test]
fn oidcc_refresh_token() {
    let rp = Rp::new(&json!({ "grant_types": ["authorization_code", "refresh_token"] }));
    let first = rp.sign_in(&rp.request().with("scope", "openid offline_access").with("prompt", "consent"));
    let form = [("grant_type", "refresh_token"), ("refresh_token", first.refresh_token())];
    let other = Signer::rsa("rp-1");
    let stranger = Rp { server: Server::start_with(OPEN), key: other, client: rp.client.clone() };
    assert_eq!(rp.token(&form, &stranger.assertion(&rp.server.issuer, "x")).status, 401, "another key");
    let second = rp.token(&form, &rp.assertion(&rp.server.issuer, "refresh")).tokens();
    assert_eq!(rp.id_token(&second)["sub"], rp.id_token(&first)["sub"]);
}

#[test]
fn oidcc_refresh_token_rp_key_rotation() {
    let peer = Peer::start();
    let members = json!({ "jwks_uri": peer.url("/jwks"), "grant_types": ["authorization_code", "refresh_token"] });
    let mut rp = Rp::new(&members);
    peer.serve("/jwks", rp.key.jwks().to_string());
    let tokens = rp.sign_in(&rp.request().with("scope", "openid offline_access").with("prompt", "consent"));
    rp.key = Signer::rsa("rp-2");
    peer.serve("/jwks", rp.key.jwks().to_string());
    rp.server.advance(std::time::Duration::from_secs(60));
    let form = [("grant_type", "refresh_token"), ("refresh_token", tokens.refresh_token())];
    rp.token(&form, &rp.assertion(&rp.server.issuer, "rotated")).tokens();
}

/// A relying party with a request object at an address that it registered.
fn by_reference(object: impl Fn(&Rp) -> String) -> (Rp, String) {
    let peer = Peer::start();
    let uri = peer.url("/request.jwt");
    let rp = Rp::new(&json!({ "request_uris": [uri] }));
    peer.serve("/request.jwt", object(&rp));
    (rp, uri)
}

/// The whole request as claims.
fn claims_of(rp: &Rp) -> Value {
    let mut claims = json!({ "iss": rp.id(), "aud": rp.server.issuer });
    for (name, value) in rp.request().with("state", "inside").pairs() {
        claims[name] = json!(value);
    }
    claims
}

#[test]
fn oidcc_request_uri_signed_rs256() {
    let (rp, uri) = by_reference(|rp| rp.key.sign(&claims_of(rp)));
    let told =
        Browser::new(&rp.server).authorize(&rp.request().without("state").with("request_uri", &uri).path(), ALICE);
    assert_eq!(told["state"], "inside");
    assert!(told.contains_key("code"), "{told:?}");
}

#[test]
fn oidcc_request_uri_unsigned() {
    let unsigned = |rp: &Rp| {
        let part = |value: &Value| countersign::types::base64url::encode(value.to_string());
        format!("{}.{}.", part(&json!({ "alg": "none" })), part(&claims_of(rp)))
    };
    let (rp, uri) = by_reference(unsigned);
    // Nobody vouched for this client: the error is a link on a page, unless silence was asked for.
    let request = rp.request().with("request_uri", &uri).with("prompt", "none");
    let answer = Browser::new(&rp.server).get(&request.path());
    assert_eq!(query_of(answer.location())["error"], "request_uri_not_supported");
}

#[test]
fn oidcc_ensure_request_object_with_redirect_uri() {
    let rp = Rp::new(&json!({}));
    let object = rp.key.sign(&claims_of(&rp));
    let request = rp.request().with("redirect_uri", "https://rp.example/other").with("request", &object);
    let told = Browser::new(&rp.server).authorize(&request.path(), ALICE);
    assert_eq!(told["state"], "inside", "what is signed supersedes what is not");
}

#[test]
fn oidcc_ensure_client_assertion_with_iss_aud_succeeds() {
    let rp = Rp::new(&json!({}));
    let told = Browser::new(&rp.server).authorize(&rp.request().path(), ALICE);
    let redirect_uri = rp.client["redirect_uris"][0].as_str().unwrap();
    let form = [("grant_type", "authorization_code"), ("code", &told["code"]), ("redirect_uri", redirect_uri)];
    rp.token(&form, &rp.assertion(&rp.server.issuer, "issuer as audience")).tokens();
}

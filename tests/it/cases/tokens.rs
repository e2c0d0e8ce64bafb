//! Tokens as others see them (J11, J12, J17, J20): claims, signature, and the keys that verify it.

use std::collections::{BTreeSet, HashSet};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, SHA512, digest};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use serde_json::{Value, json};

pub use crate::support::header;
use crate::support::{ALICE, API, Authorization, Browser, SPA, Server, Tokens, WEB, claims};

fn decode(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn members(value: &Value) -> BTreeSet<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

/// The published keys.
pub fn jwks(server: &Server) -> Vec<Value> {
    server.get("/.well-known/jwks.json").json()["keys"].as_array().unwrap().clone()
}

fn published_key(server: &Server, token: &str) -> Value {
    let kid = header(token)["kid"].clone();
    let mut keys = jwks(server).into_iter().filter(|key| key["kid"] == kid);
    let key = keys.next().expect("the key is published");
    assert!(keys.next().is_none(), "a kid names one key");
    key
}

/// Verifies an RS256 signature as a resource server does, which knows the JWKS and none of our code.
#[track_caller]
fn verify_rs256(server: &Server, token: &str) {
    let key = published_key(server, token);
    let [n, e] = ["n", "e"].map(|member| decode(key[member].as_str().unwrap()));
    let (message, signature) = token.rsplit_once('.').unwrap();
    RsaPublicKeyComponents { n: &n, e: &e }
        .verify(&RSA_PKCS1_2048_8192_SHA256, message.as_bytes(), &decode(signature))
        .expect("the signature is right");
}

fn id_token(tokens: &Tokens) -> &str {
    tokens.0["id_token"].as_str().expect("openid was asked for")
}

fn client_credentials(server: &Server) -> Tokens {
    server.token(WEB, &[("grant_type", "client_credentials")]).tokens()
}

/// J12, RFC 9068 §2.
#[test]
fn j12_an_access_token_has_the_claims_of_rfc_9068_and_no_others() {
    let server = Server::start();
    let now = server.clock.now().seconds();
    let tokens = server.sign_in(WEB);
    let head = header(tokens.access_token());
    assert_eq!((head["typ"].as_str(), head["alg"].as_str()), (Some("at+jwt"), Some("RS256")));
    assert_eq!(members(&head), BTreeSet::from(["alg", "kid", "typ"]));
    let claims = tokens.claims();
    let expected = ["iss", "sub", "aud", "client_id", "exp", "iat", "jti", "scope"];
    assert_eq!(members(&claims), BTreeSet::from(expected));
    assert_eq!((claims["iss"].as_str(), claims["aud"].as_str()), (Some(server.issuer.as_str()), Some(API)));
    assert_eq!((claims["client_id"].as_str(), claims["scope"].as_str()), (Some("web"), Some("openid notes.read")));
    assert_eq!((claims["iat"].as_i64(), claims["exp"].as_i64()), (Some(now), Some(now + 300)));
    assert_eq!(claims["sub"], server.userinfo(tokens.access_token()).json()["sub"]);
    assert_eq!((tokens.0["expires_in"].as_i64(), tokens.0["token_type"].as_str()), (Some(300), Some("Bearer")));
    assert_eq!(tokens.0["scope"], claims["scope"]);
    verify_rs256(&server, tokens.access_token());
    verify_rs256(&server, id_token(&tokens));
}

/// J12: no `jti` twice, whoever asks.
#[test]
fn j12_every_access_token_has_another_jti() {
    let server = Server::start();
    let mut seen = HashSet::new();
    for _ in 0..300 {
        let claims = client_credentials(&server).claims();
        let jti = claims["jti"].as_str().unwrap().to_owned();
        assert!(decode(&jti).len() >= 16 && seen.insert(jti));
    }
    for token in (0..20).map(|_| server.sign_in(SPA)) {
        assert!(seen.insert(token.claims()["jti"].as_str().unwrap().to_owned()));
    }
}

#[test]
fn a_token_of_the_client_itself_is_about_no_person() {
    let server = Server::start();
    let tokens = client_credentials(&server);
    assert_eq!((tokens.0.get("refresh_token"), tokens.0.get("id_token")), (None, None));
    assert_eq!((tokens.claims()["sub"].as_str(), tokens.claims()["client_id"].as_str()), (Some("web"), Some("web")));
    assert_eq!(tokens.claims()["scope"], "notes.read notes.write");
    verify_rs256(&server, tokens.access_token());
    let openid = [("grant_type", "client_credentials"), ("scope", "openid")];
    server.token(WEB, &openid).assert_error(400, "invalid_scope");
    assert_eq!(server.userinfo(tokens.access_token()).status, 403);
}

/// J11, RFC 7517, and RFC 7638 for the `kid`.
#[test]
fn j11_the_jwks_has_public_members_only_and_a_key_that_waits() {
    let server = Server::start();
    let response = server.get("/.well-known/jwks.json");
    assert_eq!(response.header("content-type"), Some("application/jwk-set+json"));
    assert_eq!(members(&response.json()), BTreeSet::from(["keys"]));
    let keys = jwks(&server);
    assert_eq!(keys.len(), 2, "the active key and the next one");
    for key in &keys {
        assert_eq!(members(key), BTreeSet::from(["kty", "n", "e", "kid", "use", "alg"]));
        assert_eq!((&key["kty"], &key["use"], &key["alg"]), (&json!("RSA"), &json!("sig"), &json!("RS256")));
        let n = decode(key["n"].as_str().unwrap());
        assert_eq!((n.len(), n[0] >> 7, key["e"].as_str()), (256, 1, Some("AQAB")));
        let canonical = format!(r#"{{"e":"AQAB","kty":"RSA","n":{}}}"#, key["n"]);
        assert_eq!(key["kid"], URL_SAFE_NO_PAD.encode(digest(&SHA256, canonical.as_bytes())));
    }
    assert_ne!(keys[0]["kid"], keys[1]["kid"]);
}

#[test]
fn j11_rsa_keys_are_as_long_as_the_setting_says() {
    let server = Server::start_with(&[("KEYS__RSA_BITS", "3072")]);
    assert!(jwks(&server).iter().all(|key| decode(key["n"].as_str().unwrap()).len() == 384));
    verify_rs256(&server, server.sign_in(SPA).access_token());
}

/// Each algorithm that can be configured: metadata, JWKS, header and `at_hash` agree, and the server takes its own tokens.
#[test]
fn every_configured_algorithm_signs_and_is_announced() {
    let key_members: [(&str, &[&str]); 3] = [
        ("PS256", &["kty", "n", "e", "kid", "use", "alg"]),
        ("ES256", &["kty", "crv", "x", "y", "kid", "use", "alg"]),
        ("EdDSA", &["kty", "crv", "x", "kid", "use", "alg"]),
    ];
    for (algorithm, expected) in key_members {
        let server = Server::start_with(&[("KEYS__ALGORITHM", algorithm), ("KEYS__ID_TOKEN_ALGORITHMS", ",")]);
        let metadata = server.get("/.well-known/openid-configuration").json();
        assert_eq!(metadata["id_token_signing_alg_values_supported"], json!([algorithm]));
        for key in jwks(&server) {
            assert_eq!(members(&key), expected.iter().copied().collect());
            assert_eq!(key["alg"], algorithm);
        }
        let tokens = server.sign_in(SPA);
        for token in [tokens.access_token(), id_token(&tokens)] {
            assert_eq!(header(token)["alg"], algorithm);
            published_key(&server, token);
        }
        assert_eq!(server.userinfo(tokens.access_token()).status, 200);
        let hash = digest(if algorithm == "EdDSA" { &SHA512 } else { &SHA256 }, tokens.access_token().as_bytes());
        let half = &hash.as_ref()[..hash.as_ref().len() / 2];
        assert_eq!(claims(id_token(&tokens))["at_hash"], URL_SAFE_NO_PAD.encode(half));
    }
}

/// J20, OpenID Connect Core §2, §3.1.3.6.
#[test]
fn j20_an_id_token_echoes_the_nonce_and_binds_the_access_token() {
    let server = Server::start();
    server.tell_sid(WEB);
    let nonce = "n-0S6_WzA2Mj <&> \"ünï\" +%2B";
    let mut browser = Browser::new(&server);
    let now = server.clock.now().seconds();
    let answer = browser.authorize(&Authorization::of(WEB).with("nonce", nonce).path(), ALICE);
    let tokens = server.exchange(WEB, &answer["code"]).tokens();
    let known = claims(id_token(&tokens));
    let expected = ["iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "at_hash", "acr", "amr", "sid"];
    assert_eq!(members(&known), BTreeSet::from(expected));
    assert_eq!((known["nonce"].as_str(), known["aud"].as_str()), (Some(nonce), Some("web")));
    assert_eq!((known["iss"].as_str(), known["auth_time"].as_i64()), (Some(server.issuer.as_str()), Some(now)));
    assert_eq!((known["iat"].as_i64(), known["exp"].as_i64()), (Some(now), Some(now + 300)));
    assert_eq!(header(id_token(&tokens))["typ"], "JWT");
    let half = &digest(&SHA256, tokens.access_token().as_bytes()).as_ref()[..16].to_vec();
    assert_eq!(known["at_hash"], URL_SAFE_NO_PAD.encode(half));

    // Ten minutes later in the same session: the same sign-in, and no nonce where none was sent.
    server.advance(Duration::from_secs(600));
    let answer = browser.authorize(&Authorization::of(WEB).path(), ALICE);
    let later = claims(id_token(&server.exchange(WEB, &answer["code"]).tokens()));
    assert_eq!((later.get("nonce"), later["auth_time"].as_i64()), (None, Some(now)));
    assert_eq!((&later["sid"], later["iat"].as_i64()), (&known["sid"], Some(now + 600)));
}

#[test]
fn without_openid_there_is_no_id_token() {
    let server = Server::start();
    let request = Authorization::of(WEB).with("scope", "notes.read").with("nonce", "n-1");
    let tokens = server.exchange(WEB, &server.code_for(&request, ALICE)).tokens();
    assert_eq!(tokens.0.get("id_token"), None);
    assert_eq!(server.refresh(WEB, tokens.refresh_token()).tokens().0.get("id_token"), None);
}

/// RFC 8707: one audience, which the client may ask for on every leg; without one the client's default.
#[test]
fn an_access_token_is_for_the_resource_that_was_asked_for() {
    let server = Server::start();
    let other = "https://other.example/api";
    let code = server.code_for(&Authorization::of(WEB).with("resource", other), ALICE);
    let form = [("grant_type", "authorization_code"), ("code", &code), ("code_verifier", crate::support::VERIFIER)];
    let twice = [&form[..], &[("resource", other), ("resource", API)]].concat();
    server.token(WEB, &twice).assert_error(400, "invalid_target");
    server.token(WEB, &[&form[..], &[("resource", API)]].concat()).assert_error(400, "invalid_target");
    let tokens = server.token(WEB, &[&form[..], &[("resource", other)]].concat()).tokens();
    assert_eq!(tokens.claims()["aud"], other);
    assert_eq!(server.userinfo(tokens.access_token()).status, 200, "it asks for the scope, not for an audience");
    for (resource, expected) in [(other, Ok(other)), ("", Ok(API)), ("https://evil.example", Err("invalid_target"))] {
        let answer = server.token(WEB, &[("grant_type", "client_credentials"), ("resource", resource)]);
        match expected {
            Ok(audience) => assert_eq!(answer.tokens().claims()["aud"], audience),
            Err(code) => answer.assert_error(400, code),
        }
    }
}

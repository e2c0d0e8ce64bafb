//! Client authentication by `private_key_jwt` (RFC 7523, OpenID Connect Core §9; K11).

use std::time::Duration;

use serde_json::{Value, json};

use super::nodes::beside;
use super::purge::rows;
use super::refresh_races::together;
use crate::support::database::execute;
use crate::support::signer::encode;
use crate::support::{API_SERVER, Http, Response, SIGNER, Server, Signer, VERIFIER, WEB, basic};

const GRANT: (&str, &str) = ("grant_type", "client_credentials");
const KIND: (&str, &str) = ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");

fn present(server: &Http, assertion: &str, form: &[(&str, &str)]) -> Response {
    server.post("/token", &[&[KIND, ("client_assertion", assertion)], form].concat())
}

/// A server with [`SIGNER`], whose key is registered by value.
fn with_key(signer: &Signer) -> Server {
    let server = Server::start();
    server.add_signer(&[("jwks", signer.jwks())]);
    server
}

#[test]
fn a_client_proves_itself_with_a_key_of_each_kind() {
    let signers = [Signer::rsa("r"), Signer::p256("p"), Signer::ed25519("e")];
    let server = Server::start();
    server.add_signer(&[("jwks", json!({ "keys": signers.each_ref().map(Signer::jwk) }))]);
    for signer in &signers {
        let tokens = present(&server, &signer.sign(&server.assertion()), &[GRANT]).tokens();
        assert_eq!(tokens.claims()["client_id"], SIGNER.id);
    }
    let pss = signers[0].sign_with(&json!({ "alg": "PS256", "kid": "r", "typ": "JWT" }), &server.assertion());
    present(&server, &pss, &[GRANT, ("client_id", SIGNER.id)]).tokens();
    // As RFC 9864 §2.2 calls it.
    let renamed = signers[2].sign_with(&json!({ "alg": "Ed25519", "kid": "e" }), &server.assertion());
    present(&server, &renamed, &[GRANT]).tokens();
    let unnamed = signers[1].sign_with(&json!({ "alg": "ES256" }), &server.assertion());
    present(&server, &unnamed, &[GRANT]).tokens();
}

/// The code grant and refreshing, introspection and revocation, each with an assertion of its own.
#[test]
fn an_assertion_is_good_at_every_endpoint() {
    let signer = Signer::ed25519("1");
    let server = with_key(&signer);
    let code = server.code(SIGNER);
    let fresh = || signer.sign(&server.assertion());
    let form = [("grant_type", "authorization_code"), ("code", code.as_str()), ("code_verifier", VERIFIER)];
    let tokens = present(&server, &fresh(), &form).tokens();
    let form = [("grant_type", "refresh_token"), ("refresh_token", tokens.refresh_token())];
    let tokens = present(&server, &fresh(), &form).tokens();
    let post = |path: &str, token: &str| server.post(path, &[KIND, ("client_assertion", &fresh()), ("token", token)]);
    assert_eq!(post("/introspect", tokens.access_token()).json()["active"], true);
    assert_eq!(post("/revoke", tokens.refresh_token()).status, 200);
    assert_eq!(post("/introspect", tokens.access_token()).json()["active"], false);
    for path in ["/introspect", "/revoke"] {
        let wrong = [KIND, ("client_assertion", "e30.e30.e30"), ("client_id", SIGNER.id), ("token", "x")];
        server.post(path, &wrong).assert_error(401, "invalid_client");
    }
}

/// OpenID Connect Core §9: "The Audience SHOULD be the URL of the Authorization Server's Token Endpoint"; rfc7523bis: the
/// issuer, alone.
#[test]
fn the_audience_is_this_server_alone() {
    let signer = Signer::ed25519("1");
    let server = with_key(&signer);
    let issuer = server.issuer.clone();
    let token_endpoint = format!("{issuer}/token");
    let with = |aud: Value| {
        let mut claims = server.assertion();
        claims["aud"] = aud;
        present(&server, &signer.sign(&claims), &[GRANT])
    };
    for right in [json!(issuer), json!([issuer]), json!(token_endpoint), json!([token_endpoint])] {
        with(right).tokens();
    }
    for wrong in [
        json!("https://other.example"),
        json!(format!("{issuer}/")),
        json!([issuer, token_endpoint]),
        json!([issuer, "https://other.example"]),
        json!([]),
        json!(format!("{issuer}/introspect")),
        json!({ "issuer": issuer }),
    ] {
        with(wrong).assert_error(401, "invalid_client");
    }
}

#[test]
fn k11_every_claim_of_an_assertion_counts() {
    let signer = Signer::ed25519("1");
    let server = with_key(&signer);
    let now = server.clock.now().seconds();
    let is_refused = |change: &dyn Fn(&mut Value)| {
        let mut claims = server.assertion();
        change(&mut claims);
        present(&server, &signer.sign(&claims), &[GRANT, ("client_id", SIGNER.id)]).assert_error(401, "invalid_client");
    };
    for (name, wrong) in [
        ("iss", json!("web")),
        ("sub", json!("web")),
        ("exp", json!(now - 30)),
        ("exp", json!(now + 331)),
        ("exp", json!(now + 10 * 365 * 86_400)),
        ("exp", json!("soon")),
        ("nbf", json!(now + 60)),
        ("iat", json!(now + 60)),
        ("jti", json!("")),
    ] {
        is_refused(&|claims| claims[name] = wrong.clone());
    }
    for name in ["iss", "sub", "aud", "exp", "jti"] {
        is_refused(&|claims| drop(claims.as_object_mut().unwrap().remove(name)));
    }
    assert_eq!(rows(&server, "assertion_ids"), 0, "nothing that is refused is remembered");
    present(&server, &signer.sign(&server.assertion()), &[GRANT]).tokens();
}

#[test]
fn k11_only_the_clients_own_key_and_algorithm_count() {
    let (signer, stranger, rsa) = (Signer::ed25519("1"), Signer::ed25519("1"), Signer::rsa("2"));
    let server = Server::start();
    let jwks = json!({ "keys": [signer.jwk(), rsa.jwk()] });
    server.add_signer(&[("jwks", jwks.clone()), ("token_endpoint_auth_signing_alg", json!("EdDSA"))]);
    let claims = || server.assertion();
    let unsigned = format!("{}.{}.", encode(&json!({ "alg": "none" })), encode(&claims()));
    let public_key_as_secret = {
        let message = format!("{}.{}", encode(&json!({ "alg": "HS256", "kid": "1" })), encode(&claims()));
        let secret = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, signer.jwk().to_string().as_bytes());
        format!("{message}.{}", encode(&json!(ring::hmac::sign(&secret, message.as_bytes()).as_ref().to_vec())))
    };
    let own_key_in_header = json!({ "alg": "EdDSA", "jwk": stranger.jwk() });
    for assertion in [
        unsigned,
        public_key_as_secret,
        stranger.sign(&claims()),
        stranger.sign_with(&own_key_in_header, &claims()),
        stranger.sign_with(&json!({ "alg": "EdDSA", "kid": "1", "jku": "https://evil.example/jwks" }), &claims()),
        signer.sign_with(&json!({ "alg": "EdDSA", "kid": "1", "crit": ["exp"] }), &claims()),
        signer.sign_with(&json!({ "alg": "EdDSA", "kid": "unknown" }), &claims()),
        signer.sign_with(&json!({ "alg": "EdDSA", "kid": "1", "typ": "oauth-authz-req+jwt" }), &claims()),
        signer.sign_with(&json!({ "alg": "EdDSA", "kid": "1", "typ": "at+jwt" }), &claims()),
        // Registered is EdDSA, whatever other keys there are.
        rsa.sign(&claims()),
        format!("{}x", signer.sign(&claims())),
        "e30.e30.e30".to_owned(),
        "x".repeat(20_000),
    ] {
        present(&server, &assertion, &[GRANT, ("client_id", SIGNER.id)]).assert_error(401, "invalid_client");
    }
    present(&server, &signer.sign(&claims()), &[GRANT]).tokens();
}

#[test]
fn k11_an_assertion_is_used_once() {
    let signer = Signer::ed25519("1");
    let server = with_key(&signer);
    let assertion = signer.sign(&server.assertion());
    present(&server, &assertion, &[GRANT]).tokens();
    present(&server, &assertion, &[GRANT]).assert_error(401, "invalid_client");
    let form = [KIND, ("client_assertion", &assertion), ("token", "x")];
    server.post("/introspect", &form).assert_error(401, "invalid_client");
    // Nor is another with its jti, until it has ended.
    let mut again = server.assertion();
    again["jti"] = crate::support::claims(&assertion)["jti"].clone();
    present(&server, &signer.sign(&again), &[GRANT]).assert_error(401, "invalid_client");
}

/// K11: of many that present one assertion at once, to two nodes, one is the client.
#[test]
fn k11_an_assertion_is_used_once_however_many_race() {
    let signer = Signer::ed25519("1");
    let one = with_key(&signer);
    let other = beside(&one);
    for _ in 0..3 {
        let assertion = signer.sign(&one.assertion());
        let answers = together(20, |thread| present(if thread % 2 == 0 { &one } else { &other }, &assertion, &[GRANT]));
        let (let_in, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 200);
        assert_eq!(let_in.len(), 1);
        assert!(refused.iter().all(|answer| [401, 429].contains(&answer.status)), "{refused:?}");
        one.clock.advance(Duration::from_secs(300));
        other.clock.set(one.clock.now());
        one.advance(Duration::ZERO);
        other.advance(Duration::ZERO);
    }
}

#[test]
fn a_wrong_assertion_consumes_nothing() {
    let (signer, stranger) = (Signer::ed25519("1"), Signer::ed25519("1"));
    let server = with_key(&signer);
    let code = server.code(SIGNER);
    let form = [("grant_type", "authorization_code"), ("code", code.as_str()), ("code_verifier", VERIFIER)];
    present(&server, &stranger.sign(&server.assertion()), &form).assert_error(401, "invalid_client");
    present(&server, &signer.sign(&server.assertion()), &form).tokens();
}

#[test]
fn one_method_a_request_and_no_other_than_the_registered() {
    let signer = Signer::ed25519("1");
    let server = with_key(&signer);
    let assertion = signer.sign(&server.assertion());
    let both = [KIND, ("client_assertion", assertion.as_str()), GRANT];
    let header = basic(WEB.id, WEB.secret.unwrap());
    server.post_with("/token", &both, &[("authorization", &header)]).assert_error(400, "invalid_request");
    let form = [&both[..], &[("client_id", SIGNER.id), ("client_secret", "x")]].concat();
    server.post("/token", &form).assert_error(400, "invalid_request");
    server.post("/token", &[KIND, GRANT]).assert_error(400, "invalid_request");
    server.post("/token", &[GRANT, ("client_assertion", &assertion)]).assert_error(400, "invalid_request");
    let other = ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer");
    server.post("/token", &[GRANT, other, ("client_assertion", &assertion)]).assert_error(401, "invalid_client");
    let twice = [&both[..], &[("client_assertion", &assertion)]].concat();
    server.post("/token", &twice).assert_error(400, "invalid_request");
    // Another client's name, a client with a secret, a secret instead, nothing at all.
    present(&server, &assertion, &[GRANT, ("client_id", "web")]).assert_error(401, "invalid_client");
    let mut of_web = server.assertion();
    (of_web["iss"], of_web["sub"]) = (json!("web"), json!("web"));
    present(&server, &signer.sign(&of_web), &[GRANT]).assert_error(401, "invalid_client");
    server.post("/token", &[GRANT, ("client_id", SIGNER.id)]).assert_error(401, "invalid_client");
    server
        .post_with("/token", &[GRANT], &[("authorization", &basic(SIGNER.id, ""))])
        .assert_error(401, "invalid_client");
    present(&server, "not.a", &[GRANT]).assert_error(401, "invalid_client");
    present(&server, &assertion, &[GRANT]).tokens();
}

/// K05: an unknown client, a locked one, one without the method and a wrong key look alike.
#[test]
fn k05_an_assertion_tells_nobody_which_clients_there_are() {
    let signer = Signer::ed25519("1");
    let server = with_key(&signer);
    let answers = ["nobody", "web", "spa", SIGNER.id].map(|id| {
        let mut claims = server.assertion();
        (claims["iss"], claims["sub"]) = (json!(id), json!(id));
        super::client_authentication::visible(&present(&server, &Signer::ed25519("1").sign(&claims), &[GRANT]))
    });
    execute(&server.data_dir, "UPDATE clients SET disabled_at = 1 WHERE id = 'signer'");
    let locked = present(&server, &signer.sign(&server.assertion()), &[GRANT]);
    locked.assert_error(401, "invalid_client");
    assert!(answers.iter().all(|answer| *answer == super::client_authentication::visible(&locked)), "{answers:#?}");
}

#[test]
fn guesses_are_throttled_and_the_right_key_is_not() {
    let signer = Signer::ed25519("1");
    let server = with_key(&signer);
    let stranger = Signer::ed25519("1");
    for _ in 0..30 {
        present(&server, &stranger.sign(&server.assertion()), &[GRANT]).assert_error(401, "invalid_client");
    }
    present(&server, &stranger.sign(&server.assertion()), &[GRANT]).assert_error(429, "temporarily_unavailable");
    present(&server, &signer.sign(&server.assertion()), &[GRANT]).tokens();
}

/// They are remembered as long as any node accepts them, and not much longer: whoever has a key makes as many as they like.
#[test]
fn used_assertions_are_forgotten_minutes_after_their_end() {
    let signer = Signer::ed25519("1");
    let server = with_key(&signer);
    for _ in 0..3 {
        present(&server, &signer.sign(&server.assertion()), &[GRANT]).tokens();
    }
    let walk = || server.block_on(countersign::purge::walk_assertions(&server.app, 0)).expect("it walks");
    server.clock.advance(Duration::from_secs(90 + 119));
    assert_eq!((walk(), rows(&server, "assertion_ids")), (0, 3));
    server.clock.advance(Duration::from_secs(2));
    assert_eq!((walk(), rows(&server, "assertion_ids")), (3, 0));
}

#[test]
fn discovery_tells_of_it() {
    let server = Server::start();
    let metadata = server.get("/.well-known/openid-configuration").json();
    for endpoint in ["token", "introspection", "revocation"] {
        let methods = metadata[format!("{endpoint}_endpoint_auth_methods_supported")].as_array().unwrap();
        assert!(methods.contains(&json!("private_key_jwt")), "{endpoint}");
        let algorithms = &metadata[format!("{endpoint}_endpoint_auth_signing_alg_values_supported")];
        assert_eq!(*algorithms, json!(["RS256", "PS256", "ES256", "EdDSA"]));
    }
    // A client with a secret is none the worse.
    assert_eq!(server.introspect(API_SERVER, "x"), json!({ "active": false }));
}

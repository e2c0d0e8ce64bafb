//! Request objects (RFC 9101, OpenID Connect Core §6), by value.

use std::collections::HashMap;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::signer::encode;
use crate::support::{
    ALICE, Authorization, Browser, PASSWORD, Peer, Response, SIGNER, Server, Signer, VERIFIER, challenge, query_of,
};

pub const LOOPBACK: &[(&str, &str)] = &[("OUTBOUND__ALLOWED_ADDRESSES", "127.0.0.1"), ("OUTBOUND__TIMEOUT", "1s")];

fn with_key(signer: &Signer, metadata: &[(&str, Value)]) -> Server {
    let server = Server::start_with(LOOPBACK);
    server.add_signer(&[&[("jwks", signer.jwks())], metadata].concat());
    server
}

/// The claims of an object with a whole request in it.
pub fn object(server: &Server) -> Value {
    json!({
        "iss": SIGNER.id, "aud": server.issuer, "exp": server.clock.now().seconds() + 60,
        "response_type": "code", "client_id": SIGNER.id, "redirect_uri": SIGNER.redirect_uri,
        "scope": "openid notes.read", "state": "inside", "nonce": "n-inside",
        "code_challenge": challenge(VERIFIER), "code_challenge_method": "S256",
    })
}

/// What has to stand beside an object, by RFC 9101.
fn beside(object: &str) -> Authorization {
    bare().with("request", object)
}

pub fn bare() -> Authorization {
    ["response_type", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method"]
        .into_iter()
        .fold(Authorization::of(SIGNER), Authorization::without)
}

/// What the client is told of a request with this object beside a whole one.
#[track_caller]
fn refused(server: &Server, object: &str, error: &str) -> HashMap<String, String> {
    let told = Browser::new(server).refused(&Authorization::of(SIGNER).with("request", object), error);
    assert_eq!(told["state"], "xyz");
    told
}

fn authorize(server: &Server, request: &Authorization) -> HashMap<String, String> {
    Browser::new(server).authorize(&request.path(), ALICE)
}

/// A request object says until when the request counts: after that its flow goes on where it began, and begins nowhere again.
#[test]
fn a_request_whose_object_has_expired_does_not_begin_again() {
    let signer = Signer::p256("1");
    let server = with_key(&signer, &[]);
    let mut browser = Browser::new(&server);
    let login = browser.visit(&beside(&signer.sign(&object(&server))).path());
    let path = format!("/login?flow={}", login.hidden("flow"));
    server.advance(Duration::from_secs(89));
    assert_eq!(Browser::new(&server).get(&path).status, 200, "the clock of the client may be 30 seconds off");
    server.advance(Duration::from_secs(1));
    Browser::new(&server).get(&path).assert_error_page(400);
    let consent = browser.sign_in(&login, ALICE);
    assert!(query_of(browser.decide(&consent, "allow").location()).contains_key("code"));
}

/// A request whose object was read is read again at every step, by what its client may do by then.
#[test]
fn what_a_client_lost_while_its_request_waits_is_refused_whatever_its_object_said() {
    let signer = Signer::p256("1");
    let waiting = |change: &[&str]| {
        let server = with_key(&signer, &[]);
        let mut browser = Browser::new(&server);
        let login = browser.visit(&beside(&signer.sign(&object(&server))).path());
        server.command(&[&["client", "set", SIGNER.id], change].concat(), "");
        let answer = browser.submit(&login, "/login", &[("username", ALICE), ("password", PASSWORD)]);
        browser.follow(answer)
    };
    waiting(&["--redirect-uri", "https://signer.example/other"]).assert_error_page(400);
    let told = waiting(&["--grant", "client_credentials"]);
    assert_eq!(query_of(told.location())["error"], "unauthorized_client");
    let asked = |change: &[&str]| {
        let consent = waiting(change);
        assert!(consent.body.contains("value=\"allow\""), "{consent:?}");
        consent.body.contains("notes.read")
    };
    assert!(asked(&["--scope", "openid notes.read"]));
    assert!(!asked(&["--scope", "openid"]), "the person is asked for what the client may have");
}

#[test]
fn a_request_may_stand_in_an_object_as_a_whole() {
    let signer = Signer::p256("1");
    let server = with_key(&signer, &[]);
    let told = authorize(&server, &beside(&signer.sign(&object(&server))));
    assert_eq!(told["state"], "inside");
    let form = [("grant_type", "authorization_code"), ("code", told["code"].as_str()), ("code_verifier", VERIFIER)];
    let tokens = server.post_signed(&signer, "/token", &form).tokens();
    assert_eq!(crate::support::claims(tokens.0["id_token"].as_str().unwrap())["nonce"], "n-inside");
    assert_eq!(tokens.0["scope"], "openid notes.read");
}

#[test]
fn an_object_of_every_algorithm_is_read() {
    let signers = [Signer::rsa("r"), Signer::ed25519("e")];
    let server = with_key(&signers[0], &[("jwks", json!({ "keys": signers.each_ref().map(Signer::jwk) }))]);
    let mut browser = Browser::new(&server);
    let claims = object(&server);
    for token in [
        signers[0].sign(&claims),
        signers[0].sign_with(&json!({ "alg": "PS256", "kid": "r", "typ": "oauth-authz-req+jwt" }), &claims),
        signers[1].sign_with(&json!({ "alg": "EdDSA", "typ": "JWT" }), &claims),
    ] {
        assert!(browser.authorize(&beside(&token).path(), ALICE).contains_key("code"));
    }
}

/// OpenID Connect Core §6.1, "oidcc-ensure-request-object-with-redirect-uri": what stands in the object wins.
#[test]
fn what_an_object_says_goes_before_what_stands_beside_it() {
    let signer = Signer::ed25519("1");
    let server = with_key(&signer, &[]);
    let token = signer.sign(&object(&server));
    let request = Authorization::of(SIGNER)
        .with("request", &token)
        .with("redirect_uri", "https://evil.example/cb")
        .with("state", "beside")
        .with("code_challenge", &challenge("another"));
    let mut browser = Browser::new(&server);
    let page = browser.visit(&request.path());
    let answer = browser.sign_in(&page, ALICE);
    let answer = browser.decide(&answer, "allow");
    assert!(answer.location().starts_with(&format!("{}?code=", SIGNER.redirect_uri)), "{answer:?}");
    assert_eq!(query_of(answer.location())["state"], "inside");
}

#[test]
fn what_an_object_does_not_say_is_taken_from_beside_it() {
    let signer = Signer::ed25519("1");
    let server = with_key(&signer, &[]);
    let claims = json!({ "scope": "openid", "prompt": "none" });
    let token = signer.sign(&claims);
    let told = Browser::new(&server).refused(&Authorization::of(SIGNER).with("request", &token), "login_required");
    assert_eq!(told["state"], "xyz");
    let token = signer.sign(&json!({ "max_age": 0, "claims": { "id_token": { "acr": null } }, "login_hint": null }));
    assert!(authorize(&server, &Authorization::of(SIGNER).with("request", &token)).contains_key("code"));
    let token = signer.sign(&json!({ "max_age": "soon" }));
    refused(&server, &token, "invalid_request");
}

/// RFC 9101 §10.5: a client can have it that nothing beside the object counts.
#[test]
fn a_client_that_requires_objects_has_only_what_stands_in_them() {
    let signer = Signer::ed25519("1");
    let server = with_key(&signer, &[("require_signed_request_object", json!(true))]);
    let mut browser = Browser::new(&server);
    browser.refused(&Authorization::of(SIGNER), "invalid_request");
    let mut claims = object(&server);
    let members = claims.as_object_mut().unwrap();
    members.remove("nonce");
    members.remove("state");
    let request = beside(&signer.sign(&claims)).with("state", "beside").with("prompt", "none");
    let told = authorize(&server, &request);
    assert!(told.contains_key("code") && !told.contains_key("state"), "{told:?}");
    claims["code_challenge"] = json!("");
    let request = beside(&signer.sign(&claims)).with("code_challenge", &challenge(VERIFIER));
    browser.refused(&request.with("redirect_uri", SIGNER.redirect_uri), "invalid_request");
}

/// "oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported".
#[test]
fn an_unsigned_object_is_refused_by_its_name() {
    let signer = Signer::ed25519("1");
    let (server, peer) = (Server::start_with(LOOPBACK), Peer::start());
    let uri = peer.url("/object");
    server.add_signer(&[("jwks", signer.jwks()), ("request_uris", json!([uri]))]);
    let unsigned = format!("{}.{}.", encode(&json!({ "alg": "none" })), encode(&object(&server)));
    let told = refused(&server, &unsigned, "request_not_supported");
    assert!(told["error_description"].contains("unsigned request objects are not supported"), "{told:?}");
    peer.serve("/object", &unsigned);
    let request = Authorization::of(SIGNER).with("request_uri", &uri);
    Browser::new(&server).refused(&request, "request_uri_not_supported");
}

#[test]
fn an_object_that_is_not_the_clients_is_refused() {
    let (signer, stranger, rsa) = (Signer::ed25519("1"), Signer::ed25519("1"), Signer::rsa("2"));
    let jwks = json!({ "keys": [signer.jwk(), rsa.jwk()] });
    let server = with_key(&signer, &[("jwks", jwks), ("request_object_signing_alg", json!("EdDSA"))]);
    let claims = object(&server);
    for token in [
        stranger.sign(&claims),
        stranger.sign_with(&json!({ "alg": "EdDSA", "jwk": stranger.jwk() }), &claims),
        stranger.sign_with(&json!({ "alg": "EdDSA", "jku": "https://evil.example/jwks" }), &claims),
        signer.sign_with(&json!({ "alg": "EdDSA", "kid": "1", "crit": ["exp"] }), &claims),
        signer.sign_with(&json!({ "alg": "EdDSA", "kid": "other" }), &claims),
        signer.sign_with(&json!({ "alg": "EdDSA", "kid": "1", "typ": "at+jwt" }), &claims),
        signer.sign_with(&json!({ "alg": "HS256", "kid": "1" }), &claims),
        rsa.sign(&claims),
        signer.sign(&json!("no object")),
        "https://app.example/request".to_owned(),
        "e30.e30.e30".to_owned(),
    ] {
        refused(&server, &token, "invalid_request_object");
    }
    assert!(authorize(&server, &beside(&signer.sign(&claims))).contains_key("code"));
}

#[test]
fn every_claim_of_an_object_counts() {
    let signer = Signer::ed25519("1");
    let server = with_key(&signer, &[]);
    let now = server.clock.now().seconds();
    for (name, wrong) in [
        ("iss", json!("web")),
        ("sub", json!(SIGNER.id)),
        ("aud", json!("https://other.example")),
        ("aud", json!(["https://other.example", "https://another.example"])),
        ("aud", json!(7)),
        ("exp", json!(now - 30)),
        ("exp", json!("soon")),
        ("nbf", json!(now + 31)),
        ("iat", json!(now + 31)),
        ("client_id", json!("web")),
        ("client_id", json!(7)),
        ("response_type", json!("token")),
        ("request", json!("e30.e30.e30")),
        ("request_uri", json!("https://app.example/request")),
        ("resource", json!([7])),
        ("state", json!("\0")),
    ] {
        let mut claims = object(&server);
        claims[name] = wrong.clone();
        let told = refused(&server, &signer.sign(&claims), "invalid_request_object");
        assert!(told["error_description"].starts_with("request: "), "{name}: {told:?}");
    }
    for missing in ["iss", "aud", "exp", "client_id", "response_type"] {
        let mut claims = object(&server);
        claims.as_object_mut().unwrap().remove(missing);
        let request = Authorization::of(SIGNER).with("request", &signer.sign(&claims));
        assert!(authorize(&server, &request).contains_key("code"), "{missing}");
    }
    let mut claims = object(&server);
    claims["aud"] = json!(["https://other.example", server.issuer]);
    claims["resource"] = json!([crate::support::API]);
    assert!(authorize(&server, &beside(&signer.sign(&claims))).contains_key("code"));
}

/// What an object says of a redirect URI is worth nothing until its signature is right.
#[test]
fn an_error_about_an_object_goes_to_a_proven_address_or_nowhere() {
    let (signer, stranger) = (Signer::ed25519("1"), Signer::ed25519("1"));
    let server = with_key(&signer, &[]);
    let forged = stranger.sign(&object(&server));
    let told = Browser::new(&server)
        .refused(&beside(&forged).with("redirect_uri", SIGNER.redirect_uri), "invalid_request_object");
    assert_eq!(told.get("state"), None);
    let evil = beside(&forged).with("redirect_uri", "https://evil.example/cb");
    server.get(&evil.path()).assert_error_page(400);
    server.get(&evil.with("client_id", "nobody").path()).assert_error_page(400);
    // An object with a wrong redirect URI of its own.
    let mut claims = object(&server);
    claims["redirect_uri"] = json!("https://evil.example/cb");
    let request = Authorization::of(SIGNER).with("request", &signer.sign(&claims));
    server.get(&request.path()).assert_error_page(400);
}

/// Nor does one of a client that nobody vouched for lead a person astray.
#[test]
fn an_error_about_an_object_of_an_unvouched_client_stops_at_a_page() {
    let server = Server::start_with(super::registration::OPEN);
    let signer = Signer::ed25519("1");
    let metadata = json!({ "redirect_uris": ["https://photos.example/cb"], "jwks": signer.jwks() });
    let client = super::registration::registered(&server, &metadata);
    let request = super::registration::request_of(&client);
    let page = server.get(&request.clone().with("request", "e30.e30.e30").path());
    assert_eq!((page.status, page.header("location")), (400, None), "{page:?}");
    assert!(page.body.contains("href=\"https://photos.example/cb?error=invalid_request_object&#38;"), "{page:?}");
    let request = request.with("request", &signer.sign(&json!({ "prompt": "none" })));
    Browser::new(&server).refused(&request, "login_required");
}

#[test]
fn an_object_is_sent_once_and_one_way() {
    let signer = Signer::ed25519("1");
    let server = with_key(&signer, &[("request_uris", json!(["https://app.example/request"]))]);
    let request = Authorization::of(SIGNER).with("request", &signer.sign(&object(&server)));
    let mut browser = Browser::new(&server);
    browser.refused(&request.clone().with("request_uri", "https://app.example/request"), "invalid_request");
    browser.refused(&request.clone().and("request", "e30.e30.e30"), "invalid_request");
    // A client without keys has nobody to ask.
    let web = Authorization::of(crate::support::WEB).with("request", request.get("request").unwrap());
    browser.refused(&web, "invalid_request_object");
    // An object is no secret, and may be sent again.
    assert!(authorize(&server, &request).contains_key("code"));
    assert!(authorize(&server, &request).contains_key("code"));
}

#[test]
fn a_posted_object_is_read_like_one_in_the_query() {
    let signer = Signer::ed25519("1");
    let server = with_key(&signer, &[]);
    let request = beside(&signer.sign(&object(&server)));
    let mut browser = Browser::new(&server);
    let posted: Response = browser.post("/authorize", &request.pairs());
    let page = browser.follow(posted);
    let page = browser.sign_in(&page, ALICE);
    let answer = browser.decide(&page, "allow");
    assert_eq!(query_of(answer.location())["state"], "inside");
}

#[test]
fn discovery_tells_of_request_objects() {
    let metadata = Server::start().get("/.well-known/openid-configuration").json();
    for flag in ["request_parameter_supported", "request_uri_parameter_supported", "require_request_uri_registration"] {
        assert_eq!(metadata[flag], true, "{flag}");
    }
    assert_eq!(metadata["request_object_signing_alg_values_supported"], json!(["RS256", "PS256", "ES256", "EdDSA"]));
}

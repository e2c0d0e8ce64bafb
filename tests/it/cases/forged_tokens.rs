//! Forged access tokens (J01-J09), wherever one comes back: at `/userinfo`, `/introspect` and `/revoke`.

use super::bearer::assert_invalid;
use super::introspect::assert_inactive;
use super::tokens::{header, jwks};
use crate::support::database::number;
use crate::support::{Server, WEB, raw};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use countersign::keys::{Algorithm, KeyState, SigningKey};
use countersign::store::signing_keys;
use ring::hmac;
use serde_json::{Value, json};
use std::net::TcpListener;

fn encode(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// A JWT of these parts.
fn jwt(header: &Value, claims: &Value, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
    let message = format!("{}.{}", encode(header), encode(claims));
    let signature = URL_SAFE_NO_PAD.encode(sign(message.as_bytes()));
    format!("{message}.{signature}")
}

/// A JWT that the server's own key signed, of whatever type and claims.
fn signed(server: &Server, typ: &str, claims: &Value) -> String {
    let ring = server.app.keys.ring.current();
    ring.sign(Algorithm::Rs256, typ, claims, server.clock.now()).expect("the ring signs")
}

/// The key that the server signs with.
fn own_key(server: &Server) -> SigningKey {
    let stored = server.block_on(server.app.store.read(signing_keys::list)).expect("the store is read");
    let active = stored.into_iter().find(|key| key.state == KeyState::Active).expect("one key is active");
    let private = server.app.keys.seal.open(active.kid.as_bytes(), &active.sealed).expect("the server can open it");
    SigningKey::from_pkcs8(Algorithm::Rs256, &private).expect("it is a key")
}

/// A token that is worth nothing wherever it comes back, and by which nothing is revoked: what was asked of the one that it
/// was forged after still holds.
#[track_caller]
fn assert_refused(server: &Server, token: &str) {
    assert_invalid(&server.userinfo(token));
    if !token.is_empty() {
        assert_inactive(&server.introspect(WEB, token));
        server.revoke(WEB, token);
    }
    assert_eq!(number(&server.data_dir, "SELECT COUNT(*) FROM revoked_tokens"), 0);
}

/// The claims with one of them changed; `null` takes it away.
fn with(claims: &Value, name: &str, value: Value) -> Value {
    let mut claims = claims.clone();
    match value {
        Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
        value => claims[name] = value,
    }
    claims
}

#[test]
fn j01_a_token_without_a_signature_is_refused() {
    let server = Server::start();
    let tokens = server.sign_in(WEB);
    let (head, claims) = (header(tokens.access_token()), tokens.claims());
    for none in ["none", "None", "NONE", "nOnE", ""] {
        let head = with(&head, "alg", json!(none));
        assert_refused(&server, &jwt(&head, &claims, |_| Vec::new()));
        assert_refused(&server, &jwt(&with(&head, "kid", Value::Null), &claims, |_| Vec::new()));
        assert_refused(&server, jwt(&head, &claims, |_| Vec::new()).trim_end_matches('.'));
    }
    assert_refused(&server, &jwt(&head, &claims, |_| Vec::new()));
    let (message, signature) = tokens.access_token().rsplit_once('.').unwrap();
    let foreign = jwt(&head, &with(&claims, "scope", json!("openid profile")), |_| Vec::new());
    assert_refused(&server, &format!("{foreign}{signature}"));
    assert_refused(&server, &format!("{message}.{}", "A".repeat(signature.len())));
    assert_refused(&server, &format!("{message}.{signature}="));
    assert_refused(&server, &format!("{}.{signature}", message.to_uppercase()));
}

/// The DER of a length and what it is of.
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap().to_be_bytes();
    let head = match content.len() {
        0..=127 => vec![tag, length[1]],
        128..=255 => vec![tag, 0x81, length[1]],
        _ => vec![tag, 0x82, length[0], length[1]],
    };
    [head, content.to_vec()].concat()
}

/// J02: everything public that a careless verifier could take for an HMAC key.
#[test]
fn j02_a_public_key_is_no_hmac_key() {
    let server = Server::start();
    let tokens = server.sign_in(WEB);
    let (head, claims) = (header(tokens.access_token()), tokens.claims());
    let key = jwks(&server).into_iter().find(|key| key["kid"] == head["kid"]).unwrap();
    let [n, e] = ["n", "e"].map(|member| URL_SAFE_NO_PAD.decode(key[member].as_str().unwrap()).unwrap());
    let rsa_key = der(0x30, &[der(0x02, &[&[0], &n[..]].concat()), der(0x02, &e)].concat());
    let rsa_encryption = der(0x30, &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00]);
    let spki = der(0x30, &[rsa_encryption, der(0x03, &[&[0], &rsa_key[..]].concat())].concat());
    let lines: Vec<String> =
        STANDARD.encode(&spki).as_bytes().chunks(64).map(|line| String::from_utf8(line.to_vec()).unwrap()).collect();
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", lines.join("\n"));
    let text = key["n"].as_str().unwrap().as_bytes().to_vec();
    let kid = head["kid"].as_str().unwrap().as_bytes().to_vec();
    let secrets = [
        pem.trim().as_bytes().to_vec(),
        pem.into_bytes(),
        spki,
        rsa_key,
        n,
        text,
        key.to_string().into_bytes(),
        kid,
        Vec::new(),
    ];
    for secret in secrets {
        for (name, algorithm) in
            [("HS256", hmac::HMAC_SHA256), ("HS384", hmac::HMAC_SHA384), ("HS512", hmac::HMAC_SHA512)]
        {
            let head = with(&head, "alg", json!(name));
            let sign = |message: &[u8]| hmac::sign(&hmac::Key::new(algorithm, &secret), message).as_ref().to_vec();
            assert_refused(&server, &jwt(&head, &claims, sign));
        }
    }
}

/// J04, J08: a key that the token brings along, and nothing is fetched for it.
#[test]
fn j04_a_key_in_the_header_is_refused_and_fetched_from_nowhere() {
    let server = Server::start();
    let tokens = server.sign_in(WEB);
    let (head, claims) = (header(tokens.access_token()), tokens.claims());
    let (attacker, _) = SigningKey::generate(Algorithm::Rs256, 2048).unwrap();
    let own = own_key(&server);
    assert_eq!(server.userinfo(&jwt(&head, &claims, |message| own.sign(message).unwrap())).status, 200);
    let jwk = serde_json::to_value(attacker.public_jwk()).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/jwks.json", listener.local_addr().unwrap());
    listener.set_nonblocking(true).unwrap();
    let extras = [
        ("jwk", jwk.clone()),
        ("jku", json!(address)),
        ("x5u", json!(address)),
        ("x5c", json!([STANDARD.encode(b"certificate")])),
        ("crit", json!(["exp"])),
    ];
    for (name, value) in extras {
        for kid in [head["kid"].clone(), jwk["kid"].clone(), json!(address), json!("../../dev/null"), Value::Null] {
            let head = with(&with(&head, name, value.clone()), "kid", kid);
            assert_refused(&server, &jwt(&head, &claims, |message| attacker.sign(message).unwrap()));
        }
        // Not even beside the right signature.
        let head = with(&head, name, value);
        assert_refused(&server, &jwt(&head, &claims, |message| own.sign(message).unwrap()));
    }
    assert!(listener.accept().is_err(), "somebody came to fetch a key");
}

/// J05: whatever a time may be written as, also with the right signature.
#[test]
fn j05_a_time_that_is_missing_malformed_or_not_yet_come_is_refused() {
    let server = Server::start();
    let claims = server.sign_in(WEB).claims();
    let now = server.clock.now().seconds();
    assert_eq!(server.userinfo(&signed(&server, "at+jwt", &claims)).status, 200);
    let mut wrong = Vec::new();
    for name in ["exp", "iat"] {
        for value in
            [json!(null), json!((now + 100).to_string()), json!(""), json!(true), json!([now]), json!({}), json!(1e300)]
        {
            wrong.push(with(&claims, name, value));
        }
        let null = claims.to_string().replace(&format!("\"{name}\":{}", claims[name]), &format!("\"{name}\":null"));
        wrong.push(null.parse().unwrap());
    }
    for past in [json!(now), json!(now - 1), json!(0), json!(-1), json!(i64::MIN)] {
        wrong.push(with(&claims, "exp", past));
    }
    for claims in wrong {
        assert_refused(&server, &signed(&server, "at+jwt", &claims));
    }
}

/// J05, RFC 7519 §4.1.5: "The 'nbf' claim identifies the time before which the JWT MUST NOT be accepted for processing".
#[test]
fn j05_a_token_is_not_accepted_before_its_nbf() {
    let server = Server::start();
    let claims = server.sign_in(WEB).claims();
    let now = server.clock.now().seconds();
    assert_eq!(server.userinfo(&signed(&server, "at+jwt", &with(&claims, "nbf", json!(now)))).status, 200);
    for nbf in [json!(now + 3600), json!("tomorrow"), json!(1e300)] {
        assert_refused(&server, &signed(&server, "at+jwt", &with(&claims, "nbf", nbf)));
    }
}

/// J07: other tokens of ours, and ours for others.
#[test]
fn j07_only_an_access_token_of_this_issuer_is_an_access_token() {
    let server = Server::start();
    let tokens = server.sign_in(WEB);
    let claims = tokens.claims();
    assert_refused(&server, tokens.0["id_token"].as_str().unwrap());
    for typ in ["JWT", "jwt", "logout+jwt", "secevent+jwt", "at+jwt+x", "", "application/jwt"] {
        assert_refused(&server, &signed(&server, typ, &claims));
    }
    for issuer in [server.issuer.replace("http:", "https:"), format!("{}/", server.issuer), String::new()] {
        assert_refused(&server, &signed(&server, "at+jwt", &with(&claims, "iss", json!(issuer))));
    }
    for name in ["iss", "sub", "aud", "client_id", "jti"] {
        assert_refused(&server, &signed(&server, "at+jwt", &with(&claims, name, Value::Null)));
        assert_refused(&server, &signed(&server, "at+jwt", &with(&claims, name, json!(1))));
    }
    for jti in ["", "x", "AAAAAAAAAAAAAAAAAAAAAA", "../..", &"A".repeat(32)] {
        assert_refused(&server, &signed(&server, "at+jwt", &with(&claims, "jti", json!(jti))));
    }
    assert_eq!(server.userinfo(&signed(&server, "application/at+jwt", &claims)).status, 200, "RFC 9068 §4 allows it");
}

#[test]
fn j08_the_key_of_another_server_does_not_count_whatever_its_kid() {
    let (server, other) = (Server::start(), Server::start_fresh(&[]));
    let (tokens, foreign) = (server.sign_in(WEB), other.sign_in(WEB));
    assert_refused(&server, foreign.access_token());
    let (attacker, _) = SigningKey::generate(Algorithm::Rs256, 2048).unwrap();
    let forged = jwt(&header(tokens.access_token()), &tokens.claims(), |message| attacker.sign(message).unwrap());
    assert_refused(&server, &forged);
    let next = jwks(&server).into_iter().find(|key| key["kid"] != header(tokens.access_token())["kid"]).unwrap();
    let (message, signature) = tokens.access_token().rsplit_once('.').unwrap();
    let renamed = encode(&with(&header(tokens.access_token()), "kid", next["kid"].clone()));
    let claims = message.split_once('.').unwrap().1;
    assert_refused(&server, &format!("{renamed}.{claims}.{signature}"));
}

#[test]
fn j09_a_monstrous_token_is_refused() {
    let server = Server::start();
    let tokens = server.sign_in(WEB);
    let (message, signature) = tokens.access_token().rsplit_once('.').unwrap();
    let long = "A".repeat(15_000);
    let by_form = |token: &str| server.post("/userinfo", &[("access_token", token)]);
    for token in [
        ".".repeat(10_000),
        format!("{message}.{signature}{long}"),
        format!("{long}.{message}.{signature}"),
        format!("{}.{}.{}", encode(&json!({ "alg": "RS256", "kid": long })), long, signature),
        format!("{}..", URL_SAFE_NO_PAD.encode("[".repeat(10_000))),
        format!("{message}.{signature}.{signature}"),
        message.to_owned(),
    ] {
        assert_refused(&server, &token);
        assert_invalid(&by_form(&token));
    }
    assert_invalid(&by_form(&format!("{message}.{signature}{}", "A".repeat(60_000))));
    assert_eq!(by_form(&format!("{message}.{}", "A".repeat(1 << 20))).status, 413);
    let head = format!("GET /userinfo HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n\r\n", "A".repeat(1 << 20));
    let answer = raw(&server.address, head.as_bytes());
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{}", &answer[..answer.len().min(200)]);
    assert_eq!(server.userinfo(tokens.access_token()).status, 200);
}

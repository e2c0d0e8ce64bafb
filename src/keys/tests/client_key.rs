//! The public keys of clients, and what is signed with them.

use serde_json::{Value, json};

use super::{ACTIVE, NOW, claims, ring_of};
use crate::keys::{Algorithm, ClientKeySet, ClientSigned, VerifyError, validate_jwks};
use crate::types::base64url;

const TYPES: [&str; 2] = ["JWT", "oauth-authz-req+jwt"];

/// The public half of each algorithm's key.
fn jwk(at: usize) -> Value {
    serde_json::from_str(&ACTIVE[at].public_jwk).unwrap()
}

fn without(mut jwk: Value, members: &[&str]) -> Value {
    for member in members {
        jwk.as_object_mut().unwrap().remove(*member);
    }
    jwk
}

fn with(mut jwk: Value, member: &str, value: Value) -> Value {
    jwk[member] = value;
    jwk
}

fn set(keys: &[Value]) -> ClientKeySet {
    ClientKeySet::parse(&json!({ "keys": keys })).unwrap()
}

fn token(at: usize) -> String {
    let ring = ring_of(std::slice::from_ref(&ACTIVE[at]));
    ring.sign(ACTIVE[at].algorithm, "JWT", &claims(), NOW).unwrap()
}

fn verify(keys: &[Value], token: &str) -> Result<Value, VerifyError> {
    set(keys).verify(&ClientSigned::read(token, None, &TYPES)?)
}

/// The token with another header, its signature left as it was.
fn with_header(token: &str, header: &Value) -> String {
    let (_, rest) = token.split_once('.').unwrap();
    format!("{}.{rest}", base64url::encode(header.to_string()))
}

#[test]
fn a_key_of_each_algorithm_verifies_what_it_signed() {
    for at in 0..ACTIVE.len() {
        let all: Vec<Value> = (0..ACTIVE.len()).map(jwk).collect();
        assert_eq!(verify(&all, &token(at)), Ok(claims()), "{at}");
        let bare: Vec<Value> = all.iter().map(|jwk| without(jwk.clone(), &["use", "alg"])).collect();
        assert_eq!(verify(&bare, &token(at)), Ok(claims()), "{at} without alg");
        let others: Vec<Value> = (0..ACTIVE.len()).filter(|other| *other != at).map(jwk).collect();
        assert_eq!(verify(&others, &token(at)), Err(VerifyError::UnknownKey), "{at}");
    }
}

#[test]
fn a_kid_chooses_and_its_absence_tries_all_that_fit() {
    let token = token(3);
    let own = jwk(3);
    let stranger: Value = with(own.clone(), "x", json!(base64url::encode([7; 32])));
    let renamed = with(own.clone(), "kid", json!("another"));
    assert_eq!(verify(std::slice::from_ref(&renamed), &token), Err(VerifyError::UnknownKey));
    assert_eq!(verify(&[without(own.clone(), &["kid"])], &token), Err(VerifyError::UnknownKey));
    // The same name twice, as while a key is replaced.
    assert_eq!(verify(&[stranger.clone(), own.clone()], &token), Ok(claims()));
    assert_eq!(verify(std::slice::from_ref(&stranger), &token), Err(VerifyError::WrongSignature));
    let anonymous = with_header(&token, &json!({ "alg": "EdDSA" }));
    assert_eq!(verify(&[jwk(0), stranger, renamed], &anonymous), Err(VerifyError::WrongSignature), "it was tried");
}

#[test]
fn the_alg_of_a_key_and_of_the_registration_count() {
    // An RSA key that is for RS256 verifies no PS256, which it could.
    let (rs256, ps256) = (token(0), token(1));
    let key = without(jwk(1), &["alg"]);
    assert_eq!(verify(std::slice::from_ref(&key), &ps256), Ok(claims()));
    assert_eq!(verify(&[with(key, "alg", json!("RS256"))], &ps256), Err(VerifyError::UnknownKey));
    let read = |token, only| ClientSigned::read(token, Some(only), &TYPES).map(drop);
    assert_eq!(read(&rs256, Algorithm::Rs256), Ok(()));
    assert_eq!(read(&rs256, Algorithm::Ps256), Err(VerifyError::WrongAlgorithm));
    assert_eq!(read(&ps256, Algorithm::Rs256), Err(VerifyError::WrongAlgorithm));
}

#[test]
fn a_header_that_nobody_should_send_is_refused() {
    let token = token(3);
    let read = |header: Value| ClientSigned::read(&with_header(&token, &header), None, &TYPES).map(drop);
    assert_eq!(read(json!({ "alg": "none" })), Err(VerifyError::Unsigned));
    for alg in ["HS256", "RS512", "ES384", "None", "", "eddsa", "ed25519", "Ed448"] {
        assert_eq!(read(json!({ "alg": alg })), Err(VerifyError::WrongAlgorithm), "{alg}");
    }
    for parameter in ["jwk", "jku", "x5u", "x5c", "crit"] {
        assert_eq!(read(json!({ "alg": "EdDSA", parameter: [] })), Err(VerifyError::UnsafeHeader), "{parameter}");
    }
    for typ in ["at+jwt", "dpop+jwt", "logout+jwt", ""] {
        assert_eq!(read(json!({ "alg": "EdDSA", "typ": typ })), Err(VerifyError::WrongType), "{typ}");
    }
    for typ in ["jwt", "application/oauth-authz-req+jwt", "OAuth-Authz-Req+JWT"] {
        assert_eq!(read(json!({ "alg": "EdDSA", "typ": typ })), Ok(()), "{typ}");
    }
    assert_eq!(read(json!({ "alg": "EdDSA" })), Ok(()));
    let long = format!("{token}{}", "A".repeat(17_000));
    assert_eq!(ClientSigned::read(&long, None, &TYPES).map(drop), Err(VerifyError::TooLong));
    assert_eq!(ClientSigned::read("e30", None, &TYPES).map(drop), Err(VerifyError::Malformed));
}

/// What RFC 9864 §2.2 calls `EdDSA` on this curve.
#[test]
fn ed25519_is_another_name_for_eddsa() {
    let renamed = with_header(&token(3), &json!({ "alg": "Ed25519" }));
    assert_eq!(verify(&[jwk(3)], &renamed), Err(VerifyError::WrongSignature), "it was tried");
    assert_eq!(verify(&[jwk(0), jwk(2)], &renamed), Err(VerifyError::UnknownKey));
    let named = with(jwk(3), "alg", json!("Ed25519"));
    assert_eq!(verify(&[named], &token(3)), Ok(claims()));
    assert_eq!(set(&[with(jwk(2), "alg", json!("Ed25519"))]), ClientKeySet::default());
}

#[test]
fn a_set_with_a_secret_in_it_is_refused() {
    for (name, value) in [("d", "x"), ("p", "x"), ("k", "x"), ("oth", ""), ("qi", "x")] {
        for at in 0..ACTIVE.len() {
            let refused = validate_jwks(&json!({ "keys": [jwk(0), with(jwk(at), name, json!(value))] })).unwrap_err();
            assert!(refused.starts_with("key 2 of jwks: it is a private or shared key"), "{refused}");
        }
    }
    let shared = json!({ "kty": "oct", "k": "c2VjcmV0", "alg": "HS256" });
    assert!(validate_jwks(&json!({ "keys": [shared] })).is_err());
    // Even where the key itself would not be looked at.
    let encryption = with(with(jwk(0), "use", json!("enc")), "d", json!("x"));
    assert!(validate_jwks(&json!({ "keys": [encryption] })).is_err());
}

#[test]
fn what_is_for_something_else_is_ignored() {
    let others = [
        with(jwk(0), "use", json!("enc")),
        with(jwk(0), "key_ops", json!(["encrypt"])),
        with(without(jwk(0), &["use"]), "alg", json!("RSA-OAEP")),
        with(jwk(0), "alg", json!("RS512")),
        json!({ "kty": "EC", "crv": "P-521", "x": "AA", "y": "AA" }),
        json!({ "kty": "OKP", "crv": "X25519", "x": "AA" }),
        json!({ "kty": "AKP", "pub": "AA", "alg": "ML-DSA-44" }),
    ];
    assert_eq!(set(&others), ClientKeySet::default());
    assert_eq!(verify(&[&others[..], &[jwk(0)]].concat(), &token(0)), Ok(claims()));
}

#[test]
fn a_weak_or_broken_key_is_refused_by_name() {
    let weak = with(jwk(0), "n", json!(base64url::encode([0xff; 128])));
    let long = with(jwk(0), "n", json!(base64url::encode([0xff; 1025])));
    for (key, reason) in [
        (weak, "2048 to 8192 bits"),
        (long, "2048 to 8192 bits"),
        (with(jwk(0), "e", json!("AQ")), "exponent"),
        (with(jwk(0), "n", json!("not base64url!")), "base64url"),
        (without(jwk(0), &["n"]), "not a complete public key"),
        (with(jwk(2), "x", json!("AA")), "32 bytes"),
        (with(jwk(3), "x", json!(7)), "not a complete public key"),
        (without(jwk(3), &["kty"]), "no kty"),
        (json!("key"), "no kty"),
    ] {
        let refused = validate_jwks(&json!({ "keys": [key] })).unwrap_err();
        assert!(refused.starts_with("key 1 of jwks: ") && refused.contains(reason), "{refused}");
    }
    for no_set in [json!([]), json!({}), json!({ "keys": {} }), json!(null), jwk(0)] {
        assert!(validate_jwks(&no_set).unwrap_err().contains("JWK Set"), "{no_set}");
    }
    assert!(validate_jwks(&json!({ "keys": vec![jwk(3); 32] })).is_ok());
    assert!(validate_jwks(&json!({ "keys": vec![jwk(3); 33] })).unwrap_err().contains("33 keys"));
}

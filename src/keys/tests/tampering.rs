use ring::hmac;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{ACTIVE, NOW, claims, ring_of, stored};
use crate::keys::{Algorithm, KeyRing, KeyState, MAX_TOKEN_LEN, StoredKey, VerifyError};
use crate::types::base64url;

fn ed25519() -> (StoredKey, KeyRing) {
    (ACTIVE[3].clone(), ring_of(&ACTIVE[3..]))
}

fn token(ring: &KeyRing) -> String {
    ring.sign(Algorithm::EdDsa, "at+jwt", &claims(), NOW).unwrap()
}

/// The token with another header, its signature left as it was.
fn with_header(token: &str, header: &Value) -> String {
    let (_, rest) = token.split_once('.').unwrap();
    format!("{}.{rest}", base64url::encode(header.to_string()))
}

fn refused(ring: &KeyRing, token: &str) -> VerifyError {
    ring.verify::<Value>(token, "at+jwt").unwrap_err()
}

#[test]
fn a_change_in_any_segment_is_refused() {
    for key in ACTIVE.iter() {
        let ring = ring_of(std::slice::from_ref(key));
        let token = ring.sign(key.algorithm, "at+jwt", &claims(), NOW).unwrap();
        for (segment, part) in token.split('.').enumerate() {
            for index in [0, part.len() / 2, part.len() - 1] {
                let mut parts: Vec<_> = token.split('.').map(|part| part.as_bytes().to_vec()).collect();
                parts[segment][index] = if part.as_bytes()[index] == b'A' { b'Q' } else { b'A' };
                let changed = String::from_utf8(parts.join(&b'.')).unwrap();
                assert!(ring.verify::<Value>(&changed, "at+jwt").is_err(), "{changed}");
            }
        }
    }
}

#[test]
fn a_signature_over_other_claims_is_refused() {
    let (_, ring) = ed25519();
    let (one, two) = (token(&ring), ring.sign(Algorithm::EdDsa, "at+jwt", &json!({ "sub": "other" }), NOW).unwrap());
    let (message, _) = one.rsplit_once('.').unwrap();
    let (_, signature) = two.rsplit_once('.').unwrap();
    assert_eq!(refused(&ring, &format!("{message}.{signature}")), VerifyError::WrongSignature);
    assert_eq!(refused(&ring, &format!("{message}.")), VerifyError::WrongSignature);
}

#[test]
fn the_algorithm_is_the_keys_and_never_the_tokens() {
    let (key, ring) = ed25519();
    let token = token(&ring);
    for alg in ["none", "None", "", "HS256", "RS256", "ES256", "eddsa", "Ed25519"] {
        let changed = with_header(&token, &json!({ "alg": alg, "kid": key.kid, "typ": "at+jwt" }));
        assert_eq!(refused(&ring, &changed), VerifyError::WrongAlgorithm, "{alg}");
    }
    let without = with_header(&token, &json!({ "kid": key.kid, "typ": "at+jwt" }));
    assert_eq!(refused(&ring, &without), VerifyError::Malformed);
}

#[test]
fn a_public_key_is_no_shared_secret() {
    let (key, ring) = ed25519();
    let jwk: Value = serde_json::from_str(&key.public_jwk).unwrap();
    let bytes = base64url::decode(jwk["x"].as_str().unwrap()).unwrap();
    for secret in [key.public_jwk.as_bytes(), &bytes] {
        let header = base64url::encode(json!({ "alg": "HS256", "kid": key.kid, "typ": "at+jwt" }).to_string());
        let message = format!("{header}.{}", base64url::encode(claims().to_string()));
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), message.as_bytes());
        let forged = format!("{message}.{}", base64url::encode(tag));
        assert_eq!(refused(&ring, &forged), VerifyError::WrongAlgorithm);
    }
}

#[test]
fn a_key_of_another_ring_is_refused_under_any_name() {
    let (key, ring) = ed25519();
    let stranger = ring_of(&[stored(Algorithm::EdDsa, KeyState::Active)]);
    let token = token(&stranger);
    assert_eq!(refused(&ring, &token), VerifyError::UnknownKey);
    let renamed = with_header(&token, &json!({ "alg": "EdDSA", "kid": key.kid, "typ": "at+jwt" }));
    assert_eq!(refused(&ring, &renamed), VerifyError::WrongSignature);
    let nameless = with_header(&token, &json!({ "alg": "EdDSA", "typ": "at+jwt" }));
    assert_eq!(refused(&ring, &nameless), VerifyError::UnknownKey);
}

#[test]
fn the_kid_of_another_key_of_ours_is_refused() {
    let (one, two) = (stored(Algorithm::EdDsa, KeyState::Active), stored(Algorithm::EdDsa, KeyState::Next));
    let ring = ring_of(&[one, two.clone()]);
    let renamed = with_header(&token(&ring), &json!({ "alg": "EdDSA", "kid": two.kid, "typ": "at+jwt" }));
    assert_eq!(refused(&ring, &renamed), VerifyError::WrongSignature);
}

#[test]
fn a_header_that_brings_a_key_or_an_extension_is_refused() {
    let (key, ring) = ed25519();
    let token = token(&ring);
    for parameter in ["jwk", "jku", "x5u", "x5c", "crit"] {
        for value in [json!({}), json!("https://attacker.example"), json!([]), json!(null)] {
            let header = json!({ "alg": "EdDSA", "kid": key.kid, "typ": "at+jwt", parameter: value });
            assert_eq!(refused(&ring, &with_header(&token, &header)), VerifyError::UnsafeHeader, "{parameter}");
        }
    }
    let twice = format!(r#"{{"alg":"EdDSA","kid":"{0}","typ":"at+jwt","kid":"{0}"}}"#, key.kid);
    let (_, rest) = token.split_once('.').unwrap();
    assert_eq!(refused(&ring, &format!("{}.{rest}", base64url::encode(twice))), VerifyError::Malformed);
    // What means nothing to us is part of what was signed, and no more.
    for (name, value) in [("zip", json!("DEF")), ("cty", json!(7))] {
        let odd = json!({ "alg": "EdDSA", "kid": key.kid, "typ": "at+jwt", name: value });
        assert_eq!(refused(&ring, &with_header(&token, &odd)), VerifyError::WrongSignature, "{name}");
    }
}

#[test]
fn the_type_is_compared_as_a_media_type() {
    let (key, ring) = ed25519();
    let token = token(&ring);
    for typ in ["at+jwt", "AT+JWT", "application/at+jwt", "Application/At+Jwt"] {
        assert!(ring.verify::<Value>(&token, typ).is_ok(), "{typ}");
    }
    for typ in ["JWT", "at+jwt ", "text/at+jwt", "", "application/application/at+jwt"] {
        assert_eq!(ring.verify::<Value>(&token, typ), Err(VerifyError::WrongType), "{typ}");
    }
    let prefixed = ring.sign(Algorithm::EdDsa, "application/AT+jwt", &claims(), NOW).unwrap();
    assert!(ring.verify::<Value>(&prefixed, "at+jwt").is_ok());
    let without = with_header(&token, &json!({ "alg": "EdDSA", "kid": key.kid }));
    assert_eq!(refused(&ring, &without), VerifyError::WrongType);
}

#[test]
fn what_is_no_token_is_refused() {
    let (_, ring) = ed25519();
    let token = token(&ring);
    for text in ["", ".", "..", "...", "a.b.c", "e30.e30", "e30.e30.e30", "bnVsbA.e30.e30", "√.√.√"] {
        assert_eq!(refused(&ring, text), VerifyError::Malformed, "{text}");
    }
    for text in [format!("{token}="), format!("{token}.e30"), format!(" {token}"), format!("{token}\n")] {
        assert_eq!(refused(&ring, &text), VerifyError::Malformed, "{text}");
    }
}

#[test]
fn the_length_is_bounded_before_anything_is_decoded() {
    let (_, ring) = ed25519();
    assert_eq!(refused(&ring, &"a".repeat(MAX_TOKEN_LEN + 1)), VerifyError::TooLong);
    assert_eq!(refused(&ring, &"a".repeat(MAX_TOKEN_LEN)), VerifyError::Malformed);
}

#[test]
fn claims_of_another_form_are_told_apart_from_a_bad_signature() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Expected {
        scope: String,
    }
    let (_, ring) = ed25519();
    assert_eq!(ring.verify::<Expected>(&token(&ring), "at+jwt"), Err(VerifyError::Claims));
}

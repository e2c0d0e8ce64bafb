use serde_json::{Value, json};

use crate::keys::{Algorithm, KeyState, PublicJwk, SigningKey};
use crate::types::base64url;

fn decode(value: Value) -> Result<PublicJwk, serde_json::Error> {
    serde_json::from_value(value)
}

fn rsa(n: &[u8], e: &[u8]) -> PublicJwk {
    decode(json!({ "kty": "RSA", "n": base64url::encode(n), "e": base64url::encode(e) })).unwrap()
}

/// A number with that many bits, the highest and the lowest of them set.
fn modulus(bits: usize) -> Vec<u8> {
    let mut n = vec![0xff; bits.div_ceil(8)];
    n[0] >>= (8 - bits % 8) % 8;
    n
}

#[test]
fn our_own_carry_the_public_members_and_nothing_else() {
    for stored in super::ACTIVE.iter() {
        let jwk: Value = serde_json::from_str(&stored.public_jwk).unwrap();
        let members: Vec<_> = jwk.as_object().unwrap().keys().map(String::as_str).collect();
        let expected = match stored.algorithm {
            Algorithm::Rs256 | Algorithm::Ps256 => &["alg", "e", "kid", "kty", "n", "use"][..],
            Algorithm::Es256 => &["alg", "crv", "kid", "kty", "use", "x", "y"],
            Algorithm::EdDsa => &["alg", "crv", "kid", "kty", "use", "x"],
        };
        assert_eq!(members, expected);
        assert_eq!((jwk["use"].as_str(), jwk["alg"].as_str()), (Some("sig"), Some(stored.algorithm.as_str())));
        let again: PublicJwk = serde_json::from_value(jwk).unwrap();
        assert_eq!((again.kid(), again.thumbprint()), (Some(stored.kid.as_str()), stored.kid.clone()));
    }
}

#[test]
fn a_private_key_is_refused_as_public() {
    let x = base64url::encode([1; 32]);
    for member in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
        assert!(decode(json!({ "kty": "OKP", "crv": "Ed25519", "x": x, member: "AA" })).is_err(), "{member}");
        assert!(decode(json!({ "kty": "OKP", "crv": "Ed25519", "x": x, member: null })).is_err(), "{member}");
    }
    assert!(decode(json!({ "kty": "OKP", "crv": "Ed25519", "x": x, "key_ops": ["verify"] })).is_ok());
}

#[test]
fn unsupported_kinds_uses_and_algorithms_are_refused() {
    let x = base64url::encode([1; 32]);
    assert!(decode(json!({ "kty": "oct", "k": x })).is_err());
    assert!(decode(json!({ "kty": "EC", "crv": "P-384", "x": x, "y": x })).is_err());
    assert!(decode(json!({ "kty": "OKP", "crv": "X25519", "x": x })).is_err());
    assert!(decode(json!({ "kty": "OKP", "crv": "Ed25519", "x": x, "use": "enc" })).is_err());
    assert!(decode(json!({ "kty": "RSA", "n": x, "e": "AQAB", "alg": "HS256" })).is_err());
}

#[test]
fn weak_rsa_keys_are_refused() {
    for bits in [1024, 2040, 2047, 8193] {
        assert!(rsa(&modulus(bits), &[1, 0, 1]).decoding_key(Algorithm::Rs256).is_err(), "{bits}");
    }
    for bits in [2048, 2049, 8192] {
        assert!(rsa(&modulus(bits), &[1, 0, 1]).decoding_key(Algorithm::Ps256).is_ok(), "{bits}");
    }
    for e in [&[][..], &[0], &[1], &[3], &[2], &[1, 0, 0], &[0, 1, 0, 1]] {
        assert!(rsa(&modulus(2048), e).decoding_key(Algorithm::Rs256).is_err(), "{e:?}");
    }
    assert!(rsa(&[], &[1, 0, 1]).decoding_key(Algorithm::Rs256).is_err());
    assert!(rsa(&[&[0], &modulus(2048)[..]].concat(), &[1, 0, 1]).decoding_key(Algorithm::Rs256).is_err());
}

#[test]
fn coordinates_have_32_bytes_in_one_spelling() {
    let good = base64url::encode([1; 32]);
    for bad in [base64url::encode([1; 31]), base64url::encode([1; 33]), format!("{good}="), "not base64!".to_owned()] {
        let ec = decode(json!({ "kty": "EC", "crv": "P-256", "x": good, "y": bad })).unwrap();
        assert!(ec.decoding_key(Algorithm::Es256).is_err(), "{bad}");
        let ed = decode(json!({ "kty": "OKP", "crv": "Ed25519", "x": bad })).unwrap();
        assert!(ed.decoding_key(Algorithm::EdDsa).is_err(), "{bad}");
    }
}

#[test]
fn a_key_is_for_its_own_algorithm_only() {
    for stored in super::ACTIVE.iter() {
        let jwk: PublicJwk = serde_json::from_str(&stored.public_jwk).unwrap();
        for algorithm in super::ALGORITHMS {
            assert_eq!(jwk.decoding_key(algorithm).is_ok(), algorithm == stored.algorithm);
        }
    }
}

#[test]
fn a_thumbprint_cannot_be_talked_into_other_members() {
    let honest = decode(json!({ "kty": "OKP", "crv": "Ed25519", "x": "AA" })).unwrap();
    let crafted = decode(json!({ "kty": "RSA", "e": "AA\",\"kty\":\"RSA", "n": "AA" })).unwrap();
    assert_ne!(honest.thumbprint(), crafted.thumbprint());
    assert!(crafted.decoding_key(Algorithm::Rs256).is_err());
}

#[test]
fn names_read_back_as_themselves() {
    for algorithm in super::ALGORITHMS {
        assert_eq!(Algorithm::parse(algorithm.as_str()), Some(algorithm));
        assert_eq!(serde_json::to_value(algorithm).unwrap(), algorithm.as_str());
        assert_eq!(format!("{:?}", jsonwebtoken::Algorithm::from(algorithm)), algorithm.as_str());
    }
    assert!(["none", "HS256", "rs256", "RS384", "ES384", ""].iter().all(|name| Algorithm::parse(name).is_none()));
    for state in [KeyState::Next, KeyState::Active, KeyState::Retiring, KeyState::Gone] {
        assert_eq!(KeyState::parse(state.as_str()), Some(state));
    }
    assert_eq!(KeyState::parse("Active"), None);
}

#[test]
fn debug_shows_no_private_key() {
    let (key, pkcs8) = SigningKey::generate(Algorithm::EdDsa, 2048).unwrap();
    let seed = &pkcs8[pkcs8.len() - 32..];
    let debug = format!("{key:?}");
    assert!(debug.contains(key.kid()));
    assert!(!debug.contains(&base64url::encode(seed)) && !debug.contains(&format!("{seed:?}")));
}

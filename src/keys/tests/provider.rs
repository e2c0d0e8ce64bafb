//! What `jsonwebtoken` may do with our provider, and what not.

use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::jwk::{Jwk, ThumbprintHash};
use jsonwebtoken::{Algorithm as Jose, DecodingKey, EncodingKey, Header, crypto};

use super::{ACTIVE, ALGORITHMS, claims, ring_of, stored};
use crate::keys::provider::encoding_key;
use crate::keys::{Algorithm, KeyState, PublicJwk, SigningKey, install, registry};

#[test]
fn installing_twice_changes_nothing() {
    install();
    install();
    assert!(crypto::verify("", b"", &DecodingKey::from_secret(b"secret"), Jose::HS256).is_err());
}

#[test]
fn a_key_signs_by_its_own_algorithm_only() {
    let _ring = ring_of(&ACTIVE);
    for stored in ACTIVE.iter() {
        let name = stored.kid.as_bytes();
        let names = [EncodingKey::from_rsa_der(name), EncodingKey::from_ec_der(name), EncodingKey::from_ed_der(name)];
        for algorithm in ALGORITHMS.into_iter().filter(|algorithm| *algorithm != stored.algorithm) {
            let header = Header::new(algorithm.into());
            for name in &names {
                let error = jsonwebtoken::encode(&header, &claims(), name).unwrap_err();
                assert_eq!(*error.kind(), ErrorKind::InvalidAlgorithm);
            }
        }
    }
}

#[test]
fn hmac_and_other_algorithms_are_refused() {
    let _ring = ring_of(&ACTIVE);
    let kid = ACTIVE[0].kid.as_bytes();
    let invalid = |error: jsonwebtoken::errors::Error| *error.kind() == ErrorKind::InvalidAlgorithm;
    for algorithm in [Jose::HS256, Jose::HS384, Jose::HS512] {
        let key = EncodingKey::from_secret(kid);
        assert!(jsonwebtoken::encode(&Header::new(algorithm), &claims(), &key).is_err_and(invalid));
        assert!(crypto::verify("AA", b"", &DecodingKey::from_secret(kid), algorithm).is_err_and(invalid));
    }
    for algorithm in [Jose::RS384, Jose::RS512, Jose::PS384, Jose::PS512] {
        let key = EncodingKey::from_rsa_der(kid);
        assert!(jsonwebtoken::encode(&Header::new(algorithm), &claims(), &key).is_err_and(invalid));
        assert!(crypto::verify("AA", b"", &DecodingKey::from_rsa_der(kid), algorithm).is_err_and(invalid));
    }
    assert!(crypto::verify("AA", b"", &DecodingKey::from_ec_der(kid), Jose::ES384).is_err_and(invalid));
}

#[test]
fn a_key_is_known_for_as_long_as_a_ring_holds_it() {
    let stored = stored(Algorithm::Es256, KeyState::Active);
    let sign = || crypto::sign(b"message", &EncodingKey::from_ec_der(stored.kid.as_bytes()), Jose::ES256);
    let (one, two) = (ring_of(std::slice::from_ref(&stored)), ring_of(std::slice::from_ref(&stored)));
    drop(one);
    assert!(sign().is_ok());
    drop(two);
    assert_eq!(*sign().unwrap_err().kind(), ErrorKind::InvalidKeyFormat);
    assert!(registry::find(stored.kid.as_bytes()).is_none());
    let _again = ring_of(std::slice::from_ref(&stored));
    assert!(sign().is_ok());
}

#[test]
fn a_key_in_the_encoding_key_itself_does_not_sign() {
    let (_, pkcs8) = SigningKey::generate(Algorithm::EdDsa, 0).unwrap();
    install();
    assert!(crypto::sign(b"message", &EncodingKey::from_ed_der(&pkcs8), Jose::EdDSA).is_err());
}

#[test]
fn weak_or_mistaken_keys_do_not_verify() {
    install();
    let weak = DecodingKey::from_rsa_raw_components(&[0xff; 128], &[1, 0, 1]);
    assert!(crypto::verify("AA", b"", &weak, Jose::RS256).is_err());
    let cubic = DecodingKey::from_rsa_raw_components(&[0xff; 256], &[3]);
    assert!(crypto::verify("AA", b"", &cubic, Jose::RS256).is_err());
    assert!(crypto::verify("AA", b"", &DecodingKey::from_ec_der(&[4; 65]), Jose::ES256).is_err(), "not on the curve");
    assert!(crypto::verify("AA", b"", &DecodingKey::from_ed_der(&[1; 31]), Jose::EdDSA).is_err());
    assert!(crypto::verify("AA", b"", &DecodingKey::from_ed_der(&[1; 32]), Jose::ES256).is_err());
}

#[test]
fn an_rsa_key_in_der_verifies_as_its_numbers_do() {
    use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
    use aws_lc_rs::signature::{KeyPair, RsaKeyPair};

    let (key, pkcs8) = SigningKey::generate(Algorithm::Ps256, 2048).unwrap();
    install();
    let public = RsaKeyPair::from_pkcs8(&pkcs8).unwrap().public_key().clone();
    let x509: PublicKeyX509Der = public.as_der().unwrap();
    let signature = crate::types::base64url::encode(key.sign(b"message").unwrap());
    for der in [public.as_ref(), x509.as_ref()] {
        let verified = crypto::verify(&signature, b"message", &DecodingKey::from_rsa_der(der), Jose::PS256);
        assert_eq!(verified, Ok(true));
    }
}

/// `jsonwebtoken` computes the same thumbprints from the parts that it asks of us.
#[test]
fn jwks_made_by_jsonwebtoken_are_ours() {
    let _ring = ring_of(&ACTIVE);
    for stored in ACTIVE.iter() {
        let ours: PublicJwk = serde_json::from_str(&stored.public_jwk).unwrap();
        let key = registry::find(stored.kid.as_bytes()).unwrap();
        let decoding_key = ours.decoding_key(stored.algorithm).unwrap();
        let theirs = Jwk::from_decoding_key(&decoding_key, Some(stored.algorithm.into())).unwrap();
        assert_eq!(theirs.thumbprint(ThumbprintHash::SHA256).unwrap(), stored.kid);
        assert!(theirs.thumbprint(ThumbprintHash::SHA512).is_ok());
        // For Ed25519 it insists on 48 bytes of DER, which a kid is not.
        let made = Jwk::from_encoding_key(&encoding_key(&key), stored.algorithm.into());
        assert_eq!(made.is_ok_and(|jwk| jwk == theirs), stored.algorithm != Algorithm::EdDsa);
    }
}

//! What `jsonwebtoken` asks of a provider when it makes JWKs: the public parts of keys, and digests.
//!
//! It speaks of private keys in DER. Our `EncodingKey`s carry a `kid` instead, so it is answered from the registry.

use aws_lc_rs::signature::RsaSubjectPublicKey;
use jsonwebtoken::Algorithm;
use jsonwebtoken::crypto::KeyUtils;
use jsonwebtoken::errors::{ErrorKind, Result};
use jsonwebtoken::jwk::{EllipticCurve, ThumbprintHash};
use ring::digest::{SHA256, SHA384, SHA512, digest};

use super::{PublicJwk, der, registry};

pub(super) const KEY_UTILS: KeyUtils = KeyUtils {
    rsa_pub_components_from_private_key: rsa_parts,
    rsa_pub_components_from_public_key: rsa_parts_of_public_der,
    ec_pub_components_from_private_key: ec_parts,
    ed_pub_components_from_private_key: ed_part,
    compute_digest: |data, hash| digest_by(&hash, data),
};

fn rsa_parts(kid: &[u8]) -> Result<(Vec<u8>, Vec<u8>)> {
    public_half(kid, PublicJwk::rsa_parts).ok_or_else(|| ErrorKind::InvalidRsaKey("not one of ours".to_owned()).into())
}

/// Modulus and exponent of a PKCS#1 or X.509 public key, as the library reads it.
pub(super) fn rsa_parts_of_public_der(key: &[u8]) -> Result<(Vec<u8>, Vec<u8>)> {
    let key = RsaSubjectPublicKey::from_der(key).map_err(|error| ErrorKind::InvalidRsaKey(error.to_string()))?;
    let parts = der::rsa_public_parts(key.as_ref()).map(|(n, e)| (n.to_vec(), e.to_vec()));
    parts.ok_or_else(|| ErrorKind::InvalidRsaKey("not a PKCS#1 key".to_owned()).into())
}

fn ec_parts(kid: &[u8], algorithm: Algorithm) -> Result<(EllipticCurve, Vec<u8>, Vec<u8>)> {
    if algorithm != Algorithm::ES256 {
        return Err(ErrorKind::InvalidAlgorithm.into());
    }
    let (x, y) = public_half(kid, PublicJwk::p256_parts).ok_or(ErrorKind::InvalidEcdsaKey)?;
    Ok((EllipticCurve::P256, x, y))
}

fn ed_part(kid: &[u8], curve: &EllipticCurve) -> Result<Vec<u8>> {
    if *curve != EllipticCurve::Ed25519 {
        return Err(ErrorKind::InvalidAlgorithm.into());
    }
    public_half(kid, PublicJwk::ed25519_part).ok_or_else(|| ErrorKind::InvalidEddsaKey.into())
}

fn public_half<T>(kid: &[u8], part: fn(&PublicJwk) -> Option<T>) -> Option<T> {
    part(registry::find(kid)?.public_jwk())
}

fn digest_by(hash: &ThumbprintHash, data: &[u8]) -> Result<Vec<u8>> {
    let algorithm = match hash {
        ThumbprintHash::SHA256 => &SHA256,
        ThumbprintHash::SHA384 => &SHA384,
        ThumbprintHash::SHA512 => &SHA512,
        _ => return Err(ErrorKind::InvalidAlgorithm.into()),
    };
    Ok(digest(algorithm, data).as_ref().to_vec())
}

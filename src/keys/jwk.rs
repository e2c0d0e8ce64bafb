//! Public keys as JSON.

use std::collections::BTreeMap;

use jsonwebtoken::DecodingKey;
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::{Algorithm, KeyError};
use crate::types::base64url;

/// A public signature key (RFC 7517 §4): ours, as the JWKS shows it, or one that a client presents. Ours carry `kid`,
/// `use` and `alg`; others may leave those out. A JWK for encryption, of an algorithm or curve that is not supported,
/// or with a private member does not deserialize.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicJwk {
    #[serde(flatten)]
    material: Material,
    #[serde(skip_serializing_if = "Option::is_none")]
    kid: Option<String>,
    #[serde(rename = "use", skip_serializing_if = "Option::is_none")]
    usage: Option<Usage>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alg: Option<Algorithm>,
    #[serde(
        rename = "d",
        alias = "p",
        alias = "q",
        alias = "dp",
        alias = "dq",
        alias = "qi",
        alias = "oth",
        alias = "k"
    )]
    #[serde(default, skip_serializing)]
    private: NoPrivateMember,
}

/// What the key consists of (RFC 7518 §6, RFC 8037 §2); the values are base64url.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kty")]
enum Material {
    #[serde(rename = "RSA")]
    Rsa { n: String, e: String },
    #[serde(rename = "EC")]
    Ec { crv: EcCurve, x: String, y: String },
    #[serde(rename = "OKP")]
    Okp { crv: OkpCurve, x: String },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum EcCurve {
    #[serde(rename = "P-256")]
    P256,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum OkpCurve {
    Ed25519,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Usage {
    #[serde(rename = "sig")]
    Signature,
}

/// Stands where a private member would be (RFC 7518 §6.2.2, §6.3.2, §6.4): its absence is the only value it has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct NoPrivateMember;

impl<'de> Deserialize<'de> for NoPrivateMember {
    fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Err(serde::de::Error::custom("a public key has no private members"))
    }
}

impl PublicJwk {
    /// Our own RSA key, from modulus and exponent.
    pub(super) fn rsa(algorithm: Algorithm, n: &[u8], e: &[u8]) -> Self {
        Self::ours(algorithm, Material::Rsa { n: base64url::encode(n), e: base64url::encode(e) })
    }

    /// Our own P-256 key, from its coordinates of 32 bytes each.
    pub(super) fn p256(x: &[u8], y: &[u8]) -> Self {
        let (x, y) = (base64url::encode(x), base64url::encode(y));
        Self::ours(Algorithm::Es256, Material::Ec { crv: EcCurve::P256, x, y })
    }

    /// Our own Ed25519 key, from its 32 bytes.
    pub(super) fn ed25519(x: &[u8]) -> Self {
        Self::ours(Algorithm::EdDsa, Material::Okp { crv: OkpCurve::Ed25519, x: base64url::encode(x) })
    }

    fn ours(algorithm: Algorithm, material: Material) -> Self {
        let (usage, alg) = (Some(Usage::Signature), Some(algorithm));
        let mut jwk = Self { material, kid: None, usage, alg, private: NoPrivateMember };
        jwk.kid = Some(jwk.thumbprint());
        jwk
    }

    /// Its `kid` (RFC 7517 §4.5), if it has one.
    #[must_use]
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// Its `alg` (RFC 7517 §4.4), if it has one.
    #[must_use]
    pub const fn algorithm(&self) -> Option<Algorithm> {
        self.alg
    }

    /// What it may verify: its `alg`, or where it has none what its kind of key is good for.
    pub(super) fn algorithms(&self) -> &'static [Algorithm] {
        match (&self.material, self.alg) {
            (Material::Rsa { .. }, None) => &[Algorithm::Rs256, Algorithm::Ps256],
            (Material::Ec { .. }, None) | (_, Some(Algorithm::Es256)) => &[Algorithm::Es256],
            (Material::Okp { .. }, None) | (_, Some(Algorithm::EdDsa)) => &[Algorithm::EdDsa],
            (_, Some(Algorithm::Rs256)) => &[Algorithm::Rs256],
            (_, Some(Algorithm::Ps256)) => &[Algorithm::Ps256],
        }
    }

    /// The SHA-256 thumbprint in base64url: of the required members only, in lexicographic order, without white space
    /// (RFC 7638 §3.2, RFC 8037 §2).
    #[must_use]
    pub fn thumbprint(&self) -> String {
        let members: BTreeMap<&str, &str> = match &self.material {
            Material::Rsa { n, e } => [("kty", "RSA"), ("n", n), ("e", e)].into(),
            Material::Ec { crv: EcCurve::P256, x, y } => [("kty", "EC"), ("crv", "P-256"), ("x", x), ("y", y)].into(),
            Material::Okp { crv: OkpCurve::Ed25519, x } => [("kty", "OKP"), ("crv", "Ed25519"), ("x", x)].into(),
        };
        let json = Value::from_iter(members).to_string();
        base64url::encode(digest(&SHA256, json.as_bytes()))
    }

    /// The key as `jsonwebtoken` verifies with it, for signatures by `algorithm`.
    ///
    /// # Errors
    /// [`KeyError::PublicKey`] if the key is for another algorithm (RFC 8725 §3.1), its values are not the base64url of
    /// the right number of bytes, or it is an RSA key below 2048 bits (RFC 7518 §3.3) or with a weak exponent.
    pub fn decoding_key(&self, algorithm: Algorithm) -> Result<DecodingKey, KeyError> {
        if self.alg.is_some_and(|alg| alg != algorithm) {
            return Err(KeyError::PublicKey("it is for another algorithm"));
        }
        match (&self.material, algorithm) {
            (Material::Rsa { n, e }, Algorithm::Rs256 | Algorithm::Ps256) => {
                let (n, e) = (decode(n)?, decode(e)?);
                check_rsa(&n, &e).map_err(KeyError::PublicKey)?;
                Ok(DecodingKey::from_rsa_raw_components(&n, &e))
            }
            (Material::Ec { x, y, .. }, Algorithm::Es256) => {
                Ok(DecodingKey::from_ec_der(&[&[0x04][..], &coordinate(x)?, &coordinate(y)?].concat()))
            }
            (Material::Okp { x, .. }, Algorithm::EdDsa) => Ok(DecodingKey::from_ed_der(&coordinate(x)?)),
            _ => Err(KeyError::PublicKey("it is for another algorithm")),
        }
    }

    /// The key as JSON.
    pub(super) fn to_json(&self) -> String {
        serde_json::to_string(self).expect("strings and names are JSON")
    }

    /// Modulus and exponent of an RSA key.
    pub(super) fn rsa_parts(&self) -> Option<(Vec<u8>, Vec<u8>)> {
        let Material::Rsa { n, e } = &self.material else { return None };
        Some((base64url::decode(n)?, base64url::decode(e)?))
    }

    /// The coordinates of a P-256 key.
    pub(super) fn p256_parts(&self) -> Option<(Vec<u8>, Vec<u8>)> {
        let Material::Ec { x, y, .. } = &self.material else { return None };
        Some((base64url::decode(x)?, base64url::decode(y)?))
    }

    /// The bytes of an Ed25519 key.
    pub(super) fn ed25519_part(&self) -> Option<Vec<u8>> {
        let Material::Okp { x, .. } = &self.material else { return None };
        base64url::decode(x)
    }
}

/// "A key of size 2048 bits or larger MUST be used" (RFC 7518 §3.3, §3.5), of at most the 8192 bits that are still
/// quick to verify. An exponent of 1 signs nothing, an even one is no key, and 3 has a history of forgeries by lenient
/// padding checks. Both are written with the least number of bytes (RFC 7518 §6.3.1).
pub(super) fn check_rsa(n: &[u8], e: &[u8]) -> Result<(), &'static str> {
    let zeros = n.first().map_or(8, |first| first.leading_zeros());
    let bits = (n.len() * 8).saturating_sub(zeros as usize);
    if zeros == 8 || e.first().is_none_or(|first| *first == 0) {
        return Err("its numbers are empty or start with a zero byte");
    }
    if !(2048..=8192).contains(&bits) {
        return Err("an RSA key has 2048 to 8192 bits");
    }
    let odd = e.last().is_some_and(|last| last % 2 == 1);
    if !odd || matches!(e, [1 | 3]) {
        return Err("its exponent is even, 1 or 3");
    }
    Ok(())
}

fn decode(value: &str) -> Result<Vec<u8>, KeyError> {
    base64url::decode(value).ok_or(KeyError::PublicKey("a value is not base64url"))
}

/// "The length of this octet string MUST be the full size of a coordinate" (RFC 7518 §6.2.1.2; RFC 8032 §5.1.5).
fn coordinate(value: &str) -> Result<Vec<u8>, KeyError> {
    let bytes = decode(value)?;
    if bytes.len() == 32 { Ok(bytes) } else { Err(KeyError::PublicKey("a coordinate has 32 bytes")) }
}

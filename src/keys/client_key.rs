//! The public keys of a client, as it registers or publishes them (RFC 7517 §5).

use serde_json::Value;

use super::{Algorithm, PublicJwk};

/// The most keys that a set may have: each that fits is tried.
const MAX_KEYS: usize = 32;
/// Members that only a private or a shared key has (RFC 7518 §6.2.2, §6.3.2, §6.4).
const SECRET_MEMBERS: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// The keys of a client that verify signatures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientKeySet(pub(super) Vec<PublicJwk>);

/// Whether a client may register a JWK Set.
///
/// # Errors
/// As [`ClientKeySet::parse`].
pub fn validate_jwks(jwks: &Value) -> Result<(), String> {
    ClientKeySet::parse(jwks).map(drop)
}

impl ClientKeySet {
    /// Reads a JWK Set. "Implementations SHOULD ignore JWKs within a JWK Set that use "kty" (key type) values that are not
    /// understood by them" (RFC 7517 §5); so are those for encryption and for other algorithms.
    ///
    /// # Errors
    /// One sentence that says what to change: for a set that is none or has too many keys, that shows a private or shared
    /// key, or has a key that is malformed or too weak. Nothing of a key is repeated.
    pub fn parse(jwks: &Value) -> Result<Self, String> {
        let Some(keys) = jwks.get("keys").and_then(Value::as_array) else {
            return Err("jwks must be a JWK Set, an object with an array 'keys' (RFC 7517 section 5)".to_owned());
        };
        if keys.len() > MAX_KEYS {
            return Err(format!("jwks has {} keys, at most {MAX_KEYS} are looked at", keys.len()));
        }
        let read = |(at, key)| read(key).map_err(|reason| format!("key {} of jwks: {reason}", at + 1));
        let keys: Result<Vec<_>, _> = keys.iter().enumerate().map(read).collect();
        Ok(Self(keys?.into_iter().flatten().collect()))
    }
}

/// A key that verifies signatures; `None` for one that is for something else.
fn read(key: &Value) -> Result<Option<PublicJwk>, String> {
    let member = |name| key.get(name).and_then(Value::as_str);
    let Some(kind) = member("kty") else { return Err("it has no kty".to_owned()) };
    if kind == "oct" || SECRET_MEMBERS.iter().any(|name| key.get(name).is_some()) {
        return Err(
            "it is a private or shared key, which nobody else may have: register the public key, and replace this one"
                .to_owned(),
        );
    }
    if !is_for_signatures(key) || !is_known(kind, member("crv"), member("alg")) {
        return Ok(None);
    }
    let mut key = key.clone();
    // The new name of what `EdDSA` means for such a key (RFC 9864 §2.2), and the only thing that it is good for.
    if key["alg"] == "Ed25519" {
        key["alg"] = "EdDSA".into();
    }
    let jwk: PublicJwk = serde_json::from_value(key).map_err(|_| "it is not a complete public key".to_owned())?;
    let fits = |algorithm: &Algorithm| jwk.decoding_key(*algorithm).is_ok();
    match jwk.algorithms().iter().find(|algorithm| !fits(algorithm)) {
        None => Ok(Some(jwk)),
        Some(algorithm) => Err(jwk.decoding_key(*algorithm).err().map_or_else(String::new, |error| error.to_string())),
    }
}

/// `use` and `key_ops` (RFC 7517 §4.2, §4.3).
fn is_for_signatures(key: &Value) -> bool {
    let operations = key.get("key_ops").and_then(Value::as_array);
    key.get("use").is_none_or(|usage| usage == "sig")
        && operations.is_none_or(|operations| operations.iter().any(|operation| operation == "verify"))
}

fn is_known(kind: &str, curve: Option<&str>, algorithm: Option<&str>) -> bool {
    matches!((kind, curve), ("RSA", _) | ("EC", Some("P-256")) | ("OKP", Some("Ed25519")))
        && algorithm.is_none_or(|name| Algorithm::parse(name).is_some() || (kind, name) == ("OKP", "Ed25519"))
}

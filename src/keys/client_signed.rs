//! What a client signs, a client assertion or a request object, in the order in which it is looked at:
//!
//! 1. its length; its header, which brings no key of its own and no extension (RFC 7515 §4.1);
//! 2. its `alg` is one that we know, and the one that the client registered, if it did (RFC 8725 §3.1);
//! 3. its `typ` is that of its kind, or none (RFC 8725 §3.11);
//! 4. a key of the client's that fits: by `kid`, or else by what it is for; `use` and `alg` of the key count (RFC 7515 §6);
//! 5. its signature, then the form of its claims.

use serde::de::DeserializeOwned;

use crate::types::base64url;

use super::verify::{JoseHeader, is_media_type, read_claims};
use super::{Algorithm, ClientKeySet, MAX_TOKEN_LEN, PublicJwk, VerifyError};

/// A token that has the form of one that a client signed. Nothing that it says is proven.
pub struct ClientSigned<'t> {
    token: &'t str,
    kid: Option<String>,
    algorithm: Algorithm,
}

impl<'t> ClientSigned<'t> {
    /// Reads the header. `registered` is the one algorithm that the client signs with, if it said so; `types` are the types
    /// that the token may have, where it says one.
    ///
    /// # Errors
    /// [`VerifyError`] says which check failed.
    pub fn read(token: &'t str, registered: Option<Algorithm>, types: &[&str]) -> Result<Self, VerifyError> {
        if token.len() > MAX_TOKEN_LEN {
            return Err(VerifyError::TooLong);
        }
        let JoseHeader { alg, kid, typ, .. } = JoseHeader::of(token)?;
        if alg == "none" {
            return Err(VerifyError::Unsigned);
        }
        let algorithm = algorithm_of(&alg).filter(|found| registered.is_none_or(|only| only == *found));
        let algorithm = algorithm.ok_or(VerifyError::WrongAlgorithm)?;
        if typ.is_some_and(|found| !types.iter().any(|expected| is_media_type(&found, expected))) {
            return Err(VerifyError::WrongType);
        }
        Ok(Self { token, kid, algorithm })
    }

    fn may_be_by(&self, key: &PublicJwk) -> bool {
        self.kid.as_deref().is_none_or(|kid| key.kid() == Some(kid)) && key.algorithms().contains(&self.algorithm)
    }
}

impl ClientKeySet {
    /// The claims of a token that one of these keys signed. Issuer, audience and times are the caller's.
    ///
    /// # Errors
    /// [`VerifyError::UnknownKey`] when there is no key to try; [`VerifyError`] says which check failed.
    pub fn verify<T: DeserializeOwned>(&self, signed: &ClientSigned<'_>) -> Result<T, VerifyError> {
        let (message, signature) = signed.token.rsplit_once('.').ok_or(VerifyError::Malformed)?;
        let (_, claims) = message.split_once('.').ok_or(VerifyError::Malformed)?;
        let mut refusal = VerifyError::UnknownKey;
        for key in self.0.iter().filter(|key| signed.may_be_by(key)) {
            let Ok(key) = key.decoding_key(signed.algorithm) else { continue };
            match jsonwebtoken::crypto::verify(signature, message.as_bytes(), &key, signed.algorithm.into()) {
                Ok(true) => return read_claims(&base64url::decode(claims).ok_or(VerifyError::Malformed)?),
                Ok(false) => refusal = VerifyError::WrongSignature,
                Err(_) => return Err(VerifyError::Malformed),
            }
        }
        Err(refusal)
    }
}

/// `Ed25519` is the new name of what `EdDSA` means with the one curve that we know (RFC 9864 §2.2), which `jsonwebtoken` does
/// not read in a header yet.
fn algorithm_of(alg: &str) -> Option<Algorithm> {
    if alg == "Ed25519" { Some(Algorithm::EdDsa) } else { Algorithm::parse(alg) }
}

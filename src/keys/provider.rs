//! The cryptography behind `jsonwebtoken`: private keys from the registry, verification by `aws-lc-rs`.

use std::sync::Arc;

use aws_lc_rs::error::KeyRejected;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256,
    RsaParameters, RsaPublicKeyComponents,
};
use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier};
use jsonwebtoken::errors::{ErrorKind, Result};
use jsonwebtoken::{AlgorithmFamily, DecodingKey, DecodingKeyKind, EncodingKey};
use signature::{Signer, Verifier};

use super::algorithm::from_jsonwebtoken;
use super::jwk::check_rsa;
use super::key_utils::{self, KEY_UTILS};
use super::{Algorithm, SigningKey, registry};

static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: |algorithm, key| signer_for(*algorithm, key),
    verifier_factory: |algorithm, key| verifier_for(*algorithm, key),
    key_utils: KEY_UTILS,
};

/// Makes `jsonwebtoken` sign and verify by this module, for the whole process. Calling it again changes nothing, and
/// opening a [`super::KeyRing`] calls it: only code that uses `jsonwebtoken` before there is a ring needs to.
pub fn install() {
    // The error says that a provider is installed already: ours, since nothing else installs one.
    let _ = PROVIDER.install_default();
}

/// The `EncodingKey` that means `key`: it carries the `kid`, and nothing secret.
pub(super) fn encoding_key(key: &SigningKey) -> EncodingKey {
    let kid = key.kid().as_bytes();
    match key.algorithm() {
        Algorithm::Rs256 | Algorithm::Ps256 => EncodingKey::from_rsa_der(kid),
        Algorithm::Es256 => EncodingKey::from_ec_der(kid),
        Algorithm::EdDsa => EncodingKey::from_ed_der(kid),
    }
}

fn supported(algorithm: jsonwebtoken::Algorithm) -> Result<Algorithm> {
    from_jsonwebtoken(algorithm).ok_or_else(|| ErrorKind::InvalidAlgorithm.into())
}

/// One key, one algorithm: a key that is asked for another refuses.
fn signer_for(algorithm: jsonwebtoken::Algorithm, key: &EncodingKey) -> Result<Box<dyn JwtSigner>> {
    let algorithm = supported(algorithm)?;
    let key = registry::find(key.as_bytes()).ok_or(ErrorKind::InvalidKeyFormat)?;
    if key.algorithm() != algorithm {
        return Err(ErrorKind::InvalidAlgorithm.into());
    }
    Ok(Box::new(RegisteredKey(key)))
}

struct RegisteredKey(Arc<SigningKey>);

impl Signer<Vec<u8>> for RegisteredKey {
    fn try_sign(&self, message: &[u8]) -> std::result::Result<Vec<u8>, signature::Error> {
        self.0.sign(message)
    }
}

impl JwtSigner for RegisteredKey {
    fn algorithm(&self) -> jsonwebtoken::Algorithm {
        self.0.algorithm().into()
    }
}

fn verifier_for(algorithm: jsonwebtoken::Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>> {
    Ok(Box::new(PublicKey::new(supported(algorithm)?, key)?))
}

fn parse(algorithm: Algorithm, key: &DecodingKey) -> Result<ParsedPublicKey> {
    Ok(match (algorithm, key.family()) {
        (Algorithm::Rs256, AlgorithmFamily::Rsa) => parse_rsa(&RSA_PKCS1_2048_8192_SHA256, key)?,
        (Algorithm::Ps256, AlgorithmFamily::Rsa) => parse_rsa(&RSA_PSS_2048_8192_SHA256, key)?,
        (Algorithm::Es256, AlgorithmFamily::Ec) => {
            let parsed = ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key.try_get_as_bytes()?);
            parsed.map_err(|_| ErrorKind::InvalidEcdsaKey)?
        }
        (Algorithm::EdDsa, AlgorithmFamily::Ed) => {
            let parsed = ParsedPublicKey::new(&ED25519, key.try_get_as_bytes()?);
            parsed.map_err(|_| ErrorKind::InvalidEddsaKey)?
        }
        _ => return Err(ErrorKind::InvalidAlgorithm.into()),
    })
}

fn parse_rsa(parameters: &'static RsaParameters, key: &DecodingKey) -> Result<ParsedPublicKey> {
    let (n, e) = match key.kind() {
        DecodingKeyKind::RsaModulusExponent { n, e } => (n.clone(), e.clone()),
        DecodingKeyKind::SecretOrDer(der) => key_utils::rsa_parts_of_public_der(der)?,
    };
    check_rsa(&n, &e).map_err(|reason| ErrorKind::InvalidRsaKey(reason.to_owned()))?;
    let parsed = RsaPublicKeyComponents { n, e }.to_parsed_public_key(parameters);
    Ok(parsed.map_err(|error: KeyRejected| ErrorKind::InvalidRsaKey(error.to_string()))?)
}

/// A public key with the one algorithm that it verifies by.
pub(super) struct PublicKey {
    algorithm: Algorithm,
    key: ParsedPublicKey,
}

impl PublicKey {
    /// Parses a key, which takes a tenth of the time that it takes to verify with it.
    pub(super) fn new(algorithm: Algorithm, key: &DecodingKey) -> Result<Self> {
        Ok(Self { algorithm, key: parse(algorithm, key)? })
    }

    /// Whether `signature` is this key's of `message`.
    pub(super) fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        self.key.verify_sig(message, signature).is_ok()
    }
}

impl Verifier<Vec<u8>> for PublicKey {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> std::result::Result<(), signature::Error> {
        if self.has_signed(message, signature) { Ok(()) } else { Err(signature::Error::new()) }
    }
}

impl JwtVerifier for PublicKey {
    fn algorithm(&self) -> jsonwebtoken::Algorithm {
        self.algorithm.into()
    }
}

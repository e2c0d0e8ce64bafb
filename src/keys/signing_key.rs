//! Private signing keys.

use std::fmt;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RSA_PSS_SHA256,
    RsaKeyPair, RsaSignatureEncoding,
};
use zeroize::Zeroizing;

use super::jwk::check_rsa;
use super::{Algorithm, KeyError, PublicJwk, der};

/// A private key with the one algorithm that it signs by. It is parsed once, here: parsing an RSA key costs half as much
/// as a signature. `Debug` shows only its public half.
pub struct SigningKey {
    pair: KeyPair,
    algorithm: Algorithm,
    kid: String,
    public: PublicJwk,
}

enum KeyPair {
    Rsa(RsaKeyPair, &'static RsaSignatureEncoding),
    P256(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

impl SigningKey {
    /// A fresh key, and its PKCS#8 (RFC 5958) to be sealed. `rsa_bits` counts for RS256 and PS256 only. The library
    /// draws the randomness itself. An RSA key takes about a tenth of a second, so this does not belong on a thread that
    /// answers requests.
    ///
    /// # Errors
    /// [`KeyError::RsaBits`] unless `rsa_bits` is 2048, 3072 or 4096, [`KeyError::Generate`] if the library gives none.
    pub fn generate(algorithm: Algorithm, rsa_bits: u32) -> Result<(Self, Zeroizing<Vec<u8>>), KeyError> {
        let pkcs8 = match algorithm {
            Algorithm::Rs256 | Algorithm::Ps256 => generate_rsa(rsa_size(rsa_bits)?),
            Algorithm::Es256 => generate_p256(),
            Algorithm::EdDsa => generate_ed25519(),
        };
        let pkcs8 = pkcs8.map_err(|Unspecified| KeyError::Generate(algorithm))?;
        Ok((Self::from_pkcs8(algorithm, &pkcs8)?, pkcs8))
    }

    /// The key in `pkcs8` (RFC 5958).
    ///
    /// # Errors
    /// [`KeyError::PrivateKey`] if it is not a private key for `algorithm`, [`KeyError::PublicKey`] if it is an RSA key
    /// below 2048 bits or with a weak exponent.
    pub fn from_pkcs8(algorithm: Algorithm, pkcs8: &[u8]) -> Result<Self, KeyError> {
        let parsed = match algorithm {
            Algorithm::Rs256 => parse_rsa(algorithm, pkcs8, &RSA_PKCS1_SHA256),
            Algorithm::Ps256 => parse_rsa(algorithm, pkcs8, &RSA_PSS_SHA256),
            Algorithm::Es256 => parse_p256(pkcs8),
            Algorithm::EdDsa => parse_ed25519(pkcs8),
        };
        let (pair, public) = parsed.ok_or(KeyError::PrivateKey(algorithm))?;
        if let Some((n, e)) = public.rsa_parts() {
            check_rsa(&n, &e).map_err(KeyError::PublicKey)?;
        }
        Ok(Self { pair, algorithm, kid: public.thumbprint(), public })
    }

    /// Its id: the RFC 7638 thumbprint of the public half.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The one algorithm it signs by.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Its public half, with `kid`, `use` and `alg`.
    #[must_use]
    pub const fn public_jwk(&self) -> &PublicJwk {
        &self.public
    }

    /// The signature of `message` in its JWS form (RFC 7518 §3.3 to §3.5, RFC 8037 §3.1): the modulus' length for RSA,
    /// 64 bytes otherwise.
    ///
    /// # Errors
    /// [`signature::Error`] if the library fails, which it does only without memory or randomness.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, signature::Error> {
        // The library ignores the generator that its interface asks for, and draws from its own.
        let rng = SystemRandom::new();
        let signature = match &self.pair {
            KeyPair::Rsa(pair, encoding) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(*encoding, &rng, message, &mut signature).map(|()| signature)
            }
            KeyPair::P256(pair) => pair.sign(&rng, message).map(|signature| signature.as_ref().to_vec()),
            KeyPair::Ed25519(pair) => pair.try_sign(message).map(|signature| signature.as_ref().to_vec()),
        };
        signature.map_err(|Unspecified| signature::Error::new())
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("public", &self.public).finish_non_exhaustive()
    }
}

fn rsa_size(bits: u32) -> Result<KeySize, KeyError> {
    match bits {
        2048 => Ok(KeySize::Rsa2048),
        3072 => Ok(KeySize::Rsa3072),
        4096 => Ok(KeySize::Rsa4096),
        _ => Err(KeyError::RsaBits(bits)),
    }
}

fn generate_rsa(size: KeySize) -> Result<Zeroizing<Vec<u8>>, Unspecified> {
    let pkcs8 = RsaKeyPair::generate(size)?.as_der()?;
    Ok(Zeroizing::new(pkcs8.as_ref().to_vec()))
}

fn generate_p256() -> Result<Zeroizing<Vec<u8>>, Unspecified> {
    let pkcs8 = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)?.to_pkcs8v1()?;
    Ok(Zeroizing::new(pkcs8.as_ref().to_vec()))
}

fn generate_ed25519() -> Result<Zeroizing<Vec<u8>>, Unspecified> {
    let pkcs8 = Ed25519KeyPair::generate()?.to_pkcs8v1()?;
    Ok(Zeroizing::new(pkcs8.as_ref().to_vec()))
}

fn parse_rsa(
    algorithm: Algorithm,
    pkcs8: &[u8],
    encoding: &'static RsaSignatureEncoding,
) -> Option<(KeyPair, PublicJwk)> {
    let pair = RsaKeyPair::from_pkcs8(pkcs8).ok()?;
    let (n, e) = der::rsa_public_parts(pair.public_key().as_ref())?;
    let public = PublicJwk::rsa(algorithm, n, e);
    Some((KeyPair::Rsa(pair, encoding), public))
}

fn parse_p256(pkcs8: &[u8]) -> Option<(KeyPair, PublicJwk)> {
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8).ok()?;
    // The uncompressed point of SEC 1 §2.3.3: 4, then the two coordinates.
    let (&4, point) = pair.public_key().as_ref().split_first()? else { return None };
    let (x, y) = point.split_at_checked(32)?;
    let public = PublicJwk::p256(x, y);
    Some((KeyPair::P256(pair), public))
}

fn parse_ed25519(pkcs8: &[u8]) -> Option<(KeyPair, PublicJwk)> {
    let pair = Ed25519KeyPair::from_pkcs8(pkcs8).ok()?;
    let public = PublicJwk::ed25519(pair.public_key().as_ref());
    Some((KeyPair::Ed25519(pair), public))
}

//! A key of a client, made and used without any code of the server's.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PSS_SHA256,
    RsaKeyPair,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use countersign::oauth::registration::NewClient;
use countersign::types::{Clock, Rng};

use super::{Response, Server, TestClient, WEB, register};

/// A key pair with its name.
pub struct Signer {
    pub kid: String,
    pair: Pair,
}

enum Pair {
    Rsa(RsaKeyPair),
    P256(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

impl Signer {
    pub fn ed25519(kid: &str) -> Self {
        Self { kid: kid.to_owned(), pair: Pair::Ed25519(Ed25519KeyPair::generate().unwrap()) }
    }

    pub fn p256(kid: &str) -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        Self { kid: kid.to_owned(), pair: Pair::P256(pair) }
    }

    pub fn rsa(kid: &str) -> Self {
        Self { kid: kid.to_owned(), pair: Pair::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).unwrap()) }
    }

    /// The public half.
    pub fn jwk(&self) -> Value {
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let kid = &self.kid;
        match &self.pair {
            Pair::Ed25519(pair) => {
                json!({ "kty": "OKP", "crv": "Ed25519", "kid": kid, "x": encode(pair.public_key().as_ref()) })
            }
            Pair::P256(pair) => {
                let point = &pair.public_key().as_ref()[1..];
                json!({ "kty": "EC", "crv": "P-256", "kid": kid, "x": encode(&point[..32]), "y": encode(&point[32..]) })
            }
            Pair::Rsa(pair) => {
                // SEQUENCE { INTEGER n, INTEGER 65537 }: nine bytes before the 256 of the modulus.
                let n = &pair.public_key().as_ref()[9..265];
                json!({ "kty": "RSA", "kid": kid, "n": encode(n), "e": "AQAB" })
            }
        }
    }

    /// The set with this key alone.
    pub fn jwks(&self) -> Value {
        json!({ "keys": [self.jwk()] })
    }

    fn algorithm(&self) -> &'static str {
        match &self.pair {
            Pair::Rsa(_) => "RS256",
            Pair::P256(_) => "ES256",
            Pair::Ed25519(_) => "EdDSA",
        }
    }

    /// A JWT with these claims, by the algorithm that the key is most used with.
    pub fn sign(&self, claims: &Value) -> String {
        self.sign_with(&json!({ "alg": self.algorithm(), "kid": self.kid }), claims)
    }

    /// A JWT with this header, whatever it says. Only `PS256` changes what is done.
    pub fn sign_with(&self, header: &Value, claims: &Value) -> String {
        let message = format!("{}.{}", encode(header), encode(claims));
        let rng = SystemRandom::new();
        let signature = match &self.pair {
            Pair::Rsa(pair) => {
                let encoding = if header["alg"] == "PS256" { &RSA_PSS_SHA256 } else { &RSA_PKCS1_SHA256 };
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(encoding, &rng, message.as_bytes(), &mut signature).unwrap();
                signature
            }
            Pair::P256(pair) => pair.sign(&rng, message.as_bytes()).unwrap().as_ref().to_vec(),
            Pair::Ed25519(pair) => pair.sign(message.as_bytes()).as_ref().to_vec(),
        };
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

/// A JSON value as a part of a JWT.
pub fn encode(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// The claims of an assertion by the wall clock, for a program.
pub fn assertion_of(client_id: &str, issuer: &str) -> Value {
    let (exp, jti) = (Clock::System.now().seconds() + 60, URL_SAFE_NO_PAD.encode(Rng::system().bytes::<16>()));
    json!({ "iss": client_id, "sub": client_id, "aud": issuer, "jti": jti, "exp": exp })
}

/// The client that signs: [`WEB`] without its secret.
pub const SIGNER: TestClient = TestClient { id: "signer", secret: None, ..WEB };

impl Server {
    /// Registers [`SIGNER`] with `private_key_jwt` and this metadata.
    pub fn add_signer(&self, metadata: &[(&str, Value)]) {
        let metadata = metadata.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        let auth_method = Some("private_key_jwt".to_owned());
        let new = NewClient { id: SIGNER.id.to_owned(), public: false, auth_method, metadata, ..WEB.registration() };
        self.block_on(register(&self.app, new, None));
    }

    /// The claims of an assertion of [`SIGNER`] that is in order, and that no other has the `jti` of.
    pub fn assertion(&self) -> Value {
        let (now, jti) = (self.clock.now().seconds(), URL_SAFE_NO_PAD.encode(self.app.rng.bytes::<16>()));
        json!({ "iss": SIGNER.id, "sub": SIGNER.id, "aud": self.issuer, "jti": jti, "iat": now, "exp": now + 60 })
    }

    /// A form of [`SIGNER`], with a fresh assertion.
    pub fn post_signed(&self, signer: &Signer, path: &str, form: &[(&str, &str)]) -> Response {
        let assertion = signer.sign(&self.assertion());
        let kind = ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
        self.post(path, &[&[kind, ("client_assertion", &assertion)], form].concat())
    }
}

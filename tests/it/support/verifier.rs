//! An API that verifies tokens by the JWKS alone, with none of our code. It keeps the JWKS for as long as it may, and does not
//! look again for a key that it does not know.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countersign::types::{ManualClock, Timestamp};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, RsaPublicKeyComponents,
    UnparsedPublicKey,
};
use serde_json::Value;

use super::{Http, claims};

pub struct Verifier {
    clock: ManualClock,
    keys: HashMap<String, Value>,
    keep_until: Timestamp,
    pub fetched: usize,
}

impl Verifier {
    pub fn new(clock: &ManualClock) -> Self {
        Self { clock: clock.clone(), keys: HashMap::new(), keep_until: Timestamp::from_millis(0), fetched: 0 }
    }

    /// The same API, once its server was started again with another end of the clock.
    pub fn on(self, clock: &ManualClock) -> Self {
        Self { clock: clock.clone(), ..self }
    }

    /// Whether a token is genuine, as far as this API knows. One that has expired is not asked about.
    #[track_caller]
    pub fn accepts(&mut self, server: &Http, token: &str) -> bool {
        let now = self.clock.now();
        let expires = claims(token)["exp"].as_i64().expect("a token expires");
        assert!(now.seconds() < expires, "it has expired");
        if self.keep_until <= now {
            self.fetch(server, now);
        }
        let header = part(token, 0);
        self.keys.get(text(&header, "kid")).is_some_and(|key| key["alg"] == header["alg"] && is_signed(token, key))
    }

    fn fetch(&mut self, server: &Http, now: Timestamp) {
        let response = server.get("/.well-known/jwks.json");
        let cache = response.header("cache-control").expect("it may be kept").to_owned();
        let max_age = cache.strip_prefix("public, max-age=").expect("it says for how long");
        let keys = response.json()["keys"].as_array().expect("it has keys").clone();
        self.keys = keys.into_iter().map(|key| (text(&key, "kid").to_owned(), key)).collect();
        self.keep_until = now.plus(std::time::Duration::from_secs(max_age.parse().expect("it is a number")));
        self.fetched += 1;
    }
}

fn is_signed(token: &str, key: &Value) -> bool {
    let (message, signature) = token.rsplit_once('.').expect("a JWT has three parts");
    let (message, signature) = (message.as_bytes(), bytes(signature));
    let member = |name| bytes(text(key, name));
    match text(key, "alg") {
        "RS256" => rsa(key).verify(&RSA_PKCS1_2048_8192_SHA256, message, &signature).is_ok(),
        "PS256" => rsa(key).verify(&RSA_PSS_2048_8192_SHA256, message, &signature).is_ok(),
        "ES256" => {
            let point = [vec![4], member("x"), member("y")].concat();
            UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, &signature).is_ok()
        }
        "EdDSA" => UnparsedPublicKey::new(&ED25519, member("x")).verify(message, &signature).is_ok(),
        other => panic!("an algorithm that nobody knows: {other}"),
    }
}

fn rsa(key: &Value) -> RsaPublicKeyComponents<Vec<u8>> {
    RsaPublicKeyComponents { n: bytes(text(key, "n")), e: bytes(text(key, "e")) }
}

fn part(token: &str, at: usize) -> Value {
    let part = token.split('.').nth(at).expect("a JWT has three parts");
    serde_json::from_slice(&bytes(part)).expect("it is JSON")
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("no {name} in {value}"))
}

fn bytes(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).expect("it is base64url")
}

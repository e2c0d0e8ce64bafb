//! Minting an `id_token` (OpenID Connect Core §2).

use serde_json::{Map, Value};

use std::time::Duration;

use crate::app::{App, Signer};
use crate::keys::Algorithm;
use crate::oauth::grant::Grant;
use crate::oauth::{Client, OAuthError};
use crate::oidc::{HashAlgorithm, IdTokenClaims, acr_of, at_hash};
use crate::types::Timestamp;

/// What an `id_token` is minted from.
pub(super) struct IdToken<'a> {
    /// Who it is for.
    pub client: &'a Client,
    /// By which subject the client knows the person.
    pub sub: String,
    /// What was authorized.
    pub grant: &'a Grant,
    /// The `nonce` to echo.
    pub nonce: Option<String>,
    /// The access token beside it.
    pub access_token: &'a str,
    /// What it tells of the person beside that.
    pub told: Map<String, Value>,
}

impl IdToken<'_> {
    /// The token, signed by what the client registered.
    pub fn mint(self, app: &App, signer: &Signer<'_>, now: Timestamp) -> Result<String, OAuthError> {
        let (grant, algorithm) = (self.grant, signer.for_client(self.client));
        let claims = IdTokenClaims {
            iss: app.issuer.as_str().to_owned(),
            sub: self.sub,
            aud: self.client.id.clone(),
            exp: expiry(now, app.config.tokens.id_token_ttl),
            iat: now.seconds(),
            auth_time: grant.auth_time.seconds(),
            nonce: self.nonce,
            at_hash: at_hash(self.access_token, hash_of(algorithm)),
            acr: acr_of(&grant.amr),
            amr: grant.amr.split(' ').map(str::to_owned).collect(),
            sid: grant.sid.filter(|_| self.client.metadata.receives_sid()).map(|sid| sid.to_string()),
            told: self.told,
        };
        Ok(signer.sign(algorithm, "JWT", &claims)?)
    }
}

fn hash_of(algorithm: Algorithm) -> HashAlgorithm {
    match algorithm {
        Algorithm::Rs256 | Algorithm::Ps256 | Algorithm::Es256 => HashAlgorithm::Sha256,
        Algorithm::EdDsa => HashAlgorithm::Sha512,
    }
}

/// When what is issued now ends, in seconds since the epoch.
pub(super) fn expiry(now: Timestamp, ttl: Duration) -> i64 {
    now.plus(ttl).seconds()
}

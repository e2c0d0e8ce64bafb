//! Signing: what this server says, by the key that it is to be said with.

use std::sync::Arc;

use serde::Serialize;

use crate::keys::{Algorithm, KeyError, KeyRing};
use crate::metrics::Stopwatch;
use crate::oauth::Client;

use super::App;

/// The key ring, taken once: all tokens of a response that have one algorithm are signed by the same key.
pub struct Signer<'a> {
    app: &'a App,
    ring: Arc<KeyRing>,
    default: Algorithm,
}

impl App {
    /// What signs now.
    #[must_use]
    pub fn signer(&self) -> Signer<'_> {
        let (ring, keys) = (self.keys.ring.current(), &self.config.keys);
        Signer { default: ring.signing_algorithm(keys.algorithm, &keys.id_token_algorithms), app: self, ring }
    }

    /// A JWT of the type `typ` that is for a client: signed as its ID tokens are.
    ///
    /// # Errors
    /// As [`Signer::sign`].
    pub fn sign_for<T: Serialize>(&self, client: &Client, typ: &str, claims: &T) -> Result<String, KeyError> {
        let signer = self.signer();
        signer.sign(signer.for_client(client), typ, claims)
    }

    /// Returns the reason why nothing can be signed now; `None` when tokens can be signed.
    #[must_use]
    pub fn unfit_to_sign(&self) -> Option<&'static str> {
        if !self.heartbeat.is_clock_right() {
            Some("the clock of this node differs too much from that of the database")
        } else if !self.keys.ring.current().is_fresh(self.clock.steady()) {
            Some("the signing keys could not be read lately")
        } else {
            None
        }
    }

    /// Whether there is a key for everything that a client chose to have signed for it.
    #[must_use]
    pub fn can_sign_for(&self, client: &Client) -> bool {
        let ring = self.keys.ring.current();
        client.metadata.chosen_algorithms().iter().all(|(_, algorithm)| ring.signs_by(*algorithm))
    }
}

impl Signer<'_> {
    /// What tokens are signed by where nobody chose.
    #[must_use]
    pub const fn default(&self) -> Algorithm {
        self.default
    }

    /// What a client's ID tokens are signed by: what it registered and nothing else, or the default.
    #[must_use]
    pub fn for_client(&self, client: &Client) -> Algorithm {
        client.metadata.id_token_signed_response_alg.unwrap_or(self.default)
    }

    /// A signed JWT with `claims`, of the type `typ` (RFC 8725 §3.11). It blocks for one signature.
    ///
    /// # Errors
    /// [`KeyError::ClockOff`], [`KeyError::Stale`], [`KeyError::NoKeyFor`], [`KeyError::Sign`].
    pub fn sign<T: Serialize>(&self, algorithm: Algorithm, typ: &str, claims: &T) -> Result<String, KeyError> {
        if !self.app.heartbeat.is_clock_right() {
            return Err(KeyError::ClockOff);
        }
        let signing = Stopwatch::start();
        let signed = self.ring.sign(algorithm, typ, claims, self.app.clock.steady())?;
        self.app.metrics.tokens.signatures(algorithm).observe(signing.elapsed());
        Ok(signed)
    }
}

//! The public keys of clients: as they registered them (`jwks`), or where they publish them (`jwks_uri`), fetched and kept for
//! a while.
//!
//! What is kept says nothing about whether a client may do anything: that is read with each request. A client that takes a key
//! out of its set has it refused after [`KEEP`]; one that adds a key has it known as soon as it signs with it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::de::DeserializeOwned;

use crate::keys::{ClientKeySet, ClientSigned, VerifyError};
use crate::oauth::ClientMetadata;
use crate::outbound::{Outbound, OutboundError};
use crate::types::Timestamp;

/// How long a fetched set is kept.
const KEEP: Duration = Duration::from_secs(300);
/// The least time between two requests to one address, whoever makes us ask.
const PAUSE: Duration = Duration::from_secs(10);
/// Sets that are kept at the same time.
const MOST_SETS: usize = 256;

/// Why something that a client signed is not accepted. It is for the log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClientKeyError {
    /// It has registered none.
    #[error("the client has neither jwks nor jwks_uri")]
    NoKeys,
    /// Its set cannot be fetched.
    #[error("jwks_uri: {0}")]
    NotFetched(#[from] OutboundError),
    /// Its set cannot be read.
    #[error("{0}")]
    NotRead(String),
    /// It is not signed by one of its keys.
    #[error(transparent)]
    Token(#[from] VerifyError),
}

/// The keys of clients.
pub struct ClientKeys {
    outbound: Outbound,
    fetched: Mutex<HashMap<String, Known>>,
}

/// A set with when somebody last asked for it.
struct Known {
    set: Arc<FetchedSet>,
    used_at: Timestamp,
}

/// Whoever holds the lock fetches; others wait for what comes of it.
#[derive(Default)]
struct FetchedSet(tokio::sync::Mutex<Option<Fetched>>);

struct Fetched {
    at: Timestamp,
    keys: Result<Arc<ClientKeySet>, ClientKeyError>,
}

impl ClientKeys {
    /// None are known yet.
    #[must_use]
    pub fn new(outbound: Outbound) -> Self {
        Self { outbound, fetched: Mutex::default() }
    }

    /// The claims of a token, if one of the client's keys signed it. Published keys are fetched again where none fits.
    ///
    /// # Errors
    /// [`ClientKeyError`].
    pub async fn verify<T: DeserializeOwned>(
        &self,
        client: &ClientMetadata,
        signed: &ClientSigned<'_>,
        now: Timestamp,
    ) -> Result<T, ClientKeyError> {
        if let Some(jwks) = &client.jwks {
            let keys = ClientKeySet::parse(jwks).map_err(ClientKeyError::NotRead)?;
            return Ok(keys.verify(signed)?);
        }
        let uri = client.jwks_uri.as_deref().ok_or(ClientKeyError::NoKeys)?;
        let set = self.set(uri, now);
        match self.keys(&set, uri, now, KEEP).await?.verify(signed) {
            Err(VerifyError::UnknownKey | VerifyError::WrongSignature) => {
                Ok(self.keys(&set, uri, now, PAUSE).await?.verify(signed)?)
            }
            verified => Ok(verified?),
        }
    }

    /// The keys at an address, as they were at most `max_age` ago. What went wrong is told again for a while, too.
    async fn keys(
        &self,
        set: &FetchedSet,
        uri: &str,
        now: Timestamp,
        max_age: Duration,
    ) -> Result<Arc<ClientKeySet>, ClientKeyError> {
        let mut fetched = set.0.lock().await;
        if let Some(known) = fetched.as_ref() {
            let max_age = if known.keys.is_ok() { max_age } else { PAUSE };
            // A clock that was set back keeps nothing for longer.
            if known.at <= now && now.since(known.at) < max_age {
                return known.keys.clone();
            }
        }
        let keys = self.fetch(uri).await.map(Arc::new);
        *fetched = Some(Fetched { at: now, keys: keys.clone() });
        keys
    }

    async fn fetch(&self, uri: &str) -> Result<ClientKeySet, ClientKeyError> {
        let body = self.outbound.get(uri).await?;
        let no_json = |_| ClientKeyError::NotRead("jwks_uri does not answer with JSON".to_owned());
        ClientKeySet::parse(&serde_json::from_slice(&body).map_err(no_json)?).map_err(ClientKeyError::NotRead)
    }

    /// The place of an address, which may take that of the one that nobody asked for longest.
    fn set(&self, uri: &str, now: Timestamp) -> Arc<FetchedSet> {
        let mut all = self.fetched.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST_SETS && !all.contains_key(uri) {
            let oldest = all.iter().min_by_key(|(_, known)| known.used_at).map(|(uri, _)| uri.clone());
            oldest.map(|oldest| all.remove(&oldest));
        }
        let known = all.entry(uri.to_owned()).or_insert_with(|| Known { set: Arc::default(), used_at: now });
        known.used_at = now;
        Arc::clone(&known.set)
    }
}

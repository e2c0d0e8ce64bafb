//! The public keys of clients: as they registered them (`jwks`), or where they publish them (`jwks_uri`), fetched and kept for
//! a while.
//!
//! What is kept says nothing about whether a client may do anything: that is read with each request. A client that takes a key
//! out of its set has it refused after `KEEP`; one that adds a key has it known as soon as it signs with it.

use std::time::Duration;

use serde::de::DeserializeOwned;

use crate::keys::{ClientKeySet, ClientSigned, VerifyError};
use crate::oauth::ClientMetadata;
use crate::outbound::{Kept, Outbound, OutboundError, PAUSE};
use crate::types::Timestamp;

/// How long a fetched set is kept.
const KEEP: Duration = Duration::from_secs(300);
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
pub struct ClientKeys(Kept<ClientKeySet, ClientKeyError>);

impl ClientKeys {
    /// None are known yet.
    #[must_use]
    pub fn new(outbound: Outbound) -> Self {
        Self(Kept::new(outbound))
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
        match self.0.get(uri, now, KEEP, read).await?.verify(signed) {
            Err(VerifyError::UnknownKey | VerifyError::WrongSignature) => {
                Ok(self.0.get(uri, now, PAUSE, read).await?.verify(signed)?)
            }
            verified => Ok(verified?),
        }
    }
}

fn read(body: &[u8]) -> Result<ClientKeySet, ClientKeyError> {
    let no_json = |_| ClientKeyError::NotRead("jwks_uri does not answer with JSON".to_owned());
    ClientKeySet::parse(&serde_json::from_slice(body).map_err(no_json)?).map_err(ClientKeyError::NotRead)
}

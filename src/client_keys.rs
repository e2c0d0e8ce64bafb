//! The public keys of clients: as they registered them (`jwks`), or where they publish them (`jwks_uri`), fetched and kept for
//! a while.
//!
//! Sets of clients that registered themselves are fetched and kept apart from those of the operator's clients, which strangers
//! can then neither delay nor push out.
//!
//! What is kept says nothing about whether a client may do anything: that is read with each request. A client that takes a key
//! out of its set has it refused after `KEEP`; one that adds a key has it known as soon as it signs with it.

use std::time::Duration;

use serde::de::DeserializeOwned;

use crate::keys::{ClientKeySet, ClientSigned, VerifyError};
use crate::oauth::{Client, OAuthError};
use crate::outbound::{Kept, Outbound, OutboundError, PAUSE, Purpose, Queue, RETRY_AFTER, Registrant};

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

impl ClientKeyError {
    /// `temporarily_unavailable`, for keys that cannot be fetched. Only the operator learns what this server can and cannot
    /// reach.
    #[must_use]
    pub fn unavailable(self) -> OAuthError {
        let description = "the keys of the client could not be fetched, retry the same request in a while";
        OAuthError::lacking(description, RETRY_AFTER).with_source(self)
    }
}

/// The keys of clients.
pub struct ClientKeys {
    of_operator: Kept<ClientKeySet, ClientKeyError>,
    of_self_registered: Kept<ClientKeySet, ClientKeyError>,
}

impl ClientKeys {
    /// None are known yet.
    #[must_use]
    pub fn new(outbound: &Outbound) -> Self {
        let kept = |registrant| Kept::new(outbound.clone(), Queue::new(Purpose::Keys, registrant));
        Self { of_operator: kept(Registrant::Operator), of_self_registered: kept(Registrant::Itself) }
    }

    /// The claims of a token, if one of the client's keys signed it. Published keys are fetched again where none fits.
    ///
    /// # Errors
    /// [`ClientKeyError`].
    pub async fn verify<T: DeserializeOwned>(
        &self,
        client: &Client,
        signed: &ClientSigned<'_>,
    ) -> Result<T, ClientKeyError> {
        if let Some(jwks) = &client.metadata.jwks {
            let keys = ClientKeySet::parse(jwks).map_err(ClientKeyError::NotRead)?;
            return Ok(keys.verify(signed)?);
        }
        let uri = client.metadata.jwks_uri.as_deref().ok_or(ClientKeyError::NoKeys)?;
        let kept = if client.is_self_registered() { &self.of_self_registered } else { &self.of_operator };
        match kept.get(uri, KEEP, read).await?.verify(signed) {
            Err(VerifyError::UnknownKey | VerifyError::WrongSignature) => {
                Ok(kept.get(uri, PAUSE, read).await?.verify(signed)?)
            }
            verified => Ok(verified?),
        }
    }
}

fn read(body: &[u8]) -> Result<ClientKeySet, ClientKeyError> {
    let no_json = |_| ClientKeyError::NotRead("jwks_uri does not answer with JSON".to_owned());
    ClientKeySet::parse(&serde_json::from_slice(body).map_err(no_json)?).map_err(ClientKeyError::NotRead)
}

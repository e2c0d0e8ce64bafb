//! Client authentication (RFC 6749 §2.3, §3.2.1), in one place for every grant and endpoint:
//! which one mechanism was presented → is it the registered one → verify → count what is wrong.

use std::sync::{Arc, OnceLock};

use aws_lc_rs::constant_time::verify_slices_are_equal;

use crate::app::App;
use crate::audit::{Event, Origin, RequestNotes};
use crate::metrics::ClientRefusal;
use crate::oauth::client_credentials::PresentedClient;
use crate::oauth::{Client, ClientAuthentication, ErrorCode, OAuthError, SecretMethod, SecretMethods};
use crate::store::{Conn, StoreError, clients};
use crate::types::{Caller, Timestamp};

/// The client behind a request, as soon as a use case knows it: for the log, and for what its own origins may read.
#[derive(Clone, Default)]
pub struct Requester(Arc<OnceLock<Arc<Client>>>);

impl Requester {
    /// The client, once it is proven.
    #[must_use]
    pub fn client(&self) -> Option<&Client> {
        self.0.get().map(Arc::as_ref)
    }

    /// Says who it is; the first word counts.
    pub(super) fn is(&self, client: &Arc<Client>) {
        let _ = self.0.set(Arc::clone(client));
    }
}

/// A client that is about to authenticate.
pub struct Claimant {
    /// Where it counts what is wrong.
    pub app: App,
    /// What it presents.
    pub presented: PresentedClient,
    /// Where it comes from.
    pub origin: Origin,
    /// The other end of its connection.
    pub caller: Caller,
    /// Where it says who it turned out to be.
    pub requester: Requester,
    /// Where it says whom it names, for the log.
    pub notes: RequestNotes,
}

/// Why a client is not who it claims to be.
enum Refusal {
    /// It is unknown, disabled, or these are not its credentials: nobody learns which.
    Failed,
    /// It holds the secret, and has to send it another way.
    OtherMethod(SecretMethod),
}

/// The client that was presented, if it is that client.
///
/// # Errors
/// `invalid_client`: the same for an unknown client, a disabled one and a wrong secret. After too many of them from one
/// address it becomes status 429, which whoever has the right secret never sees.
pub fn authenticate(conn: &mut Conn, claimant: &Claimant) -> Result<Result<Arc<Client>, OAuthError>, StoreError> {
    let registered = clients::find(conn, claimant.presented.id())?;
    let is_known = registered.is_some();
    claimant.notes.note_client(claimant.presented.id(), is_known);
    let reason = failure_reason(&claimant.presented, registered.as_ref());
    let client = registered.filter(|client| !client.disabled);
    let registered = client.as_ref().map(|client| &client.authentication);
    let methods = client.as_ref().and_then(|client| claimant.app.config.client_policy(client).secret_methods);
    let verdict = verify(&claimant.presented, registered, methods, claimant.app.clock.now());
    Ok(match (verdict, client) {
        (Ok(()), Some(client)) => {
            let client = Arc::new(client);
            claimant.requester.is(&client);
            Ok(client)
        }
        (Err(Refusal::OtherMethod(registered)), _) => Err(OAuthError::new(
            ErrorCode::InvalidClient,
            format!("this client is registered for {}, send its secret that way", registered.as_str()),
        )
        .with_source("the client sent its secret by another method than it is registered for")),
        (Err(Refusal::Failed), _) | (Ok(()), None) => Err(failed(claimant, is_known).with_source(reason)),
    })
}

/// The reason of a failure, for the log: the caller is told the same in every case.
fn failure_reason(presented: &PresentedClient, registered: Option<&Client>) -> &'static str {
    let Some(client) = registered else { return "the client is unknown" };
    if client.disabled {
        return "the client is locked";
    }
    match (presented, &client.authentication) {
        (PresentedClient::Public { .. }, _) => "the client sent no credentials",
        (PresentedClient::Secret { .. }, ClientAuthentication::Secret { .. }) => "the secret is not the client's",
        (PresentedClient::Secret { .. }, _) => "the client has no secret",
        (PresentedClient::Assertion { .. } | PresentedClient::Proven { .. }, _) => {
            "the client is not registered for private_key_jwt"
        }
    }
}

fn verify(
    presented: &PresentedClient,
    registered: Option<&ClientAuthentication>,
    methods: Option<SecretMethods>,
    now: Timestamp,
) -> Result<(), Refusal> {
    match (presented, registered) {
        (PresentedClient::Public { .. }, Some(ClientAuthentication::Public))
        | (PresentedClient::Proven { .. }, Some(ClientAuthentication::PrivateKeyJwt)) => Ok(()),
        (PresentedClient::Secret { secret, method, .. }, registered) => {
            let hashes = match registered {
                Some(ClientAuthentication::Secret { secrets, .. }) => secrets.valid_hashes(now),
                _ => [[0; 32]; 2],
            };
            // Both are compared, whichever it is.
            let presented = secret.sha256();
            let [current, previous] = hashes.map(|hash| verify_slices_are_equal(&presented, &hash).is_ok());
            if !(current | previous) {
                return Err(Refusal::Failed);
            }
            match methods {
                Some(methods) if methods.accepts(*method) => Ok(()),
                // Only a holder of the secret learns how it has to be sent.
                Some(methods) => Err(Refusal::OtherMethod(methods.registered())),
                None => Err(Refusal::Failed),
            }
        }
        (PresentedClient::Public { .. } | PresentedClient::Proven { .. } | PresentedClient::Assertion { .. }, _) => {
            Err(Refusal::Failed)
        }
    }
}

/// Counts a failure. What was sent as the `client_id` is logged only where it is one: it may be a secret that slipped into
/// the wrong field.
pub(super) fn failed(claimant: &Claimant, is_known: bool) -> OAuthError {
    let (id, address) = (claimant.presented.id(), claimant.origin.address);
    let counted = claimant.app.throttle.clients.failed(id, address, claimant.app.clock.now());
    if let Some(limit) = counted.crossed {
        let client = is_known.then_some(id);
        Event::ClientAuthenticationThrottled { client, limit }.write(&claimant.origin);
    }
    let refusal = if counted.wait.is_some() { ClientRefusal::Throttled } else { ClientRefusal::Failed };
    claimant.app.metrics.tokens.count_client_refusal(refusal);
    if let Some(seconds) = counted.wait {
        return OAuthError::too_many_attempts(seconds);
    }
    // The words depend on what was sent alone: an unknown client and a known one look the same.
    OAuthError::new(
        ErrorCode::InvalidClient,
        match claimant.presented {
            PresentedClient::Public { .. } => {
                "client authentication failed: the client is unknown, or it is confidential and sent no secret"
            }
            _ => "client authentication failed: the client is unknown, or these are not its credentials",
        },
    )
}

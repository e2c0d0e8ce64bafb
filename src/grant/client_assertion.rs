//! Authentication by a client assertion (RFC 7523 §2.2, OpenID Connect Core §9), before the unit of work that the client asks
//! for: its keys may have to be fetched, and its signature takes time. In this order:
//!
//! 1. the client is there, and registered for this;
//! 2. one of its keys signed the assertion, by an algorithm that it may use;
//! 3. every claim is right;
//! 4. the `jti` was not there before: whoever inserts it first is the client, on whatever node.
//!
//! The unit of work reads the client again, and refuses it if it was locked or changed its method meanwhile.

use crate::client_keys::ClientKeyError;
use crate::keys::{ClientSigned, VerifyError};
use crate::oauth::client_assertion::{AssertionClaims, TYPES, UsedOnce};
use crate::oauth::client_credentials::PresentedClient;
use crate::oauth::{Client, ClientAuthentication, OAuthError};
use crate::store::{StoreError, assertions, clients};
use crate::types::Secret;

use super::client_authentication::{Claimant, failed};

/// Why an assertion proves nothing. It is for the log: the client is told what everybody is told.
#[derive(Debug, thiserror::Error)]
enum Unproven {
    #[error("the client is unknown")]
    Unknown,
    #[error("the client is locked")]
    Locked,
    #[error("the client is not registered for private_key_jwt")]
    OtherMethod,
    #[error("client_assertion: {0}")]
    Token(#[from] VerifyError),
    #[error("client_assertion: {0}")]
    Key(#[from] ClientKeyError),
    #[error("client_assertion: {0}")]
    Claim(&'static str),
    #[error("client_assertion: it was used before")]
    UsedBefore,
}

/// The claimant, who is proven where it presented an assertion; any other as it is.
///
/// # Errors
/// `invalid_client`, the same as for a wrong secret; `temporarily_unavailable`, also where the client's keys cannot be fetched:
/// nothing has failed to authenticate then.
pub(super) async fn prove(claimant: Claimant) -> Result<Claimant, OAuthError> {
    let PresentedClient::Assertion { id, assertion } = &claimant.presented else { return Ok(claimant) };
    let wanted = id.clone();
    let client = claimant.app.store.read(move |conn| clients::find(conn, &wanted)).await?;
    let is_known = client.is_some();
    claimant.notes.note_client(id, is_known);
    let proven = match client {
        None => Err(Unproven::Unknown),
        Some(client) if client.disabled => Err(Unproven::Locked),
        Some(client) if client.authentication == ClientAuthentication::PrivateKeyJwt => {
            verify(&claimant, &client, assertion).await
        }
        _ => Err(Unproven::OtherMethod),
    };
    let reason = match proven {
        Ok(used) if insert(&claimant, &used).await? => {
            return Ok(Claimant { presented: PresentedClient::Proven { id: id.clone() }, ..claimant });
        }
        Ok(_) => Unproven::UsedBefore,
        Err(Unproven::Key(error @ ClientKeyError::NotFetched(_))) => return Err(error.unavailable()),
        Err(reason) => reason,
    };
    Err(failed(&claimant, is_known).with_source(reason))
}

async fn verify(claimant: &Claimant, client: &Client, assertion: &Secret) -> Result<UsedOnce, Unproven> {
    let (app, now) = (&claimant.app, claimant.app.clock.now());
    let signed = ClientSigned::read(assertion.expose(), client.metadata.token_endpoint_auth_signing_alg, &TYPES)?;
    let claims: AssertionClaims = app.client_keys.verify(client, &signed).await?;
    let audiences = [app.issuer.as_str(), &app.issuer.url("/token")];
    claims.check(&client.id, &audiences, now).map_err(Unproven::Claim)
}

/// Whether this is its first use. A `client_id` has no NUL.
async fn insert(claimant: &Claimant, used: &UsedOnce) -> Result<bool, StoreError> {
    let key = Secret::new(format!("{}\0{}", claimant.presented.id(), used.jti)).sha256();
    let until = used.until;
    match claimant.app.store.write_one(move |conn| assertions::insert(conn, &key, until)).await {
        Ok(()) => Ok(true),
        Err(StoreError::Exists) => Ok(false),
        Err(error) => Err(error),
    }
}

//! Client authentication (RFC 6749 §2.3, §3.2.1), in one place for every grant and endpoint:
//! which one mechanism was presented → is it the registered one → verify.

use aws_lc_rs::constant_time::verify_slices_are_equal;

use crate::oauth::client_credentials::PresentedClient;
use crate::oauth::{Client, ClientAuthentication, ErrorCode, OAuthError};
use crate::store::{Conn, StoreError, clients};

/// The client that was presented, if it is that client.
///
/// # Errors
/// `invalid_client`: the same for an unknown client, a disabled one and a wrong secret.
pub fn authenticate(conn: &mut Conn, presented: &PresentedClient) -> Result<Result<Client, OAuthError>, StoreError> {
    let client = clients::find(conn, presented.id())?.filter(|client| !client.disabled);
    let verdict = verify(presented, client.as_ref().map(|client| &client.authentication));
    Ok(verdict.and_then(|()| client.ok_or_else(failed)))
}

fn verify(presented: &PresentedClient, registered: Option<&ClientAuthentication>) -> Result<(), OAuthError> {
    match (presented, registered) {
        (PresentedClient::Public { .. }, Some(ClientAuthentication::Public)) => Ok(()),
        (PresentedClient::Secret { secret, method, .. }, registered) => {
            let (hash, registered_method) = match registered {
                Some(ClientAuthentication::Secret { hash, method }) => (*hash, Some(*method)),
                _ => ([0; 32], None),
            };
            verify_slices_are_equal(&secret.sha256(), &hash).map_err(|_| failed())?;
            match registered_method {
                Some(registered) if registered == *method => Ok(()),
                // Only whoever holds the secret learns how it has to be sent.
                Some(registered) => Err(OAuthError::new(
                    ErrorCode::InvalidClient,
                    format!("this client is registered for {}, send its secret that way", registered.as_str()),
                )),
                None => Err(failed()),
            }
        }
        (PresentedClient::Public { .. }, _) => Err(failed()),
    }
}

fn failed() -> OAuthError {
    let description = "client authentication failed: the client is unknown, or these are not its credentials";
    OAuthError::new(ErrorCode::InvalidClient, description)
}

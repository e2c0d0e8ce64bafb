//! The token endpoint's use cases, one file a grant: a well-formed request in, a token response or an error out. Beside them
//! what becomes of tokens that come back: introspection, revocation and `UserInfo`.

mod access_token;
mod authorization_code;
mod client_assertion;
mod client_authentication;
mod client_credentials;
mod id_token;
mod introspect;
mod issue;
mod password;
mod presented_token;
mod redeem;
mod refresh_token;
mod revoke;
mod settle;
mod told;
mod userinfo;

use crate::app::App;
use crate::keys::KeyError;
use crate::oauth::token_request::TokenRequest;
use crate::oauth::{Client, OAuthError};
use crate::store::StoreError;

pub use access_token::{AccessToken, NotCurrent, read_access_token};
pub use client_authentication::{Claimant, Requester};
pub use introspect::{Introspection, introspect};
pub use issue::TokenResponse;
pub use revoke::revoke;
pub use userinfo::{UserInfo, userinfo};

/// Answers a token request (RFC 6749 §3.2).
///
/// # Errors
/// [`OAuthError`], with the codes of RFC 6749 §5.2 and RFC 8707 §2.
pub async fn token(app: &App, client: Claimant, request: TokenRequest) -> Result<TokenResponse, OAuthError> {
    // Nothing is consumed for tokens that could not be signed, and nothing ends by a clock that is wrong.
    if let Some(reason) = app.unfit_to_sign() {
        return Err(OAuthError::unavailable(RETRY_AFTER).with_source(reason));
    }
    let client = client_assertion::prove(client).await?;
    match request {
        TokenRequest::AuthorizationCode(request) => authorization_code::grant(app, client, request).await,
        TokenRequest::RefreshToken(request) => refresh_token::grant(app, client, request).await,
        TokenRequest::ClientCredentials(asked) => client_credentials::grant(app, client, asked).await,
        TokenRequest::Password(request) => password::grant(app, client, request).await,
    }
}

/// Seconds after which a client may try again when the database could not answer.
const RETRY_AFTER: u64 = 1;

/// There must be a key for all that a client chose to have signed for it: it never gets another algorithm.
fn require_signer(app: &App, client: &Client) -> Result<(), OAuthError> {
    if app.can_sign_for(client) {
        return Ok(());
    }
    Err(OAuthError::unavailable(RETRY_AFTER).with_source("no key signs by the algorithm that the client chose"))
}

impl From<StoreError> for OAuthError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) => Self::unavailable(RETRY_AFTER).with_source(error),
            other => Self::server_error(other),
        }
    }
}

impl From<KeyError> for OAuthError {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::ClockOff | KeyError::Stale | KeyError::NoKeyFor(_) => {
                Self::unavailable(RETRY_AFTER).with_source(error)
            }
            other => Self::server_error(other),
        }
    }
}

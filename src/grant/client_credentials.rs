//! A token for the client itself (RFC 6749 §4.4). Nothing is stored.

use crate::app::App;
use crate::oauth::token_request::Asked;
use crate::oauth::{Client, ErrorCode, GrantType, OAuthError, ScopeClaims};

use super::settle::{Settled, Terms, settle};
use super::{Claimant, TokenResponse, issue};

/// Answers with an access token alone.
pub(super) async fn grant(app: &App, claimant: Claimant, asked: Asked) -> Result<TokenResponse, OAuthError> {
    let Settled { client, carried, target, .. } = settle(app, claimant, asked, terms).await?;
    issue::for_client(app, &client, carried, target.into_uri(), app.clock.now())
}

/// "The client credentials grant type MUST only be used by confidential clients" (RFC 6749 §4.4).
fn terms(client: &Client, people: &ScopeClaims) -> Result<Terms, OAuthError> {
    client.require_grant(GrantType::ClientCredentials)?;
    if client.is_public() {
        let description = "a public client cannot use grant_type=client_credentials, it has no credentials";
        return Err(OAuthError::new(ErrorCode::UnauthorizedClient, description));
    }
    // There is no person here that they could say something about.
    let allowed = client.scope.filter(|token| !people.is_of_people(token));
    Ok(Terms { default: allowed.clone(), allowed })
}

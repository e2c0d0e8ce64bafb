//! What is looked into before a client is believed: its keys, and the list of its sector.

use crate::app::App;
use crate::keys::validate_jwks;
use crate::oauth::registration::invalid_metadata;
use crate::oauth::{Client, OAuthError};
use crate::outbound::{Purpose, Queue, RETRY_AFTER, Registrant};

/// Checks what the rules alone cannot.
///
/// # Errors
/// `invalid_client_metadata`, which names the member; `temporarily_unavailable` where a list cannot be fetched now.
pub(super) async fn check(app: &App, client: &Client) -> Result<(), OAuthError> {
    if let Some(jwks) = &client.metadata.jwks {
        validate_jwks(jwks).map_err(invalid_metadata)?;
    }
    match &client.metadata.sector_identifier_uri {
        Some(uri) => check_sector(app, uri, &client.redirect_uris).await,
        None => Ok(()),
    }
}

/// "The values of the registered `redirect_uris` MUST be included in the elements of the array, or registration MUST fail"
/// (OpenID Connect Dynamic Client Registration §5).
async fn check_sector(app: &App, uri: &str, redirect_uris: &[String]) -> Result<(), OAuthError> {
    let fetched = app.outbound.get(Queue::new(Purpose::Sector, Registrant::Itself), uri).await.map_err(|error| {
        // Why an address could not be fetched is for the operator: it would tell the client about the network here.
        let refused = if error.is_transient() {
            let description = "sector_identifier_uri could not be fetched now, retry the same request in a while";
            OAuthError::lacking(description, RETRY_AFTER)
        } else {
            invalid_metadata("sector_identifier_uri could not be fetched, it must be a public https address")
        };
        refused.with_source(error)
    })?;
    let listed: Vec<String> = serde_json::from_slice(&fetched)
        .map_err(|_| invalid_metadata("sector_identifier_uri does not lead to a JSON array of redirect URIs"))?;
    match redirect_uris.iter().find(|uri| !listed.contains(uri)) {
        Some(missing) => {
            Err(invalid_metadata(format!("sector_identifier_uri does not list the redirect URI {missing}")))
        }
        None => Ok(()),
    }
}

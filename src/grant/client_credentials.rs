//! A token for the client itself (RFC 6749 §4.4). Nothing is stored.

use crate::app::App;
use crate::oauth::client_credentials::PresentedClient;
use crate::oauth::token_request::Asked;
use crate::oauth::{ErrorCode, GrantType, OAuthError, Scope};

use super::client_authentication::authenticate;
use super::{TokenResponse, issue};

/// Scopes that say something about a person, and nothing here.
const OF_PEOPLE: [&str; 4] = ["openid", "profile", "email", "offline_access"];

/// "The client credentials grant type MUST only be used by confidential clients" (RFC 6749 §4.4).
pub(super) async fn grant(app: &App, presented: PresentedClient, asked: Asked) -> Result<TokenResponse, OAuthError> {
    let client = app.store.read(move |conn| authenticate(conn, &presented)).await??;
    client.require_grant(GrantType::ClientCredentials)?;
    if client.is_public() {
        let description = "a public client cannot use grant_type=client_credentials, it has no credentials";
        return Err(OAuthError::new(ErrorCode::UnauthorizedClient, description));
    }
    let allowed = OF_PEOPLE.iter().fold(client.scope.clone(), |scope, token| scope.without(token));
    let scope = Scope::negotiate(asked.scope.as_deref(), &allowed, &allowed)?;
    let resource = client.negotiate_resource(asked.resources.iter().map(String::as_str))?;
    issue::for_client(app, &client, scope, resource, app.clock.now())
}

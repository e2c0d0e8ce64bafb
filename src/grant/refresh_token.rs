//! Refreshing an access token (RFC 6749 §6), with rotation (RFC 9700 §4.14.2).

use crate::app::App;
use crate::oauth::grant::Grant;
use crate::oauth::handle::{Handle, HandleKind};
use crate::oauth::token_request::{Asked, RefreshTokenRequest};
use crate::oauth::{Client, GrantType, OAuthError, Resource, Scope, Target};

use super::issue::Wanted;
use super::redeem::{Check, redeem};
use super::{Claimant, TokenResponse};

/// Answers with the next refresh token, or with the same one again where the answer may have been lost.
pub(super) async fn grant(
    app: &App,
    client: Claimant,
    request: RefreshTokenRequest,
) -> Result<TokenResponse, OAuthError> {
    let handle = Handle::parse(HandleKind::RefreshToken, request.refresh_token.expose());
    let unit = app.clone();
    redeem(app, client, GrantType::RefreshToken, handle, move |client, grant, resource| {
        wanted(&unit, client, grant, resource, &request.asked).map_or_else(Check::Faulty, Check::Pass)
    })
    .await
}

/// The next access token: for all of the grant's scope, or for a part of it (RFC 6749 §6).
fn wanted(
    app: &App,
    client: &Client,
    grant: &Grant,
    resource: Option<Resource>,
    asked: &Asked,
) -> Result<Wanted, OAuthError> {
    let (granted, of_client, named) = (grant.left_to(client)?, client.allowed_scope(), asked.scope.as_deref());
    let scope = Scope::narrow(named, &granted, &of_client, app.config.client_policy(client).unknown_scopes)?;
    let target = Target::of_grant(client, grant, asked, resource, &app.config.resource_patterns)?;
    let scope = target.carry(&scope, Scope::is_named(named), &app.config.claims)?;
    Ok(Wanted { scope, target, nonce: None })
}

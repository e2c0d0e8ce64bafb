//! Refreshing an access token (RFC 6749 §6), with rotation (RFC 9700 §4.14.2).

use crate::app::App;
use crate::oauth::grant::Grant;
use crate::oauth::handle::{Handle, HandleKind};
use crate::oauth::token_request::{Asked, RefreshTokenRequest};
use crate::oauth::{Client, GrantType, OAuthError, Resource, Scope, ScopeClaims, Target};

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
        wanted(client, grant, resource, &request.asked, &unit.config.claims).map_or_else(Check::Faulty, Check::Pass)
    })
    .await
}

/// "The requested scope MUST NOT include any scope not originally granted by the resource owner, and if omitted is treated
/// as equal to the scope originally granted" (RFC 6749 §6).
fn wanted(
    client: &Client,
    grant: &Grant,
    resource: Option<Resource>,
    asked: &Asked,
    people: &ScopeClaims,
) -> Result<Wanted, OAuthError> {
    let granted = grant.left_to(client)?;
    let scope = Scope::negotiate(asked.scope.as_deref(), &granted, &granted)?;
    let target = Target::of_grant(client, grant, asked, resource)?;
    Ok(Wanted { scope: target.carry(&scope, Scope::is_named(asked.scope.as_deref()), people)?, target, nonce: None })
}

//! What a client gets that asks at the token endpoint itself, without a grant that a person made on a page before.

use std::sync::Arc;

use crate::app::App;
use crate::oauth::token_request::Asked;
use crate::oauth::{Client, OAuthError, Resource, Scope, ScopeClaims, Target};
use crate::store::resources;

use super::Claimant;
use super::client_authentication::authenticate;

/// What was settled.
pub(super) struct Settled {
    /// The client, authenticated.
    pub client: Arc<Client>,
    /// What it may have of what it asks for.
    pub scope: Scope,
    /// What an access token carries of that.
    pub carried: Scope,
    /// What that access token is for.
    pub target: Target,
}

/// What a client may ask for.
pub(super) struct Terms {
    /// What it gets when it asks for no scope.
    pub default: Scope,
    /// All that it may have.
    pub allowed: Scope,
}

/// Authenticates a client, and settles scope and resource, in one unit of work.
///
/// # Errors
/// `invalid_client`, what `terms` answers, `invalid_scope`, `invalid_target`, `temporarily_unavailable`.
pub(super) async fn settle(
    app: &App,
    claimant: Claimant,
    asked: Asked,
    terms: fn(&Client, &ScopeClaims) -> Result<Terms, OAuthError>,
) -> Result<Settled, OAuthError> {
    let unit = app.clone();
    let settled = app.store.read(move |conn| {
        let client = match authenticate(conn, &claimant)? {
            Ok(client) => client,
            Err(error) => return Ok(Err(error)),
        };
        let (named, patterns) = (asked.resources.iter().map(String::as_str), &unit.config.resource_patterns);
        let chosen = match client.negotiate_resource(named, patterns) {
            Ok(chosen) => chosen,
            Err(error) => return Ok(Err(error)),
        };
        let registered = chosen.as_deref().map(|uri| resources::find(conn, uri)).transpose()?.flatten();
        Ok(choose(client, &asked, terms, chosen.as_deref(), registered, &unit))
    });
    settled.await?
}

fn choose(
    client: Arc<Client>,
    asked: &Asked,
    terms: fn(&Client, &ScopeClaims) -> Result<Terms, OAuthError>,
    chosen: Option<&str>,
    registered: Option<Resource>,
    app: &App,
) -> Result<Settled, OAuthError> {
    let people = &app.config.claims;
    let Terms { default, allowed } = terms(&client, people)?;
    let unknown_scopes = app.config.client_policy(&client).unknown_scopes;
    let scope = Scope::negotiate(asked.scope.as_deref(), &default, &allowed, unknown_scopes)?;
    let target = Target::new(chosen, registered, &app.config.resource_patterns)?;
    let carried = target.carry(&scope, Scope::is_named(asked.scope.as_deref()), people)?;
    Ok(Settled { client, scope, carried, target })
}

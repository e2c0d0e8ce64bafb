//! What a client gets that asks at the token endpoint itself, without a grant that a person made on a page before.

use crate::app::App;
use crate::oauth::client_credentials::PresentedClient;
use crate::oauth::token_request::Asked;
use crate::oauth::{Client, OAuthError, Scope, Target};
use crate::store::{Conn, resources};

use super::client_authentication::authenticate;

/// What was settled.
pub(super) struct Settled {
    /// The client, authenticated.
    pub client: Client,
    /// What it may have of what it asks for.
    pub scope: Scope,
    /// What an access token carries of that.
    pub carried: Scope,
    /// The resource of that access token.
    pub resource: Option<String>,
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
    presented: PresentedClient,
    asked: Asked,
    terms: fn(&Client) -> Result<Terms, OAuthError>,
) -> Result<Settled, OAuthError> {
    app.store.read(move |conn| Ok(settle_in_unit(conn, &presented, &asked, terms))).await?
}

fn settle_in_unit(
    conn: &mut Conn,
    presented: &PresentedClient,
    asked: &Asked,
    terms: fn(&Client) -> Result<Terms, OAuthError>,
) -> Result<Settled, OAuthError> {
    let client = authenticate(conn, presented)??;
    let Terms { default, allowed } = terms(&client)?;
    let scope = Scope::negotiate(asked.scope.as_deref(), &default, &allowed)?;
    let chosen = client.negotiate_resource(asked.resources.iter().map(String::as_str))?;
    let registered = chosen.as_deref().map(|uri| resources::find(conn, uri)).transpose()?.flatten();
    let target = Target::new(chosen.as_deref(), registered)?;
    let carried = target.carry(&scope, Scope::is_named(asked.scope.as_deref()))?;
    Ok(Settled { client, scope, carried, resource: target.into_uri() })
}

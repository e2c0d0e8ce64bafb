//! The password grant (RFC 6749 §4.3), only for a client that was given it by name: RFC 9700 §2.4 advises against it.

use crate::app::App;
use crate::login::{self, SignInError};
use crate::oauth::grant::{Grant, GrantState};
use crate::oauth::token_request::PasswordRequest;
use crate::oauth::{Client, GrantType, OAuthError};
use crate::store::{grants, users};
use crate::throttle::Source;
use crate::types::Id;

use super::issue::{Granted, Wanted, for_grant};
use super::roles::told;
use super::settle::{Settled, Terms, settle};
use super::{Claimant, TokenResponse};

/// Answers with the tokens of a new grant, which starts at its first refresh token.
pub(super) async fn grant(
    app: &App,
    claimant: Claimant,
    request: PasswordRequest,
) -> Result<TokenResponse, OAuthError> {
    let PasswordRequest { username, password, asked } = request;
    let address = claimant.address;
    let Settled { client, scope, carried, target } = settle(app, claimant, asked, terms).await?;
    // Nobody proves to be a public client, so it counts as whoever is at its address.
    let source = if client.is_public() { Source::Address(address) } else { Source::Client { id: &client.id, address } };
    let user = login::authenticate(app, &username, &password, source).await.map_err(refused)?;
    let now = app.clock.now();
    let grant = Grant {
        id: Id::new(now, &app.rng),
        user_id: user.id,
        client_id: client.id.clone(),
        sid: None,
        scope,
        resource: target.clone().into_uri(),
        redirect_uri: None,
        nonce: None,
        code_challenge: None,
        auth_time: now,
        amr: "pwd".to_owned(),
        handle_key: app.keys.handles.current(),
        seed: app.rng.bytes::<32>().to_vec(),
        state: GrantState::new(1, now, app.config.tokens.refresh_ttl),
    };
    let (stored, scope) = (grant.clone(), carried.clone());
    let inserted = app.store.write(move |conn| {
        if users::find(conn, stored.user_id)?.is_none_or(|user| user.disabled) {
            return Ok(None);
        }
        grants::insert(conn, &stored, now)?;
        told(conn, stored.user_id, &scope).map(Some)
    });
    let roles = inserted.await?.ok_or_else(|| refused(SignInError::Wrong))?;
    for_grant(app, Granted { client, grant, wanted: Wanted { scope: carried, target, nonce: None }, roles }, now)
}

fn terms(client: &Client) -> Result<Terms, OAuthError> {
    client.require_grant(GrantType::Password)?;
    Ok(Terms { default: client.default_scope(), allowed: client.scope.clone() })
}

fn refused(error: SignInError) -> OAuthError {
    match error {
        SignInError::Wrong => OAuthError::invalid_grant("the username or the password is wrong"),
        SignInError::Throttled { retry_after } => OAuthError::too_many_attempts(retry_after),
        SignInError::Busy { retry_after } => OAuthError::unavailable(retry_after),
        SignInError::Store(error) => error.into(),
    }
}

//! The password grant (RFC 6749 §4.3), only for a client that was given it by name: RFC 9700 §2.4 advises against it.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::app::App;
use crate::audit::{Event, Origin, SignInFailure};
use crate::login::granting::{begin, make, tell_evicted};
use crate::login::{self, SignInError, still_signs_in};
use crate::metrics::SignInVia;
use crate::oauth::bound::Evicted;
use crate::oauth::grant::Grant;
use crate::oauth::token_request::PasswordRequest;
use crate::oauth::{Client, ErrorCode, GrantType, OAuthError, Role, Scope, ScopeClaims};
use crate::oidc::subject_for;
use crate::store::users::User;
use crate::store::{Conn, StoreError, clients};
use crate::throttle::Source;

use super::issue::{Granted, Wanted, for_grant};
use super::settle::{Settled, Terms, settle};
use super::told::{in_id_token, roles_told};
use super::{Claimant, TokenResponse, require_signer};

/// Answers with the tokens of a new grant, which starts at its first refresh token.
pub(super) async fn grant(
    app: &App,
    claimant: Claimant,
    request: PasswordRequest,
) -> Result<TokenResponse, OAuthError> {
    let PasswordRequest { username, password, asked } = request;
    let origin = claimant.origin;
    let Settled { client, scope, carried, target } = settle(app, claimant, asked, terms).await?;
    require_signer(app, &client)?;
    let source = source(&client, &origin);
    let signed_in = login::authenticate(app, SignInVia::PasswordGrant, &username, &password, source, &origin).await;
    let user = signed_in.map_err(refused)?;
    let sub = subject_for(&client, user.id, &user.subject_seed);
    let begun = begin(app, user.id, &client.id, 1);
    let grant = Grant { scope, resource: target.clone().into_uri(), ..begun };
    let now = grant.auth_time;
    let unit = NewGrant {
        app: app.clone(),
        client: Arc::clone(&client),
        user,
        grant: grant.clone(),
        carried: carried.clone(),
    };
    let made = app.store.write_in_turn(Some(grant.user_id), move |conn| unit.make(conn)).await?;
    let (evicted, roles, told) = match made {
        Made::Yes { evicted, roles, told } => (evicted, roles, told),
        Made::NoPerson => {
            login::failed(Some(grant.user_id), SignInFailure::WrongPassword, &origin);
            return Err(refused(SignInError::Wrong));
        }
        Made::NoClient => return Err(OAuthError::new(ErrorCode::InvalidClient, "the client was locked or removed")),
    };
    tell_evicted(&evicted, &grant, &origin);
    Event::SignIn { user: grant.user_id, session: None, client: Some(&client.id) }.write(&origin);
    let wanted = Wanted { scope: carried, target, nonce: None };
    for_grant(app, Granted { client, sub, grant, wanted, roles, told }, now)
}

fn terms(client: &Client, _people: &ScopeClaims) -> Result<Terms, OAuthError> {
    client.require_grant(GrantType::Password)?;
    Ok(Terms { default: client.default_scope(), allowed: client.allowed_scope() })
}

/// Nobody proves to be a public client, so it counts as whoever is at its address.
fn source<'a>(client: &'a Client, origin: &Origin) -> Source<'a> {
    let address = origin.address;
    if client.is_public() { Source::Address(address) } else { Source::Client { id: &client.id, address } }
}

/// What came of a password that was right.
enum Made {
    /// The grant is stored.
    Yes { evicted: Vec<Evicted>, roles: Option<Vec<Role>>, told: Map<String, Value> },
    /// The person was locked, or got another password, since theirs was verified.
    NoPerson,
    /// The client was locked or removed since it was authenticated.
    NoClient,
}

/// A grant that is about to be stored.
struct NewGrant {
    app: App,
    client: Arc<Client>,
    user: User,
    grant: Grant,
    carried: Scope,
}

impl NewGrant {
    /// Stores the grant. The rows that were read before the password was hashed may have changed since.
    fn make(&self, conn: &mut Conn) -> Result<Made, StoreError> {
        let Self { app, client, user, grant, carried } = self;
        if !still_signs_in(conn, user)? {
            return Ok(Made::NoPerson);
        }
        if clients::hold(conn, &grant.client_id)?.is_none_or(|client| client.disabled) {
            return Ok(Made::NoClient);
        }
        let evicted = make(conn, grant, &app.bound(client), grant.auth_time)?;
        let told = in_id_token(conn, app, client, grant, carried, || Ok(user.clone()))?;
        Ok(Made::Yes { evicted, roles: roles_told(conn, user.id, carried)?, told })
    }
}

fn refused(error: SignInError) -> OAuthError {
    match error {
        SignInError::Wrong => OAuthError::invalid_grant("the username or the password is wrong"),
        SignInError::Throttled { retry_after } => OAuthError::too_many_attempts(retry_after),
        SignInError::Busy { retry_after } => OAuthError::unavailable(retry_after),
        SignInError::Store(error) => error.into(),
    }
}

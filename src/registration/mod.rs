//! Clients that register themselves (RFC 7591), and look after that registration (RFC 7592).
//!
//! 1. whoever asks may: an initial access token where the configuration wants one, the registration access token of the
//!    client later;
//! 2. where anybody may, an address does so at a bounded rate;
//! 3. the metadata makes sense, by the same rules as on the command line, and what it refers to is there;
//! 4. one unit of work stores the client, uses the token and keeps the bound.

mod evidence;
mod information;
mod manage;
mod register;

pub use information::ClientInformation;
pub use manage::{read, remove, replace};
pub use register::register;

use crate::app::App;
use crate::audit::{Event, Origin};
use crate::config::RegistrationMode;
use crate::oauth::registration::{Allowed, invalid_metadata, read_request};
use crate::oauth::{Client, ErrorCode, OAuthError};
use crate::types::{Secret, base64url};

use serde_json::{Map, Value};

/// The client that a request asks for, with what it authenticates by from now on.
///
/// # Errors
/// `invalid_redirect_uri`, `invalid_client_metadata`, `unapproved_software_statement`.
async fn asked_for(app: &App, id: String, members: &Map<String, Value>, secret: &Secret) -> Result<Client, OAuthError> {
    let settings = &app.config.registration;
    let allowed = Allowed {
        scope: &settings.scope,
        resources: &settings.resources,
        private_schemes: &settings.private_schemes,
        unknown_scopes: app.config.server_policy().unknown_scopes(),
    };
    let client = read_request(id, members, &allowed)?.register(secret).map_err(invalid_metadata)?;
    let offered: Vec<_> = app.keys.ring.current().active_since().map(|(algorithm, _)| algorithm).collect();
    client.metadata.check_algorithms(&offered).map_err(invalid_metadata)?;
    evidence::check(app, &client).await?;
    Ok(client)
}

/// Counts an attempt to register or to replace a registration, where anybody may.
///
/// # Errors
/// Status 429 for an address that makes too many.
fn count_attempt(app: &App, origin: &Origin) -> Result<(), OAuthError> {
    if app.config.registration.mode != RegistrationMode::Open {
        return Ok(());
    }
    let counted = app.throttle.registrations.attempted(origin.address, app.clock.now());
    if let Some(limit) = counted.crossed {
        Event::RegistrationThrottled { limit }.write(origin);
    }
    match counted.wait {
        Some(seconds) => Err(OAuthError::too_many_registrations(seconds)),
        None => Ok(()),
    }
}

/// 256 random bits behind a prefix that secret scanners look for.
fn new_secret(app: &App, prefix: &str) -> Secret {
    Secret::new(format!("{prefix}{}", base64url::encode(app.rng.bytes::<32>())))
}

/// One answer for a token that is missing its client, is wrong, used up or over.
fn invalid_token() -> OAuthError {
    OAuthError::new(ErrorCode::InvalidToken, "the access token is not one that allows this, ask the operator for one")
}

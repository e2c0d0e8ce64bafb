//! A client looks at its registration, replaces it, or ends it (RFC 7592 §2).

use aws_lc_rs::constant_time::verify_slices_are_equal;
use serde_json::{Map, Value};

use crate::app::App;
use crate::audit::{Event, Origin};
use crate::oauth::registration::invalid_metadata;
use crate::oauth::{Client, ClientAuthentication, ClientSettings, OAuthError};
use crate::store::{Conn, StoreError, clients};
use crate::types::Secret;

use super::register::with_registered_resources;
use super::{ClientInformation, asked_for, count_attempt, invalid_token, new_secret};

/// Members of the response that a request must not have (RFC 7592 §2.2).
const OURS: [&str; 4] =
    ["registration_access_token", "registration_client_uri", "client_secret_expires_at", "client_id_issued_at"];

/// What is registered of a client. Its secret is not: only a hash of it is kept.
///
/// # Errors
/// `invalid_token` for anybody but the client itself, `temporarily_unavailable`.
pub async fn read(app: &App, id: &str, token: &Secret) -> Result<ClientInformation, OAuthError> {
    let (id, presented) = (id.to_owned(), token.clone());
    let client = app.store.read(move |conn| own(conn, &id, &presented)).await?.ok_or_else(invalid_token)?;
    Ok(ClientInformation::new(app, &client, token))
}

/// Replaces the registration as a whole: "Omitted fields MUST be treated as null values by the server, indicating the client's
/// request to delete them from the client's registration" (RFC 7592 §2.2). What the operator decided about the client stays.
///
/// # Errors
/// As [`read`], and those of registering.
pub async fn replace(
    app: &App,
    id: &str,
    token: &Secret,
    members: &Map<String, Value>,
    origin: &Origin,
) -> Result<ClientInformation, OAuthError> {
    let (key, presented) = (id.to_owned(), token.clone());
    let known = app.store.read(move |conn| own(conn, &key, &presented)).await?.ok_or_else(invalid_token)?;
    check_own_members(&known, members)?;
    count_attempt(app, origin)?;
    let secret = new_secret(app, "cs_cs_");
    let wanted = asked_for(app, id.to_owned(), members, &secret).await?;
    let (key, presented, now) = (id.to_owned(), token.clone(), app.clock.now());
    let replaced = app.store.write(move |conn| {
        let Some(known) = own(conn, &key, &presented)? else { return Ok(None) };
        let client = with_registered_resources(conn, &keeping(known, wanted.clone()))?;
        clients::update(conn, &client, now)?;
        Ok(Some(client))
    });
    let client = replaced.await?.ok_or_else(invalid_token)?;
    app.forget_browser_origins(&client);
    Event::RegistrationReplaced { client: &client.id }.write(origin);
    let information = ClientInformation::new(app, &client, token);
    let is_new = client.authentication.secrets().is_some_and(|secrets| secrets.current == secret.sha256());
    Ok(if is_new { information.with_secret(&secret) } else { information })
}

/// Ends the registration: the client is gone, with its grants and consents.
///
/// # Errors
/// As [`read`].
pub async fn remove(app: &App, id: &str, token: &Secret, origin: &Origin) -> Result<(), OAuthError> {
    let (key, presented) = (id.to_owned(), token.clone());
    let removed = app.store.write(move |conn| match own(conn, &key, &presented)? {
        Some(client) => clients::remove(conn, &client.id),
        None => Ok(false),
    });
    if !removed.await? {
        return Err(invalid_token());
    }
    Event::RegistrationRemoved { client: id }.write(origin);
    Ok(())
}

/// The client of an id, if the token is its own. One that the operator locked has nothing to look after.
fn own(conn: &mut Conn, id: &str, token: &Secret) -> Result<Option<Client>, StoreError> {
    let presented = token.sha256();
    let is_own = |client: &Client| {
        let known = client.registration.unwrap_or_default();
        client.is_self_registered() && verify_slices_are_equal(&presented, &known).is_ok()
    };
    Ok(clients::find(conn, id)?.filter(|client| !client.disabled).filter(is_own))
}

/// "The client MUST include its `client_id`", and "if the client includes a `client_secret` […] its value MUST match the currently
/// issued client secret" (RFC 7592 §2.2).
fn check_own_members(known: &Client, members: &Map<String, Value>) -> Result<(), OAuthError> {
    if let Some(name) = OURS.iter().find(|name| members.contains_key(**name)) {
        return Err(invalid_metadata(format!("{name} is not for the client to set, leave it out")));
    }
    if members.get("client_id").and_then(Value::as_str) != Some(&known.id) {
        return Err(invalid_metadata("client_id must be the one that the server gave"));
    }
    let Some(sent) = members.get("client_secret") else { return Ok(()) };
    let hash = Secret::new(sent.as_str().unwrap_or_default()).sha256();
    let is_current = |current: &[u8; 32]| verify_slices_are_equal(current, &hash).is_ok();
    if known.authentication.secrets().is_some_and(|secrets| is_current(&secrets.current)) {
        return Ok(());
    }
    Err(invalid_metadata("client_secret is not the current one, leave it out"))
}

/// A client that goes on having a secret keeps it; what the operator set is not the client's to change.
fn keeping(known: Client, wanted: Client) -> Client {
    let authentication = match (known.authentication, wanted.authentication) {
        (ClientAuthentication::Secret { secrets, .. }, ClientAuthentication::Secret { methods, .. }) => {
            ClientAuthentication::Secret { methods, secrets }
        }
        (_, wanted) => wanted,
    };
    Client {
        authentication,
        serves: known.serves,
        first_party: known.first_party,
        disabled: known.disabled,
        registration: known.registration,
        settings: ClientSettings { id_token_claims: wanted.settings.id_token_claims, ..known.settings },
        ..wanted
    }
}

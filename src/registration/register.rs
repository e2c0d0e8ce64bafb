//! Registering a client (RFC 7591 §3.1).

use serde_json::{Map, Value};

use crate::app::App;
use crate::audit::{Event, Origin};
use crate::config::RegistrationMode;
use crate::oauth::{Client, ErrorCode, OAuthError};
use crate::store::{Conn, StoreError, clients, initial_access_tokens, resources};
use crate::types::{Id, Secret, Timestamp};

use super::{ClientInformation, asked_for, count_attempt, invalid_token, new_secret};

/// Registers the client that `members` describe. Its id is the server's choice, so that none can be taken for another's
/// (RFC 9700 §4.15).
///
/// # Errors
/// `invalid_token` without a good initial access token where one is wanted, `invalid_redirect_uri`,
/// `invalid_client_metadata`, `unapproved_software_statement`, `temporarily_unavailable`, also where one address registers too
/// many.
pub async fn register(
    app: &App,
    members: &Map<String, Value>,
    initial_access_token: Option<&Secret>,
    origin: &Origin,
) -> Result<ClientInformation, OAuthError> {
    let token = match app.config.registration.mode {
        RegistrationMode::Open => None,
        RegistrationMode::Token | RegistrationMode::Off => {
            Some(initial_access_token.ok_or_else(invalid_token)?.clone())
        }
    };
    let now = app.clock.now();
    if let Some(token) = token.clone() {
        // Nothing is looked into, and nothing fetched, for somebody who may not register anyway.
        let known = app.store.read(move |conn| initial_access_tokens::find(conn, &token)).await?;
        known.filter(|known| known.is_good(now)).ok_or_else(invalid_token)?;
    }
    count_attempt(app, origin)?;
    let (secret, access) = (new_secret(app, "cs_cs_"), new_secret(app, "cs_ra_"));
    let id = Id::new(now, &app.rng).to_string();
    let client = asked_for(app, id, members, &secret).await?;
    let client = Client { registration: Some(access.sha256()), ..client };
    let (most, stored) = (i64::from(app.config.registration.most_clients), client.clone());
    let inserted = app.store.write(move |conn| insert_in_unit(conn, &stored, token.as_ref(), most, now)).await?;
    let client = match inserted {
        Inserted::Done(client) => *client,
        Inserted::NotAllowed => return Err(invalid_token()),
        Inserted::TooMany => {
            let description =
                "as many clients as are allowed have registered themselves, ask the operator to make room";
            return Err(OAuthError::new(ErrorCode::InvalidRequest, description));
        }
    };
    app.forget_browser_origins(&client);
    Event::ClientRegistered { client: &client.id }.write(origin);
    let information = ClientInformation::new(app, &client, &access).issued_at(now);
    let has_secret = client.authentication.secrets().is_some();
    Ok(if has_secret { information.with_secret(&secret) } else { information })
}

/// What came of it.
enum Inserted {
    Done(Box<Client>),
    NotAllowed,
    TooMany,
}

fn insert_in_unit(
    conn: &mut Conn,
    client: &Client,
    token: Option<&Secret>,
    most: i64,
    now: Timestamp,
) -> Result<Inserted, StoreError> {
    if let Some(token) = token {
        let known = initial_access_tokens::find(conn, token)?.filter(|known| known.is_good(now));
        let Some(known) = known else { return Ok(Inserted::NotAllowed) };
        if !initial_access_tokens::take(conn, &known)? {
            return Ok(Inserted::NotAllowed);
        }
    }
    if clients::totals(conn)?.self_registered >= most {
        return Ok(Inserted::TooMany);
    }
    let client = with_registered_resources(conn, client)?;
    clients::insert(conn, &client, now)?;
    Ok(Inserted::Done(Box::new(client)))
}

/// The operator may have removed a resource that the configuration still names.
pub(super) fn with_registered_resources(conn: &mut Conn, client: &Client) -> Result<Client, StoreError> {
    let mut client = client.clone();
    let named = std::mem::take(&mut client.resources);
    for uri in named {
        if resources::find(conn, &uri)?.is_some() {
            client.resources.push(uri);
        }
    }
    Ok(client)
}

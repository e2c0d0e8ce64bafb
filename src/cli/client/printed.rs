//! A client as printed.

use serde::Serialize;

use super::super::CommandResult;
use super::super::output::say;
use crate::oauth::{Client, ClientMetadata};
use crate::types::{Secret, Timestamp};

/// With its secret the one time that there is one to print, and never with a hash.
#[derive(Serialize)]
pub(super) struct Printed<'a> {
    client_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    previous_secret_expires_at: Option<String>,
    client_name: &'a str,
    token_endpoint_auth_method: &'static str,
    redirect_uris: &'a [String],
    grant_types: Vec<&'static str>,
    scope: String,
    resources: &'a [String],
    serves: &'a [String],
    first_party: bool,
    disabled: bool,
    #[serde(flatten)]
    metadata: &'a ClientMetadata,
}

impl<'a> Printed<'a> {
    pub fn new(client: &'a Client, secret: Option<&'a Secret>, now: Timestamp) -> Self {
        debug_assert!(secret.is_none() || client.authentication.secrets().is_some());
        Self {
            client_id: &client.id,
            client_secret: secret.map(Secret::expose),
            previous_secret_expires_at: previous_secret_until(client, now).map(|until| until.to_string()),
            client_name: &client.name,
            token_endpoint_auth_method: client.authentication.method(),
            redirect_uris: &client.redirect_uris,
            grant_types: client.grant_types.iter().map(|grant| grant.as_str()).collect(),
            scope: client.scope.to_string(),
            resources: &client.resources,
            serves: &client.serves,
            first_party: client.first_party,
            disabled: client.disabled,
            metadata: &client.metadata,
        }
    }
}

/// When a replaced secret of the client ends, if it is still valid.
pub(super) fn previous_secret_until(client: &Client, now: Timestamp) -> Option<Timestamp> {
    client.authentication.secrets()?.previous_until(now)
}

/// Prints a client for people.
pub(super) fn print_client(client: &Client, now: Timestamp) -> CommandResult {
    let grants: Vec<&str> = client.grant_types.iter().map(|grant| grant.as_str()).collect();
    say!("client id       {}", client.id)?;
    say!("name            {}", client.name)?;
    say!("authentication  {}", client.authentication.method())?;
    if let Some(until) = previous_secret_until(client, now) {
        say!("old secret      valid until {until}")?;
    }
    say!("redirect URIs   {}", client.redirect_uris.join(" "))?;
    say!("grants          {}", grants.join(" "))?;
    say!("scope           {}", client.scope)?;
    say!("resources       {}", client.resources.join(" "))?;
    say!("serves          {}", client.serves.join(" "))?;
    say!("first party     {}", if client.first_party { "yes, nobody is asked for consent" } else { "no" })?;
    say!("locked          {}", if client.disabled { "yes, it gets no token" } else { "no" })
}

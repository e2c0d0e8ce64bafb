//! A client as printed.

use serde::Serialize;
use serde_json::Value;

use super::super::CommandResult;
use super::super::output::say;
use crate::oauth::{Client, ClientMetadata, ClientPolicy, ClientSettings, PkcePolicy, Profile, SecretMethods};
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
    accepts_any_secret_method: bool,
    redirect_uris: &'a [String],
    grant_types: Vec<&'static str>,
    scope: String,
    resources: &'a [String],
    serves: &'a [String],
    first_party: bool,
    disabled: bool,
    #[serde(flatten)]
    settings: ClientSettings,
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
            accepts_any_secret_method: client.authentication.secret_methods() == Some(SecretMethods::Any),
            redirect_uris: &client.redirect_uris,
            grant_types: client.grant_types.iter().map(|grant| grant.as_str()).collect(),
            scope: client.scope.to_string(),
            resources: &client.resources,
            serves: &client.serves,
            first_party: client.first_party,
            disabled: client.disabled,
            settings: client.settings,
            metadata: &client.metadata,
        }
    }
}

/// When a replaced secret of the client ends, if it is still valid.
pub(super) fn previous_secret_until(client: &Client, now: Timestamp) -> Option<Timestamp> {
    client.authentication.secrets()?.previous_until(now)
}

/// Members of the JSON that are called otherwise in the text for people, in the order of the text.
const LABELS: [(&str, &str); 14] = [
    ("client_id", "client id"),
    ("client_name", "name"),
    ("token_endpoint_auth_method", "authentication"),
    ("accepts_any_secret_method", "any secret method"),
    ("previous_secret_expires_at", "old secret ends"),
    ("redirect_uris", "redirect URIs"),
    ("grant_types", "grants"),
    ("scope", "scope"),
    ("resources", "resources"),
    ("pkce", "PKCE"),
    ("id_token_claims", "ID token claims"),
    ("profile", "profile"),
    ("first_party", "first party"),
    ("disabled", "locked"),
];

/// Prints a client for people, with the policy that applies to it: each member of the JSON has its line.
pub(super) fn print_client(client: &Client, policy: ClientPolicy, now: Timestamp) -> CommandResult {
    let Value::Object(mut members) = serde_json::to_value(Printed::new(client, None, now))? else { return Ok(()) };
    members.extend(in_effect(client, policy));
    let labelled = LABELS.iter().filter_map(|(name, label)| Some((*label, members.remove(*name)?)));
    let labelled: Vec<(&str, Value)> = labelled.collect();
    let others = members.iter().map(|(name, value)| (name.as_str(), value));
    let lines: Vec<(&str, &Value)> = labelled.iter().map(|(label, value)| (*label, value)).chain(others).collect();
    let width = lines.iter().map(|(label, _)| label.len()).max().unwrap_or_default();
    for (label, value) in lines {
        say!("{}", format!("{label:<width$}  {}", text(label, value)).trim_end())?;
    }
    Ok(())
}

/// Settings as they apply, which those of the server may make stricter than they are stored.
fn in_effect(client: &Client, policy: ClientPolicy) -> [(String, Value); 4] {
    let authentication = policy.secret_methods.map_or(client.authentication.method(), SecretMethods::describe);
    let pkce = if policy.pkce == PkcePolicy::Optional { "optional" } else { "required" };
    let profile = match client.settings.profile {
        Profile::Standard if policy.is_strict => "standard, strict by the configuration",
        profile => profile.as_str(),
    };
    [
        ("token_endpoint_auth_method", authentication),
        ("pkce", pkce),
        ("id_token_claims", policy.id_token_claims.as_str()),
        ("profile", profile),
    ]
    .map(|(name, value)| (name.to_owned(), value.into()))
}

/// A value as people read it.
fn text(label: &str, value: &Value) -> String {
    match value {
        Value::Bool(true) if label == "first party" => "yes, nobody is asked for consent".to_owned(),
        Value::Bool(true) if label == "locked" => "yes, it gets no token".to_owned(),
        Value::Bool(set) => if *set { "yes" } else { "no" }.to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) if items.iter().all(Value::is_string) => {
            items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ")
        }
        other => other.to_string(),
    }
}

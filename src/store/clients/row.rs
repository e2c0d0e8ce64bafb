//! The row of a client, and the client of a row.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::oauth::client_secrets::{ClientSecrets, PreviousSecret};
use crate::oauth::{Client, ClientAuthentication, ClientSettings, GrantType, Scope, SecretMethod, SecretMethods};
use crate::store::StoreError;
use crate::store::schema::clients;
use crate::types::Timestamp;

#[derive(Queryable, Insertable, AsChangeset)]
#[diesel(table_name = clients, treat_none_as_null = true)]
pub(in crate::store) struct ClientRow {
    id: String,
    name: String,
    auth_method: String,
    secret_hash: Option<Vec<u8>>,
    redirect_uris: String,
    grant_types: String,
    scope: String,
    resources: String,
    first_party: bool,
    #[diesel(skip_update)]
    pub(in crate::store) disabled_at: Option<i64>,
    #[diesel(skip_update)]
    created_at: i64,
    serves: String,
    previous_secret_hash: Option<Vec<u8>>,
    previous_secret_until: Option<i64>,
    #[diesel(skip_update)]
    tokens_since: i64,
    metadata: String,
    registration_token: Option<Vec<u8>>,
    settings: String,
}

/// The column `settings`.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct SettingsColumn {
    /// Permission to send the secret by any method. `auth_method` is then the method that an earlier version takes.
    any_secret_method: bool,
    #[serde(flatten)]
    settings: ClientSettings,
}

impl ClientRow {
    pub(super) fn new(client: &Client, now: Timestamp) -> Self {
        let secrets = client.authentication.secrets();
        let previous = secrets.and_then(|secrets| secrets.previous.as_ref());
        let grant_types: Vec<&str> = client.grant_types.iter().map(|grant| grant.as_str()).collect();
        Self {
            id: client.id.clone(),
            name: client.name.clone(),
            auth_method: client.authentication.method().to_owned(),
            secret_hash: secrets.map(|secrets| secrets.current.to_vec()),
            redirect_uris: client.redirect_uris.join(" "),
            grant_types: grant_types.join(" "),
            scope: client.scope.to_string(),
            resources: client.resources.join(" "),
            first_party: client.first_party,
            disabled_at: client.disabled.then_some(now.millis()),
            created_at: now.millis(),
            serves: client.serves.join(" "),
            previous_secret_hash: previous.map(|previous| previous.hash.to_vec()),
            previous_secret_until: previous.map(|previous| previous.until.millis()),
            tokens_since: Timestamp::from_seconds(now.seconds()).millis(),
            metadata: serde_json::to_string(&client.metadata).expect("metadata is plain data"),
            registration_token: client.registration.map(|hash| hash.to_vec()),
            settings: serde_json::to_string(&SettingsColumn {
                any_secret_method: client.authentication.secret_methods() == Some(SecretMethods::Any),
                settings: client.settings,
            })
            .expect("settings are plain data"),
        }
    }
}

impl TryFrom<ClientRow> for Client {
    type Error = StoreError;

    fn try_from(row: ClientRow) -> Result<Self, StoreError> {
        let corrupt = |reason| StoreError::Corrupt { table: "clients", reason };
        let words = |list: &str| list.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect::<Vec<_>>();
        let hash = |hash: Vec<u8>| hash.try_into().map_err(|_| corrupt("a secret hash has not 32 bytes"));
        let previous = match (row.previous_secret_hash, row.previous_secret_until) {
            (None, None) => None,
            (Some(bytes), Some(until)) => {
                Some(PreviousSecret { hash: hash(bytes)?, until: Timestamp::from_millis(until) })
            }
            _ => return Err(corrupt("its previous secret has a hash or an end, not both")),
        };
        let SettingsColumn { any_secret_method, settings } =
            column(&row.settings).ok_or_else(|| corrupt("its settings cannot be read"))?;
        let secret = |method, current: Vec<u8>| {
            let secrets = ClientSecrets { current: hash(current)?, previous: previous.clone() };
            let is_any = any_secret_method && method == SecretMethod::Basic;
            let methods = if is_any { SecretMethods::Any } else { SecretMethods::Only(method) };
            Ok::<_, StoreError>(ClientAuthentication::Secret { methods, secrets })
        };
        let authentication = match (row.auth_method.as_str(), row.secret_hash) {
            ("none", None) => ClientAuthentication::Public,
            ("private_key_jwt", None) => ClientAuthentication::PrivateKeyJwt,
            ("client_secret_basic", Some(hash)) => secret(SecretMethod::Basic, hash)?,
            ("client_secret_post", Some(hash)) => secret(SecretMethod::Post, hash)?,
            _ => return Err(corrupt("authentication method and secret do not fit")),
        };
        let grant_types = row.grant_types.split(' ').filter(|word| !word.is_empty()).map(GrantType::parse);
        Ok(Self {
            id: row.id,
            name: row.name,
            authentication,
            redirect_uris: words(&row.redirect_uris),
            grant_types: grant_types.collect::<Option<_>>().ok_or_else(|| corrupt("a grant type is unknown"))?,
            scope: Scope::parse(&row.scope).map_err(|_| corrupt("its scope cannot be read"))?,
            resources: words(&row.resources),
            serves: words(&row.serves),
            first_party: row.first_party,
            disabled: row.disabled_at.is_some(),
            metadata: column(&row.metadata).ok_or_else(|| corrupt("its metadata cannot be read"))?,
            registration: row.registration_token.map(hash).transpose()?,
            settings,
        })
    }
}

/// A column of JSON. Most are empty, and cost no reading.
fn column<T: Default + for<'a> Deserialize<'a>>(text: &str) -> Option<T> {
    if text == "{}" { Some(T::default()) } else { serde_json::from_str(text).ok() }
}

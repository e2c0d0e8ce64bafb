//! Registered clients.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::oauth::client_secrets::{ClientSecrets, PreviousSecret};
use crate::oauth::{Client, ClientAuthentication, ClientSettings, GrantType, Scope, SecretMethod, SecretMethods};
use crate::types::Timestamp;

use super::conn::on_engine;
use super::schema::clients;
use super::{Conn, StoreError};

#[derive(Queryable, Insertable, AsChangeset)]
#[diesel(table_name = clients, treat_none_as_null = true)]
pub(super) struct ClientRow {
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
    pub(super) disabled_at: Option<i64>,
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
    /// Whether the secret may be sent by any method. `auth_method` is then the method that an earlier version takes.
    any_secret_method: bool,
    #[serde(flatten)]
    settings: ClientSettings,
}

/// The client of a `client_id`, disabled or not.
///
/// # Errors
/// [`StoreError`].
pub fn find(conn: &mut Conn, id: &str) -> Result<Option<Client>, StoreError> {
    let row: Option<ClientRow> = on_engine!(conn, |conn| clients::table.find(id).get_result(conn)).optional()?;
    row.map(Client::try_from).transpose()
}

/// The same, which nobody locks or removes until the unit ends.
///
/// # Errors
/// [`StoreError`].
pub fn hold(conn: &mut Conn, id: &str) -> Result<Option<Client>, StoreError> {
    let client = clients::table.find(id);
    let row: Option<ClientRow> = match conn {
        // One thread writes, so that every unit has its turn.
        Conn::Sqlite(conn) => client.get_result(conn).optional()?,
        Conn::Postgres(conn) => client.for_share().get_result(conn).optional()?,
    };
    row.map(Client::try_from).transpose()
}

/// Since when the tokens count that a client is given for itself; `None` when it is locked or not there.
///
/// # Errors
/// [`StoreError`].
pub fn tokens_since(conn: &mut Conn, id: &str) -> Result<Option<Timestamp>, StoreError> {
    let client = clients::table.find(id).filter(clients::disabled_at.is_null());
    let since = client.select(clients::tokens_since);
    let since: Option<i64> = on_engine!(conn, |conn| since.get_result(conn)).optional()?;
    Ok(since.map(Timestamp::from_millis))
}

/// Every client, by its id.
///
/// # Errors
/// [`StoreError`].
pub fn list(conn: &mut Conn) -> Result<Vec<Client>, StoreError> {
    let rows: Vec<ClientRow> = clients::table.order(clients::id).load(conn)?;
    rows.into_iter().map(Client::try_from).collect()
}

/// The clients after an id, so many at most, by their ids.
///
/// # Errors
/// [`StoreError`].
pub fn page(conn: &mut Conn, after: Option<&str>, limit: i64) -> Result<Vec<Client>, StoreError> {
    let after = clients::table.filter(clients::id.gt(after.unwrap_or_default()));
    let rows: Vec<ClientRow> = after.order(clients::id).limit(limit).load(conn)?;
    rows.into_iter().map(Client::try_from).collect()
}

/// The redirect URIs of all public clients that are not disabled.
///
/// # Errors
/// [`StoreError`].
pub fn public_redirect_uris(conn: &mut Conn) -> Result<Vec<String>, StoreError> {
    let public = clients::table.filter(clients::auth_method.eq("none")).filter(clients::disabled_at.is_null());
    let lists: Vec<String> = public.select(clients::redirect_uris).load(conn)?;
    Ok(lists.iter().flat_map(|list| list.split(' ')).filter(|uri| !uri.is_empty()).map(str::to_owned).collect())
}

/// How many clients registered themselves.
///
/// # Errors
/// [`StoreError`].
pub fn count_self_registered(conn: &mut Conn) -> Result<i64, StoreError> {
    Ok(clients::table.filter(clients::registration_token.is_not_null()).count().get_result(conn)?)
}

/// Registers a client.
///
/// # Errors
/// [`StoreError::Exists`] when the id is taken.
pub fn insert(conn: &mut Conn, client: &Client, now: Timestamp) -> Result<(), StoreError> {
    diesel::insert_into(clients::table).values(&ClientRow::new(client, now)).execute(conn)?;
    Ok(())
}

/// Writes what registration says of a client that is there; when it was made, and whether it is disabled, stay.
///
/// # Errors
/// [`StoreError`].
pub fn update(conn: &mut Conn, client: &Client, now: Timestamp) -> Result<(), StoreError> {
    diesel::update(clients::table.find(&client.id)).set(&ClientRow::new(client, now)).execute(conn)?;
    Ok(())
}

/// Disables a client, and with it for good the tokens that it has for itself; `false` when there is none.
///
/// # Errors
/// [`StoreError`].
pub fn disable(conn: &mut Conn, id: &str, now: Timestamp) -> Result<bool, StoreError> {
    // Tokens say the second of their making: those of this one are from before.
    let since = Timestamp::from_seconds(now.seconds() + 1).millis();
    let change = (clients::disabled_at.eq(now.millis()), clients::tokens_since.eq(since));
    Ok(diesel::update(clients::table.find(id)).set(change).execute(conn)? == 1)
}

/// Enables a client again; `false` when there is none.
///
/// # Errors
/// [`StoreError`].
pub fn enable(conn: &mut Conn, id: &str) -> Result<bool, StoreError> {
    Ok(diesel::update(clients::table.find(id)).set(clients::disabled_at.eq(None::<i64>)).execute(conn)? == 1)
}

/// Removes a client with its grants and consents; `false` when there is none.
///
/// # Errors
/// [`StoreError`].
pub fn remove(conn: &mut Conn, id: &str) -> Result<bool, StoreError> {
    Ok(diesel::delete(clients::table.find(id)).execute(conn)? == 1)
}

/// Whether any client has the password grant, which is then part of the metadata.
///
/// # Errors
/// [`StoreError`].
pub fn any_with_grant(conn: &mut Conn, grant: GrantType) -> Result<bool, StoreError> {
    let grants: Vec<String> = clients::table.select(clients::grant_types).distinct().load(conn)?;
    Ok(grants.iter().any(|known| known.split(' ').any(|known| known == grant.as_str())))
}

impl ClientRow {
    fn new(client: &Client, now: Timestamp) -> Self {
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

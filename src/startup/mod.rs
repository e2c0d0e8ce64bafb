//! What happens before the first request: the master key is found or made, and fits the database; there are signing keys,
//! and they open. Those and the metadata are seen to again every few seconds.

mod drafts;
mod master_keys;
mod signing_keys;

use std::collections::HashSet;
use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;

use ring::digest::{SHA256, digest};

use crate::config::{Config, ConfigError, Database, Issuer, RegistrationMode};
use crate::keys::{Algorithm, KeyError, KeyRing, MasterKeyError};
use crate::oauth::browser_origin::browser_origin;
use crate::oidc::{Features, Metadata};
use crate::pages::Lang;
use crate::store::clients::{self, ClientTotals};
use crate::store::{Location, Postgres, Store, StoreError};
use crate::types::base64url;

pub(crate) use master_keys::{
    MasterKeyFit, MasterKeys, check_values, configured_master_keys, current_master_key, master_keys,
    register_master_keys,
};
pub use signing_keys::{KeyKeeper, rotation_policy};
pub(crate) use signing_keys::{find_unopenable_key, log_events, open_key_ring};

/// Why the server does not start: one sentence that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The master key.
    #[error(transparent)]
    MasterKey(#[from] MasterKeyError),
    /// The master key is another than the database was made with.
    #[error(
        "the master key is not the one that this database was made with: set secrets.master_key (or {}) to that one, or add it to \
         secrets.master_key_previous", .0.display()
    )]
    WrongMasterKey(std::path::PathBuf),
    /// The master key is one that no server has been started with.
    #[error("the master key is newer than that of the server: restart the server with it, then run this again")]
    NewMasterKey,
    /// The master key's file is gone.
    #[error(
        "the master key {} is missing, and this database was made with one: put it back from your backup, or set \
         secrets.master_key", .0.display()
    )]
    MasterKeyMissing(std::path::PathBuf),
    /// The folder of everything on disk.
    #[error("cannot make the folder {}: {error}", path.display())]
    DataDir {
        /// Which.
        path: std::path::PathBuf,
        /// Why not.
        error: std::io::Error,
    },
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The database is not there, for a command that creates none: its URL, without the password.
    #[error(
        "there is no Countersign database at {0}: run this in the server's folder or with its --config and COUNTERSIGN_ variables; \
         for a new installation, run `countersign migrate` first"
    )]
    NoDatabase(String),
    /// The signing keys.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// The password hashing parameters.
    #[error("passwords: {0}")]
    Passwords(String),
    /// Where traces go.
    #[error("telemetry.otlp_endpoint: {0}")]
    Traces(String),
    /// The address.
    #[error("cannot listen on {address}: {reason}; stop what listens there, or write another address into {key}")]
    Listen {
        /// The key that says so.
        key: &'static str,
        /// Where.
        address: std::net::SocketAddr,
        /// Why not.
        reason: String,
    },
}

/// A document that is served from memory.
#[derive(Debug)]
pub struct Document {
    /// Its text.
    pub body: String,
    /// Its strong entity tag, quoted (RFC 9110 §8.8.3).
    pub etag: String,
}

/// Opens the configured database, which is created where it is missing.
///
/// # Errors
/// [`StoreError`].
pub(crate) fn open_store(config: &Config) -> Result<Store, StoreError> {
    Store::open(&location(config))
}

/// Opens the configured database for a command that creates none.
///
/// # Errors
/// [`StartError::NoDatabase`], [`StartError::Store`].
pub(crate) fn open_existing_store(config: &Config) -> Result<Store, StartError> {
    Store::open_existing(&location(config)).map_err(|error| match error {
        StoreError::Missing(_) => StartError::NoDatabase(config.database.shown()),
        error => error.into(),
    })
}

/// Brings the schema of the configured database up to date and names the migrations that ran.
///
/// # Errors
/// [`StoreError`].
pub(crate) fn migrate(config: &Config) -> Result<Vec<String>, StoreError> {
    Store::migrate(&location(config))
}

/// Where the configured database is.
pub(crate) fn location(config: &Config) -> Location {
    match &config.database {
        Database::Sqlite { path } => Location::Sqlite(path.clone()),
        Database::Postgres { url, connections } => {
            Location::Postgres(Postgres { url: url.clone(), connections: *connections })
        }
    }
}

/// Makes the folder of everything on disk, for its owner alone; one that is there keeps its mode.
pub(crate) fn make_data_dir(config: &Config) -> Result<(), StartError> {
    let path = &config.data_dir;
    let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(|error| StartError::DataDir { path: path.clone(), error })
}

/// The metadata document, from what is on.
pub(crate) fn metadata(config: &Config, issuer: &Issuer, ring: &KeyRing, totals: ClientTotals) -> Document {
    let signing_algorithms = ring.algorithms().into_iter().map(Algorithm::as_str).collect();
    let features = Features {
        password_grant: totals.with_password > 0,
        registration: config.registration.mode != RegistrationMode::Off,
        signing_algorithms,
        claims: config.claims.clone(),
    };
    let metadata = Metadata::new(issuer.as_str(), |path| issuer.url(path), &features, Lang::tags());
    let body = serde_json::to_string(&metadata).expect("metadata is plain data");
    let etag = format!("\"{}\"", base64url::encode(&digest(&SHA256, body.as_bytes()).as_ref()[..16]));
    Document { body, etag }
}

/// The origins of the pages of the operator's public clients.
pub(crate) async fn operator_origins(store: &Store) -> Result<HashSet<String>, StoreError> {
    let redirect_uris = store.read(clients::operator_redirect_uris).await?;
    Ok(redirect_uris.iter().filter_map(|uri| browser_origin(uri)).collect())
}

//! What happens before the first request: the master key is found or made, and fits the database; there are signing keys,
//! and they open. Those and the metadata are seen to again every few seconds.

mod drafts;
mod signing_keys;

use std::collections::HashSet;
use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;

use ring::digest::{SHA256, digest};

use crate::config::{Config, ConfigError, Database, Issuer, RegistrationMode};
use crate::keys::{Algorithm, HandleKeys, KeyError, KeyRing, MasterKey, MasterKeyError, load_or_create};
use crate::oauth::GrantType;
use crate::oauth::browser_origin::browser_origin;
use crate::oidc::{Features, Metadata};
use crate::pages::Lang;
use crate::store::{Location, Postgres, Store, StoreError, clients, master_keys as master_key_rows};
use crate::types::{Rng, Timestamp, base64url};

pub use signing_keys::{KeyKeeper, rotation_policy};
pub(crate) use signing_keys::{log_events, open_key_ring};

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

/// Opens the configured database.
///
/// # Errors
/// [`StoreError`].
pub(crate) fn open_store(config: &Config) -> Result<Store, StoreError> {
    Store::open(&location(config))
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

/// The master keys of the configuration, the current one first.
///
/// # Errors
/// [`StartError::MasterKeyMissing`] for a file that is not there although the database was made with one.
pub(crate) async fn master_keys(config: &Config, store: &Store, rng: &Rng) -> Result<Vec<MasterKey>, StartError> {
    let current = if let Some(typed) = &config.secrets.master_key {
        MasterKey::parse(typed.expose())?
    } else {
        let file = config.master_key_file();
        // In this order: whoever starts at the same time makes the file before the row.
        if !store.read(master_key_rows::list).await?.is_empty() && !file.exists() {
            return Err(StartError::MasterKeyMissing(file));
        }
        make_data_dir(config)?;
        load_or_create(&config.master_key_file(), rng)?
    };
    let mut all = vec![current];
    for typed in &config.secrets.master_key_previous {
        all.push(MasterKey::parse(typed.expose())?);
    }
    Ok(all)
}

/// The master key that the servers on this database use, for a command that seals something for them.
///
/// # Errors
/// [`StartError::NewMasterKey`], [`StartError::WrongMasterKey`], and those of [`master_keys`].
pub(crate) async fn current_master_key(config: &Config, store: &Store, rng: &Rng) -> Result<MasterKey, StartError> {
    let mut all = master_keys(config, store, rng).await?;
    let newest = store.read(master_key_rows::list).await?.pop();
    let is_newest = |key: &MasterKey| newest.as_ref().is_some_and(|(_, check)| *check == key.check_value());
    match all.iter().position(is_newest) {
        Some(0) => Ok(all.swap_remove(0)),
        Some(_) => Err(StartError::NewMasterKey),
        None => Err(StartError::WrongMasterKey(config.master_key_file())),
    }
}

/// Makes the folder of everything on disk, for its owner alone; one that is there keeps its mode.
pub(crate) fn make_data_dir(config: &Config) -> Result<(), StartError> {
    let path = &config.data_dir;
    let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(|error| StartError::DataDir { path: path.clone(), error })
}

/// Gives each master key the number that the database knows it by; a new one gets the next number if the database was made
/// with one of the others.
pub(crate) async fn register_master_keys(
    store: &Store,
    config: &Config,
    master: &[MasterKey],
    now: Timestamp,
) -> Result<HandleKeys, StartError> {
    let checks: Vec<[u8; 32]> = master.iter().map(MasterKey::check_value).collect();
    let known = store
        .write(move |conn| {
            let mut known = master_key_rows::list(conn)?;
            let newest = known.last().map(|(number, check)| (*number, check.clone()));
            let is = |at: usize, check: &[u8]| checks.get(at).is_some_and(|known| known == check);
            let fits = newest.as_ref().is_none_or(|(_, check)| (0..checks.len()).any(|at| is(at, check)));
            let is_new = newest.as_ref().is_none_or(|(_, check)| !is(0, check));
            if fits && is_new {
                let number = newest.map_or(1, |(number, _)| number + 1);
                master_key_rows::insert(conn, number, &checks[0], now)?;
                known.push((number, checks[0].to_vec()));
            }
            Ok(fits.then_some(known))
        })
        .await?;
    let known = known.ok_or_else(|| StartError::WrongMasterKey(config.master_key_file()))?;
    let handle_key =
        |check: &[u8]| master.iter().find(|key| key.check_value().as_slice() == check).map(MasterKey::handle_key);
    Ok(HandleKeys::new(known.iter().filter_map(|(number, check)| Some((*number, handle_key(check)?)))))
}

/// The metadata document, from what is on.
pub(crate) async fn metadata(
    store: &Store,
    config: &Config,
    issuer: &Issuer,
    ring: &KeyRing,
) -> Result<Document, StoreError> {
    let password_grant = store.read(|conn| clients::any_with_grant(conn, GrantType::Password)).await?;
    let signing_algorithms = ring.algorithms().into_iter().map(Algorithm::as_str).collect();
    let features = Features {
        password_grant,
        registration: config.registration.mode != RegistrationMode::Off,
        signing_algorithms,
        claims: config.claims.clone(),
    };
    let metadata = Metadata::new(issuer.as_str(), |path| issuer.url(path), &features, Lang::tags());
    let body = serde_json::to_string(&metadata).expect("metadata is plain data");
    let etag = format!("\"{}\"", base64url::encode(&digest(&SHA256, body.as_bytes()).as_ref()[..16]));
    Ok(Document { body, etag })
}

/// The origins of all public clients' pages.
pub(crate) async fn browser_origins(store: &Store) -> Result<HashSet<String>, StoreError> {
    let redirect_uris = store.read(clients::public_redirect_uris).await?;
    Ok(redirect_uris.iter().filter_map(|uri| browser_origin(uri)).collect())
}

//! The master keys of an installation: read from the configuration, and compared with those that the database knows.

use crate::config::Config;
use crate::keys::{HandleKeys, MasterKey, MasterKeyError, create_master_key, load_master_key};
use crate::store::{Store, master_keys as rows};
use crate::types::{Rng, Secret, Timestamp};

use super::{StartError, make_data_dir};

/// The configured master keys.
pub(crate) struct MasterKeys {
    /// The keys, the current one first.
    pub all: Vec<MasterKey>,
    /// A sentence about a file that everyone can read and that this process cannot close.
    pub warning: Option<String>,
}

/// The relation of the configured master keys to those that the database knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MasterKeyFit {
    /// The database knows none: no server has used it.
    First,
    /// The current key is the newest of the database.
    Current,
    /// The current key is new to the database, and the newest of the database is among the previous ones.
    New,
    /// The newest key of the database is not configured.
    Foreign,
}

impl MasterKeyFit {
    /// Compares the rows of the database, oldest first, with the check values of the configured keys, the current one first.
    pub fn of(known: &[(i32, Vec<u8>)], configured: &[[u8; 32]]) -> Self {
        let Some((_, newest)) = known.last() else { return Self::First };
        match configured.iter().position(|check| check.as_slice() == newest) {
            Some(0) => Self::Current,
            Some(_) => Self::New,
            None => Self::Foreign,
        }
    }
}

/// Reads the master keys of the configuration, and makes none.
///
/// # Errors
/// [`MasterKeyError`], for a file that is not there as well.
pub(crate) fn configured_master_keys(config: &Config) -> Result<MasterKeys, MasterKeyError> {
    let (current, warning) = match &config.secrets.master_key {
        Some(typed) => (parse("secrets.master_key", typed)?, None),
        None => load_master_key(&config.master_key_file()).map(|file| (file.key, file.warning))?,
    };
    let mut all = vec![current];
    for typed in &config.secrets.master_key_previous {
        all.push(parse("secrets.master_key_previous", typed)?);
    }
    Ok(MasterKeys { all, warning })
}

fn parse(key: &'static str, typed: &Secret) -> Result<MasterKey, MasterKeyError> {
    MasterKey::parse(typed.expose()).map_err(|problem| MasterKeyError::InSetting { key, problem: Box::new(problem) })
}

/// The master keys of a server that starts, the current one first. The file of a first start is made.
///
/// # Errors
/// [`StartError::MasterKeyMissing`] for a file that is not there although the database was made with one.
pub(crate) async fn master_keys(config: &Config, store: &Store, rng: &Rng) -> Result<Vec<MasterKey>, StartError> {
    if config.secrets.master_key.is_none() {
        let file = config.master_key_file();
        // In this order: another server that starts at the same time makes the file before the row.
        if !store.read(rows::list).await?.is_empty() && !file.exists() {
            return Err(StartError::MasterKeyMissing(file));
        }
        make_data_dir(config)?;
        create_master_key(&file, rng)?;
    }
    let MasterKeys { all, warning } = configured_master_keys(config)?;
    if let Some(warning) = warning {
        tracing::warn!(warning);
    }
    Ok(all)
}

/// The master key that the servers on this database use, for a command that seals something for them.
///
/// # Errors
/// [`StartError::NewMasterKey`], [`StartError::WrongMasterKey`], and those of [`configured_master_keys`].
pub(crate) async fn current_master_key(config: &Config, store: &Store) -> Result<MasterKey, StartError> {
    let known = store.read(rows::list).await?;
    let file = config.master_key_file();
    if config.secrets.master_key.is_none() && !known.is_empty() && !file.exists() {
        return Err(StartError::MasterKeyMissing(file));
    }
    let mut all = configured_master_keys(config)?.all;
    match MasterKeyFit::of(&known, &check_values(&all)) {
        MasterKeyFit::Current => Ok(all.swap_remove(0)),
        MasterKeyFit::New => Err(StartError::NewMasterKey),
        MasterKeyFit::First | MasterKeyFit::Foreign => Err(StartError::WrongMasterKey(file)),
    }
}

/// Gives each master key the number that the database knows it by; a new one gets the next number if the database was made
/// with one of the others.
pub(crate) async fn register_master_keys(
    store: &Store,
    config: &Config,
    master: &[MasterKey],
    now: Timestamp,
) -> Result<HandleKeys, StartError> {
    let checks = check_values(master);
    let known = store
        .write(move |conn| {
            let mut known = rows::list(conn)?;
            let fit = MasterKeyFit::of(&known, &checks);
            if matches!(fit, MasterKeyFit::First | MasterKeyFit::New) {
                let number = known.last().map_or(1, |(number, _)| number + 1);
                rows::insert(conn, number, &checks[0], now)?;
                known.push((number, checks[0].to_vec()));
            }
            Ok((fit != MasterKeyFit::Foreign).then_some(known))
        })
        .await?;
    let known = known.ok_or_else(|| StartError::WrongMasterKey(config.master_key_file()))?;
    let handle_key =
        |check: &[u8]| master.iter().find(|key| key.check_value().as_slice() == check).map(MasterKey::handle_key);
    Ok(HandleKeys::new(known.iter().filter_map(|(number, check)| Some((*number, handle_key(check)?)))))
}

/// The check values of master keys, in their order.
pub(crate) fn check_values(master: &[MasterKey]) -> Vec<[u8; 32]> {
    master.iter().map(MasterKey::check_value).collect()
}

//! The master key fits the database, and the signing keys open with it.

use crate::keys::{KeyState, MasterKey};
use crate::startup::{KeyKeeper, MasterKeyFit, MasterKeys, check_values, configured_master_keys, find_unopenable_key};
use crate::store::{Store, clients, signing_keys};
use crate::types::{Clock, Rng};

use super::database::Opened;
use super::folder::can_make;
use super::{Examiner, Verdict};

/// The master keys of an installation, and how they relate to its database.
struct FittingKeys {
    all: Vec<MasterKey>,
    fit: MasterKeyFit,
}

/// The ids of the keys that the JWKS must have; empty where they are not known.
pub(super) async fn examine(examiner: &mut Examiner, opened: Opened) -> Vec<String> {
    let Some(master) = master_keys(examiner, opened.master_keys.as_deref()) else {
        examiner.skip(&["signing keys"], "they are sealed with the master key");
        return Vec::new();
    };
    let Some(store) = &opened.store else {
        examiner.skip(&["signing keys"], opened.reason);
        return Vec::new();
    };
    let keys = signing_keys_of(examiner, store, &master).await;
    let Some(kids) = examiner.keep("signing keys", keys) else { return Vec::new() };
    if !kids.is_empty() {
        let chosen = chosen_algorithms(store).await;
        examiner.keep("algorithms", chosen);
    }
    kids
}

/// A client that chose an algorithm gets that or nothing.
async fn chosen_algorithms(store: &Store) -> Result<((), String), String> {
    let read = store.read(|conn| Ok((signing_keys::list(conn)?, clients::list(conn)?)));
    let (keys, clients) = read.await.map_err(|error| error.to_string())?;
    let active = keys.iter().filter(|key| key.state == KeyState::Active).map(|key| key.algorithm).collect::<Vec<_>>();
    for client in clients {
        if let Err(sentence) = client.metadata.check_algorithms(&active) {
            return Err(format!("client {} gets no token: its {sentence}", client.id));
        }
    }
    Ok(((), "there is a key for all that clients chose".to_owned()))
}

/// The configured master keys, where the database was last used with one of them. None is made. `known` are the rows of the
/// database; `None` where it cannot be read.
fn master_keys(examiner: &mut Examiner, known: Option<&[(i32, Vec<u8>)]>) -> Option<FittingKeys> {
    let file = examiner.config.master_key_file();
    if examiner.config.secrets.master_key.is_none() && !file.exists() {
        let known = known.is_some_and(|known| !known.is_empty());
        let missing = if known {
            Err(format!(
                "{} is not there, and the database was made with one: put it back from your backup",
                file.display()
            ))
        } else if examiner.before_first_start {
            can_make(&file).map_err(|reason| format!("{reason}; write another data_dir"))
        } else {
            Err(format!("{} is not there yet: the first start makes it", file.display()))
        };
        let detail = format!("{} is not there yet: the first start makes it", file.display());
        examiner.keep("master key", missing.map(|()| ((), detail)));
        return None;
    }
    let configured = configured_master_keys(&examiner.config).map_err(|error| error.to_string());
    let fitting = configured.and_then(|MasterKeys { all, warning }| {
        if let Some(warning) = warning {
            examiner.note("master key", Verdict::Warning, warning);
        }
        let Some(known) = known else {
            return Ok((
                FittingKeys { all, fit: MasterKeyFit::First },
                "usable; not compared with the database".to_owned(),
            ));
        };
        let fit = MasterKeyFit::of(known, &check_values(&all));
        Ok((FittingKeys { all, fit }, judge(fit)?.to_owned()))
    });
    examiner.keep("master key", fitting)
}

fn judge(fit: MasterKeyFit) -> Result<&'static str, String> {
    match fit {
        MasterKeyFit::First => Ok("usable; the database has not known any yet"),
        MasterKeyFit::Current => Ok("fits the database"),
        MasterKeyFit::New => Ok("new: the next start seals the signing keys with it"),
        MasterKeyFit::Foreign => {
            Err("it is not the one that this database was made with: put that one back, or add it to \
                                      secrets.master_key_previous"
                .to_owned())
        }
    }
}

async fn signing_keys_of(
    examiner: &Examiner,
    store: &Store,
    master: &FittingKeys,
) -> Result<(Vec<String>, String), String> {
    let stored = store.read(signing_keys::list).await.map_err(|error| error.to_string())?;
    if stored.is_empty() {
        return Ok((Vec::new(), "none yet: the first start makes them".to_owned()));
    }
    let published = stored.iter().filter(|key| key.state != KeyState::Gone);
    let kids: Vec<String> = published.map(|key| key.kid.clone()).collect();
    if let Some(kid) = find_unopenable_key(&stored, &master.all) {
        return Err(format!("the key {kid} does not open: put the master key back that it was sealed with"));
    }
    if master.fit == MasterKeyFit::New {
        return Ok((kids, "they open with a previous master key".to_owned()));
    }
    let seal = master.all[0].seal_key();
    let keeper = KeyKeeper::new(store, &examiner.config, seal, &Clock::System, &Rng::system());
    let ring = keeper.ring().await.map_err(|error| error.to_string())?;
    let algorithms: Vec<&str> = ring.algorithms().into_iter().map(crate::keys::Algorithm::as_str).collect();
    let detail = format!("{} published, signing with {}", kids.len(), algorithms.join(", "));
    Ok((kids, detail))
}

//! The master key fits the database, and the signing keys open with it.

use crate::keys::{KeyState, MasterKey, SealKey, load_or_create};
use crate::startup::KeyKeeper;
use crate::store::{Store, clients, master_keys, signing_keys};
use crate::types::{Clock, Rng};

use super::Examiner;

/// The ids of the keys that the JWKS must have; empty where they are not known.
pub(super) async fn examine(examiner: &mut Examiner, store: Option<&Store>) -> Vec<String> {
    let Some(store) = store else {
        examiner.skip(&["master key", "signing keys"], "the database cannot be read");
        return Vec::new();
    };
    let master = master_keys(examiner);
    let fits = match master {
        Ok(master) => check_master_key(store, master).await,
        Err(reason) => Err(reason),
    };
    let Some(master) = examiner.keep("master key", fits) else {
        examiner.skip(&["signing keys"], "they are sealed with the master key");
        return Vec::new();
    };
    let keys = signing_keys_of(examiner, store, &master.seal_key()).await;
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

/// The configured master keys, the current one first. None is made.
fn master_keys(examiner: &Examiner) -> Result<Vec<MasterKey>, String> {
    let secrets = &examiner.config.secrets;
    let file = examiner.config.master_key_file();
    let parse = |typed: &crate::types::Secret| MasterKey::parse(typed.expose()).map_err(|error| error.to_string());
    let current = match &secrets.master_key {
        Some(typed) => parse(typed)?,
        None if file.exists() => load_or_create(&file, &Rng::system()).map_err(|error| error.to_string())?,
        None => return Err(format!("{} is not there yet: the first start makes it", file.display())),
    };
    let previous = secrets.master_key_previous.iter().map(parse);
    std::iter::once(Ok(current)).chain(previous).collect()
}

/// The current master key, if the database was last used with it or with one of the others.
async fn check_master_key(store: &Store, mut master: Vec<MasterKey>) -> Result<(MasterKey, String), String> {
    let known = store.read(master_keys::list).await.map_err(|error| error.to_string())?;
    let Some((_, newest)) = known.last() else {
        return Ok((master.remove(0), "usable; the database has not known any yet".to_owned()));
    };
    match master.iter().position(|key| key.check_value().as_slice() == newest) {
        Some(0) => Ok((master.remove(0), "fits the database".to_owned())),
        Some(_) => Ok((master.remove(0), "new: the next start seals the signing keys with it".to_owned())),
        None => Err("it is not the one that this database was made with: put that one back, or add it to \
                     secrets.master_key_previous"
            .to_owned()),
    }
}

async fn signing_keys_of(examiner: &Examiner, store: &Store, seal: &SealKey) -> Result<(Vec<String>, String), String> {
    let stored = store.read(signing_keys::list).await.map_err(|error| error.to_string())?;
    if stored.is_empty() {
        return Ok((Vec::new(), "none yet: the first start makes them".to_owned()));
    }
    let keeper = KeyKeeper::new(store, &examiner.config, seal.clone(), &Clock::System, &Rng::system());
    let ring =
        keeper.ring().await.map_err(|error| format!("{error}; put the master key back that they were sealed with"))?;
    let published = stored.iter().filter(|key| key.state != KeyState::Gone);
    let kids: Vec<String> = published.map(|key| key.kid.clone()).collect();
    let algorithms: Vec<&str> = ring.algorithms().into_iter().map(crate::keys::Algorithm::as_str).collect();
    let detail = format!("{} published, signing with {}", kids.len(), algorithms.join(", "));
    Ok((kids, detail))
}

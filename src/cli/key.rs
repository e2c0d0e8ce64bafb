//! `countersign key`.

use clap::{ArgAction, Args, Subcommand};
use serde::Serialize;

use crate::audit::{Change, Did, On};
use crate::keys::{Algorithm, KeyState, RotationPolicy, Step, StoredKey, promotion, revocation};
use crate::startup::{KeyKeeper, StartError, current_master_key, rotation_policy};
use crate::store::{StoreError, signing_keys};
use crate::types::Timestamp;

use super::confirm::{Confirmation, Deed};
use super::output::{Format, print_json, print_table, say};
use super::unknown::say_none;
use super::{Admin, CommandResult};

/// A server reads the keys again so often.
const FOLLOWS: &str = "A running server follows within 15 seconds.";

#[derive(Subcommand)]
pub(super) enum Command {
    /// List all signing keys
    List(Format),
    /// Let the next key sign now; they rotate by themselves as well
    Rotate(Rotate),
    /// Take a key away at once, for when others may have it: nothing that it signed is accepted any more
    #[command(disable_help_flag = true)]
    Retire(Retire),
}

#[derive(Args)]
pub(super) struct Rotate {
    /// Do so even if verifiers may not know the next key yet
    #[arg(long)]
    early: bool,
    #[arg(long, value_name = "ALG", help = "Of which algorithm [default: keys.algorithm]")]
    algorithm: Option<String>,
    #[command(flatten)]
    format: Format,
}

impl Rotate {
    fn algorithm(&self) -> Result<Option<Algorithm>, String> {
        let Some(name) = &self.algorithm else { return Ok(None) };
        let unknown =
            || format!("algorithm '{}' is unknown, write one of {}", name.escape_debug(), Algorithm::NAMES.join(", "));
        Algorithm::parse(name).map(Some).ok_or_else(unknown)
    }
}

#[derive(Args)]
pub(super) struct Retire {
    /// The key, as `key list` and the JWKS call it
    #[arg(allow_hyphen_values = true)]
    kid: String,
    #[command(flatten)]
    confirmation: Confirmation,
    #[command(flatten)]
    format: Format,
    /// Print help; there is no -h, with which the name of a key may begin
    #[arg(long, action = ArgAction::Help)]
    help: Option<bool>,
}

/// A key as printed. Times are in UTC (RFC 3339).
#[derive(Serialize)]
struct Printed<'a> {
    kid: &'a str,
    algorithm: &'static str,
    state: &'static str,
    created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    activated_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retired_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    leaves_jwks_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked_at: Option<String>,
}

/// What a command did, by the keys' `kid`s.
#[derive(Serialize)]
struct Done<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    retired: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    activated: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<&'a str>,
}

pub(super) async fn run(command: Command, admin: &Admin) -> CommandResult {
    match command {
        Command::List(format) => list(&format, admin).await,
        Command::Rotate(command) => rotate(&command, admin).await,
        Command::Retire(command) => retire(&command, admin).await,
    }
}

async fn list(format: &Format, admin: &Admin) -> CommandResult {
    let (mut all, policy) = (stored(admin).await?, rotation_policy(&admin.config));
    all.sort_by_key(|key| (key.state, key.created_at));
    let all: Vec<Printed<'_>> = all.iter().map(|key| printed(key, &policy)).collect();
    if format.json {
        return print_json(&all);
    }
    if all.is_empty() {
        return say_none("key", admin);
    }
    let row = |key: &Printed<'_>| {
        let [active, retired, leaves] =
            [&key.activated_at, &key.retired_at, &key.leaves_jwks_at].map(|time| time.clone().unwrap_or_default());
        let state = if key.revoked_at.is_some() { "gone (by hand)" } else { key.state };
        let named = [key.kid, key.algorithm, state].map(str::to_owned);
        let [kid, algorithm, state] = named;
        [kid, algorithm, state, key.created_at.clone(), active, retired, leaves]
    };
    let heading = ["KEY", "ALGORITHM", "STATE", "MADE", "ACTIVE SINCE", "RETIRED", "LEAVES THE JWKS"];
    print_table(heading, &all.iter().map(row).collect::<Vec<_>>())
}

async fn rotate(command: &Rotate, admin: &Admin) -> CommandResult {
    let (before, policy) = (stored(admin).await?, rotation_policy(&admin.config));
    let algorithm = command.algorithm()?.unwrap_or(policy.algorithm);
    let (next, signing) = promotion(&before, algorithm, &policy, command.early, admin.clock.now())?;
    let keeper = keeper(admin).await?;
    let step = Step::Promote { next: next.kid.clone(), signing: signing.map(|key| key.kid.clone()) };
    done_by_us(keeper.perform(step).await)?;
    note(Did::KeyRotatedByHand, &next.kid, admin).await?;
    let keys = with_next(&keeper, next.algorithm).await?;
    if command.format.json {
        return print_done(&keys, signing.map(|key| key.kid.as_str()), Some(&next.kid), next.algorithm);
    }
    match signing.and_then(|signing| keys.iter().find(|key| key.kid == signing.kid)) {
        None => say!("The key {} signs now.", next.kid)?,
        Some(old) => {
            say!("The key {} signs now; {} stays in the JWKS until {}.", next.kid, old.kid, policy.leaves_at(old))?;
        }
    }
    say!("{FOLLOWS}")?;
    Ok(())
}

async fn retire(command: &Retire, admin: &Admin) -> CommandResult {
    let policy = rotation_policy(&admin.config);
    let revocation = revocation(&stored(admin).await?, &command.kid)?;
    let (kid, algorithm, from) = (&command.kid, revocation.algorithm, revocation.from);
    let text = format!("retire the {} key {kid}, so that nothing that it signed is accepted", from.as_str());
    if !command.confirmation.allows(&Deed { text, counts: Vec::new() }, &command.format)? {
        return Ok(());
    }
    let keeper = keeper(admin).await?;
    done_by_us(keeper.revoke(revocation).await)?;
    note(Did::KeyRetiredByHand, kid, admin).await?;
    let keys = with_next(&keeper, algorithm).await?;
    let activated = find(&keys, algorithm, KeyState::Active).filter(|_| from == KeyState::Active);
    if command.format.json {
        return print_done(&keys, Some(kid), activated.map(|key| key.kid.as_str()), algorithm);
    }
    say!("Retired the key {kid}: it is out of the JWKS, and what it signed is not accepted here any more.")?;
    if let Some(activated) = activated {
        say!("The key {} signs now.", activated.kid)?;
        if admin.clock.now() < policy.may_sign_at(activated) {
            say!("It was not published for long: verifiers refuse new tokens until they have fetched it.")?;
        }
    }
    say!("{FOLLOWS} Verifiers accept the old key for as long as they keep the JWKS that they have.")?;
    Ok(())
}

async fn keeper(admin: &Admin) -> Result<KeyKeeper, StartError> {
    let Admin { config, store, clock, rng } = admin;
    let seal = current_master_key(config, store).await?.seal_key();
    Ok(KeyKeeper::new(store, config, seal, clock, rng))
}

/// Says who did it: what became of the keys, a running server sees by itself.
async fn note(did: Did, kid: &str, admin: &Admin) -> Result<(), StoreError> {
    let (trail, change) = (admin.trail(), Change::new(did, On::Key(kid)));
    admin.store.write(move |conn| trail.note(conn, &change)).await
}

/// What was decided about has to be done by this command, or else decided about anew.
fn done_by_us(done: Result<bool, StartError>) -> CommandResult {
    match done {
        Ok(true) => Ok(()),
        Ok(false) | Err(StartError::Store(StoreError::Exists)) => {
            Err("a server changed the keys at the same moment: look at `countersign key list` and decide again".into())
        }
        Err(error) => Err(error.into()),
    }
}

/// All keys, after making the one that is next where one signs and none is next.
async fn with_next(keeper: &KeyKeeper, algorithm: Algorithm) -> Result<Vec<StoredKey>, StartError> {
    let keys = keeper.list().await?;
    if find(&keys, algorithm, KeyState::Active).is_none() || find(&keys, algorithm, KeyState::Next).is_some() {
        return Ok(keys);
    }
    keeper.perform(Step::Make(algorithm, KeyState::Next)).await?;
    Ok(keeper.list().await?)
}

fn find(keys: &[StoredKey], algorithm: Algorithm, state: KeyState) -> Option<&StoredKey> {
    keys.iter().find(|key| key.algorithm == algorithm && key.state == state)
}

async fn stored(admin: &Admin) -> Result<Vec<StoredKey>, StoreError> {
    admin.store.read(signing_keys::list).await
}

fn print_done(
    keys: &[StoredKey],
    retired: Option<&str>,
    activated: Option<&str>,
    algorithm: Algorithm,
) -> CommandResult {
    let next = find(keys, algorithm, KeyState::Next).map(|key| key.kid.as_str());
    print_json(&Done { retired, activated, next })
}

fn printed<'a>(key: &'a StoredKey, policy: &RotationPolicy) -> Printed<'a> {
    let written = |time: Option<Timestamp>| time.map(|time| time.to_string());
    Printed {
        kid: &key.kid,
        algorithm: key.algorithm.as_str(),
        state: key.state.as_str(),
        created_at: key.created_at.to_string(),
        activated_at: written(key.activated_at),
        retired_at: written(key.retired_at),
        leaves_jwks_at: written((key.state == KeyState::Retiring).then(|| policy.leaves_at(key))),
        revoked_at: written(key.revoked_at),
    }
}

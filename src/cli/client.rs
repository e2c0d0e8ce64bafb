//! `countersign client`.

mod add;
mod list;
mod lock;
mod options;
mod printed;
mod remove;
mod rotate_secret;
mod set;
mod settings;

use std::collections::BTreeSet;

use clap::{Args, Subcommand};

use crate::audit::{Change, Did, On};
use crate::config::Keys;
use crate::keys::{Algorithm, KeyState, validate_jwks};
use crate::oauth::{Client, private_scheme};
use crate::store::{Conn, StoreError, clients, resources, signing_keys};
use crate::types::{Secret, base64url, slip};

use super::output::{Format, print_json, print_note, say};
use super::unknown::unknown_client;
use super::{Admin, CommandResult};

use printed::{Printed, print_client};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Register a client; its secret is printed once, with settings to paste for common libraries
    Add(add::Add),
    /// List clients
    List(list::List),
    /// Show a client
    Show(Named),
    /// Change a client; it counts at once, and what is not named stays as it is
    Set(set::Set),
    /// Give a client a new secret, printed once; the old one stays valid for a while
    RotateSecret(rotate_secret::RotateSecret),
    /// Lock a client, which gets no token any more, ending its grants
    Lock(Named),
    /// Unlock a client; nothing that has ended comes back
    Unlock(Named),
    /// Remove a client, with its grants and consents
    Remove(remove::Remove),
}

#[derive(Args)]
pub(super) struct Named {
    /// The client id
    id: String,
    #[command(flatten)]
    format: Format,
}

pub(super) async fn run(command: Command, admin: &Admin) -> CommandResult {
    match command {
        Command::Add(command) => add::run(command, admin).await,
        Command::List(command) => list::list(command, admin).await,
        Command::Show(named) => show(named, admin).await,
        Command::Set(command) => set::run(command, admin).await,
        Command::RotateSecret(command) => rotate_secret::run(command, admin).await,
        Command::Lock(named) => lock::lock(named, admin).await,
        Command::Unlock(named) => lock::unlock(named, admin).await,
        Command::Remove(command) => remove::remove(command, admin).await,
    }
}

async fn show(named: Named, admin: &Admin) -> CommandResult {
    let (id, now) = (named.id.clone(), admin.clock.now());
    let Some(client) = admin.store.read(move |conn| clients::find(conn, &id)).await? else {
        return unknown_client(&named.id, admin).await;
    };
    if named.format.json {
        return print_json(&Printed::new(&client, None, now));
    }
    print_client(&client, admin.config.client_policy(&client), now)
}

/// Changes a client by a rule, in one unit of work, and gives back what it is from now on. The audit log names `settings`.
///
/// # Errors
/// The rule's sentence, or that there is no such client.
async fn change(
    id: &str,
    did: Did,
    settings: &[String],
    admin: &Admin,
    rule: impl Fn(&mut Conn, Client) -> Result<Result<Client, String>, StoreError> + Send + 'static,
) -> CommandResult<Client> {
    let (key, now, trail, settings) = (id.to_owned(), admin.clock.now(), admin.trail(), settings.to_vec());
    let changed = admin.store.write(move |conn| {
        let Some(client) = clients::find(conn, &key)? else { return Ok(None) };
        let changed = rule(conn, client)?;
        if let Ok(client) = &changed {
            clients::update(conn, client, now)?;
            trail.note(conn, &Change::new(did, On::Client(&client.id)).changed(&settings))?;
        }
        Ok(Some(changed))
    });
    match changed.await? {
        Some(changed) => Ok(changed?),
        None => unknown_client(id, admin).await,
    }
}

/// What clients may have signed for them: by the keys that sign, or before the first start by those that will.
fn offered(conn: &mut Conn, keys: &Keys) -> Result<Vec<Algorithm>, StoreError> {
    let stored = signing_keys::list(conn)?;
    let configured = || [&[keys.algorithm][..], &keys.id_token_algorithms].concat();
    let active = stored.iter().filter(|key| key.state == KeyState::Active).map(|key| key.algorithm);
    let offered: BTreeSet<_> = if stored.is_empty() { configured().into_iter().collect() } else { active.collect() };
    Ok(offered.into_iter().collect())
}

/// A client, if its keys are public ones, every resource that it names is registered, and what it chose to have signed for it can
/// be; else the sentence that says what is wrong.
fn registered(conn: &mut Conn, keys: &Keys, client: Client) -> Result<Result<Client, String>, StoreError> {
    if !client.metadata.chosen_algorithms().is_empty()
        && let Err(sentence) = client.metadata.check_algorithms(&offered(conn, keys)?)
    {
        return Ok(Err(sentence));
    }
    if let Some(Err(sentence)) = client.metadata.jwks.as_ref().map(validate_jwks) {
        return Ok(Err(sentence));
    }
    for uri in client.resources.iter().chain(&client.serves) {
        if resources::find(conn, uri)?.is_none() {
            let all = resources::list(conn)?;
            return Ok(Err(match slip::closest(uri, all.iter().map(|resource| resource.uri.as_str())) {
                Some(meant) => format!("resource '{uri}' is not registered, did you mean '{meant}'?"),
                None => format!("resource '{uri}' is not registered: run `countersign resource add {uri}` first"),
            }));
        }
    }
    Ok(Ok(client))
}

/// Tells the operator what is allowed and rarely meant about a client; standard output stays for what was asked for.
fn warn(client: &Client) {
    for warning in private_scheme::warnings(client) {
        // The work is done, whether the warning can be printed or not.
        print_note(format_args!("countersign: warning: {warning}"));
    }
}

/// 256 random bits behind the prefix that secret scanners look for.
fn new_secret(admin: &Admin) -> Secret {
    Secret::new(format!("cs_cs_{}", base64url::encode(admin.rng.bytes::<32>())))
}

//! `countersign registration-token`: tokens with which others may register clients.

use clap::{Args, Subcommand};
use serde::Serialize;

use crate::audit::{Change, Did, On};
use crate::config::{RegistrationMode, parse_period};
use crate::store::initial_access_tokens::{self, InitialAccessToken};
use crate::types::{Id, Secret, Timestamp, base64url, is_showable};

use super::confirm::{Confirmation, Deed};
use super::output::{Format, print_json, print_table, say};
use super::unknown::{say_none, unknown};
use super::{Admin, CommandResult};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Make a token, printed once: whoever has it registers clients at /register
    Add(Add),
    /// List all tokens, also those that are used up or over
    List(Format),
    /// Remove a token; the clients that registered with it stay
    Remove(Remove),
}

#[derive(Args)]
pub(super) struct Add {
    /// What it is for
    name: String,
    /// How many clients may register with it [default: any number]
    #[arg(long, value_name = "NUMBER")]
    uses: Option<i32>,
    /// How long it is good, such as 1h or 30d
    #[arg(long, value_name = "TIME", default_value = "30d")]
    expires_in: String,
    #[command(flatten)]
    format: Format,
}

#[derive(Args)]
pub(super) struct Remove {
    /// The token: the name that `add` took, or its id, as listed
    name: String,
    #[command(flatten)]
    confirmation: Confirmation,
    #[command(flatten)]
    format: Format,
}

#[derive(Serialize)]
struct Printed<'a> {
    id: String,
    name: &'a str,
    uses_left: Option<i32>,
    expires_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    initial_access_token: Option<&'a str>,
}

pub(super) async fn run(command: Command, admin: &Admin) -> CommandResult {
    match command {
        Command::Add(command) => add(command, admin).await,
        Command::List(format) => list(&format, admin).await,
        Command::Remove(command) => remove(command, admin).await,
    }
}

async fn add(command: Add, admin: &Admin) -> CommandResult {
    let (now, secret) =
        (admin.clock.now(), Secret::new(format!("cs_it_{}", base64url::encode(admin.rng.bytes::<32>()))));
    let token = InitialAccessToken {
        id: Id::new(now, &admin.rng),
        name: checked_name(command.name)?,
        uses_left: command.uses,
        expires_at: Some(now.plus(lifetime(&command.expires_in)?)),
    };
    if command.uses.is_some_and(|uses| uses < 1) {
        return Err("--uses must be 1 or more, leave it out for any number".into());
    }
    let (stored, kept, trail) = (token.clone(), secret.clone(), admin.trail());
    let inserted = admin.store.write(move |conn| {
        initial_access_tokens::insert(conn, &stored, &kept, now)?;
        trail.note(conn, &Change::new(Did::RegistrationTokenAdded, On::All))
    });
    inserted.await?;
    if command.format.json {
        return print_json(&printed(&token, Some(&secret)));
    }
    say!("The token '{}', shown this once: {}", token.name, secret.expose())?;
    if admin.config.registration.mode != RegistrationMode::Token {
        say!(
            "It is asked for when registration.mode is \"token\"; that is \"{}\".",
            admin.config.registration.mode.as_str()
        )?;
    }
    Ok(())
}

async fn list(format: &Format, admin: &Admin) -> CommandResult {
    let all = admin.store.read(initial_access_tokens::list).await?;
    if format.json {
        return print_json(&all.iter().map(|token| printed(token, None)).collect::<Vec<_>>());
    }
    if all.is_empty() {
        return say_none("registration token", admin);
    }
    let row = |token: &InitialAccessToken| {
        let uses = token.uses_left.map_or_else(|| "any number".to_owned(), |left| left.to_string());
        [token.id.to_string(), token.name.clone(), uses, end(token).unwrap_or_default()]
    };
    print_table(["ID", "NAME", "USES LEFT", "ENDS"], &all.iter().map(row).collect::<Vec<_>>())
}

async fn remove(command: Remove, admin: &Admin) -> CommandResult {
    let all = admin.store.read(initial_access_tokens::list).await?;
    let token = find(&all, &command.name)?;
    let text = format!("remove the token '{}' with the id {}", token.name, token.id);
    if !command.confirmation.allows(&Deed { text, counts: Vec::new() }, &command.format)? {
        return Ok(());
    }
    let (id, trail) = (token.id, admin.trail());
    let removed = admin.store.write(move |conn| {
        let removed = initial_access_tokens::remove(conn, id)?;
        trail.note_if(conn, removed, &Change::new(Did::RegistrationTokenRemoved, On::All))
    });
    removed.await?;
    if command.format.json {
        return print_json(&serde_json::json!({ "removed": command.name }));
    }
    say!("Removed the token '{}'. What registered with it stays.", token.name)
}

/// The token of an id or a name. Several tokens may have the same name.
fn find<'a>(all: &'a [InitialAccessToken], typed: &str) -> CommandResult<&'a InitialAccessToken> {
    if let Some(token) = all.iter().find(|token| token.id.to_string() == typed) {
        return Ok(token);
    }
    let named: Vec<&InitialAccessToken> = all.iter().filter(|token| token.name == typed).collect();
    match named.as_slice() {
        [token] => Ok(token),
        [] => Err(unknown("registration-token", typed, all.iter().map(|token| token.name.as_str())).into()),
        several => {
            let ids: Vec<String> = several.iter().map(|token| token.id.to_string()).collect();
            let shown = typed.escape_debug();
            Err(format!("{} tokens are named '{shown}', write the id of one: {}", ids.len(), ids.join(", ")).into())
        }
    }
}

fn checked_name(name: String) -> Result<String, String> {
    if name.trim().is_empty() || name.len() > 200 || !is_showable(&name) {
        return Err("the name must be 1 to 200 bytes without control and invisible characters".to_owned());
    }
    Ok(name)
}

fn lifetime(typed: &str) -> Result<std::time::Duration, String> {
    let lifetime = parse_period(typed).filter(|lifetime| !lifetime.is_zero());
    lifetime
        .ok_or_else(|| format!("--expires-in '{}' must be a time such as 90s, 30m, 24h or 7d", typed.escape_debug()))
}

fn end(token: &InitialAccessToken) -> Option<String> {
    token.expires_at.map(|end: Timestamp| end.to_string())
}

fn printed<'a>(token: &'a InitialAccessToken, secret: Option<&'a Secret>) -> Printed<'a> {
    Printed {
        id: token.id.to_string(),
        name: &token.name,
        uses_left: token.uses_left,
        expires_at: end(token),
        initial_access_token: secret.map(Secret::expose),
    }
}

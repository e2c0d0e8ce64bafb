//! `countersign user`: people. What takes their access away is in `access`.

mod access;
mod add;
mod claims;
mod email;
mod find;
mod list;
mod remove;
mod set;

pub(super) use find::find;

use std::io::BufRead;

use clap::{Args, Subcommand};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::store::users::User;
use crate::types::{Secret, base64url, check_password_text, is_password_too_long, opaque_password};

use super::output::Format;
use super::{Admin, CommandResult};

/// The shortest password that is set, in characters (NIST SP 800-63B §3.1.1.2).
const MIN_PASSWORD: usize = 8;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Add a user; without --password-stdin a password is made up and printed once
    Add(add::Add),
    /// List users
    List(list::List),
    /// Show a user
    Show(Named),
    /// Change a user's name, email address, roles or claims
    Set(set::Set),
    /// Give a user another password, ending all sessions and grants; without --password-stdin one is made up and printed once
    SetPassword(access::SetPassword),
    /// Lock a user, who cannot sign in any more, ending all sessions and grants
    Lock(Named),
    /// Unlock a user, who can sign in again; nothing that has ended comes back
    Unlock(Named),
    /// Sign a user out everywhere, ending all sessions and the grants that are bound to them
    SignOut(Named),
    /// Remove a user, with all sessions, consents and grants
    Remove(remove::Remove),
}

#[derive(Args)]
pub(super) struct Named {
    /// The username, or the subject
    #[arg(value_name = "USERNAME")]
    username: String,
    #[command(flatten)]
    format: Format,
}

#[derive(Serialize)]
struct Printed<'a> {
    sub: String,
    username: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    roles: &'a [String],
    #[serde(skip_serializing_if = "Map::is_empty")]
    claims: &'a Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<&'a str>,
    disabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    changed: Option<String>,
}

pub(super) async fn run(command: Command, admin: &Admin) -> CommandResult {
    match command {
        Command::Add(command) => add::add(command, admin).await,
        Command::List(command) => list::list(command, admin).await,
        Command::Show(named) => set::show(named, admin).await,
        Command::Set(command) => set::set(command, admin).await,
        Command::SetPassword(command) => access::set_password(command, admin).await,
        Command::Lock(named) => access::lock(named, admin).await,
        Command::Unlock(named) => access::unlock(named, admin).await,
        Command::SignOut(named) => access::sign_out(named, admin).await,
        Command::Remove(command) => remove::remove(command, admin).await,
    }
}

fn made_up(admin: &Admin) -> Secret {
    Secret::new(base64url::encode(admin.rng.bytes::<15>()))
}

fn read_password() -> Result<Secret, Box<dyn std::error::Error>> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    let password = Secret::new(line.trim_end_matches(['\r', '\n']));
    if opaque_password(&password).expose().chars().count() < MIN_PASSWORD {
        return Err("the password must have at least 8 characters".into());
    }
    if is_password_too_long(&password) {
        return Err("the password must have at most 512 bytes".into());
    }
    check_password_text(&password)?;
    Ok(password)
}

fn printed<'a>(user: &'a User, roles: &'a [String], password: Option<&'a str>) -> Printed<'a> {
    let email = user.email.as_deref();
    let claims = &user.claims;
    Printed {
        sub: user.id.to_string(),
        username: &user.username,
        email,
        roles,
        claims,
        password,
        disabled: user.disabled,
        changed: None,
    }
}

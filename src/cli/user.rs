//! `countersign user`.

use std::io::BufRead;

use clap::{Args, Subcommand};
use serde::Serialize;

use crate::login::PasswordPool;
use crate::oauth::assigned_roles;
use crate::oauth::token_request::MAX_PASSWORD;
use crate::store::StoreError;
use crate::store::roles::{of_all, set_roles};
use crate::store::users::{self, User};
use crate::types::{Id, Secret, base64url};

use super::output::{print_json, print_table};
use super::unknown::unknown;
use super::{Admin, CommandResult};

/// The shortest password that is set, in characters (NIST SP 800-63B §3.1.1.2).
const MIN_PASSWORD: usize = 8;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Add a user; without --password-stdin a password is made up and printed once
    Add(Add),
    /// List all users
    List(Format),
    /// Remove a user, with all sessions, consents and grants
    Remove(Remove),
}

#[derive(Args)]
pub(super) struct Format {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub(super) struct Add {
    /// The name to sign in with, in any case
    username: String,
    /// The email address
    #[arg(long)]
    email: Option<String>,
    /// A role of theirs, added before with `countersign role add`; repeat it for more
    #[arg(long, value_name = "ROLE")]
    role: Vec<String>,
    /// Read the password from the first line of standard input
    #[arg(long)]
    password_stdin: bool,
    #[command(flatten)]
    format: Format,
}

#[derive(Args)]
pub(super) struct Remove {
    /// The username
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
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<&'a str>,
    disabled: bool,
}

pub(super) async fn run(command: Command, admin: &Admin) -> CommandResult {
    match command {
        Command::Add(command) => add(command, admin).await,
        Command::List(format) => list(&format, admin).await,
        Command::Remove(command) => remove(command, admin).await,
    }
}

async fn add(command: Add, admin: &Admin) -> CommandResult {
    let username = command.username.trim().to_owned();
    if username.is_empty() || username.len() > 256 || username.chars().any(char::is_control) {
        return Err("the username must be 1 to 256 bytes without control characters".into());
    }
    let email = command.email.map(|email| email.trim().to_owned());
    if email.as_ref().is_some_and(|email| !is_email(email)) {
        return Err("the email address must have the form name@domain".into());
    }
    let roles = assigned_roles(command.role)?;
    let password = if command.password_stdin { read_password()? } else { made_up(admin) };
    let pool = PasswordPool::new(&admin.config.passwords).map_err(|error| error.to_string())?;
    let now = admin.clock.now();
    let user = User {
        id: Id::new(now, &admin.rng),
        username,
        email,
        password_hash: pool.hash(password.clone(), admin.rng.bytes()).await?,
        disabled: false,
        updated_at: now,
    };
    let (stored, given) = (user.clone(), roles.clone());
    let inserted = admin.store.write(move |conn| {
        users::insert(conn, &stored)?;
        set_roles(conn, stored.id, &given)
    });
    let inserted = inserted.await;
    if let Err(StoreError::Exists) = inserted {
        return Err(format!("there is a user '{}' already, in whatever case", user.username).into());
    }
    inserted?;
    let shown = (!command.password_stdin).then(|| password.expose());
    if command.format.json {
        return print_json(&printed(&user, &roles, shown));
    }
    println!("Added user {} with the subject {}.", user.username, user.id);
    if let Some(password) = shown {
        println!("The password, shown this once: {password}");
    }
    Ok(())
}

/// One `@` with something around it: only a delivered message proves more.
fn is_email(text: &str) -> bool {
    let parts = text.split_once('@');
    parts.is_some_and(|(name, domain)| !name.is_empty() && !domain.is_empty() && !domain.contains('@'))
        && text.len() <= 320
        && !text.chars().any(|c| c.is_whitespace() || c.is_control())
}

fn made_up(admin: &Admin) -> Secret {
    Secret::new(base64url::encode(admin.rng.bytes::<15>()))
}

fn read_password() -> Result<Secret, Box<dyn std::error::Error>> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    let password = line.trim_end_matches(['\r', '\n']);
    if password.chars().count() < MIN_PASSWORD {
        return Err("the password must have at least 8 characters".into());
    }
    if password.len() > MAX_PASSWORD {
        return Err("the password must have at most 512 bytes".into());
    }
    Ok(Secret::new(password))
}

async fn list(format: &Format, admin: &Admin) -> CommandResult {
    let (all, roles) = admin.store.read(|conn| Ok((users::list(conn)?, of_all(conn)?))).await?;
    let roles_of = |user: &User| roles.get(&user.id).map(Vec::as_slice).unwrap_or_default();
    if format.json {
        return print_json(&all.iter().map(|user| printed(user, roles_of(user), None)).collect::<Vec<_>>());
    }
    let row = |user: &User| {
        [user.username.clone(), user.email.clone().unwrap_or_default(), roles_of(user).join(" "), user.id.to_string()]
    };
    print_table(["USERNAME", "EMAIL", "ROLES", "SUBJECT"], &all.iter().map(row).collect::<Vec<_>>());
    Ok(())
}

async fn remove(command: Remove, admin: &Admin) -> CommandResult {
    let name = command.username.clone();
    let removed = admin.store.write(move |conn| match users::find_by_username(conn, &name)? {
        Some(user) => users::remove(conn, user.id),
        None => Ok(false),
    });
    if !removed.await? {
        let all = admin.store.read(users::list).await?;
        return Err(unknown("user", &command.username, all.iter().map(|user| user.username.as_str())).into());
    }
    if command.format.json {
        return print_json(&serde_json::json!({ "removed": command.username }));
    }
    println!("Removed user {} with all sessions, consents and grants.", command.username);
    Ok(())
}

fn printed<'a>(user: &'a User, roles: &'a [String], password: Option<&'a str>) -> Printed<'a> {
    let email = user.email.as_deref();
    Printed { sub: user.id.to_string(), username: &user.username, email, roles, password, disabled: user.disabled }
}

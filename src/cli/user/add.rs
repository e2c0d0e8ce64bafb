//! `countersign user add`.

use clap::Args;

use crate::audit::{Change, Did, On};
use crate::oauth::assigned_roles;
use crate::passwords::PasswordPool;
use crate::store::StoreError;
use crate::store::roles::set_roles;
use crate::store::users::{self, User};
use crate::types::new_username;

use super::super::output::{Format, print_json, say};
use super::super::{Admin, CommandResult};
use super::claims::NewClaims;
use super::email::{Verification, check_email, new_email};
use super::{made_up, printed, read_password};

#[derive(Args)]
pub(in crate::cli) struct Add {
    /// The name to sign in with, in any case: letters, digits and ASCII signs
    username: String,
    /// The email address
    #[arg(long)]
    email: Option<String>,
    #[command(flatten)]
    verification: Verification,
    /// A role of theirs, added before with `countersign role add`; repeat it for more
    #[arg(long, value_name = "ROLE")]
    role: Vec<String>,
    #[command(flatten)]
    claims: NewClaims,
    /// Read the password from the first line of standard input
    #[arg(long)]
    password_stdin: bool,
    #[command(flatten)]
    format: Format,
}

pub(super) async fn add(command: Add, admin: &Admin) -> CommandResult {
    let username = new_username(&command.username)?;
    let email = command.email.as_deref().map(new_email).transpose()?;
    let (roles, mut claims) = (assigned_roles(command.role)?, command.claims.read()?);
    command.verification.add_to(&mut claims)?;
    let password = if command.password_stdin { read_password()? } else { made_up(admin) };
    let pool = PasswordPool::new(&admin.config.passwords).map_err(|error| error.to_string())?;
    let now = admin.clock.now();
    let hash = pool.hash(password.clone(), admin.rng.bytes()).await?;
    let user = User { email, claims, ..User::new(username, hash, now, &admin.rng) };
    command.verification.check(&user)?;
    let (stored, given, trail, rule) = (user.clone(), roles.clone(), admin.trail(), admin.config.email_addresses);
    let inserted = admin.store.write(move |conn| {
        if let Err(taken) = check_email(conn, &stored, rule)? {
            return Ok(Err(taken));
        }
        users::insert(conn, &stored)?;
        set_roles(conn, stored.id, &given)?;
        trail.note(conn, &Change::new(Did::UserAdded, On::User(stored.id))).map(Ok)
    });
    let inserted = inserted.await;
    if let Err(StoreError::Exists) = inserted {
        return Err(format!("there is a user '{}' already, in whatever case", user.username).into());
    }
    inserted??;
    let shown = (!command.password_stdin).then(|| password.expose());
    if command.format.json {
        return print_json(&printed(&user, &roles, shown));
    }
    say!("Added user {} with the subject {}.", user.username, user.id)?;
    if let Some(password) = shown {
        say!("The password, shown this once: {password}")?;
    }
    Ok(())
}

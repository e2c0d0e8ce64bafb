//! `countersign role`.

use clap::{Args, Subcommand};
use serde::Serialize;

use crate::audit::{Change, Did, On};
use crate::oauth::Role;
use crate::store::{StoreError, roles};

use super::confirm::{Confirmation, Deed};
use super::output::{Format, print_json, print_table, say};
use super::unknown::{say_none, unknown};
use super::{Admin, CommandResult};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Add a role
    Add(Add),
    /// Replace the permissions of a role, for everybody who has it
    Set(Set),
    /// List all roles
    List(Format),
    /// Show a role
    Show(Named),
    /// Remove a role, also from the people who have it
    Remove(Remove),
}

#[derive(Args)]
pub(super) struct Named {
    /// The name of the role
    name: String,
    #[command(flatten)]
    format: Format,
}

#[derive(Args)]
pub(super) struct Remove {
    #[command(flatten)]
    named: Named,
    #[command(flatten)]
    confirmation: Confirmation,
}

#[derive(Args)]
pub(super) struct Add {
    /// What it permits; repeat it for more
    #[arg(long, value_name = "PERMISSION")]
    permission: Vec<String>,
    #[command(flatten)]
    named: Named,
}

#[derive(Args)]
pub(super) struct Set {
    /// What it permits from now on; repeat it for more
    #[arg(long, value_name = "PERMISSION", required_unless_present = "no_permissions")]
    permission: Vec<String>,
    /// It permits nothing from now on
    #[arg(long, conflicts_with = "permission")]
    no_permissions: bool,
    #[command(flatten)]
    named: Named,
}

#[derive(Serialize)]
struct Printed<'a> {
    name: &'a str,
    permissions: &'a [String],
}

pub(super) async fn run(command: Command, admin: &Admin) -> CommandResult {
    match command {
        Command::Add(command) => add(command, admin).await,
        Command::Set(command) => set(command, admin).await,
        Command::List(format) => list(&format, admin).await,
        Command::Show(named) => show(named, admin).await,
        Command::Remove(command) => remove(command, admin).await,
    }
}

async fn add(command: Add, admin: &Admin) -> CommandResult {
    let role = Role::new(command.named.name, command.permission)?;
    let (stored, now, trail) = (role.clone(), admin.clock.now(), admin.trail());
    let inserted = admin.store.write(move |conn| {
        roles::insert(conn, &stored, now)?;
        trail.note(conn, &Change::new(Did::RoleAdded, On::Role(&stored.name)))
    });
    let inserted = inserted.await;
    if let Err(StoreError::Exists) = inserted {
        let name = &role.name;
        let sentence = format!("there is a role '{name}' already: `countersign role set {name}` changes it");
        return Err(sentence.into());
    }
    inserted?;
    if command.named.format.json {
        return print_json(&printed(&role));
    }
    say!("Added role {}.", role.name)?;
    Ok(())
}

async fn set(command: Set, admin: &Admin) -> CommandResult {
    let role = Role::new(command.named.name, command.permission)?;
    let (changed, trail) = (role.clone(), admin.trail());
    let is_known = admin.store.write(move |conn| {
        let is_known = roles::set_permissions(conn, &changed)?;
        trail.note_if(conn, is_known, &Change::new(Did::RoleChanged, On::Role(&changed.name)))
    });
    if !is_known.await? {
        return unknown_role(&role.name, admin).await;
    }
    if command.named.format.json {
        return print_json(&printed(&role));
    }
    say!("Changed role {}. Access tokens say so from their next refresh on.", role.name)?;
    Ok(())
}

async fn list(format: &Format, admin: &Admin) -> CommandResult {
    let all = admin.store.read(roles::list).await?;
    if format.json {
        return print_json(&all.iter().map(printed).collect::<Vec<_>>());
    }
    if all.is_empty() {
        return say_none("role", admin);
    }
    let row = |role: &Role| [role.name.clone(), role.permissions.join(" ")];
    print_table(["ROLE", "PERMISSIONS"], &all.iter().map(row).collect::<Vec<_>>())
}

async fn show(named: Named, admin: &Admin) -> CommandResult {
    let name = named.name.clone();
    let role = admin.store.read(move |conn| roles::find(conn, &name)).await?;
    let Some(role) = role else { return unknown_role(&named.name, admin).await };
    if named.format.json {
        return print_json(&printed(&role));
    }
    say!("role         {}", role.name)?;
    say!("permissions  {}", role.permissions.join(" "))?;
    Ok(())
}

async fn remove(Remove { named, confirmation }: Remove, admin: &Admin) -> CommandResult {
    let name = named.name.clone();
    let found = admin.store.read(move |conn| Ok((roles::find(conn, &name)?, roles::count_people(conn, &name)?)));
    let (Some(role), people) = found.await? else { return unknown_role(&named.name, admin).await };
    let text = format!("remove role {}, which {} had", role.name, told(people));
    if !confirmation.allows(&Deed { text, counts: Vec::new() }, &named.format)? {
        return Ok(());
    }
    let (name, trail) = (named.name.clone(), admin.trail());
    let people = admin.store.write(move |conn| {
        let people = roles::remove(conn, &name)?;
        if people.is_some() {
            trail.note(conn, &Change::new(Did::RoleRemoved, On::Role(&name)))?;
        }
        Ok(people)
    });
    let Some(people) = people.await? else { return unknown_role(&named.name, admin).await };
    if named.format.json {
        return print_json(&serde_json::json!({ "removed": named.name, "people": people }));
    }
    say!("Removed role {}, which {} had.", named.name, told(people))
}

fn told(people: usize) -> String {
    if people == 1 { "1 person".to_owned() } else { format!("{people} people") }
}

async fn unknown_role(name: &str, admin: &Admin) -> CommandResult {
    let all = admin.store.read(roles::list).await?;
    Err(unknown("role", name, all.iter().map(|role| role.name.as_str())).into())
}

fn printed(role: &Role) -> Printed<'_> {
    Printed { name: &role.name, permissions: &role.permissions }
}

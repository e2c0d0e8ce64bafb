//! `countersign grant`: what people authorized.

mod list;
mod pages;
mod revoke;

use clap::Subcommand;

use crate::store::clients;

use super::unknown::unknown_client;
use super::{Admin, CommandResult};

pub(super) use pages::{Which, revoke_in_pages};

#[derive(Subcommand)]
pub(super) enum Command {
    /// List grants, the newest first
    List(list::List),
    /// Revoke a grant, those of a user or a client, or all; consents stay unless they are named
    Revoke(revoke::Revoke),
}

pub(super) async fn run(command: Command, admin: &Admin) -> CommandResult {
    match command {
        Command::List(command) => list::list(command, admin).await,
        Command::Revoke(command) => revoke::revoke(command, admin).await,
    }
}

/// Refuses a client that is not there.
pub(super) async fn known_client(id: &str, admin: &Admin) -> CommandResult {
    let named = id.to_owned();
    match admin.store.read(move |conn| clients::find(conn, &named)).await? {
        Some(_) => Ok(()),
        None => unknown_client(id, admin).await,
    }
}

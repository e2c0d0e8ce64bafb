//! `countersign grant`: what people authorized.

mod list;
mod revoke;

use clap::Subcommand;

use super::{Admin, CommandResult};

pub(super) use revoke::{Which, revoke_in_pages};

#[derive(Subcommand)]
pub(super) enum Command {
    /// List grants, the newest first
    List(list::List),
    /// Revoke a grant, those of a user or a client, or all
    Revoke(revoke::Revoke),
}

pub(super) async fn run(command: Command, admin: &Admin) -> CommandResult {
    match command {
        Command::List(command) => list::list(command, admin).await,
        Command::Revoke(command) => revoke::revoke(command, admin).await,
    }
}

//! `countersign session`: where people are signed in.

use clap::{Args, Subcommand};

use crate::audit::{Change, Did, On};
use crate::login::access::sign_out_everywhere;
use crate::store::sessions;
use crate::types::Id;

use super::confirm::{Confirmation, Deed};
use super::output::{Format, print_json, say};
use super::{Admin, CommandResult};

/// People who are looked up at a time.
const PAGE: i64 = 500;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Sign everybody out everywhere, while the server goes on
    End(End),
}

#[derive(Args)]
pub(super) struct End {
    /// All sessions of everybody, with the grants that were made in them; those with `offline_access` stay
    #[arg(long, required = true)]
    all: bool,
    #[command(flatten)]
    confirmation: Confirmation,
    #[command(flatten)]
    format: Format,
}

pub(super) async fn run(command: Command, admin: &Admin) -> CommandResult {
    let Command::End(End { all: _, confirmation, format }) = command;
    let counted = admin.store.read(sessions::count_all).await?;
    let deed = Deed { text: "sign everybody out".to_owned(), counts: vec![("sessions", counted)] };
    if !confirmation.allows(&deed, &format)? {
        return Ok(());
    }
    let (mut sessions, mut grants) = (0, 0);
    let mut after = None;
    loop {
        let last = after;
        let people = admin.store.read(move |conn| sessions::people(conn, last, PAGE)).await?;
        let Some(newest) = people.last() else { break };
        after = Some(*newest);
        for person in people {
            let ended = end_sessions(person, admin).await?;
            sessions += ended.0;
            grants += ended.1;
        }
    }
    if format.json {
        return print_json(&serde_json::json!({ "sessions": sessions, "grants": grants }));
    }
    say!("Ended: {sessions} sessions, and {grants} grants that were made in them.")
}

/// Ends the sessions of a person. Returns the number of sessions and of grants that ended.
async fn end_sessions(person: Id, admin: &Admin) -> CommandResult<(usize, usize)> {
    let (ending, trail) = (admin.ending(), admin.trail());
    let ended = admin.store.write_in_turn(Some(person), move |conn| {
        let Some(ended) = sign_out_everywhere(conn, person, &ending)? else { return Ok((0, 0)) };
        let change = Change::new(Did::UserSignedOut, On::User(person)).sessions(ended.sessions).grants(ended.grants);
        trail.note(conn, &change)?;
        Ok((ended.sessions, ended.grants))
    });
    Ok(ended.await?)
}

//! `countersign consent`: what people allowed clients.

use clap::{ArgGroup, Args, Subcommand};
use serde::Serialize;

use crate::audit::{Change, Did, On};
use crate::login::consent;
use crate::oauth::grant::RevocationReason;
use crate::store::consents::{self, AccessFilter, Consent};

use super::confirm::{Confirmation, Deed};
use super::grant::known_client;
use super::output::{Format, print_json, print_note, print_table, say};
use super::user::find;
use super::{Admin, CommandResult};

/// Consents that are read in one unit of work, and withdrawn one by one.
const PAGE: i64 = 100;

#[derive(Subcommand)]
pub(super) enum Command {
    /// List consents: who allowed which client what
    List(List),
    /// Withdraw the consents of a user, of a client, or of both, and end the grants that stand on them
    Revoke(Revoke),
}

#[derive(Args)]
pub(super) struct List {
    /// Only those of this user: the username, or the subject
    #[arg(long, value_name = "USERNAME")]
    user: Option<String>,
    /// Only those that this client has
    #[arg(long, value_name = "ID")]
    client: Option<String>,
    /// The most that are shown
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    limit: u32,
    #[command(flatten)]
    format: Format,
}

#[derive(Args)]
#[command(group = ArgGroup::new("which").required(true).multiple(true))]
pub(super) struct Revoke {
    /// The consents of this user: the username, or the subject
    #[arg(long, value_name = "USERNAME", group = "which")]
    user: Option<String>,
    /// The consents that this client has; with --user the one of both
    #[arg(long, value_name = "ID", group = "which")]
    client: Option<String>,
    #[command(flatten)]
    confirmation: Confirmation,
    #[command(flatten)]
    format: Format,
}

/// A consent as printed. The time is in UTC (RFC 3339).
#[derive(Serialize)]
struct Printed {
    sub: String,
    username: String,
    client_id: String,
    scope: String,
    allowed_at: String,
}

/// Consents that were withdrawn, and the grants that ended with them.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Withdrawn {
    /// Count of consents.
    pub consents: usize,
    /// Count of grants.
    pub grants: usize,
}

pub(super) async fn run(command: Command, admin: &Admin) -> CommandResult {
    match command {
        Command::List(command) => list(command, admin).await,
        Command::Revoke(command) => revoke(command, admin).await,
    }
}

async fn list(command: List, admin: &Admin) -> CommandResult {
    let filter = filter(command.user.as_deref(), command.client.clone(), admin).await?;
    let limit = i64::from(command.limit);
    // One more than is shown says that there are more.
    let mut listed = admin.store.read(move |conn| consents::list(conn, &filter, None, limit + 1)).await?;
    let is_cut = i64::try_from(listed.len())? > limit;
    listed.truncate(usize::try_from(limit)?);
    let printed: Vec<Printed> = listed.into_iter().map(printed).collect();
    let note = "There are more: add --user, --client or a higher --limit.";
    if command.format.json {
        if is_cut {
            print_note(note);
        }
        return print_json(&printed);
    }
    let row = |consent: &Printed| {
        let Printed { username, client_id, scope, allowed_at, .. } = consent;
        [username, client_id, scope, allowed_at].map(Clone::clone)
    };
    print_table(["USER", "CLIENT", "SCOPE", "ALLOWED"], &printed.iter().map(row).collect::<Vec<_>>())?;
    if is_cut { say!("{note}") } else { Ok(()) }
}

async fn revoke(command: Revoke, admin: &Admin) -> CommandResult {
    let filter = filter(command.user.as_deref(), command.client.clone(), admin).await?;
    let of = filter.clone();
    let counted = admin.store.read(move |conn| Ok((consents::count(conn, &of)?, consents::count_grants(conn, &of)?)));
    let (consents, grants) = counted.await?;
    let who = command.user.map_or_else(|| "everybody".to_owned(), |user| format!("user {user}"));
    let whom = command.client.map(|id| format!(" client {id}")).unwrap_or_default();
    let text = format!("withdraw what {who} allowed{whom}");
    let deed = Deed { text, counts: vec![("consents", consents), ("grants", grants)] };
    if !command.confirmation.allows(&deed, &command.format)? {
        return Ok(());
    }
    let withdrawn = withdraw_all(&filter, admin).await?;
    if command.format.json {
        let Withdrawn { consents, grants } = withdrawn;
        return print_json(&serde_json::json!({ "withdrawn": consents, "ended_grants": grants }));
    }
    say!("Withdrawn: {} consents. Ended: {} grants.", withdrawn.consents, withdrawn.grants)
}

/// Withdraws consents one by one, each in a unit of work of its own with its event, so that the server goes on.
pub(super) async fn withdraw_all(filter: &AccessFilter, admin: &Admin) -> CommandResult<Withdrawn> {
    let (mut total, mut after) = (Withdrawn::default(), None::<Consent>);
    loop {
        let (of, from) = (filter.clone(), after.take());
        let page = admin.store.read(move |conn| {
            let from = from.as_ref().map(|last| (last.user_id, last.client_id.as_str()));
            consents::list(conn, &of, from, PAGE)
        });
        let page = page.await?;
        let Some(last) = page.last().cloned() else { return Ok(total) };
        for consent in page {
            let ended = withdraw(consent, admin).await?;
            total.consents += usize::from(ended.is_some());
            total.grants += ended.unwrap_or_default();
        }
        after = Some(last);
    }
}

/// The grants that ended with a consent; `None` when it is not there any more.
async fn withdraw(consent: Consent, admin: &Admin) -> CommandResult<Option<usize>> {
    let (id, now, trail) = (consent.user_id, admin.clock.now(), admin.trail());
    let withdrawn = admin.store.write_in_turn(Some(id), move |conn| {
        let Some(withdrawal) = consent::withdraw(conn, id, &consent.client_id, now)? else { return Ok(None) };
        let change = Change::new(Did::ConsentWithdrawn, On::User(id)).with_client(Some(&consent.client_id));
        let change = change.with_scope(&withdrawal.scope).because(RevocationReason::Administrator);
        trail.note(conn, &change.grants(withdrawal.grants))?;
        Ok(Some(withdrawal.grants))
    });
    Ok(withdrawn.await?)
}

/// The consents of a user and a client that are there.
async fn filter(user: Option<&str>, client_id: Option<String>, admin: &Admin) -> CommandResult<AccessFilter> {
    let user_id = match user {
        Some(typed) => Some(find(admin, typed).await?.id),
        None => None,
    };
    if let Some(id) = &client_id {
        known_client(id, admin).await?;
    }
    Ok(AccessFilter { user_id, client_id })
}

fn printed(consent: Consent) -> Printed {
    Printed {
        sub: consent.user_id.to_string(),
        username: consent.username,
        client_id: consent.client_id,
        scope: consent.scope.to_string(),
        allowed_at: consent.granted_at.to_string(),
    }
}

//! `countersign grant revoke`.

use clap::Args;

use crate::audit::{Change, Did, On};
use crate::oauth::grant::RevocationReason;
use crate::store::{Conn, StoreError, grants, users};
use crate::types::Id;

use super::super::output::{print_json, say};
use super::super::trail::Trail;
use super::super::unknown::Unknown;
use super::super::user::find;
use super::super::{Admin, CommandResult};
use super::known_client;

/// Grants that are gone through in one transaction: the server waits for no more than that.
const PAGE: i64 = 500;

#[derive(Args)]
#[command(group = clap::ArgGroup::new("which").required(true).multiple(true))]
pub(in crate::cli) struct Revoke {
    /// The grant, as `grant list` shows it
    #[arg(group = "which", conflicts_with_all = ["user", "client", "all"])]
    id: Option<String>,
    /// All grants of this user: the username, or the subject
    #[arg(long, value_name = "USERNAME", group = "which")]
    user: Option<String>,
    /// All grants of this client; with --user those of both
    #[arg(long, value_name = "ID", group = "which")]
    client: Option<String>,
    /// All grants of everybody, while the server goes on
    #[arg(long, group = "which", conflicts_with_all = ["user", "client"])]
    all: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Many grants.
pub(in crate::cli) enum Which {
    /// Those of a client.
    Client(String),
    /// All.
    All,
}

pub(super) async fn revoke(command: Revoke, admin: &Admin) -> CommandResult {
    let count = match (command.id, command.user, command.client) {
        (Some(id), ..) => usize::from(one(&id, admin).await?),
        (_, Some(user), client) => of_user(&user, client, admin).await?,
        (_, None, Some(client)) => {
            known_client(&client, admin).await?;
            revoke_in_pages(&Which::Client(client), RevocationReason::Administrator, admin).await?
        }
        (None, None, None) => revoke_in_pages(&Which::All, RevocationReason::Administrator, admin).await?,
    };
    if command.json {
        return print_json(&serde_json::json!({ "revoked": count }));
    }
    say!("Revoked: {count} grants. What had ended before is not counted.")?;
    Ok(())
}

/// `false` when it had ended.
async fn one(typed: &str, admin: &Admin) -> Result<bool, Box<dyn std::error::Error>> {
    let unknown = || Unknown::new("grant", typed, ": `countersign grant list` shows the newest".to_owned());
    let id = Id::parse(typed).ok_or_else(unknown)?;
    let (now, trail) = (admin.clock.now(), admin.trail());
    let revoked = admin.store.write_in_turn(None, move |conn| {
        let Some(grants::Found { grant, .. }) = grants::find(conn, id)? else { return Ok(None) };
        let revoked = grants::revoke(conn, id, RevocationReason::Administrator, now)?;
        if revoked {
            let change = Change::new(Did::GrantRevoked, On::Grant(&grant));
            trail.note(conn, &change.because(RevocationReason::Administrator))?;
        }
        Ok(Some(revoked))
    });
    Ok(revoked.await?.ok_or_else(unknown)?)
}

/// A person's grants are bounded in number: one unit of work ends them.
async fn of_user(typed: &str, client: Option<String>, admin: &Admin) -> Result<usize, Box<dyn std::error::Error>> {
    let user = find(admin, typed).await?;
    if let Some(client) = &client {
        known_client(client, admin).await?;
    }
    let (id, now, trail) = (user.id, admin.clock.now(), admin.trail());
    let reason = RevocationReason::Administrator;
    let revoked = admin.store.write_in_turn(Some(id), move |conn| {
        if users::hold(conn, id)?.is_none() {
            return Ok(0);
        }
        let count = grants::revoke_person(conn, id, client.as_deref(), reason, now)?;
        let change = Change::new(Did::GrantsRevoked, On::User(id)).with_client(client.as_deref());
        note(conn, &trail, change.because(reason), count)
    });
    Ok(revoked.await?)
}

/// Ends grants page by page, each in a transaction of its own with its event. New ones come after the last page.
pub(in crate::cli) async fn revoke_in_pages(
    which: &Which,
    reason: RevocationReason,
    admin: &Admin,
) -> Result<usize, Box<dyn std::error::Error>> {
    let client = match which {
        Which::Client(id) => Some(id.clone()),
        Which::All => None,
    };
    let (mut total, mut last) = (0, None);
    loop {
        let (after, of) = (last.take(), client.clone());
        let page = admin.store.read(move |conn| grants::next_page(conn, after.as_ref(), of.as_deref(), PAGE)).await?;
        let Some(page) = page else { return Ok(total) };
        let (now, trail, of, within) = (admin.clock.now(), admin.trail(), client.clone(), page.clone());
        let revoked = admin.store.write_in_turn(None, move |conn| {
            let count = grants::revoke_page(conn, &within, of.as_deref(), reason, now)?;
            let on = of.as_deref().map_or(On::All, On::Client);
            note(conn, &trail, Change::new(Did::GrantsRevoked, on).because(reason), count)
        });
        total += revoked.await?;
        last = Some(page);
    }
}

fn note(conn: &mut Conn, trail: &Trail, change: Change, count: usize) -> Result<usize, StoreError> {
    if count > 0 {
        trail.note(conn, &change.grants(count))?;
    }
    Ok(count)
}

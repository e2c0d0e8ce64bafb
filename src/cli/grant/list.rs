//! `countersign grant list`.

use clap::Args;
use serde::Serialize;

use crate::oauth::redeem::RedeemPolicy;
use crate::store::grants::{self, Listed};
use crate::types::Timestamp;

use super::super::output::{print_json, print_note, print_table, say};
use super::super::unknown::say_none;
use super::super::user::find;
use super::super::{Admin, CommandResult};
use super::known_client;

#[derive(Args)]
pub(in crate::cli) struct List {
    /// Only those of this user: the username, or the subject
    #[arg(long, value_name = "USERNAME")]
    user: Option<String>,
    /// Only those of this client
    #[arg(long, value_name = "ID")]
    client: Option<String>,
    /// How many at most
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    limit: u32,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// A grant as printed. Times are in UTC (RFC 3339).
#[derive(Serialize)]
struct Printed {
    id: String,
    sub: String,
    username: String,
    client_id: String,
    scope: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource: Option<String>,
    created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used_at: Option<String>,
    expires_at: String,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
}

pub(super) async fn list(command: List, admin: &Admin) -> CommandResult {
    let user_id = match &command.user {
        Some(typed) => Some(find(admin, typed).await?.id),
        None => None,
    };
    if let Some(client) = &command.client {
        known_client(client, admin).await?;
    }
    let (client, limit) = (command.client.clone(), command.limit);
    // One more than is shown says that there are more.
    let unit = move |conn: &mut _| grants::list(conn, user_id, client.as_deref(), i64::from(limit) + 1);
    let mut listed = admin.store.read(unit).await?;
    let shown = usize::try_from(limit)?;
    let cut = listed.len() > shown;
    listed.truncate(shown);
    let (policy, now) = (policy(admin), admin.clock.now());
    let printed: Vec<Printed> = listed.into_iter().map(|listed| printed(listed, &policy, now)).collect();
    let note = format!("These are the newest {shown}; there are more: add --user, --client or a higher --limit.");
    if command.json {
        if cut {
            print_note(note);
        }
        return print_json(&printed);
    }
    if printed.is_empty() {
        return say_none("grant", admin);
    }
    show_to_people(&printed)?;
    if cut {
        say!("{note}")?;
    }
    Ok(())
}

/// The lifetimes of grants. What differs between clients does not matter here.
fn policy(admin: &Admin) -> RedeemPolicy {
    let tokens = &admin.config.tokens;
    let (idle_ttl, retry_window) = (tokens.refresh_idle_ttl, tokens.refresh_retry_window);
    RedeemPolicy { code_ttl: tokens.code_ttl, idle_ttl, retry_window }
}

fn printed(Listed { grant, username, created_at }: Listed, policy: &RedeemPolicy, now: Timestamp) -> Printed {
    let state = match grant.state.revoked {
        Some(_) => "revoked",
        None if policy.is_live(&grant.state, now) => "live",
        None => "expired",
    };
    Printed {
        id: grant.id.to_string(),
        sub: grant.user_id.to_string(),
        username,
        client_id: grant.client_id,
        scope: grant.scope.to_string(),
        resource: grant.resource,
        created_at: created_at.to_string(),
        // A code that was never redeemed was never used.
        last_used_at: (grant.state.generation > 0).then(|| grant.state.rotated_at.to_string()),
        expires_at: policy.end_of(&grant.state).to_string(),
        state,
        revoked_at: grant.state.revoked.map(|revoked| revoked.at.to_string()),
        reason: grant.state.revoked.map(|revoked| revoked.reason.as_str()),
    }
}

fn show_to_people(printed: &[Printed]) -> CommandResult {
    let row = |grant: &Printed| {
        let state = grant.reason.map_or_else(|| grant.state.to_owned(), |reason| format!("{}: {reason}", grant.state));
        [
            grant.id.clone(),
            grant.username.clone(),
            grant.client_id.clone(),
            grant.scope.clone(),
            grant.resource.clone().unwrap_or_default(),
            grant.created_at.clone(),
            grant.last_used_at.clone().unwrap_or_else(|| "never".to_owned()),
            grant.expires_at.clone(),
            state,
        ]
    };
    let heading = ["ID", "USER", "CLIENT", "SCOPE", "RESOURCE", "MADE", "LAST USED", "EXPIRES", "STATE"];
    print_table(heading, &printed.iter().map(row).collect::<Vec<_>>())
}

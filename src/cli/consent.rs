//! `countersign consent`: what people allowed clients.

use clap::{ArgGroup, Args, Subcommand};
use serde::Serialize;

use crate::audit::{Change, Did, On};
use crate::login::consent::{self, Withdrawal};
use crate::oauth::grant::RevocationReason;
use crate::store::consents::{self, AccessFilter, Consent};
use crate::store::grants;

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
    /// Withdraw the consents of a user, of a client, for a resource, or of several of these, and end the grants that stand on them
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
    /// Only those for this resource; an empty text is access without a resource
    #[arg(long, value_name = "URI")]
    resource: Option<String>,
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
    /// The consents for this resource; an empty text is access without a resource
    #[arg(long, value_name = "URI", group = "which")]
    resource: Option<String>,
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
    /// The client's name, as the person read it.
    client_name: String,
    /// The host that the answers go to; `null` for a program on the person's own device.
    redirect_host: Option<String>,
    resource: Option<String>,
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
    let filter = filter(command.user.as_deref(), command.client.clone(), command.resource.clone(), admin).await?;
    let limit = i64::from(command.limit);
    // One more than is shown says that there are more.
    let mut listed = admin.store.read(move |conn| consents::list(conn, &filter, limit + 1)).await?;
    let is_cut = i64::try_from(listed.len())? > limit;
    listed.truncate(usize::try_from(limit)?);
    let printed: Vec<Printed> = listed.into_iter().map(printed).collect();
    let note = "There are more: add --user, --client, --resource or a higher --limit.";
    if command.format.json {
        if is_cut {
            print_note(note);
        }
        return print_json(&printed);
    }
    let row = |consent: &Printed| {
        let Printed { username, client_id, redirect_host, resource, scope, allowed_at, .. } = consent;
        let or_none = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
        let of_client = [username.clone(), client_id.clone(), or_none(redirect_host), or_none(resource)];
        let [user, client, host, resource] = of_client;
        [user, client, host, resource, scope.clone(), allowed_at.clone()]
    };
    print_table(
        ["USER", "CLIENT", "HOST", "RESOURCE", "SCOPE", "ALLOWED"],
        &printed.iter().map(row).collect::<Vec<_>>(),
    )?;
    if is_cut { say!("{note}") } else { Ok(()) }
}

async fn revoke(command: Revoke, admin: &Admin) -> CommandResult {
    let filter = filter(command.user.as_deref(), command.client.clone(), command.resource.clone(), admin).await?;
    let of = filter.clone();
    let counted = admin.store.read(move |conn| Ok((consents::count(conn, &of)?, grants::count_consented(conn, &of)?)));
    let (consents, grants) = counted.await?;
    let who = command.user.map_or_else(|| "everybody".to_owned(), |user| format!("user {user}"));
    let whom = command.client.map(|id| format!(" client {id}")).unwrap_or_default();
    let for_what = match command.resource.as_deref() {
        None => String::new(),
        Some("") => " without a resource".to_owned(),
        Some(uri) => format!(" for {uri}"),
    };
    let text = format!("withdraw what {who} allowed{whom}{for_what}");
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
    let mut total = Withdrawn::default();
    loop {
        let of = filter.clone();
        let page = admin.store.read(move |conn| consents::list(conn, &of, PAGE)).await?;
        if page.is_empty() {
            let of = filter.clone();
            admin.store.write(move |conn| consents::remove_former(conn, &of)).await?;
            return Ok(total);
        }
        for consent in page {
            let withdrawn = withdraw(consent, admin).await?;
            total.consents += withdrawn.consents;
            total.grants += withdrawn.grants;
        }
    }
}

/// Withdraws a consent, with those for the same resource at other hosts; nothing where it is not there any more.
async fn withdraw(consent: Consent, admin: &Admin) -> CommandResult<Withdrawn> {
    let (id, now, trail) = (consent.user_id, admin.clock.now(), admin.trail());
    let withdrawn = admin.store.write_in_turn(Some(id), move |conn| {
        let resource = consent.terms.resource.as_deref();
        let withdrawal = consent::withdraw(conn, id, &consent.client_id, resource, now)?;
        let Some(Withdrawal { consents, grants }) = withdrawal else { return Ok(Withdrawn::default()) };
        let change = Change::new(Did::ConsentWithdrawn, On::User(id)).with_client(Some(&consent.client_id));
        let change = change.with_resource(resource).with_scope(&consents.scope);
        trail.note(conn, &change.because(RevocationReason::Administrator).grants(grants))?;
        Ok(Withdrawn { consents: consents.count, grants })
    });
    Ok(withdrawn.await?)
}

/// The consents of a user and a client that are there, for a resource.
async fn filter(
    user: Option<&str>,
    client_id: Option<String>,
    resource: Option<String>,
    admin: &Admin,
) -> CommandResult<AccessFilter> {
    let user_id = match user {
        Some(typed) => Some(find(admin, typed).await?.id),
        None => None,
    };
    if let Some(id) = &client_id {
        known_client(id, admin).await?;
    }
    Ok(AccessFilter { user_id, client_id, resource })
}

fn printed(consent: Consent) -> Printed {
    Printed {
        sub: consent.user_id.to_string(),
        username: consent.username,
        client_id: consent.client_id,
        client_name: consent.terms.client_name,
        redirect_host: consent.terms.redirect_host,
        resource: consent.terms.resource,
        scope: consent.scope.to_string(),
        allowed_at: consent.granted_at.to_string(),
    }
}

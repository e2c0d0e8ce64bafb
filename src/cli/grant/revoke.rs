//! `countersign grant revoke`.

use clap::Args;

use crate::audit::{Change, Did, On};
use crate::oauth::grant::{Grant, RevocationReason};
use crate::store::consents::{self, AccessFilter};
use crate::store::{grants, users};
use crate::types::Id;

use super::super::confirm::{Confirmation, Deed};
use super::super::consent::withdraw_all;
use super::super::output::{Format, print_json, say};
use super::super::unknown::Unknown;
use super::super::user::find;
use super::super::{Admin, CommandResult};
use super::known_client;
use super::pages::{Which, note, revoke_in_pages};

const REASON: RevocationReason = RevocationReason::Administrator;

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
    /// Withdraw the consents as well: people are asked again, and all that stands on these consents ends
    #[arg(long)]
    with_consent: bool,
    #[command(flatten)]
    confirmation: Confirmation,
    #[command(flatten)]
    format: Format,
}

/// The grants that a command is about.
enum Target {
    /// One.
    One(Box<Grant>),
    /// Those of a person, with one client or with all.
    Person(Id, Option<String>),
    /// Those of a client, or of everybody.
    Many(Which),
}

pub(super) async fn revoke(command: Revoke, admin: &Admin) -> CommandResult {
    let target = target(&command, admin).await?;
    let (filter, of) = (target.filter(), target.filter());
    let counted = admin.store.read(move |conn| Ok((consents::count(conn, &of)?, grants::count_unrevoked(conn, &of)?)));
    let (consents, grants) = counted.await?;
    let mut counts = vec![("grants", target.own_count().filter(|_| !command.with_consent).unwrap_or(grants))];
    if command.with_consent {
        counts.push(("consents", consents));
    }
    let deed = Deed { text: format!("revoke {}", target.name(&command)), counts };
    if !command.confirmation.allows(&deed, &command.format)? {
        return Ok(());
    }
    let mut withdrawn = None;
    if command.with_consent {
        withdrawn = Some(withdraw_all(&filter, admin).await?);
    }
    let revoked = target.revoke(admin).await? + withdrawn.map_or(0, |withdrawn| withdrawn.grants);
    if command.format.json {
        let mut printed = serde_json::json!({ "revoked": revoked });
        if let Some(withdrawn) = withdrawn {
            printed["withdrawn_consents"] = withdrawn.consents.into();
        }
        return print_json(&printed);
    }
    say!("Revoked: {revoked} grants. What had ended before is not counted.")?;
    match withdrawn {
        Some(withdrawn) => say!("Withdrawn: {} consents.", withdrawn.consents),
        None if consents > 0 => say!(
            "Consents that stay: {consents}. With them an application gets its next grant without asking the person; \
             --with-consent, or `countersign consent revoke`, withdraws them."
        ),
        None => Ok(()),
    }
}

async fn target(command: &Revoke, admin: &Admin) -> CommandResult<Target> {
    if let Some(typed) = &command.id {
        return Ok(Target::One(Box::new(find_grant(typed, admin).await?)));
    }
    if let Some(client) = &command.client {
        known_client(client, admin).await?;
    }
    Ok(match (&command.user, &command.client) {
        (Some(user), client) => Target::Person(find(admin, user).await?.id, client.clone()),
        (None, Some(client)) => Target::Many(Which::Client(client.clone())),
        (None, None) => Target::Many(Which::All),
    })
}

async fn find_grant(typed: &str, admin: &Admin) -> CommandResult<Grant> {
    let unknown = || Unknown::new("grant", typed, ": `countersign grant list` shows the newest".to_owned());
    let id = Id::parse(typed).ok_or_else(unknown)?;
    let found = admin.store.read(move |conn| grants::find(conn, id)).await?;
    Ok(found.map(|found| found.grant).ok_or_else(unknown)?)
}

impl Target {
    /// Counts those that have not ended, where that is known without a look at others.
    fn own_count(&self) -> Option<usize> {
        match self {
            Self::One(grant) => Some(usize::from(grant.state.revoked.is_none())),
            Self::Person(..) | Self::Many(_) => None,
        }
    }

    /// The person, the client and the resource that it is limited to.
    fn filter(&self) -> AccessFilter {
        let (user_id, client_id, resource) = match self {
            Self::One(grant) => {
                let resource = grant.resource.clone().unwrap_or_default();
                (Some(grant.user_id), Some(grant.client_id.clone()), Some(resource))
            }
            Self::Person(id, client) => (Some(*id), client.clone(), None),
            Self::Many(Which::Client(client)) => (None, Some(client.clone()), None),
            Self::Many(Which::All) => (None, None, None),
        };
        AccessFilter { user_id, client_id, resource }
    }

    fn name(&self, command: &Revoke) -> String {
        let who = command.user.as_deref().map_or_else(|| "everybody".to_owned(), |user| format!("user {user}"));
        let whom = command.client.as_deref().map(|id| format!(" client {id}")).unwrap_or_default();
        match self {
            Self::One(grant) => format!("the grant {}", grant.id),
            Self::Person(..) | Self::Many(_) => format!("what {who} allowed{whom}"),
        }
    }

    /// Ends the grants, and says how many had not ended before.
    async fn revoke(self, admin: &Admin) -> CommandResult<usize> {
        match self {
            Self::One(grant) => one(*grant, admin).await,
            Self::Person(id, client) => of_person(id, client, admin).await,
            Self::Many(which) => revoke_in_pages(&which, REASON, admin).await,
        }
    }
}

async fn one(grant: Grant, admin: &Admin) -> CommandResult<usize> {
    let (now, trail) = (admin.clock.now(), admin.trail());
    let revoked = admin.store.write_in_turn(None, move |conn| {
        let revoked = grants::revoke(conn, grant.id, REASON, now)?;
        trail.note_if(conn, revoked, &Change::new(Did::GrantRevoked, On::Grant(&grant)).because(REASON))
    });
    Ok(usize::from(revoked.await?))
}

/// A person's grants are bounded in number: one unit of work ends them.
async fn of_person(id: Id, client: Option<String>, admin: &Admin) -> CommandResult<usize> {
    let (now, trail) = (admin.clock.now(), admin.trail());
    let revoked = admin.store.write_in_turn(Some(id), move |conn| {
        if users::hold(conn, id)?.is_none() {
            return Ok(0);
        }
        let count = grants::revoke_person(conn, id, client.as_deref(), REASON, now)?;
        let change = Change::new(Did::GrantsRevoked, On::User(id)).with_client(client.as_deref());
        note(conn, &trail, change.because(REASON), count)
    });
    Ok(revoked.await?)
}

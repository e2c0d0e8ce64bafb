//! `countersign user set` and `show`.

use clap::Args;

use crate::audit::{Change, Did, On};
use crate::oauth::assigned_roles;
use crate::store::StoreError;
use crate::store::roles::set_roles;
use crate::store::users::{self, User};

use super::super::output::{print_json, say};
use super::super::{Admin, CommandResult};
use super::claims::{ClaimChange, NewClaims};
use super::find::{find, unknown_user};
use super::list::role_names;
use super::{Named, Printed, checked_email, checked_username, printed};

#[derive(Args)]
pub(in crate::cli) struct Set {
    #[command(flatten)]
    named: Named,
    /// Another name to sign in with
    #[arg(long = "username", value_name = "NEW")]
    new_username: Option<String>,
    /// Another email address
    #[arg(long, conflicts_with = "no_email")]
    email: Option<String>,
    /// No email address
    #[arg(long)]
    no_email: bool,
    /// The roles from now on, added before with `countersign role add`; repeat it for more
    #[arg(long, value_name = "ROLE", conflicts_with = "no_roles")]
    role: Vec<String>,
    /// No role from now on
    #[arg(long)]
    no_roles: bool,
    #[command(flatten)]
    claims: NewClaims,
    /// A claim that is known no more; repeat it for more
    #[arg(long, value_name = "NAME")]
    no_claim: Vec<String>,
}

pub(super) async fn set(command: Set, admin: &Admin) -> CommandResult {
    let user = find(admin, &command.named.username).await?;
    let username = command.new_username.as_deref().map(checked_username).transpose()?;
    let email = command.email.as_deref().map(checked_email).transpose()?;
    let roles = (command.no_roles || !command.role.is_empty()).then(|| assigned_roles(command.role)).transpose()?;
    let claims = ClaimChange { set: command.claims.read()?, unset: command.no_claim };
    let is_email_named = email.is_some() || command.no_email;
    let changed = [
        ("username", username.is_some()),
        ("email", is_email_named),
        ("roles", roles.is_some()),
        ("claims", !claims.set.is_empty() || !claims.unset.is_empty()),
    ];
    let changed: Vec<&str> = changed.into_iter().filter(|(_, is_changed)| *is_changed).map(|(name, _)| name).collect();
    if changed.is_empty() {
        return Err(
            "nothing is to be changed: add --username, --email, --no-email, --role, --no-roles, --claim or --no-claim"
                .into(),
        );
    }
    let (id, now, trail, no_email) = (user.id, admin.clock.now(), admin.trail(), command.no_email);
    let updated = admin.store.write_in_turn(Some(id), move |conn| {
        let Some(mut user) = users::hold(conn, id)? else { return Ok(None) };
        let known = user.email.clone();
        user.username = username.clone().unwrap_or(user.username);
        user.email = email.clone().or(user.email.filter(|_| !no_email));
        user.claims = match claims.apply(user.claims, user.email != known) {
            Ok(claims) => claims,
            Err(sentence) => return Ok(Some(Err(sentence))),
        };
        user.updated_at = now;
        users::update(conn, &user)?;
        if let Some(roles) = &roles {
            set_roles(conn, id, roles)?;
        }
        trail.note(conn, &Change::new(Did::UserChanged, On::User(id)).changed(&changed))?;
        Ok(Some(Ok((user, role_names(conn, id)?))))
    });
    let (updated, roles) = match updated.await {
        Ok(Some(updated)) => updated?,
        Ok(None) => return Err(unknown_user(admin, &user.username).await?.into()),
        Err(StoreError::Exists) => {
            let taken = command.new_username.unwrap_or_default();
            return Err(format!("there is a user '{}' already, in whatever case", taken.trim()).into());
        }
        Err(error) => return Err(error.into()),
    };
    if command.named.format.json {
        return print_json(&with_change(&updated, &roles));
    }
    show_to_people(&updated, &roles)
}

pub(super) async fn show(named: Named, admin: &Admin) -> CommandResult {
    let user = find(admin, &named.username).await?;
    let id = user.id;
    let roles = admin.store.read(move |conn| role_names(conn, id)).await?;
    if named.format.json {
        return print_json(&with_change(&user, &roles));
    }
    show_to_people(&user, &roles)
}

/// A person as printed, with the time of the last change.
fn with_change<'a>(user: &'a User, roles: &'a [String]) -> Printed<'a> {
    Printed { changed: Some(user.updated_at.to_string()), ..printed(user, roles, None) }
}

fn show_to_people(user: &User, roles: &[String]) -> CommandResult {
    say!("username  {}", user.username)?;
    say!("subject   {}", user.id)?;
    say!("email     {}", user.email.as_deref().unwrap_or_default())?;
    say!("roles     {}", roles.join(" "))?;
    for (name, value) in &user.claims {
        say!("claim     {name} = {value}")?;
    }
    say!("locked    {}", if user.disabled { "yes, they cannot sign in" } else { "no" })?;
    say!("changed   {}", user.updated_at)
}

//! `countersign user set` and `show`.

use clap::Args;

use crate::audit::{Change, Did, On};
use crate::config::EmailAddresses;
use crate::oauth::assigned_roles;
use crate::store::roles::set_roles;
use crate::store::users::{self, User};
use crate::store::{Conn, StoreError};
use crate::types::new_username;

use super::super::output::{print_json, say};
use super::super::{Admin, CommandResult};
use super::claims::{ClaimChange, NewClaims};
use super::email::{Verification, check_email, new_email};
use super::find::{find, unknown_user};
use super::list::role_names;
use super::{Named, Printed, printed};

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
    #[command(flatten)]
    verification: Verification,
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

/// The parts of a user that `user set` changes.
#[derive(Clone)]
struct UserChange {
    username: Option<String>,
    email: Option<String>,
    no_email: bool,
    verification: Verification,
    roles: Option<Vec<String>>,
    claims: ClaimChange,
}

impl UserChange {
    /// Reads the options.
    fn read(command: &mut Set) -> CommandResult<Self> {
        let mut claims = ClaimChange { set: command.claims.read()?, unset: std::mem::take(&mut command.no_claim) };
        command.verification.add_to(&mut claims.set)?;
        let roles = std::mem::take(&mut command.role);
        Ok(Self {
            username: command.new_username.as_deref().map(new_username).transpose()?,
            email: command.email.as_deref().map(new_email).transpose()?,
            no_email: command.no_email,
            verification: command.verification,
            roles: (command.no_roles || !roles.is_empty()).then(|| assigned_roles(roles)).transpose()?,
            claims,
        })
    }

    /// The names of the settings that change, for the audit log.
    fn names(&self) -> Vec<&'static str> {
        let named = [
            ("username", self.username.is_some()),
            ("email", self.email.is_some() || self.no_email),
            ("roles", self.roles.is_some()),
            ("claims", !self.claims.set.is_empty() || !self.claims.unset.is_empty()),
        ];
        named.into_iter().filter(|(_, is_named)| *is_named).map(|(name, _)| name).collect()
    }

    /// Changes the row of a user.
    ///
    /// # Errors
    /// [`StoreError`]; the inner error is one sentence.
    fn apply(&self, conn: &mut Conn, mut user: User, rule: EmailAddresses) -> Result<Result<User, String>, StoreError> {
        let known = user.email.clone();
        user.username = self.username.clone().unwrap_or(user.username);
        user.email = self.email.clone().or(user.email.filter(|_| !self.no_email));
        user.claims = match self.claims.apply(user.claims, user.email != known) {
            Ok(claims) => claims,
            Err(sentence) => return Ok(Err(sentence)),
        };
        // An address that people shared before stays with a change of anything else.
        let checked = if self.email.is_some() { check_email(conn, &user, rule)? } else { Ok(()) };
        if let Err(sentence) = checked.and_then(|()| self.verification.check(&user)) {
            return Ok(Err(sentence));
        }
        users::update(conn, &user)?;
        if let Some(roles) = &self.roles {
            set_roles(conn, user.id, roles)?;
        }
        Ok(Ok(user))
    }
}

pub(super) async fn set(mut command: Set, admin: &Admin) -> CommandResult {
    let user = find(admin, &command.named.username).await?;
    let change = UserChange::read(&mut command)?;
    let names = change.names();
    if names.is_empty() {
        return Err("nothing is to be changed: add --username, --email, --no-email, --email-verified, \
                    --email-unverified, --role, --no-roles, --claim or --no-claim"
            .into());
    }
    let (id, now, trail, rule) = (user.id, admin.clock.now(), admin.trail(), admin.config.email_addresses);
    // As if no other unit ran beside it: two users must not take one name or one address at once.
    let updated = admin.store.write(move |conn| {
        let Some(known) = users::hold(conn, id)? else { return Ok(None) };
        let user = match change.apply(conn, User { updated_at: now, ..known }, rule)? {
            Ok(user) => user,
            Err(sentence) => return Ok(Some(Err(sentence))),
        };
        trail.note(conn, &Change::new(Did::UserChanged, On::User(id)).changed(&names))?;
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

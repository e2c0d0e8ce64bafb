//! `countersign user list`.

use clap::Args;

use crate::store::roles::of_user;
use crate::store::users::{self, User};
use crate::store::{Conn, StoreError};
use crate::types::Id;

use super::super::output::{Format, print_json, print_table};
use super::super::paging::Paging;
use super::super::unknown::say_none;
use super::super::{Admin, CommandResult};
use super::printed;

/// People whose roles are read in one unit of work.
const ROLES_AT_ONCE: usize = 100;

#[derive(Args)]
pub(in crate::cli) struct List {
    #[command(flatten)]
    paging: Paging,
    #[command(flatten)]
    format: Format,
}

pub(super) async fn list(command: List, admin: &Admin) -> CommandResult {
    let texts = |user: &User| vec![user.username.clone(), user.email.clone().unwrap_or_default(), user.id.to_string()];
    let page = command.paging.read(admin, users::page, |user| &user.username, texts).await?;
    let roles = roles_of(&page.rows, admin).await?;
    let listed: Vec<(&User, &Vec<String>)> = page.rows.iter().zip(&roles).collect();
    if command.format.json {
        print_json(&listed.iter().map(|(user, roles)| printed(user, roles, None)).collect::<Vec<_>>())?;
        return page.print_more(&command.format);
    }
    if page.rows.is_empty() {
        return say_none("user", admin);
    }
    let row = |(user, roles): &(&User, &Vec<String>)| {
        let locked = if user.disabled { "yes" } else { "" };
        let email = user.email.clone().unwrap_or_default();
        [user.username.clone(), email, roles.join(" "), user.id.to_string(), locked.to_owned()]
    };
    let rows: Vec<_> = listed.iter().map(row).collect();
    print_table(["USERNAME", "EMAIL", "ROLES", "SUBJECT", "LOCKED"], &rows)?;
    page.print_more(&command.format)
}

/// The names of the roles of each of these people. A unit of work reads those of a few, and so answers in time.
async fn roles_of(people: &[User], admin: &Admin) -> CommandResult<Vec<Vec<String>>> {
    let mut roles = Vec::new();
    for few in people.chunks(ROLES_AT_ONCE) {
        let ids: Vec<Id> = few.iter().map(|user| user.id).collect();
        let names = admin.store.read(move |conn| ids.iter().map(|id| role_names(conn, *id)).collect());
        let names: Vec<Vec<String>> = names.await?;
        roles.extend(names);
    }
    Ok(roles)
}

/// The names of a person's roles.
pub(super) fn role_names(conn: &mut Conn, id: Id) -> Result<Vec<String>, StoreError> {
    Ok(of_user(conn, id)?.into_iter().map(|role| role.name).collect())
}

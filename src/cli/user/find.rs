//! Finding the person that is meant.

use crate::store::users::{self, User};
use crate::types::Id;

use super::super::unknown::{Unknown, unknown};
use super::super::{Admin, CommandResult};

/// Usernames on each side of the one that was typed that are looked through for slips.
const AROUND: i64 = 500;

/// The person of a `sub` or a username.
pub(in crate::cli) async fn find(admin: &Admin, typed: &str) -> CommandResult<User> {
    let name = typed.to_owned();
    let found = admin.store.read(move |conn| match Id::parse(&name).map(|id| users::find(conn, id)).transpose()? {
        Some(Some(user)) => Ok(Some(user)),
        _ => users::find_by_username(conn, &name),
    });
    match found.await? {
        Some(user) => Ok(user),
        None => Err(unknown_user(admin, typed).await?.into()),
    }
}

/// One sentence for whoever mistyped.
pub(super) async fn unknown_user(admin: &Admin, typed: &str) -> CommandResult<Unknown> {
    let name = typed.to_owned();
    let around = admin.store.read(move |conn| users::around(conn, &name, AROUND)).await?;
    Ok(unknown("user", typed.trim(), around.iter().map(String::as_str)))
}

//! `countersign user lock`, `unlock`, `set-password` and `sign-out`.

use clap::Args;
use serde::Serialize;

use crate::audit::{Change, Did, On};
use crate::login::access::{self, Ended};
use crate::login::ending::Ending;
use crate::passwords::PasswordPool;
use crate::store::users::User;
use crate::store::{Conn, StoreError};
use crate::types::Id;

use super::super::output::{print_json, say};
use super::super::{Admin, CommandResult};
use super::find::{find, unknown_user};
use super::{Named, made_up, read_password};

#[derive(Args)]
pub(in crate::cli) struct SetPassword {
    #[command(flatten)]
    named: Named,
    /// Read the password from the first line of standard input
    #[arg(long)]
    password_stdin: bool,
}

#[derive(Serialize)]
struct Printed<'a> {
    sub: String,
    username: &'a str,
    disabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<&'a str>,
    #[serde(flatten)]
    ended: Option<Counts>,
}

#[derive(Serialize)]
struct Counts {
    ended_sessions: usize,
    ended_grants: usize,
}

pub(super) async fn lock(named: Named, admin: &Admin) -> CommandResult {
    let user = find(admin, &named.username).await?;
    let ended = end(admin, &user, Did::UserLocked, access::lock).await?;
    if named.format.json {
        return print_json(&printed(&user, true, None, Some(ended)));
    }
    let before = if user.disabled { ", who was locked before" } else { "" };
    say!("Locked user {}{before}. {}", user.username, said(ended))?;
    Ok(())
}

pub(super) async fn sign_out(named: Named, admin: &Admin) -> CommandResult {
    let user = find(admin, &named.username).await?;
    let ended = end(admin, &user, Did::UserSignedOut, access::sign_out_everywhere).await?;
    if named.format.json {
        return print_json(&printed(&user, user.disabled, None, Some(ended)));
    }
    say!("Signed user {} out. {} Grants with offline_access go on.", user.username, said(ended))?;
    Ok(())
}

pub(super) async fn set_password(command: SetPassword, admin: &Admin) -> CommandResult {
    let user = find(admin, &command.named.username).await?;
    let password = if command.password_stdin { read_password()? } else { made_up(admin) };
    let pool = PasswordPool::new(&admin.config.passwords).map_err(|error| error.to_string())?;
    let hash = pool.hash(password.clone(), admin.rng.bytes()).await?;
    let set = move |conn: &mut Conn, id, ending: &Ending| access::set_password(conn, id, &hash, ending);
    let ended = end(admin, &user, Did::UserPasswordSet, set).await?;
    let shown = (!command.password_stdin).then(|| password.expose());
    if command.named.format.json {
        return print_json(&printed(&user, user.disabled, shown, Some(ended)));
    }
    say!("Set the password of user {}. {}", user.username, said(ended))?;
    if let Some(password) = shown {
        say!("The password, shown this once: {password}")?;
    }
    Ok(())
}

/// Ends what a person has, and notes it, in one unit of work.
async fn end(
    admin: &Admin,
    user: &User,
    did: Did,
    act: impl Fn(&mut Conn, Id, &Ending) -> Result<Option<Ended>, StoreError> + Send + 'static,
) -> Result<Ended, Box<dyn std::error::Error>> {
    let (id, ending, trail) = (user.id, admin.ending(), admin.trail());
    let ended = admin.store.write_in_turn(Some(id), move |conn| {
        let ended = act(conn, id, &ending)?;
        if let Some(Ended { sessions, grants }) = ended {
            trail.note(conn, &Change::new(did, On::User(id)).sessions(sessions).grants(grants))?;
        }
        Ok(ended)
    });
    match ended.await? {
        Some(ended) => Ok(ended),
        None => Err(unknown_user(admin, &user.username).await?.into()),
    }
}

pub(super) async fn unlock(named: Named, admin: &Admin) -> CommandResult {
    let (user, now, trail) = (find(admin, &named.username).await?, admin.clock.now(), admin.trail());
    let id = user.id;
    let was_locked = admin.store.write_in_turn(Some(id), move |conn| {
        let was_locked = access::unlock(conn, id, now)?;
        if was_locked == Some(true) {
            trail.note(conn, &Change::new(Did::UserUnlocked, On::User(id)))?;
        }
        Ok(was_locked)
    });
    let Some(was_locked) = was_locked.await? else { return Err(unknown_user(admin, &user.username).await?.into()) };
    if named.format.json {
        return print_json(&printed(&user, false, None, None));
    }
    if was_locked {
        say!("Unlocked user {}, who can sign in again.", user.username)?;
    } else {
        say!("User {} was not locked.", user.username)?;
    }
    Ok(())
}

fn said(ended: Ended) -> String {
    format!("Ended: {} sessions, {} grants.", ended.sessions, ended.grants)
}

fn printed<'a>(user: &'a User, disabled: bool, password: Option<&'a str>, ended: Option<Ended>) -> Printed<'a> {
    let ended = ended.map(|ended| Counts { ended_sessions: ended.sessions, ended_grants: ended.grants });
    Printed { sub: user.id.to_string(), username: &user.username, disabled, password, ended }
}

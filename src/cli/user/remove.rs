//! `countersign user remove`.

use clap::Args;

use crate::audit::{Change, Did, On};
use crate::login::access;
use crate::store::consents::{self, AccessFilter};
use crate::store::users::User;
use crate::store::{grants, sessions};

use super::super::confirm::{Confirmation, Deed};
use super::super::output::{print_json, say};
use super::super::{Admin, CommandResult};
use super::Named;
use super::find::{find, unknown_user};

#[derive(Args)]
pub(in crate::cli) struct Remove {
    #[command(flatten)]
    named: Named,
    #[command(flatten)]
    confirmation: Confirmation,
}

pub(super) async fn remove(Remove { named, confirmation }: Remove, admin: &Admin) -> CommandResult {
    let user = find(admin, &named.username).await?;
    if !confirmation.allows(&deed(&user, admin).await?, &named.format)? {
        return Ok(());
    }
    let (id, trail, ending) = (user.id, admin.trail(), admin.ending());
    let removed = admin.store.write_in_turn(Some(id), move |conn| {
        let removed = access::remove(conn, id, &ending)?;
        trail.note_if(conn, removed, &Change::new(Did::UserRemoved, On::User(id)))
    });
    if !removed.await? {
        return Err(unknown_user(admin, &named.username).await?.into());
    }
    if named.format.json {
        return print_json(&serde_json::json!({ "removed": named.username }));
    }
    say!("Removed user {} with all sessions, consents and grants.", user.username)
}

async fn deed(user: &User, admin: &Admin) -> CommandResult<Deed> {
    let id = user.id;
    let counts = admin.store.read(move |conn| {
        let of = AccessFilter { user_id: Some(id), ..AccessFilter::default() };
        let sessions = sessions::count(conn, id)?;
        Ok(vec![
            ("sessions", sessions),
            ("consents", consents::count(conn, &of)?),
            ("grants", grants::count_unrevoked(conn, &of)?),
        ])
    });
    Ok(Deed { text: format!("remove user {}", user.username), counts: counts.await? })
}

//! `countersign client remove`.

use clap::Args;

use crate::audit::{Change, Did, On};
use crate::store::consents::{self, AccessFilter};
use crate::store::{clients, grants};

use super::super::confirm::{Confirmation, Deed};
use super::super::output::{print_json, say};
use super::super::unknown::unknown_client;
use super::super::{Admin, CommandResult};
use super::Named;

#[derive(Args)]
pub(in crate::cli) struct Remove {
    #[command(flatten)]
    named: Named,
    #[command(flatten)]
    confirmation: Confirmation,
}

pub(super) async fn remove(Remove { named, confirmation }: Remove, admin: &Admin) -> CommandResult {
    let Some(deed) = deed(&named.id, admin).await? else { return unknown_client(&named.id, admin).await };
    if !confirmation.allows(&deed, &named.format)? {
        return Ok(());
    }
    let (id, trail) = (named.id.clone(), admin.trail());
    let removed = admin.store.write(move |conn| {
        let removed = clients::remove(conn, &id)?;
        trail.note_if(conn, removed, &Change::new(Did::ClientRemoved, On::Client(&id)))
    });
    if !removed.await? {
        return unknown_client(&named.id, admin).await;
    }
    if named.format.json {
        return print_json(&serde_json::json!({ "removed": named.id }));
    }
    say!("Removed client {} with its grants and consents.", named.id)
}

async fn deed(id: &str, admin: &Admin) -> CommandResult<Option<Deed>> {
    let (key, text) = (id.to_owned(), format!("remove client {id}"));
    let deed = admin.store.read(move |conn| {
        if clients::find(conn, &key)?.is_none() {
            return Ok(None);
        }
        let of = AccessFilter { client_id: Some(key.clone()), ..AccessFilter::default() };
        let (grants, consents) = (grants::count_unrevoked(conn, &of)?, consents::count(conn, &of)?);
        Ok(Some(vec![("grants", grants), ("consents", consents)]))
    });
    Ok(deed.await?.map(|counts| Deed { text, counts }))
}

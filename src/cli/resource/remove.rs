//! `countersign resource remove`.

use clap::Args;

use crate::audit::{Change, Did, On};
use crate::oauth::Client;
use crate::store::resources;

use super::super::confirm::{Confirmation, Deed};
use super::super::output::{print_json, say};
use super::super::{Admin, CommandResult};
use super::{Named, naming, unknown_resource};

#[derive(Args)]
pub(in crate::cli) struct Remove {
    #[command(flatten)]
    named: Named,
    #[command(flatten)]
    confirmation: Confirmation,
}

pub(super) async fn remove(Remove { named, confirmation }: Remove, admin: &Admin) -> CommandResult {
    let uri = named.uri.clone();
    let (found, named_by) =
        admin.store.read(move |conn| Ok((resources::find(conn, &uri)?, naming(conn, &uri)?))).await?;
    if found.is_none() {
        return unknown_resource(&named.uri, admin).await;
    }
    check_unnamed(&named.uri, &named_by)?;
    let deed = Deed { text: format!("remove resource {}", named.uri), counts: Vec::new() };
    if !confirmation.allows(&deed, &named.format)? {
        return Ok(());
    }
    let (uri, trail) = (named.uri.clone(), admin.trail());
    let removed = admin.store.write(move |conn| {
        let named_by = naming(conn, &uri)?;
        if !named_by.is_empty() {
            return Ok(Err(named_by));
        }
        let removed = resources::remove(conn, &uri)?;
        trail.note_if(conn, removed, &Change::new(Did::ResourceRemoved, On::Resource(&uri))).map(Ok)
    });
    match removed.await? {
        Err(clients) => return check_unnamed(&named.uri, &clients),
        Ok(false) => return unknown_resource(&named.uri, admin).await,
        Ok(true) => {}
    }
    if named.format.json {
        return print_json(&serde_json::json!({ "removed": named.uri }));
    }
    say!("Removed resource {}.", named.uri)?;
    Ok(())
}

/// Refuses to remove a resource that clients name.
fn check_unnamed(uri: &str, clients: &[Client]) -> CommandResult {
    if clients.is_empty() {
        return Ok(());
    }
    let ids: Vec<&str> = clients.iter().map(|client| client.id.as_str()).collect();
    Err(format!("resource '{uri}' is named by these clients: {}", ids.join(", ")).into())
}

//! `countersign client lock` and `unlock`.

use serde::Serialize;

use crate::audit::{Change, Did, On};
use crate::oauth::grant::RevocationReason;
use crate::store::{Conn, StoreError, clients};

use super::super::grant::{Which, revoke_in_pages};
use super::super::output::{print_json, say};
use super::super::unknown::unknown_client;
use super::super::{Admin, CommandResult};
use super::Named;

#[derive(Serialize)]
struct Printed<'a> {
    client_id: &'a str,
    disabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_grants: Option<usize>,
}

/// A locked client authenticates no more, and no token of its is worth anything here: that counts at once. Its grants, which
/// may be many, end after that, so that unlocking revives none.
pub(super) async fn lock(named: Named, admin: &Admin) -> CommandResult {
    let now = admin.clock.now();
    note(&named, Did::ClientLocked, move |conn, id| clients::disable(conn, id, now), admin).await?;
    let grants = end_grants(&named, admin).await?;
    if named.format.json {
        return print_json(&Printed { client_id: &named.id, disabled: true, ended_grants: Some(grants) });
    }
    say!("Locked client {}. Ended: {grants} grants.", named.id)?;
    Ok(())
}

/// Whatever locking was stopped amid, or a request that was under way then has left, ends before.
pub(super) async fn unlock(named: Named, admin: &Admin) -> CommandResult {
    let id = named.id.clone();
    let client = admin.store.read(move |conn| clients::find(conn, &id)).await?;
    let Some(client) = client else { return unknown_client(&named.id, admin).await };
    let was_locked = client.disabled;
    if was_locked {
        end_grants(&named, admin).await?;
        note(&named, Did::ClientUnlocked, clients::enable, admin).await?;
    }
    if named.format.json {
        return print_json(&Printed { client_id: &named.id, disabled: false, ended_grants: None });
    }
    if was_locked {
        say!("Unlocked client {}.", named.id)?;
    } else {
        say!("Client {} was not locked.", named.id)?;
    }
    Ok(())
}

/// Changes a client, and notes it, in one unit of work.
async fn note(
    named: &Named,
    did: Did,
    change: impl Fn(&mut Conn, &str) -> Result<bool, StoreError> + Send + 'static,
    admin: &Admin,
) -> CommandResult {
    let (id, trail) = (named.id.clone(), admin.trail());
    let known = admin.store.write_in_turn(None, move |conn| {
        let known = change(conn, &id)?;
        trail.note_if(conn, known, &Change::new(did, On::Client(&id)))
    });
    if known.await? { Ok(()) } else { unknown_client(&named.id, admin).await }
}

async fn end_grants(named: &Named, admin: &Admin) -> Result<usize, Box<dyn std::error::Error>> {
    revoke_in_pages(&Which::Client(named.id.clone()), RevocationReason::ClientLocked, admin).await
}

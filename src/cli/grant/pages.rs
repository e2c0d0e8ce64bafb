//! Many grants, revoked page by page while the server goes on.

use crate::audit::{Change, Did, On};
use crate::oauth::grant::RevocationReason;
use crate::store::{Conn, StoreError, grants};

use super::super::trail::Trail;
use super::super::{Admin, CommandResult};

/// Grants that are gone through in one transaction: the server waits for no more than that.
const PAGE: i64 = 500;

/// Many grants.
pub(in crate::cli) enum Which {
    /// Those of a client.
    Client(String),
    /// All.
    All,
}

/// Ends grants page by page, each in a transaction of its own with its event. New ones come after the last page.
pub(in crate::cli) async fn revoke_in_pages(
    which: &Which,
    reason: RevocationReason,
    admin: &Admin,
) -> CommandResult<usize> {
    let client = match which {
        Which::Client(id) => Some(id.clone()),
        Which::All => None,
    };
    let (mut total, mut last) = (0, None);
    loop {
        let (after, of) = (last.take(), client.clone());
        let page = admin.store.read(move |conn| grants::next_page(conn, after.as_ref(), of.as_deref(), PAGE)).await?;
        let Some(page) = page else { return Ok(total) };
        let (now, trail, of, within) = (admin.clock.now(), admin.trail(), client.clone(), page.clone());
        let revoked = admin.store.write_in_turn(None, move |conn| {
            let count = grants::revoke_page(conn, &within, of.as_deref(), reason, now)?;
            let on = of.as_deref().map_or(On::All, On::Client);
            note(conn, &trail, Change::new(Did::GrantsRevoked, on).because(reason), count)
        });
        total += revoked.await?;
        last = Some(page);
    }
}

/// Notes that grants ended, if any did, and gives back how many.
pub(super) fn note(conn: &mut Conn, trail: &Trail, change: Change, count: usize) -> Result<usize, StoreError> {
    if count > 0 {
        trail.note(conn, &change.grants(count))?;
    }
    Ok(count)
}

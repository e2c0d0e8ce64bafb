//! Ending grants before their time. Each statement leaves alone what has ended already: the first reason stays.

use diesel::prelude::*;

use crate::oauth::grant::RevocationReason;
use crate::types::{Id, Timestamp};

use super::super::schema::grants;
use super::super::{Conn, StoreError, id_column};

/// Ends a grant; `false` when it had ended, or is not there.
///
/// # Errors
/// [`StoreError`].
pub fn revoke(conn: &mut Conn, id: Id, reason: RevocationReason, now: Timestamp) -> Result<bool, StoreError> {
    let grant = grants::table.find(id.as_bytes().to_vec()).filter(grants::revoked_at.is_null());
    Ok(diesel::update(grant).set(ended(reason, now)).execute(conn)? == 1)
}

/// Ends the grants of a person, with one client or with all, and says how many.
///
/// # Errors
/// [`StoreError`].
pub fn revoke_person(
    conn: &mut Conn,
    user_id: Id,
    client_id: Option<&str>,
    reason: RevocationReason,
    now: Timestamp,
) -> Result<usize, StoreError> {
    let of_person =
        grants::table.filter(grants::user_id.eq(user_id.as_bytes().to_vec())).filter(grants::revoked_at.is_null());
    Ok(match client_id {
        Some(client_id) => {
            let with_client = of_person.filter(grants::client_id.eq(client_id));
            diesel::update(with_client).set(ended(reason, now)).execute(conn)?
        }
        None => diesel::update(of_person).set(ended(reason, now)).execute(conn)?,
    })
}

/// Ends the grants of a person with a client for a resource, which stand on one consent; says how many.
///
/// # Errors
/// [`StoreError`].
pub fn revoke_consented(
    conn: &mut Conn,
    user_id: Id,
    client_id: &str,
    resource: Option<&str>,
    now: Timestamp,
) -> Result<usize, StoreError> {
    let with_client = grants::table
        .filter(grants::user_id.eq(user_id.as_bytes().to_vec()))
        .filter(grants::client_id.eq(client_id))
        .filter(grants::revoked_at.is_null());
    let ended = ended(RevocationReason::ConsentWithdrawn, now);
    Ok(match resource {
        Some(uri) => diesel::update(with_client.filter(grants::resource.eq(uri))).set(ended).execute(conn)?,
        None => diesel::update(with_client.filter(grants::resource.is_null())).set(ended).execute(conn)?,
    })
}

/// Ends the grants that were made in a session, but for those with `offline_access`, which outlive it; says how many.
///
/// # Errors
/// [`StoreError`].
pub fn revoke_session(conn: &mut Conn, sid: Id, now: Timestamp) -> Result<usize, StoreError> {
    let bound = grants::table
        .filter(grants::sid.eq(sid.as_bytes().to_vec()))
        .filter(grants::revoked_at.is_null())
        .select((grants::id, grants::scope))
        .load(conn)?;
    sign_out(conn, bound, now)
}

/// The same for all sessions of a person, those that are over as well.
///
/// # Errors
/// [`StoreError`].
pub fn revoke_bound(conn: &mut Conn, user_id: Id, now: Timestamp) -> Result<usize, StoreError> {
    let bound = grants::table
        .filter(grants::user_id.eq(user_id.as_bytes().to_vec()))
        .filter(grants::revoked_at.is_null())
        .filter(grants::sid.is_not_null())
        .select((grants::id, grants::scope))
        .load(conn)?;
    sign_out(conn, bound, now)
}

fn sign_out(conn: &mut Conn, bound: Vec<(Vec<u8>, String)>, now: Timestamp) -> Result<usize, StoreError> {
    let mut count = 0;
    for (id, scope) in bound {
        if !scope.split(' ').any(|token| token == "offline_access") {
            count += usize::from(revoke(conn, id_column("grants", &id)?, RevocationReason::SignedOut, now)?);
        }
    }
    Ok(count)
}

/// Grants next to each other in the order of their ids, ended or not: what is done to all of them can be done page by page.
#[derive(Clone, Debug)]
pub struct Page {
    /// The first.
    first: Vec<u8>,
    /// The last.
    last: Vec<u8>,
}

/// The page after another one, of so many grants at most; `None` after the last. With a client, only its own count.
///
/// # Errors
/// [`StoreError`].
pub fn next_page(
    conn: &mut Conn,
    after: Option<&Page>,
    client_id: Option<&str>,
    length: i64,
) -> Result<Option<Page>, StoreError> {
    let after = after.map_or_else(Vec::new, |page| page.last.clone());
    let ids = grants::table.filter(grants::id.gt(after)).order(grants::id).limit(length).select(grants::id);
    let ids: Vec<Vec<u8>> = match client_id {
        Some(client_id) => ids.filter(grants::client_id.eq(client_id)).load(conn)?,
        None => ids.load(conn)?,
    };
    Ok(ids.first().cloned().zip(ids.last().cloned()).map(|(first, last)| Page { first, last }))
}

/// Ends the grants of a page, or those of a client in it, and says how many.
///
/// # Errors
/// [`StoreError`].
pub fn revoke_page(
    conn: &mut Conn,
    page: &Page,
    client_id: Option<&str>,
    reason: RevocationReason,
    now: Timestamp,
) -> Result<usize, StoreError> {
    let in_page = grants::table
        .filter(grants::id.between(page.first.clone(), page.last.clone()))
        .filter(grants::revoked_at.is_null());
    Ok(match client_id {
        Some(client_id) => {
            let of_client = in_page.filter(grants::client_id.eq(client_id));
            diesel::update(of_client).set(ended(reason, now)).execute(conn)?
        }
        None => diesel::update(in_page).set(ended(reason, now)).execute(conn)?,
    })
}

pub(super) type Ended =
    (diesel::dsl::Eq<grants::revoked_at, i64>, diesel::dsl::Eq<grants::revoked_reason, &'static str>);

pub(super) fn ended(reason: RevocationReason, now: Timestamp) -> Ended {
    (grants::revoked_at.eq(now.millis()), grants::revoked_reason.eq(reason.as_str()))
}

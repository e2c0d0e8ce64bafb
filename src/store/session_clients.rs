//! Which clients a browser session was used at: those that hear of its end. They go with the session.

use diesel::prelude::*;

use crate::oauth::Client;
use crate::types::Id;

use super::schema::session_clients;
use super::{Conn, StoreError, clients};

/// Notes that a session, which is held, is used at a client.
///
/// # Errors
/// [`StoreError`].
pub fn add(conn: &mut Conn, sid: Id, client_id: &str) -> Result<(), StoreError> {
    if !contains(conn, sid, client_id)? {
        let sid = sid.as_bytes().to_vec();
        diesel::insert_into(session_clients::table)
            .values((session_clients::sid.eq(sid), session_clients::client_id.eq(client_id)))
            .execute(conn)?;
    }
    Ok(())
}

/// Whether a session was used at a client.
///
/// # Errors
/// [`StoreError`].
pub fn contains(conn: &mut Conn, sid: Id, client_id: &str) -> Result<bool, StoreError> {
    let known = session_clients::table.find((sid.as_bytes().to_vec(), client_id)).select(session_clients::client_id);
    Ok(known.get_result::<String>(conn).optional()?.is_some())
}

/// The clients that a session was used at, by their ids.
///
/// # Errors
/// [`StoreError`].
pub fn list(conn: &mut Conn, sid: Id) -> Result<Vec<Client>, StoreError> {
    let ids: Vec<String> = session_clients::table
        .filter(session_clients::sid.eq(sid.as_bytes().to_vec()))
        .order(session_clients::client_id)
        .select(session_clients::client_id)
        .load(conn)?;
    let found = ids.iter().map(|id| clients::find(conn, id));
    found.filter_map(Result::transpose).collect()
}

//! Browser origins of the public clients that registered themselves: there may be many such clients, so that origins are looked
//! up and not kept in memory.

use diesel::prelude::*;

use crate::oauth::Client;
use crate::oauth::browser_origin::browser_origin;

use super::schema::{client_origins, client_origins_due, clients};
use super::{Conn, StoreError};

/// Writes down the origins of a client, in the place of those that it had.
///
/// # Errors
/// [`StoreError`].
pub(super) fn write(conn: &mut Conn, client: &Client) -> Result<(), StoreError> {
    if !client.is_self_registered() {
        return Ok(());
    }
    diesel::delete(client_origins::table.filter(client_origins::client_id.eq(&client.id))).execute(conn)?;
    let public_uris = client.redirect_uris.iter().filter(|_| client.is_public());
    let mut origins: Vec<String> = public_uris.filter_map(|uri| browser_origin(uri)).collect();
    origins.sort_unstable();
    origins.dedup();
    for origin in origins {
        diesel::insert_into(client_origins::table)
            .values((client_origins::origin.eq(origin), client_origins::client_id.eq(&client.id)))
            .execute(conn)?;
    }
    diesel::delete(client_origins_due::table.find(&client.id)).execute(conn)?;
    Ok(())
}

/// Returns whether an origin has to be written down for any client: one that an earlier version wrote.
///
/// # Errors
/// [`StoreError`].
pub fn any_due(conn: &mut Conn) -> Result<bool, StoreError> {
    Ok(client_origins_due::table.select(client_origins_due::client_id).first::<String>(conn).optional()?.is_some())
}

/// Writes down the origins of so many clients for which they have to be.
///
/// # Errors
/// [`StoreError`].
pub fn write_due(conn: &mut Conn, most: i64) -> Result<(), StoreError> {
    let due: Vec<String> = client_origins_due::table.select(client_origins_due::client_id).limit(most).load(conn)?;
    for id in due {
        match super::clients::find(conn, &id)? {
            Some(client) if client.is_self_registered() => write(conn, &client)?,
            _ => drop(diesel::delete(client_origins_due::table.find(&id)).execute(conn)?),
        }
    }
    Ok(())
}

/// Returns whether pages of an origin are those of a public client that registered itself and is not disabled.
///
/// # Errors
/// [`StoreError`].
pub fn any(conn: &mut Conn, origin: &str) -> Result<bool, StoreError> {
    let public = clients::auth_method.eq("none").and(clients::disabled_at.is_null());
    let known =
        client_origins::table.inner_join(clients::table).filter(client_origins::origin.eq(origin)).filter(public);
    Ok(known.select(client_origins::client_id).first::<String>(conn).optional()?.is_some())
}

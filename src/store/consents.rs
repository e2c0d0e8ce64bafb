//! What people allowed applications to do, remembered so that they are asked once.

use diesel::prelude::*;

use crate::oauth::{Client, Scope};
use crate::types::{Id, Timestamp};

use super::schema::consents;
use super::{Conn, StoreError, clients};

/// The scope that a person has allowed a client; empty when there is none.
///
/// # Errors
/// [`StoreError`].
pub fn find(conn: &mut Conn, user_id: Id, client_id: &str) -> Result<Scope, StoreError> {
    let scope: Option<String> = consents::table
        .find((user_id.as_bytes().to_vec(), client_id))
        .select(consents::scope)
        .get_result(conn)
        .optional()?;
    let corrupt = |_| StoreError::Corrupt { table: "consents", reason: "its scope cannot be read" };
    scope.map_or(Ok(Scope::default()), |scope| Scope::parse(&scope).map_err(corrupt))
}

/// The clients that a person has allowed something, at most `limit`, by their ids.
///
/// # Errors
/// [`StoreError`].
pub fn clients(conn: &mut Conn, user_id: Id, limit: usize) -> Result<Vec<Client>, StoreError> {
    let ids: Vec<String> = consents::table
        .filter(consents::user_id.eq(user_id.as_bytes().to_vec()))
        .order(consents::client_id)
        .select(consents::client_id)
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .load(conn)?;
    let found = ids.iter().map(|id| clients::find(conn, id));
    found.filter_map(Result::transpose).collect()
}

/// Remembers that a person allows a client `scope`, beside what was allowed before.
///
/// # Errors
/// [`StoreError`].
pub fn add(conn: &mut Conn, user_id: Id, client_id: &str, scope: &Scope, now: Timestamp) -> Result<(), StoreError> {
    let all = find(conn, user_id, client_id)?.union(scope).to_string();
    let consent = consents::table.find((user_id.as_bytes().to_vec(), client_id));
    let changed = (consents::scope.eq(&all), consents::granted_at.eq(now.millis()));
    if diesel::update(consent).set(changed).execute(conn)? == 0 {
        diesel::insert_into(consents::table)
            .values((
                consents::user_id.eq(user_id.as_bytes().to_vec()),
                consents::client_id.eq(client_id),
                consents::scope.eq(&all),
                consents::granted_at.eq(now.millis()),
            ))
            .execute(conn)?;
    }
    Ok(())
}

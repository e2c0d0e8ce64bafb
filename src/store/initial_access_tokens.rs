//! Initial access tokens (RFC 7591 §3): whoever has one may register a client.

use diesel::prelude::*;

use crate::types::{Id, Secret, Timestamp};

use super::schema::initial_access_tokens;
use super::{Conn, StoreError, id_column};

/// A token, without what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InitialAccessToken {
    /// Its id, by which it is removed.
    pub id: Id,
    /// What it is for, as the operator said.
    pub name: String,
    /// How many clients may still register with it; any number where it is `None`.
    pub uses_left: Option<i32>,
    /// When it ends, if it does.
    pub expires_at: Option<Timestamp>,
}

type Row = (Vec<u8>, String, Option<i32>, Option<i64>);

const COLUMNS: (
    initial_access_tokens::id,
    initial_access_tokens::name,
    initial_access_tokens::uses_left,
    initial_access_tokens::expires_at,
) = (
    initial_access_tokens::id,
    initial_access_tokens::name,
    initial_access_tokens::uses_left,
    initial_access_tokens::expires_at,
);

impl InitialAccessToken {
    /// Whether it allows to register a client at `now`.
    #[must_use]
    pub fn is_good(&self, now: Timestamp) -> bool {
        self.uses_left.is_none_or(|left| left > 0) && self.expires_at.is_none_or(|end| now < end)
    }
}

/// Adds a token.
///
/// # Errors
/// [`StoreError`].
pub fn insert(conn: &mut Conn, token: &InitialAccessToken, secret: &Secret, now: Timestamp) -> Result<(), StoreError> {
    diesel::insert_into(initial_access_tokens::table)
        .values((
            initial_access_tokens::id.eq(token.id.as_bytes().to_vec()),
            initial_access_tokens::hash.eq(secret.sha256().to_vec()),
            initial_access_tokens::name.eq(token.name.clone()),
            initial_access_tokens::uses_left.eq(token.uses_left),
            initial_access_tokens::created_at.eq(now.millis()),
            initial_access_tokens::expires_at.eq(token.expires_at.map(Timestamp::millis)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Every token, the oldest first; those that are used up or over as well.
///
/// # Errors
/// [`StoreError`].
pub fn list(conn: &mut Conn) -> Result<Vec<InitialAccessToken>, StoreError> {
    let rows: Vec<Row> = initial_access_tokens::table.order(initial_access_tokens::id).select(COLUMNS).load(conn)?;
    rows.into_iter().map(read).collect()
}

/// The token that is this one, good or not.
///
/// # Errors
/// [`StoreError`].
pub fn find(conn: &mut Conn, secret: &Secret) -> Result<Option<InitialAccessToken>, StoreError> {
    let known = initial_access_tokens::table.filter(initial_access_tokens::hash.eq(secret.sha256().to_vec()));
    let row: Option<Row> = known.select(COLUMNS).get_result(conn).optional()?;
    row.map(read).transpose()
}

/// Uses a token once, as it was found; `false` when somebody else did meanwhile.
///
/// # Errors
/// [`StoreError`].
pub fn take(conn: &mut Conn, token: &InitialAccessToken) -> Result<bool, StoreError> {
    let Some(left) = token.uses_left else { return Ok(true) };
    let unmoved = initial_access_tokens::table
        .find(token.id.as_bytes().to_vec())
        .filter(initial_access_tokens::uses_left.eq(left));
    Ok(diesel::update(unmoved).set(initial_access_tokens::uses_left.eq(left - 1)).execute(conn)? == 1)
}

/// Removes a token; `false` when there is none.
///
/// # Errors
/// [`StoreError`].
pub fn remove(conn: &mut Conn, id: Id) -> Result<bool, StoreError> {
    Ok(diesel::delete(initial_access_tokens::table.find(id.as_bytes().to_vec())).execute(conn)? == 1)
}

fn read((id, name, uses_left, expires_at): Row) -> Result<InitialAccessToken, StoreError> {
    let id = id_column("initial_access_tokens", &id)?;
    Ok(InitialAccessToken { id, name, uses_left, expires_at: expires_at.map(Timestamp::from_millis) })
}

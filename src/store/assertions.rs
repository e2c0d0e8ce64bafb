//! Client assertions that were used: each is worth something once.

use diesel::prelude::*;

use crate::types::Timestamp;

use super::range::{Step, step};
use super::schema::assertion_ids;
use super::{Conn, StoreError};

/// Remembers the assertion of a client and `jti`, of which `key` is the SHA-256, until nobody accepts it any more.
///
/// # Errors
/// [`StoreError::Exists`] when it was used before.
pub fn insert(conn: &mut Conn, key: &[u8; 32], until: Timestamp) -> Result<(), StoreError> {
    diesel::insert_into(assertion_ids::table)
        .values((assertion_ids::id.eq(key.to_vec()), assertion_ids::expires_at.eq(until.millis())))
        .execute(conn)?;
    Ok(())
}

/// Forgets, of the next assertions after the key `after`, those that ended before `ended`.
///
/// # Errors
/// [`StoreError`].
pub fn purge(conn: &mut Conn, after: &[u8], ended: Timestamp) -> Result<Step<Vec<u8>>, StoreError> {
    step!(conn, assertion_ids::id, after, assertion_ids::expires_at.lt(ended.millis()))
}

//! Which master keys this database has known, each by a number and a check value.

use diesel::prelude::*;

use crate::types::Timestamp;

use super::schema::master_keys;
use super::{Conn, StoreError};

/// Every known master key, oldest first: its number and its check value.
///
/// # Errors
/// [`StoreError`].
pub fn list(conn: &mut Conn) -> Result<Vec<(i32, Vec<u8>)>, StoreError> {
    let columns = (master_keys::number, master_keys::check_value);
    Ok(master_keys::table.select(columns).order(master_keys::number).load(conn)?)
}

/// Adds a master key under its number.
///
/// # Errors
/// [`StoreError::Exists`] when another node was first.
pub fn insert(conn: &mut Conn, number: i32, check_value: &[u8], now: Timestamp) -> Result<(), StoreError> {
    diesel::insert_into(master_keys::table)
        .values((
            master_keys::number.eq(number),
            master_keys::check_value.eq(check_value),
            master_keys::created_at.eq(now.millis()),
        ))
        .execute(conn)?;
    Ok(())
}

//! Removing grants.

use diesel::prelude::*;

use crate::types::{Id, Timestamp};

use super::super::range::{Step, step};
use super::super::schema::grants;
use super::super::{Conn, StoreError};

/// Removes a grant. Its handles and tokens are worth nothing from then on, as if there had been none.
///
/// # Errors
/// [`StoreError`].
pub fn remove(conn: &mut Conn, id: Id) -> Result<(), StoreError> {
    diesel::delete(grants::table.find(id.as_bytes().to_vec())).execute(conn)?;
    Ok(())
}

/// Before which times grants must have ended to be removed.
#[derive(Clone, Copy, Debug)]
pub struct Ended {
    /// Revoked, or past the end of their lifetime.
    pub ended: Timestamp,
    /// Made, and their code never redeemed.
    pub code_made: Timestamp,
    /// Rotated, and their refresh token never used since.
    pub token_made: Timestamp,
}

/// Removes what has ended of the next grants after the id `after`.
///
/// # Errors
/// [`StoreError`].
pub fn purge(conn: &mut Conn, after: &[u8], before: Ended) -> Result<Step<Vec<u8>>, StoreError> {
    let ended = before.ended.millis();
    let code_is_dead = grants::generation.eq(0).and(grants::rotated_at.lt(before.code_made.millis()));
    let token_is_dead = grants::generation.gt(0).and(grants::rotated_at.lt(before.token_made.millis()));
    let is_over = grants::expires_at.lt(ended).or(grants::revoked_at.lt(ended));
    step!(conn, grants::id, after, is_over.or(code_is_dead).or(token_is_dead))
}

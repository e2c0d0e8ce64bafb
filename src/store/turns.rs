//! Turns at work that one node does for all of them.

use std::time::Duration;

use diesel::prelude::*;

use crate::types::Timestamp;

use super::schema::turns;
use super::{Conn, StoreError};

/// Takes the turn at some work, unless somebody took one less than `every` ago. One that was taken in the future was
/// taken by a clock that has been set back since, and does not count.
///
/// # Errors
/// [`StoreError`].
pub fn take(conn: &mut Conn, work: &str, every: Duration, now: Timestamp) -> Result<bool, StoreError> {
    let due = turns::taken_at.le(now.minus(every).millis()).or(turns::taken_at.gt(now.millis()));
    let turn = turns::table.find(work);
    if diesel::update(turn.filter(due)).set(turns::taken_at.eq(now.millis())).execute(conn)? == 1 {
        return Ok(true);
    }
    if turn.select(turns::taken_at).get_result::<i64>(conn).optional()?.is_some() {
        return Ok(false);
    }
    diesel::insert_into(turns::table).values((turns::work.eq(work), turns::taken_at.eq(now.millis()))).execute(conn)?;
    Ok(true)
}

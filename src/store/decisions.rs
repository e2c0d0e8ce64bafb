//! Answers given on consent pages, so that a page works once.

use diesel::prelude::*;

use crate::types::{Id, Timestamp};

use super::range::{Step, step};
use super::schema::decisions;
use super::{Conn, StoreError, id_column};

/// What became of a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The person allowed it: this grant was made.
    Allowed(Id),
    /// The person denied it.
    Denied,
}

/// What was decided about a flow, if anything was.
///
/// # Errors
/// [`StoreError`].
pub fn find(conn: &mut Conn, flow_id: Id) -> Result<Option<Decision>, StoreError> {
    let row: Option<Option<Vec<u8>>> =
        decisions::table.find(flow_id.as_bytes().to_vec()).select(decisions::grant_id).get_result(conn).optional()?;
    let decided = |grant: Option<Vec<u8>>| match grant {
        Some(id) => id_column("decisions", &id).map(Decision::Allowed),
        None => Ok(Decision::Denied),
    };
    row.map(decided).transpose()
}

/// Notes what was decided about a flow.
///
/// # Errors
/// [`StoreError::Exists`] when something was decided before.
pub fn insert(conn: &mut Conn, flow_id: Id, decision: Decision, now: Timestamp) -> Result<(), StoreError> {
    let grant_id = match decision {
        Decision::Allowed(id) => Some(id.as_bytes().to_vec()),
        Decision::Denied => None,
    };
    diesel::insert_into(decisions::table)
        .values((
            decisions::flow_id.eq(flow_id.as_bytes().to_vec()),
            decisions::grant_id.eq(grant_id),
            decisions::decided_at.eq(now.millis()),
        ))
        .execute(conn)?;
    Ok(())
}

/// Removes, of the next decisions after the flow `after`, those that were made before `decided`.
///
/// # Errors
/// [`StoreError`].
pub fn purge(conn: &mut Conn, after: &[u8], decided: Timestamp) -> Result<Step<Vec<u8>>, StoreError> {
    step!(conn, decisions::flow_id, after, decisions::decided_at.lt(decided.millis()))
}

//! The heartbeat of all nodes: one row that each of them writes now and then. It tells whether the database takes writes, how long it
//! took none, and what time it is there.

use std::time::Duration;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::oauth::outage::Outage;
use crate::types::Timestamp;

use super::schema::heartbeat;
use super::{Conn, StoreError};

/// Nodes beat every 15 s: when none has for this long, no node could.
pub const SILENCE: Duration = Duration::from_secs(30);

/// The one row.
const ROW: i32 = 1;

/// Times that the database has stored.
#[derive(Clone, Copy, Debug)]
pub struct Heartbeat {
    /// Time at which a node last wrote here, by its own clock; `None` before the first time.
    pub beat_at: Option<Timestamp>,
    /// The last outage that a node has written down.
    pub outage: Option<Outage>,
}

impl Heartbeat {
    /// Returns the last outage as of `now`: nodes that have been silent until now could not write, and none of them has written
    /// that down.
    #[must_use]
    pub fn outage_at(&self, now: Timestamp) -> Option<Outage> {
        match self.beat_at.filter(|beat_at| now.since(*beat_at) > SILENCE) {
            Some(began_at) => Some(Outage { began_at, ended_at: now }.joined(self.outage)),
            None => self.outage,
        }
    }
}

/// Reads the row.
///
/// # Errors
/// [`StoreError`].
pub fn find(conn: &mut Conn) -> Result<Heartbeat, StoreError> {
    let columns = (heartbeat::beat_at, heartbeat::outage_began_at, heartbeat::outage_ended_at);
    let (beat_at, began_at, ended_at): (i64, Option<i64>, Option<i64>) =
        heartbeat::table.find(ROW).select(columns).get_result(conn)?;
    let outage = began_at.zip(ended_at).map(|(began_at, ended_at)| Outage {
        began_at: Timestamp::from_millis(began_at),
        ended_at: Timestamp::from_millis(ended_at),
    });
    Ok(Heartbeat { beat_at: (beat_at > 0).then(|| Timestamp::from_millis(beat_at)), outage })
}

/// Reads the clock of the database server; `None` on the embedded engine, which has none.
///
/// # Errors
/// [`StoreError`].
pub fn database_now(conn: &mut Conn) -> Result<Option<Timestamp>, StoreError> {
    let Conn::Postgres(conn) = conn else { return Ok(None) };
    let now = sql::<BigInt>("(extract(epoch FROM clock_timestamp()) * 1000)::bigint");
    Ok(Some(Timestamp::from_millis(diesel::select(now).get_result(conn)?)))
}

/// Writes that a node was there at `beat_at`, and with it an outage that has ended.
///
/// # Errors
/// [`StoreError`].
pub fn beat(conn: &mut Conn, beat_at: Timestamp, outage: Option<Outage>) -> Result<(), StoreError> {
    let (row, beat_at) = (heartbeat::table.find(ROW), heartbeat::beat_at.eq(beat_at.millis()));
    let written = match outage {
        Some(Outage { began_at, ended_at }) => {
            let ended = heartbeat::outage_ended_at.eq(ended_at.millis());
            diesel::update(row).set((beat_at, heartbeat::outage_began_at.eq(began_at.millis()), ended)).execute(conn)?
        }
        None => diesel::update(row).set(beat_at).execute(conn)?,
    };
    let missing = StoreError::Corrupt { table: "heartbeat", reason: "its row is missing" };
    if written == 1 { Ok(()) } else { Err(missing) }
}

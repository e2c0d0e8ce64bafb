//! What the command line did, on its way to the audit log of a running server: written in the transaction of the change,
//! taken out once. Without a running server the events wait, the oldest making room.

use diesel::prelude::*;

use crate::types::{Id, Timestamp};

use super::schema::admin_events;
use super::{Conn, StoreError, id_column};

/// Events that wait at most.
const MOST: i64 = 10_000;

/// Something that a command did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdminEvent {
    /// Its id.
    pub id: Id,
    /// When.
    pub at: Timestamp,
    /// What.
    pub event: String,
    /// To what, as a JSON object without secrets.
    pub detail: String,
    /// The account of the operating system that ran the command, where that is known.
    pub operator: Option<String>,
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = admin_events)]
struct AdminEventRow {
    id: Vec<u8>,
    at: i64,
    event: String,
    detail: String,
    operator: Option<String>,
}

/// Adds an event; more than ten thousand do not wait.
///
/// # Errors
/// [`StoreError`].
pub fn insert(conn: &mut Conn, event: &AdminEvent) -> Result<(), StoreError> {
    let row = AdminEventRow {
        id: event.id.as_bytes().to_vec(),
        at: event.at.millis(),
        event: event.event.clone(),
        detail: event.detail.clone(),
        operator: event.operator.clone(),
    };
    diesel::insert_into(admin_events::table).values(&row).execute(conn)?;
    let newest = admin_events::table.order(admin_events::id.desc()).select(admin_events::id);
    let too_old: Option<Vec<u8>> = newest.offset(MOST).limit(1).first(conn).optional()?;
    if let Some(too_old) = too_old {
        diesel::delete(admin_events::table.filter(admin_events::id.le(too_old))).execute(conn)?;
    }
    Ok(())
}

/// Whether any event waits.
///
/// # Errors
/// [`StoreError`].
pub fn any(conn: &mut Conn) -> Result<bool, StoreError> {
    let first: Option<Vec<u8>> = admin_events::table.select(admin_events::id).limit(1).first(conn).optional()?;
    Ok(first.is_some())
}

/// Takes out the oldest events, so many at most: whoever has them is the only one.
///
/// # Errors
/// [`StoreError`].
pub fn take(conn: &mut Conn, most: i64) -> Result<Vec<AdminEvent>, StoreError> {
    let oldest = admin_events::table.order(admin_events::id).select(admin_events::id);
    let oldest: Vec<Vec<u8>> = oldest.limit(most).load(conn)?;
    let Some(last) = oldest.last() else { return Ok(Vec::new()) };
    let taken = diesel::delete(admin_events::table.filter(admin_events::id.le(last.clone())));
    let rows: Vec<AdminEventRow> = taken.returning(admin_events::all_columns).get_results(conn)?;
    let mut events = rows.into_iter().map(AdminEvent::try_from).collect::<Result<Vec<_>, _>>()?;
    events.sort_by_key(|event| event.id);
    Ok(events)
}

impl TryFrom<AdminEventRow> for AdminEvent {
    type Error = StoreError;

    fn try_from(row: AdminEventRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: id_column("admin_events", &row.id)?,
            at: Timestamp::from_millis(row.at),
            event: row.event,
            detail: row.detail,
            operator: row.operator,
        })
    }
}

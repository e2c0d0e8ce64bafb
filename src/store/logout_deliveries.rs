//! Clients that are to be told that a session has ended: written in the transaction that ends it, and removed when they have
//! heard it (OpenID Connect Back-Channel Logout §2.5).

use std::time::Duration;

use diesel::prelude::*;

use crate::types::{Id, Timestamp};

use super::schema::{clients, logout_deliveries};
use super::{Conn, StoreError, id_column};

/// Something that a client is to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogoutDelivery {
    /// Its id.
    pub id: Id,
    /// Who is to be told.
    pub client_id: String,
    /// Whose session it was, as the client knows them.
    pub sub: String,
    /// Which session.
    pub sid: Id,
    /// When it is to be told next.
    pub due_at: Timestamp,
    /// How often that was begun.
    pub attempts: u32,
    /// When the session ended.
    pub created_at: Timestamp,
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = logout_deliveries)]
struct DeliveryRow {
    id: Vec<u8>,
    client_id: String,
    sub: String,
    sid: Vec<u8>,
    due_at: i64,
    attempts: i32,
    created_at: i64,
}

/// Adds one.
///
/// # Errors
/// [`StoreError`].
pub fn insert(conn: &mut Conn, delivery: &LogoutDelivery) -> Result<(), StoreError> {
    let row = DeliveryRow {
        id: delivery.id.as_bytes().to_vec(),
        client_id: delivery.client_id.clone(),
        sub: delivery.sub.clone(),
        sid: delivery.sid.as_bytes().to_vec(),
        due_at: delivery.due_at.millis(),
        attempts: i32::try_from(delivery.attempts).unwrap_or(i32::MAX),
        created_at: delivery.created_at.millis(),
    };
    diesel::insert_into(logout_deliveries::table).values(&row).execute(conn)?;
    Ok(())
}

/// The longest time for which a row is put off. A row that lies further ahead was written by a clock that has been set back
/// since, and is due.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(3600);

/// Rows that are due: by their time, or because a clock that has been set back since wrote that time. A row that nobody has
/// tried is due when it is written, so one that was written in the future is due as well.
#[diesel::dsl::auto_type(no_type_alias)]
fn is_due(now: i64, farthest: i64) -> _ {
    let untried_from_the_future = logout_deliveries::attempts.eq(0_i32).and(logout_deliveries::created_at.gt(now));
    let is_put_off_too_long = logout_deliveries::due_at.gt(farthest);
    logout_deliveries::due_at.le(now).or(untried_from_the_future).or(is_put_off_too_long)
}

/// The deliveries that are due, so many at most, to clients that registered themselves or to others, and to none of `busy`:
/// those that nobody has tried, then the others, each the longest waiting first.
///
/// # Errors
/// [`StoreError`].
pub fn due(
    conn: &mut Conn,
    now: Timestamp,
    self_registered: bool,
    busy: &[String],
    most: usize,
) -> Result<Vec<LogoutDelivery>, StoreError> {
    let limit = |known: usize| i64::try_from(most - known).unwrap_or(i64::MAX);
    let of_clients = || {
        logout_deliveries::table
            .inner_join(clients::table)
            .filter(clients::registration_token.is_not_null().eq(self_registered))
            .filter(logout_deliveries::client_id.ne_all(busy))
            .order(logout_deliveries::due_at)
            .select(logout_deliveries::all_columns)
    };
    let due_at = logout_deliveries::due_at;
    let untried = of_clients().filter(logout_deliveries::attempts.eq(0));
    let mut rows: Vec<DeliveryRow> = untried.limit(limit(0)).load(conn)?;
    // Two ranges of an index, since those that are put off lie between them.
    let tried = || of_clients().filter(logout_deliveries::attempts.gt(0));
    let put_off = tried().filter(due_at.le(now.millis())).limit(limit(rows.len()));
    rows.extend(put_off.load::<DeliveryRow>(conn)?);
    let from_the_future = tried().filter(due_at.gt(now.plus(LONGEST_PAUSE).millis())).limit(limit(rows.len()));
    rows.extend(from_the_future.load::<DeliveryRow>(conn)?);
    rows.into_iter().map(LogoutDelivery::try_from).collect()
}

/// Begins to tell: nobody else does before `until`; `false` when somebody else has begun, or it was told.
///
/// # Errors
/// [`StoreError`].
pub fn claim(conn: &mut Conn, seen: &LogoutDelivery, until: Timestamp) -> Result<bool, StoreError> {
    let unclaimed = logout_deliveries::table
        .find(seen.id.as_bytes().to_vec())
        .filter(logout_deliveries::due_at.eq(seen.due_at.millis()));
    let claimed =
        (logout_deliveries::due_at.eq(until.millis()), logout_deliveries::attempts.eq(logout_deliveries::attempts + 1));
    Ok(diesel::update(unclaimed).set(claimed).execute(conn)? == 1)
}

/// It was told, or is told no more.
///
/// # Errors
/// [`StoreError`].
pub fn remove(conn: &mut Conn, id: Id) -> Result<(), StoreError> {
    diesel::delete(logout_deliveries::table.find(id.as_bytes().to_vec())).execute(conn)?;
    Ok(())
}

/// It could not be told: it is due again `at`, and so is all else that the client is to be told `now`, as if it had been
/// tried as often: a client that is away is asked once, and not for each session.
///
/// # Errors
/// [`StoreError`].
pub fn postpone(conn: &mut Conn, failed: &LogoutDelivery, now: Timestamp, at: Timestamp) -> Result<(), StoreError> {
    let own = logout_deliveries::table.find(failed.id.as_bytes().to_vec());
    diesel::update(own).set(logout_deliveries::due_at.eq(at.millis())).execute(conn)?;
    let others = logout_deliveries::table
        .filter(logout_deliveries::client_id.eq(&failed.client_id))
        .filter(is_due(now.millis(), now.plus(LONGEST_PAUSE).millis()));
    let attempts = i32::try_from(failed.attempts).unwrap_or(i32::MAX).saturating_add(1);
    diesel::update(others.filter(logout_deliveries::attempts.lt(attempts)))
        .set((logout_deliveries::due_at.eq(at.millis()), logout_deliveries::attempts.eq(attempts)))
        .execute(conn)?;
    diesel::update(others).set(logout_deliveries::due_at.eq(at.millis())).execute(conn)?;
    Ok(())
}

impl TryFrom<DeliveryRow> for LogoutDelivery {
    type Error = StoreError;

    fn try_from(row: DeliveryRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: id_column("logout_deliveries", &row.id)?,
            client_id: row.client_id,
            sub: row.sub,
            sid: id_column("logout_deliveries", &row.sid)?,
            due_at: Timestamp::from_millis(row.due_at),
            attempts: u32::try_from(row.attempts).unwrap_or(0),
            created_at: Timestamp::from_millis(row.created_at),
        })
    }
}

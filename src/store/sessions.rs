//! Browser sessions. The database knows a session by the SHA-256 of its cookie.

use diesel::prelude::*;

use crate::types::{Id, Secret, Timestamp};

use super::range::{Step, step};
use super::schema::{grants, sessions, users};
use super::{Conn, StoreError, id_column};

/// A session of a person in a browser.
#[derive(Clone, Debug)]
pub struct Session {
    /// What relying parties see of it.
    pub sid: Id,
    /// The person.
    pub user_id: Id,
    /// The person's username.
    pub username: String,
    /// What the person's pairwise subjects come from.
    pub subject_seed: [u8; 32],
    /// When the person authenticated.
    pub auth_time: Timestamp,
    /// When it was last used.
    pub last_seen_at: Timestamp,
    /// When it ends however it is used.
    pub expires_at: Timestamp,
}

#[derive(Queryable)]
struct SessionRow {
    sid: Vec<u8>,
    user_id: Vec<u8>,
    username: String,
    subject_seed: Vec<u8>,
    auth_time: i64,
    last_seen_at: i64,
    expires_at: i64,
}

/// The session of a cookie, if its person is there and not disabled. Whether it is too old is the caller's rule.
///
/// # Errors
/// [`StoreError`].
pub fn find(conn: &mut Conn, cookie: &Secret) -> Result<Option<Session>, StoreError> {
    let row: Option<SessionRow> = sessions::table
        .inner_join(users::table)
        .filter(sessions::id.eq(cookie.sha256().to_vec()))
        .filter(users::disabled_at.is_null())
        .select((
            sessions::sid,
            sessions::user_id,
            users::username,
            users::subject_seed,
            sessions::auth_time,
            sessions::last_seen_at,
            sessions::expires_at,
        ))
        .get_result(conn)
        .optional()?;
    row.map(Session::try_from).transpose()
}

/// Starts a session under a new cookie.
///
/// # Errors
/// [`StoreError`].
pub fn insert(conn: &mut Conn, cookie: &Secret, session: &Session) -> Result<(), StoreError> {
    diesel::insert_into(sessions::table)
        .values((
            sessions::id.eq(cookie.sha256().to_vec()),
            sessions::sid.eq(session.sid.as_bytes().to_vec()),
            sessions::user_id.eq(session.user_id.as_bytes().to_vec()),
            sessions::auth_time.eq(session.auth_time.millis()),
            sessions::last_seen_at.eq(session.last_seen_at.millis()),
            sessions::expires_at.eq(session.expires_at.millis()),
        ))
        .execute(conn)?;
    Ok(())
}

/// Gives a session of somebody who signed in again another cookie and other times. It is the same row under the same `sid`,
/// so that what hangs on it stays; `false` when the old cookie has none.
///
/// # Errors
/// [`StoreError`].
pub fn renew(conn: &mut Conn, old: &Secret, new: &Secret, session: &Session) -> Result<bool, StoreError> {
    let renewed = diesel::update(sessions::table.find(old.sha256().to_vec()))
        .set((
            sessions::id.eq(new.sha256().to_vec()),
            sessions::auth_time.eq(session.auth_time.millis()),
            sessions::last_seen_at.eq(session.last_seen_at.millis()),
            sessions::expires_at.eq(session.expires_at.millis()),
        ))
        .execute(conn)?;
    Ok(renewed == 1)
}

/// Notes that a session was used.
///
/// # Errors
/// [`StoreError`].
pub fn touch(conn: &mut Conn, sid: Id, now: Timestamp) -> Result<(), StoreError> {
    diesel::update(sessions::table.filter(sessions::sid.eq(sid.as_bytes().to_vec())))
        .set(sessions::last_seen_at.eq(now.millis()))
        .execute(conn)?;
    Ok(())
}

/// Whether a session is there, which is held until the unit ends: nobody ends it meanwhile.
///
/// # Errors
/// [`StoreError`].
pub fn hold(conn: &mut Conn, sid: Id) -> Result<bool, StoreError> {
    let session = sessions::table.filter(sessions::sid.eq(sid.as_bytes().to_vec())).select(sessions::sid);
    let found: Option<Vec<u8>> = match conn {
        Conn::Sqlite(conn) => session.get_result(conn).optional()?,
        Conn::Postgres(conn) => session.for_no_key_update().get_result(conn).optional()?,
    };
    Ok(found.is_some())
}

/// The session of a cookie and its person, which is held until the unit ends: nobody else ends it, or makes a grant in it.
///
/// # Errors
/// [`StoreError`].
pub fn hold_of_cookie(conn: &mut Conn, cookie: &Secret) -> Result<Option<(Id, Id)>, StoreError> {
    let session = sessions::table.find(cookie.sha256().to_vec()).select((sessions::sid, sessions::user_id));
    let found: Option<(Vec<u8>, Vec<u8>)> = match conn {
        Conn::Sqlite(conn) => session.get_result(conn).optional()?,
        Conn::Postgres(conn) => session.for_update().get_result(conn).optional()?,
    };
    found.map(|(sid, user)| Ok((id_column("sessions", &sid)?, id_column("sessions", &user)?))).transpose()
}

/// Every session of a person, held as by [`hold_of_cookie`].
///
/// # Errors
/// [`StoreError`].
pub fn hold_all(conn: &mut Conn, user_id: Id) -> Result<Vec<Id>, StoreError> {
    let of_person = sessions::table
        .filter(sessions::user_id.eq(user_id.as_bytes().to_vec()))
        .order(sessions::sid)
        .select(sessions::sid);
    let found: Vec<Vec<u8>> = match conn {
        Conn::Sqlite(conn) => of_person.load(conn)?,
        Conn::Postgres(conn) => of_person.for_update().load(conn)?,
    };
    found.iter().map(|sid| id_column("sessions", sid)).collect()
}

/// How many sessions a person has.
///
/// # Errors
/// [`StoreError`].
pub fn count(conn: &mut Conn, user_id: Id) -> Result<usize, StoreError> {
    let of_person = sessions::table.filter(sessions::user_id.eq(user_id.as_bytes().to_vec()));
    let count: i64 = of_person.count().get_result(conn)?;
    Ok(usize::try_from(count).unwrap_or_default())
}

/// Returns the number of all sessions.
///
/// # Errors
/// [`StoreError`].
pub fn count_all(conn: &mut Conn) -> Result<usize, StoreError> {
    let count: i64 = sessions::table.count().get_result(conn)?;
    Ok(usize::try_from(count).unwrap_or_default())
}

/// Returns people who have sessions, by id, from the one after `after` on.
///
/// # Errors
/// [`StoreError`].
pub fn people(conn: &mut Conn, after: Option<Id>, limit: i64) -> Result<Vec<Id>, StoreError> {
    let after = after.map_or_else(Vec::new, |id| id.as_bytes().to_vec());
    let people = sessions::table.filter(sessions::user_id.gt(after)).order(sessions::user_id).limit(limit);
    let people: Vec<Vec<u8>> = people.select(sessions::user_id).distinct().load(conn)?;
    people.iter().map(|id| id_column("sessions", id)).collect()
}

/// Ends every session of a person, and says how many there were.
///
/// # Errors
/// [`StoreError`].
pub fn remove_all(conn: &mut Conn, user_id: Id) -> Result<usize, StoreError> {
    let of_person = sessions::table.filter(sessions::user_id.eq(user_id.as_bytes().to_vec()));
    Ok(diesel::delete(of_person).execute(conn)?)
}

/// Ends the session of a cookie.
///
/// # Errors
/// [`StoreError`].
pub fn remove(conn: &mut Conn, cookie: &Secret) -> Result<(), StoreError> {
    diesel::delete(sessions::table.find(cookie.sha256().to_vec())).execute(conn)?;
    Ok(())
}

/// Removes, of the next sessions after the id `after`, those that were over before `ended` or last used before
/// `last_seen`, unless a grant was made in one and is still there: it hears of the session once more, when its person
/// signs out or another signs in.
///
/// # Errors
/// [`StoreError`].
pub fn purge(
    conn: &mut Conn,
    after: &[u8],
    ended: Timestamp,
    last_seen: Timestamp,
) -> Result<Step<Vec<u8>>, StoreError> {
    let is_over = sessions::expires_at.lt(ended.millis()).or(sessions::last_seen_at.lt(last_seen.millis()));
    let bound = grants::table.filter(grants::sid.eq(sessions::sid.nullable()));
    step!(conn, sessions::id, after, is_over.and(diesel::dsl::not(diesel::dsl::exists(bound))))
}

impl TryFrom<SessionRow> for Session {
    type Error = StoreError;

    fn try_from(row: SessionRow) -> Result<Self, StoreError> {
        let corrupt = |reason| StoreError::Corrupt { table: "sessions", reason };
        Ok(Self {
            sid: id_column("sessions", &row.sid)?,
            user_id: id_column("sessions", &row.user_id)?,
            username: row.username,
            subject_seed: row
                .subject_seed
                .try_into()
                .map_err(|_| corrupt("the seed of its person has not 32 bytes"))?,
            auth_time: Timestamp::from_millis(row.auth_time),
            last_seen_at: Timestamp::from_millis(row.last_seen_at),
            expires_at: Timestamp::from_millis(row.expires_at),
        })
    }
}

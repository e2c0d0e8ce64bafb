//! Taking access away from a person, and giving it back. Each is one unit of work, and counts at once on every node: what it
//! ends is read in each request.

use crate::oauth::grant::RevocationReason;
use crate::store::users::{self, User};
use crate::store::{Conn, StoreError, grants, sessions};
use crate::types::{Id, Timestamp};

/// What ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    /// How many sessions.
    pub sessions: usize,
    /// How many grants.
    pub grants: usize,
}

/// Locks a person: they cannot sign in, and all that they were signed in to ends, so that unlocking revives nothing. `None`
/// when there is no such person.
///
/// # Errors
/// [`StoreError`].
pub fn lock(conn: &mut Conn, id: Id, now: Timestamp) -> Result<Option<Ended>, StoreError> {
    let Some(user) = users::hold(conn, id)? else { return Ok(None) };
    if !user.disabled {
        users::update(conn, &User { disabled: true, updated_at: now, ..user })?;
    }
    end_all(conn, id, RevocationReason::PersonLocked, now).map(Some)
}

/// Lets a person sign in again; whether they were locked. `None` when there is no such person.
///
/// # Errors
/// [`StoreError`].
pub fn unlock(conn: &mut Conn, id: Id, now: Timestamp) -> Result<Option<bool>, StoreError> {
    let Some(user) = users::hold(conn, id)? else { return Ok(None) };
    let was_locked = user.disabled;
    if was_locked {
        users::update(conn, &User { disabled: false, updated_at: now, ..user })?;
    }
    Ok(Some(was_locked))
}

/// Gives a person another password. Whoever was signed in with the old one is out ("after change other sessions and refresh
/// tokens are revoked", ASVS 7.4.3). `None` when there is no such person.
///
/// # Errors
/// [`StoreError`].
pub fn set_password(conn: &mut Conn, id: Id, hash: &str, now: Timestamp) -> Result<Option<Ended>, StoreError> {
    let Some(user) = users::hold(conn, id)? else { return Ok(None) };
    users::update(conn, &User { password_hash: hash.to_owned(), updated_at: now, ..user })?;
    end_all(conn, id, RevocationReason::PasswordSet, now).map(Some)
}

/// Signs a person out everywhere: every session ends, and the grants that were made in one but for those with
/// `offline_access`. `None` when there is no such person.
///
/// # Errors
/// [`StoreError`].
pub fn sign_out_everywhere(conn: &mut Conn, id: Id, now: Timestamp) -> Result<Option<Ended>, StoreError> {
    if users::hold(conn, id)?.is_none() {
        return Ok(None);
    }
    let sessions = sessions::remove_all(conn, id)?;
    Ok(Some(Ended { sessions, grants: grants::revoke_bound(conn, id, now)? }))
}

fn end_all(conn: &mut Conn, id: Id, reason: RevocationReason, now: Timestamp) -> Result<Ended, StoreError> {
    let sessions = sessions::remove_all(conn, id)?;
    Ok(Ended { sessions, grants: grants::revoke_person(conn, id, None, reason, now)? })
}

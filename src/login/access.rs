//! Taking access away from a person, and giving it back. Each is one unit of work, and counts at once on every node: what it
//! ends is read in each request.

use crate::oauth::grant::RevocationReason;
use crate::store::users::{self, User};
use crate::store::{Conn, StoreError, grants};
use crate::types::{Id, Timestamp};

use super::ending::Ending;

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
pub fn lock(conn: &mut Conn, id: Id, ending: &Ending) -> Result<Option<Ended>, StoreError> {
    let Some(user) = users::hold(conn, id)? else { return Ok(None) };
    if !user.disabled {
        users::update(conn, &User { disabled: true, updated_at: ending.now(), ..user })?;
    }
    end_all(conn, id, RevocationReason::PersonLocked, ending).map(Some)
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
pub fn set_password(conn: &mut Conn, id: Id, hash: &str, ending: &Ending) -> Result<Option<Ended>, StoreError> {
    let Some(user) = users::hold(conn, id)? else { return Ok(None) };
    users::update(conn, &User { password_hash: hash.to_owned(), updated_at: ending.now(), ..user })?;
    end_all(conn, id, RevocationReason::PasswordSet, ending).map(Some)
}

/// Signs a person out everywhere: every session ends, and the grants that were made in one but for those with
/// `offline_access`. `None` when there is no such person.
///
/// # Errors
/// [`StoreError`].
pub fn sign_out_everywhere(conn: &mut Conn, id: Id, ending: &Ending) -> Result<Option<Ended>, StoreError> {
    if users::hold(conn, id)?.is_none() {
        return Ok(None);
    }
    let sessions = ending.of_person(conn, id)?;
    Ok(Some(Ended { sessions, grants: grants::revoke_bound(conn, id, ending.now())? }))
}

/// Removes a person, with all that they have; `false` when there is no such person.
///
/// # Errors
/// [`StoreError`].
pub fn remove(conn: &mut Conn, id: Id, ending: &Ending) -> Result<bool, StoreError> {
    if users::hold(conn, id)?.is_none() {
        return Ok(false);
    }
    ending.of_person(conn, id)?;
    users::remove(conn, id)
}

fn end_all(conn: &mut Conn, id: Id, reason: RevocationReason, ending: &Ending) -> Result<Ended, StoreError> {
    let sessions = ending.of_person(conn, id)?;
    Ok(Ended { sessions, grants: grants::revoke_person(conn, id, None, reason, ending.now())? })
}

//! Signing keys, their private halves sealed.
//!
//! Each statement that moves a key names the state that it starts from, and its row count is the truth: of several nodes
//! that do the same at once, one does it.

use std::time::Duration;

use diesel::prelude::*;

use crate::keys::{Algorithm, KeyState, StoredKey};
use crate::types::Timestamp;

use super::schema::signing_keys;
use super::{Conn, StoreError};

#[derive(Queryable, Insertable)]
#[diesel(table_name = signing_keys)]
struct SigningKeyRow {
    kid: String,
    algorithm: String,
    state: String,
    public_jwk: String,
    sealed: Vec<u8>,
    created_at: i64,
    activated_at: Option<i64>,
    retired_at: Option<i64>,
    token_ttl: i64,
    revoked_at: Option<i64>,
}

/// What a move changes; `None` leaves a column as it is.
#[derive(AsChangeset)]
#[diesel(table_name = signing_keys)]
struct Move {
    state: String,
    sealed: Option<Vec<u8>>,
    activated_at: Option<i64>,
    retired_at: Option<i64>,
    revoked_at: Option<i64>,
}

/// Every key, in whatever state.
///
/// # Errors
/// [`StoreError`].
pub fn list(conn: &mut Conn) -> Result<Vec<StoredKey>, StoreError> {
    let rows: Vec<SigningKeyRow> = signing_keys::table.order(signing_keys::kid).load(conn)?;
    rows.into_iter().map(StoredKey::try_from).collect()
}

/// Adds a key.
///
/// # Errors
/// [`StoreError::Exists`] when the algorithm has a key in this state, of which there is one.
pub fn insert(conn: &mut Conn, key: &StoredKey) -> Result<(), StoreError> {
    let row = SigningKeyRow {
        kid: key.kid.clone(),
        algorithm: key.algorithm.as_str().to_owned(),
        state: key.state.as_str().to_owned(),
        public_jwk: key.public_jwk.clone(),
        sealed: key.sealed.clone(),
        created_at: key.created_at.millis(),
        activated_at: key.activated_at.map(Timestamp::millis),
        retired_at: key.retired_at.map(Timestamp::millis),
        token_ttl: millis(key.token_ttl),
        revoked_at: key.revoked_at.map(Timestamp::millis),
    };
    diesel::insert_into(signing_keys::table).values(&row).execute(conn)?;
    Ok(())
}

/// Lets `next` sign from `now` on, and the key that signed until now retire; whether they were still next and active.
///
/// # Errors
/// [`StoreError::Unavailable`] when one of them moved and the other had: the unit of work has to end with it.
pub fn promote(conn: &mut Conn, next: &str, signing: Option<&str>, now: Timestamp) -> Result<bool, StoreError> {
    let Some(signing) = signing else { return activate(conn, next, now) };
    if !retire(conn, signing, now)? {
        return Ok(false);
    }
    if activate(conn, next, now)? { Ok(true) } else { Err(moved_by_others()) }
}

/// Lets a key that is active retire; whether it was.
///
/// # Errors
/// [`StoreError`].
pub fn retire(conn: &mut Conn, kid: &str, now: Timestamp) -> Result<bool, StoreError> {
    move_key(conn, kid, KeyState::Active, Move { retired_at: Some(now.millis()), ..Move::to(KeyState::Retiring) })
}

/// Takes a key out of the JWKS and erases its private half; whether it was in the state `from`.
///
/// # Errors
/// [`StoreError`].
pub fn withdraw(conn: &mut Conn, kid: &str, from: KeyState, now: Timestamp) -> Result<bool, StoreError> {
    move_key(conn, kid, from, Move::to_gone(from, now))
}

/// Withdraws a key, and what it signed is not believed from `now` on. One that was active has a successor: a key that is
/// next, or a new one that is made active. Whether it was in the state `from`.
///
/// # Errors
/// As [`promote`]; [`StoreError::Exists`] when another key than the new one became active.
pub fn revoke(
    conn: &mut Conn,
    kid: &str,
    from: KeyState,
    successor: Option<&Successor>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    if !move_key(conn, kid, from, Move { revoked_at: Some(now.millis()), ..Move::to_gone(from, now) })? {
        return Ok(false);
    }
    match successor {
        None => Ok(true),
        Some(Successor::New(key)) => insert(conn, key).map(|()| true),
        Some(Successor::Next(next)) => {
            if activate(conn, next, now)? {
                Ok(true)
            } else {
                Err(moved_by_others())
            }
        }
    }
}

/// The key that signs in the place of one that was revoked.
pub enum Successor {
    /// The one that is next, by its `kid`.
    Next(String),
    /// A new one, which is active.
    New(Box<StoredKey>),
}

impl Successor {
    /// A new key, which is made active.
    #[must_use]
    pub fn new(key: StoredKey) -> Self {
        Self::New(Box::new(key))
    }
}

/// Removes a key that is gone; whether it was.
///
/// # Errors
/// [`StoreError`].
pub fn forget(conn: &mut Conn, kid: &str) -> Result<bool, StoreError> {
    let gone = signing_keys::table.find(kid).filter(signing_keys::state.eq(KeyState::Gone.as_str()));
    Ok(diesel::delete(gone).execute(conn)? == 1)
}

/// Lets a key that retires after `now` retire at `now`; whether it did.
///
/// # Errors
/// [`StoreError`].
pub fn redate(conn: &mut Conn, kid: &str, now: Timestamp) -> Result<bool, StoreError> {
    let later = signing_keys::table.find(kid).filter(signing_keys::retired_at.gt(now.millis()));
    let retiring = later.filter(signing_keys::state.eq(KeyState::Retiring.as_str()));
    Ok(diesel::update(retiring).set(signing_keys::retired_at.eq(now.millis())).execute(conn)? == 1)
}

/// Notes that a key may sign tokens that live for `ttl`, unless longer ones are noted already.
///
/// # Errors
/// [`StoreError`].
pub fn lengthen(conn: &mut Conn, kid: &str, ttl: Duration) -> Result<bool, StoreError> {
    let shorter = signing_keys::table.find(kid).filter(signing_keys::token_ttl.lt(millis(ttl)));
    Ok(diesel::update(shorter).set(signing_keys::token_ttl.eq(millis(ttl))).execute(conn)? == 1)
}

/// Replaces the sealed private half of a key, unless it is another than `from` by now: one that was erased stays so.
///
/// # Errors
/// [`StoreError`].
pub fn reseal(conn: &mut Conn, kid: &str, from: &[u8], sealed: &[u8]) -> Result<(), StoreError> {
    let unchanged = signing_keys::table.find(kid).filter(signing_keys::sealed.eq(from));
    diesel::update(unchanged).set(signing_keys::sealed.eq(sealed)).execute(conn)?;
    Ok(())
}

fn activate(conn: &mut Conn, kid: &str, now: Timestamp) -> Result<bool, StoreError> {
    move_key(conn, kid, KeyState::Next, Move { activated_at: Some(now.millis()), ..Move::to(KeyState::Active) })
}

fn move_key(conn: &mut Conn, kid: &str, from: KeyState, change: Move) -> Result<bool, StoreError> {
    let unmoved = signing_keys::table.find(kid).filter(signing_keys::state.eq(from.as_str()));
    Ok(diesel::update(unmoved).set(change).execute(conn)? == 1)
}

/// An error, so that nothing of the unit of work is kept.
fn moved_by_others() -> StoreError {
    StoreError::Unavailable("the signing keys did not stand still".to_owned())
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

impl Move {
    fn to(state: KeyState) -> Self {
        let state = state.as_str().to_owned();
        Self { state, sealed: None, activated_at: None, retired_at: None, revoked_at: None }
    }

    /// Without its private half, which nothing needs any more.
    fn to_gone(from: KeyState, now: Timestamp) -> Self {
        let retires_now = matches!(from, KeyState::Next | KeyState::Active);
        let retired_at = retires_now.then_some(now.millis());
        Self { sealed: Some(Vec::new()), retired_at, ..Self::to(KeyState::Gone) }
    }
}

impl TryFrom<SigningKeyRow> for StoredKey {
    type Error = StoreError;

    fn try_from(row: SigningKeyRow) -> Result<Self, StoreError> {
        let corrupt = |reason| StoreError::Corrupt { table: "signing_keys", reason };
        let token_ttl = u64::try_from(row.token_ttl).map_err(|_| corrupt("a lifetime is negative"))?;
        Ok(Self {
            kid: row.kid,
            algorithm: Algorithm::parse(&row.algorithm).ok_or_else(|| corrupt("its algorithm is unknown"))?,
            state: KeyState::parse(&row.state).ok_or_else(|| corrupt("its state is unknown"))?,
            public_jwk: row.public_jwk,
            sealed: row.sealed,
            created_at: Timestamp::from_millis(row.created_at),
            activated_at: row.activated_at.map(Timestamp::from_millis),
            retired_at: row.retired_at.map(Timestamp::from_millis),
            token_ttl: Duration::from_millis(token_ttl),
            revoked_at: row.revoked_at.map(Timestamp::from_millis),
        })
    }
}

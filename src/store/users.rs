//! People.

mod keys;

pub use keys::{Name, find_by_email, names, renew_keys};

use diesel::prelude::*;
use serde_json::{Map, Value};

use crate::types::{Id, Rng, Timestamp, email_key, username_key, username_keys};

use super::conn::on_engine;
use super::schema::users;
use super::{Conn, StoreError, id_column};

/// A person.
#[derive(Clone, Debug)]
pub struct User {
    /// The id; hyphenated it is the `sub` of every token, and never used again.
    pub id: Id,
    /// The name, as the person writes it.
    pub username: String,
    /// The address, if there is one.
    pub email: Option<String>,
    /// The Argon2id hash as a PHC string.
    pub password_hash: String,
    /// Whether the person is switched off.
    pub disabled: bool,
    /// When any of it last changed.
    pub updated_at: Timestamp,
    /// What else is known of them, by the names of claims.
    pub claims: Map<String, Value>,
    /// 32 random bytes that their pairwise subjects come from (OpenID Connect Core §8.1).
    pub subject_seed: [u8; 32],
    /// Whether the stored lookup keys are those that this version writes.
    pub keys_are_current: bool,
}

impl User {
    /// Somebody new, of whom nothing else is known.
    #[must_use]
    pub fn new(username: String, password_hash: String, now: Timestamp, rng: &Rng) -> Self {
        Self {
            id: Id::new(now, rng),
            username,
            email: None,
            password_hash,
            disabled: false,
            updated_at: now,
            claims: Map::new(),
            subject_seed: rng.bytes(),
            keys_are_current: true,
        }
    }
}

#[derive(Clone, Debug, Queryable, Insertable)]
#[diesel(table_name = users)]
pub(super) struct UserRow {
    id: Vec<u8>,
    username: String,
    username_key: String,
    email: Option<String>,
    password_hash: String,
    pub(super) disabled_at: Option<i64>,
    created_at: i64,
    updated_at: i64,
    claims: String,
    pub(super) subject_seed: Vec<u8>,
    email_key: Option<String>,
}

/// The person of an id, disabled or not.
///
/// # Errors
/// [`StoreError`].
pub fn find(conn: &mut Conn, id: Id) -> Result<Option<User>, StoreError> {
    let user = users::table.find(id.as_bytes().to_vec());
    let row: Option<UserRow> = on_engine!(conn, |conn| user.get_result(conn)).optional()?;
    row.map(User::try_from).transpose()
}

/// The person of a username, however its case, width and composition are written.
///
/// # Errors
/// [`StoreError`].
pub fn find_by_username(conn: &mut Conn, username: &str) -> Result<Option<User>, StoreError> {
    for key in username_keys(username) {
        let user = users::table.filter(users::username_key.eq(key));
        let row: Option<UserRow> = on_engine!(conn, |conn| user.get_result(conn)).optional()?;
        if let Some(row) = row {
            return User::try_from(row).map(Some);
        }
    }
    Ok(None)
}

/// The person of an id, disabled or not, who is held until the unit ends: units about the same person take turns from here
/// ([`super::Store::write_in_turn`]).
///
/// # Errors
/// [`StoreError`].
pub fn hold(conn: &mut Conn, id: Id) -> Result<Option<User>, StoreError> {
    let person = users::table.find(id.as_bytes().to_vec());
    let row: Option<UserRow> = match conn {
        // One thread writes, so that every unit has its turn.
        Conn::Sqlite(conn) => person.get_result(conn).optional()?,
        Conn::Postgres(conn) => person.for_no_key_update().get_result(conn).optional()?,
    };
    row.map(User::try_from).transpose()
}

/// The usernames before and after one, so many on each side, in lower case.
///
/// # Errors
/// [`StoreError`].
pub fn around(conn: &mut Conn, username: &str, each: i64) -> Result<Vec<String>, StoreError> {
    let keys = users::table.select(users::username_key);
    let key = username_key(username);
    let before = keys.filter(users::username_key.lt(key.clone())).order(users::username_key.desc()).limit(each);
    let after = keys.filter(users::username_key.ge(key)).order(users::username_key).limit(each);
    let (mut all, after): (Vec<String>, Vec<String>) = (before.load(conn)?, after.load(conn)?);
    all.extend(after);
    Ok(all)
}

/// The people after a username, so many at most, by their usernames without case.
///
/// # Errors
/// [`StoreError`].
pub fn page(conn: &mut Conn, after: Option<&str>, limit: i64) -> Result<Vec<User>, StoreError> {
    let after = users::table.filter(users::username_key.gt(username_key(after.unwrap_or_default())));
    let rows: Vec<UserRow> = after.order(users::username_key).limit(limit).load(conn)?;
    rows.into_iter().map(User::try_from).collect()
}

/// Adds a person.
///
/// # Errors
/// [`StoreError::Exists`] when the username is taken, however it is written.
pub fn insert(conn: &mut Conn, user: &User) -> Result<(), StoreError> {
    if find_by_username(conn, &user.username)?.is_some() {
        return Err(StoreError::Exists);
    }
    let row = UserRow {
        id: user.id.as_bytes().to_vec(),
        username: user.username.clone(),
        username_key: username_key(&user.username),
        email: user.email.clone(),
        password_hash: user.password_hash.clone(),
        disabled_at: user.disabled.then_some(user.updated_at.millis()),
        created_at: user.updated_at.millis(),
        updated_at: user.updated_at.millis(),
        claims: claims_column(user),
        subject_seed: user.subject_seed.to_vec(),
        email_key: user.email.as_deref().map(email_key),
    };
    diesel::insert_into(users::table).values(&row).execute(conn)?;
    Ok(())
}

/// Replaces the hash of an unchanged password by one with today's parameters. A password that was changed in the
/// meantime is left alone: `false`.
///
/// # Errors
/// [`StoreError`].
pub fn rehash(conn: &mut Conn, id: Id, old: &str, new: &str) -> Result<bool, StoreError> {
    let user = users::table.find(id.as_bytes().to_vec()).filter(users::password_hash.eq(old));
    Ok(diesel::update(user).set(users::password_hash.eq(new)).execute(conn)? == 1)
}

/// Writes down a person who is there already: name, address, password, claims and whether they are disabled. The key of a
/// name that stays is kept: two people of an older version may share what would be the new one.
///
/// # Errors
/// [`StoreError::Exists`] when the username is another's, however it is written.
pub fn update(conn: &mut Conn, user: &User) -> Result<(), StoreError> {
    let row = users::table.find(user.id.as_bytes().to_vec());
    if find(conn, user.id)?.is_some_and(|known| known.username != user.username) {
        if find_by_username(conn, &user.username)?.is_some_and(|other| other.id != user.id) {
            return Err(StoreError::Exists);
        }
        let name = (users::username.eq(&user.username), users::username_key.eq(username_key(&user.username)));
        diesel::update(row.clone()).set(name).execute(conn)?;
    }
    diesel::update(row)
        .set((
            users::email.eq(&user.email),
            users::email_key.eq(user.email.as_deref().map(email_key)),
            users::password_hash.eq(&user.password_hash),
            users::disabled_at.eq(user.disabled.then_some(user.updated_at.millis())),
            users::updated_at.eq(user.updated_at.millis()),
            users::claims.eq(claims_column(user)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Removes a person with all sessions, consents and grants; `false` when there is none.
///
/// # Errors
/// [`StoreError`].
pub fn remove(conn: &mut Conn, id: Id) -> Result<bool, StoreError> {
    Ok(diesel::delete(users::table.find(id.as_bytes().to_vec())).execute(conn)? == 1)
}

fn claims_column(user: &User) -> String {
    serde_json::to_string(&user.claims).expect("claims are plain data")
}

/// Of many people nothing else is known, which costs no reading.
fn claims(text: &str) -> Option<Map<String, Value>> {
    if text == "{}" { Some(Map::new()) } else { serde_json::from_str(text).ok() }
}

/// The bytes that a person's pairwise subjects come from.
pub(super) fn seed_column(seed: Vec<u8>) -> Result<[u8; 32], StoreError> {
    let corrupt = StoreError::Corrupt { table: "users", reason: "its seed has not 32 bytes" };
    seed.try_into().map_err(|_| corrupt)
}

impl TryFrom<UserRow> for User {
    type Error = StoreError;

    fn try_from(row: UserRow) -> Result<Self, StoreError> {
        let corrupt = |reason| StoreError::Corrupt { table: "users", reason };
        let keys_are_current = row.username_key == username_key(&row.username)
            && row.email_key.as_deref() == row.email.as_deref().map(email_key).as_deref();
        Ok(Self {
            id: id_column("users", &row.id)?,
            username: row.username,
            email: row.email,
            password_hash: row.password_hash,
            disabled: row.disabled_at.is_some(),
            updated_at: Timestamp::from_millis(row.updated_at),
            claims: claims(&row.claims).ok_or_else(|| corrupt("its claims are no JSON object"))?,
            subject_seed: seed_column(row.subject_seed)?,
            keys_are_current,
        })
    }
}

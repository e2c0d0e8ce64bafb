//! Signing keys, their private halves sealed.

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
    };
    diesel::insert_into(signing_keys::table).values(&row).execute(conn)?;
    Ok(())
}

/// Replaces the sealed private half of a key.
///
/// # Errors
/// [`StoreError`].
pub fn reseal(conn: &mut Conn, kid: &str, sealed: &[u8]) -> Result<(), StoreError> {
    diesel::update(signing_keys::table.find(kid)).set(signing_keys::sealed.eq(sealed)).execute(conn)?;
    Ok(())
}

impl TryFrom<SigningKeyRow> for StoredKey {
    type Error = StoreError;

    fn try_from(row: SigningKeyRow) -> Result<Self, StoreError> {
        let corrupt = |reason| StoreError::Corrupt { table: "signing_keys", reason };
        Ok(Self {
            kid: row.kid,
            algorithm: Algorithm::parse(&row.algorithm).ok_or_else(|| corrupt("its algorithm is unknown"))?,
            state: KeyState::parse(&row.state).ok_or_else(|| corrupt("its state is unknown"))?,
            public_jwk: row.public_jwk,
            sealed: row.sealed,
            created_at: Timestamp::from_millis(row.created_at),
            activated_at: row.activated_at.map(Timestamp::from_millis),
            retired_at: row.retired_at.map(Timestamp::from_millis),
        })
    }
}

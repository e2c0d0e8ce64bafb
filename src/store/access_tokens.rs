//! Access tokens are not stored. What is stored is what ends one before its time: its grant, with the person and the client
//! of that, and the tokens that were revoked one by one.

use diesel::dsl::exists;
use diesel::prelude::*;

use crate::oauth::claims_request::ClaimsRequest;
use crate::types::{Id, Timestamp};

use super::conn::on_engine;
use super::grants::claims_column;
use super::range::{Step, step};
use super::schema::{clients, grants, revoked_tokens, users};
use super::users::{User, UserRow};
use super::{Conn, StoreError};

/// Who stands behind the access tokens of a grant, and what may have ended them.
#[derive(Clone, Debug)]
pub struct Behind {
    /// The person.
    pub person: User,
    /// Whether the client is switched off.
    pub client_disabled: bool,
    /// Whether the grant was revoked.
    pub revoked: bool,
    /// When the grant ends whatever happens.
    pub expires_at: Timestamp,
    /// Claims that were asked for by name.
    pub claims: Option<ClaimsRequest>,
}

/// Who stands behind the access tokens of a grant, if the grant is there.
///
/// # Errors
/// [`StoreError`].
pub fn behind(conn: &mut Conn, grant: Id) -> Result<Option<Behind>, StoreError> {
    let behind = grants::table
        .inner_join(users::table)
        .inner_join(clients::table)
        .filter(grants::id.eq(grant.as_bytes().to_vec()))
        .select((grants::revoked_at, grants::expires_at, grants::claims, clients::disabled_at, users::all_columns));
    let row: Option<Row> = on_engine!(conn, |conn| behind.get_result(conn)).optional()?;
    let behind = |(revoked_at, expires_at, claims, client_disabled_at, person): Row| {
        Ok(Behind {
            person: person.try_into()?,
            client_disabled: client_disabled_at.is_some(),
            revoked: revoked_at.is_some(),
            expires_at: Timestamp::from_millis(expires_at),
            claims: claims_column(claims.as_deref())?,
        })
    };
    row.map(behind).transpose()
}

type Row = (Option<i64>, i64, Option<String>, Option<i64>, UserRow);

/// Whether the token of a `jti` was revoked by itself.
///
/// # Errors
/// [`StoreError`].
pub fn is_revoked(conn: &mut Conn, jti: &str) -> Result<bool, StoreError> {
    let is_revoked = diesel::select(exists(revoked_tokens::table.find(jti)));
    Ok(on_engine!(conn, |conn| is_revoked.get_result(conn))?)
}

/// Remembers that a token which ends at `expires_at` was revoked.
///
/// # Errors
/// [`StoreError::Exists`] when it was revoked before.
pub fn revoke(conn: &mut Conn, jti: &str, expires_at: Timestamp) -> Result<(), StoreError> {
    let row = (revoked_tokens::jti.eq(jti), revoked_tokens::expires_at.eq(expires_at.millis()));
    let revoked = diesel::insert_into(revoked_tokens::table).values(row);
    on_engine!(conn, |conn| revoked.execute(conn))?;
    Ok(())
}

/// Forgets, of the next revoked tokens after the `jti` `after`, those that ended before `ended`.
///
/// # Errors
/// [`StoreError`].
pub fn purge(conn: &mut Conn, after: &str, ended: Timestamp) -> Result<Step<String>, StoreError> {
    step!(conn, revoked_tokens::jti, after, revoked_tokens::expires_at.lt(ended.millis()))
}

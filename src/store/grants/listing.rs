//! What administrators see of grants.

use diesel::prelude::*;

use crate::oauth::grant::Grant;
use crate::types::{Id, Timestamp};

use super::super::consents::AccessFilter;
use super::super::schema::{grants, users};
use super::super::{Conn, StoreError};
use super::GrantRow;

/// A grant as it is listed.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The grant.
    pub grant: Grant,
    /// The username of its person.
    pub username: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// How many grants of a person, of a client, of both or of all have not been revoked; those that have expired are among them.
///
/// # Errors
/// [`StoreError`].
pub fn count_unrevoked(conn: &mut Conn, of: &AccessFilter) -> Result<usize, StoreError> {
    let mut query = grants::table.filter(grants::revoked_at.is_null()).count().into_boxed();
    if let Some(user_id) = of.user_id {
        query = query.filter(grants::user_id.eq(user_id.as_bytes().to_vec()));
    }
    if let Some(client_id) = of.client_id.clone() {
        query = query.filter(grants::client_id.eq(client_id));
    }
    let count: i64 = query.get_result(conn)?;
    Ok(usize::try_from(count).unwrap_or_default())
}

/// The newest grants of a person, with a client, or of all, so many at most.
///
/// # Errors
/// [`StoreError`].
pub fn list(
    conn: &mut Conn,
    user_id: Option<Id>,
    client_id: Option<&str>,
    limit: i64,
) -> Result<Vec<Listed>, StoreError> {
    let mut query = grants::table
        .inner_join(users::table)
        .select((grants::all_columns, users::username))
        .order(grants::id.desc())
        .limit(limit)
        .into_boxed();
    if let Some(user_id) = user_id {
        query = query.filter(grants::user_id.eq(user_id.as_bytes().to_vec()));
    }
    if let Some(client_id) = client_id {
        query = query.filter(grants::client_id.eq(client_id.to_owned()));
    }
    let rows: Vec<(GrantRow, String)> = query.load(conn)?;
    let listed = |(row, username): (GrantRow, String)| {
        let created_at = Timestamp::from_millis(row.created_at);
        Ok(Listed { grant: Grant::try_from(row)?, username, created_at })
    };
    rows.into_iter().map(listed).collect()
}

//! What administrators see of grants.

use diesel::dsl::exists;
use diesel::prelude::*;

use crate::oauth::grant::Grant;
use crate::types::{Id, Timestamp};

use super::super::consents::AccessFilter;
use super::super::schema::{given_consents, grants, users};
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

/// Narrows a query of grants to a choice.
macro_rules! narrowed {
    ($query:expr, $filter:expr) => {{
        let (mut query, filter): (_, &AccessFilter) = ($query.into_boxed(), $filter);
        if let Some(user_id) = filter.user_id {
            query = query.filter(grants::user_id.eq(user_id.as_bytes().to_vec()));
        }
        if let Some(client_id) = filter.client_id.clone() {
            query = query.filter(grants::client_id.eq(client_id));
        }
        if let Some(resource) = filter.resource.clone() {
            query = match resource.as_str() {
                "" => query.filter(grants::resource.is_null()),
                _ => query.filter(grants::resource.eq(resource)),
            };
        }
        query
    }};
}

/// How many grants of a person, of a client, of both or of all have not been revoked; those that have expired are among them.
///
/// # Errors
/// [`StoreError`].
pub fn count_unrevoked(conn: &mut Conn, of: &AccessFilter) -> Result<usize, StoreError> {
    let unrevoked = grants::table.filter(grants::revoked_at.is_null());
    let count: i64 = narrowed!(unrevoked.count(), of).get_result(conn)?;
    Ok(usize::try_from(count).unwrap_or_default())
}

/// Counts those among them that stand on a consent.
///
/// # Errors
/// [`StoreError`].
pub fn count_consented(conn: &mut Conn, of: &AccessFilter) -> Result<usize, StoreError> {
    let of_resource = given_consents::resource.nullable().eq(grants::resource);
    let of_none = given_consents::resource.eq("").and(grants::resource.is_null());
    let consent = given_consents::table
        .filter(given_consents::user_id.eq(grants::user_id))
        .filter(given_consents::client_id.eq(grants::client_id))
        .filter(of_resource.or(of_none));
    let consented = grants::table.filter(grants::revoked_at.is_null()).filter(exists(consent));
    let count: i64 = narrowed!(consented.count(), of).get_result(conn)?;
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

//! What people allowed applications to do, remembered so that they are asked once.

use diesel::dsl::exists;
use diesel::prelude::*;

use crate::oauth::{Client, Scope};
use crate::types::{Id, Timestamp};

use super::schema::{consents, grants, users};
use super::{Conn, StoreError, clients, id_column};

/// What a person allowed a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// The person.
    pub user_id: Id,
    /// Their username.
    pub username: String,
    /// The client.
    pub client_id: String,
    /// The scope that is allowed.
    pub scope: Scope,
    /// When the person last allowed any of it.
    pub granted_at: Timestamp,
}

/// A choice of consents: of everybody with every client, or of one of either, or of both.
#[derive(Clone, Debug, Default)]
pub struct AccessFilter {
    /// The person.
    pub user_id: Option<Id>,
    /// The client.
    pub client_id: Option<String>,
}

/// The scope that a person has allowed a client; empty when there is none.
///
/// # Errors
/// [`StoreError`].
pub fn find(conn: &mut Conn, user_id: Id, client_id: &str) -> Result<Scope, StoreError> {
    Ok(find_stored(conn, user_id, client_id)?.unwrap_or_default())
}

fn find_stored(conn: &mut Conn, user_id: Id, client_id: &str) -> Result<Option<Scope>, StoreError> {
    let scope: Option<String> = consents::table
        .find((user_id.as_bytes().to_vec(), client_id))
        .select(consents::scope)
        .get_result(conn)
        .optional()?;
    scope.map(|scope| parse_scope(&scope)).transpose()
}

fn parse_scope(stored: &str) -> Result<Scope, StoreError> {
    Scope::parse(stored).map_err(|_| StoreError::Corrupt { table: "consents", reason: "its scope cannot be read" })
}

/// The consents of a choice, so many at most, by person and client; those after the pair, if there is one.
///
/// # Errors
/// [`StoreError`].
pub fn list(
    conn: &mut Conn,
    filter: &AccessFilter,
    after: Option<(Id, &str)>,
    limit: i64,
) -> Result<Vec<Consent>, StoreError> {
    let mut query = consents::table
        .inner_join(users::table)
        .select((consents::user_id, users::username, consents::client_id, consents::scope, consents::granted_at))
        .order((consents::user_id, consents::client_id))
        .limit(limit)
        .into_boxed();
    if let Some(user_id) = filter.user_id {
        query = query.filter(consents::user_id.eq(user_id.as_bytes().to_vec()));
    }
    if let Some(client_id) = filter.client_id.clone() {
        query = query.filter(consents::client_id.eq(client_id));
    }
    if let Some((user_id, client_id)) = after {
        let user_id = user_id.as_bytes().to_vec();
        let same_person = consents::user_id.eq(user_id.clone()).and(consents::client_id.gt(client_id.to_owned()));
        query = query.filter(consents::user_id.gt(user_id).or(same_person));
    }
    let rows: Vec<(Vec<u8>, String, String, String, i64)> = query.load(conn)?;
    let read = |(user_id, username, client_id, scope, granted_at): (Vec<u8>, String, String, String, i64)| {
        let (user_id, scope) = (id_column("consents", &user_id)?, parse_scope(&scope)?);
        Ok(Consent { user_id, username, client_id, scope, granted_at: Timestamp::from_millis(granted_at) })
    };
    rows.into_iter().map(read).collect()
}

/// Counts the consents of a choice.
///
/// # Errors
/// [`StoreError`].
pub fn count(conn: &mut Conn, filter: &AccessFilter) -> Result<usize, StoreError> {
    let mut query = consents::table.count().into_boxed();
    if let Some(user_id) = filter.user_id {
        query = query.filter(consents::user_id.eq(user_id.as_bytes().to_vec()));
    }
    if let Some(client_id) = filter.client_id.clone() {
        query = query.filter(consents::client_id.eq(client_id));
    }
    let count: i64 = query.get_result(conn)?;
    Ok(usize::try_from(count).unwrap_or_default())
}

/// Counts the grants that stand on the consents of a choice and have not been revoked.
///
/// # Errors
/// [`StoreError`].
pub fn count_grants(conn: &mut Conn, filter: &AccessFilter) -> Result<usize, StoreError> {
    let consent =
        consents::table.filter(consents::user_id.eq(grants::user_id)).filter(consents::client_id.eq(grants::client_id));
    let mut query = grants::table.filter(grants::revoked_at.is_null()).filter(exists(consent)).count().into_boxed();
    if let Some(user_id) = filter.user_id {
        query = query.filter(grants::user_id.eq(user_id.as_bytes().to_vec()));
    }
    if let Some(client_id) = filter.client_id.clone() {
        query = query.filter(grants::client_id.eq(client_id));
    }
    let count: i64 = query.get_result(conn)?;
    Ok(usize::try_from(count).unwrap_or_default())
}

/// Forgets what a person allowed a client, and gives back what that was; `None` when there is no such consent.
///
/// # Errors
/// [`StoreError`].
pub fn remove(conn: &mut Conn, user_id: Id, client_id: &str) -> Result<Option<Scope>, StoreError> {
    let allowed = find_stored(conn, user_id, client_id)?;
    let consent = consents::table.find((user_id.as_bytes().to_vec(), client_id));
    let removed = diesel::delete(consent).execute(conn)? == 1;
    Ok(allowed.filter(|_| removed))
}

/// The clients that a person has allowed something, at most `limit`, by their ids.
///
/// # Errors
/// [`StoreError`].
pub fn clients(conn: &mut Conn, user_id: Id, limit: usize) -> Result<Vec<Client>, StoreError> {
    let ids: Vec<String> = consents::table
        .filter(consents::user_id.eq(user_id.as_bytes().to_vec()))
        .order(consents::client_id)
        .select(consents::client_id)
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .load(conn)?;
    let found = ids.iter().map(|id| clients::find(conn, id));
    found.filter_map(Result::transpose).collect()
}

/// Remembers that a person allows a client `scope`, beside what was allowed before.
///
/// # Errors
/// [`StoreError`].
pub fn add(conn: &mut Conn, user_id: Id, client_id: &str, scope: &Scope, now: Timestamp) -> Result<(), StoreError> {
    let all = find(conn, user_id, client_id)?.union(scope).to_string();
    let consent = consents::table.find((user_id.as_bytes().to_vec(), client_id));
    let changed = (consents::scope.eq(&all), consents::granted_at.eq(now.millis()));
    if diesel::update(consent).set(changed).execute(conn)? == 0 {
        diesel::insert_into(consents::table)
            .values((
                consents::user_id.eq(user_id.as_bytes().to_vec()),
                consents::client_id.eq(client_id),
                consents::scope.eq(&all),
                consents::granted_at.eq(now.millis()),
            ))
            .execute(conn)?;
    }
    Ok(())
}

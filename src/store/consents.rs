//! What people allowed applications to do, remembered so that they are asked once.

use diesel::prelude::*;

use crate::oauth::{Client, ConsentTerms, Consented, Scope};
use crate::types::{Id, Timestamp};

use super::schema::{consents, given_consents, users};
use super::{Conn, StoreError, clients, id_column};

/// Consents of one person with one client at most. The one that was given longest ago makes room.
const MAX_CONSENTS: i64 = 100;

/// What a person allowed a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// The person.
    pub user_id: Id,
    /// Their username.
    pub username: String,
    /// The client.
    pub client_id: String,
    /// Hash of the contents of the consent page.
    pub terms: ConsentTerms,
    /// The scope that is allowed.
    pub scope: Scope,
    /// When the person last allowed any of it.
    pub granted_at: Timestamp,
}

/// A choice of consents, and of the grants that stand on them. What is `None` limits nothing.
#[derive(Clone, Debug, Default)]
pub struct AccessFilter {
    /// The person.
    pub user_id: Option<Id>,
    /// The client.
    pub client_id: Option<String>,
    /// The resource; an empty one is access without a resource.
    pub resource: Option<String>,
}

/// Consents that were withdrawn together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Removed {
    /// Count of consents.
    pub count: usize,
    /// All that they allowed.
    pub scope: Scope,
}

/// A row: user, client, resource, host, name, scope, time.
type Row = (Vec<u8>, String, String, String, String, String, i64);

/// The scope that a person has allowed a client on the same terms.
///
/// # Errors
/// [`StoreError`].
pub fn find(conn: &mut Conn, user_id: Id, client_id: &str, terms: &ConsentTerms) -> Result<Consented, StoreError> {
    let (resource, host) = keys(terms);
    let scope: Option<String> = given_consents::table
        .find((user_id.as_bytes().to_vec(), client_id, resource, host))
        .filter(given_consents::client_name.eq(&terms.client_name))
        .select(given_consents::scope)
        .get_result(conn)
        .optional()?;
    scope.map(|scope| parse_scope(&scope)).transpose().map(Consented)
}

/// Resource and host as they are stored: an empty text for none.
fn keys(terms: &ConsentTerms) -> (&str, &str) {
    (terms.resource.as_deref().unwrap_or_default(), terms.redirect_host.as_deref().unwrap_or_default())
}

fn parse_scope(stored: &str) -> Result<Scope, StoreError> {
    let unreadable = |_| StoreError::Corrupt { table: "given_consents", reason: "its scope cannot be read" };
    Scope::parse(stored).map_err(unreadable)
}

/// Narrows a query of consents to a choice.
macro_rules! narrowed {
    ($query:expr, $filter:expr) => {{
        let (mut query, filter): (_, &AccessFilter) = ($query.into_boxed(), $filter);
        if let Some(user_id) = filter.user_id {
            query = query.filter(given_consents::user_id.eq(user_id.as_bytes().to_vec()));
        }
        if let Some(client_id) = filter.client_id.clone() {
            query = query.filter(given_consents::client_id.eq(client_id));
        }
        if let Some(resource) = filter.resource.clone() {
            query = query.filter(given_consents::resource.eq(resource));
        }
        query
    }};
}

/// The consents of a choice, so many at most, by person, client, resource and host.
///
/// # Errors
/// [`StoreError`].
pub fn list(conn: &mut Conn, filter: &AccessFilter, limit: i64) -> Result<Vec<Consent>, StoreError> {
    let all = given_consents::table.inner_join(users::table).select((given_consents::all_columns, users::username));
    let ordered = all.order((
        given_consents::user_id,
        given_consents::client_id,
        given_consents::resource,
        given_consents::redirect_host,
    ));
    let rows: Vec<(Row, String)> = narrowed!(ordered.limit(limit), filter).load(conn)?;
    rows.into_iter().map(read).collect()
}

fn read((row, username): (Row, String)) -> Result<Consent, StoreError> {
    let (user_id, client_id, resource, host, client_name, scope, granted_at) = row;
    let is_there = |text: &String| !text.is_empty();
    Ok(Consent {
        user_id: id_column("given_consents", &user_id)?,
        username,
        client_id,
        terms: ConsentTerms {
            client_name,
            redirect_host: Some(host).filter(is_there),
            resource: Some(resource).filter(is_there),
        },
        scope: parse_scope(&scope)?,
        granted_at: Timestamp::from_millis(granted_at),
    })
}

/// Counts the consents of a choice.
///
/// # Errors
/// [`StoreError`].
pub fn count(conn: &mut Conn, filter: &AccessFilter) -> Result<usize, StoreError> {
    let count: i64 = narrowed!(given_consents::table.count(), filter).get_result(conn)?;
    Ok(usize::try_from(count).unwrap_or_default())
}

/// Forgets what a person allowed a client for a resource, whichever host the answers went to; `None` when there is no such
/// consent.
///
/// # Errors
/// [`StoreError`].
pub fn remove(
    conn: &mut Conn,
    user_id: Id,
    client_id: &str,
    resource: Option<&str>,
) -> Result<Option<Removed>, StoreError> {
    let user = user_id.as_bytes().to_vec();
    // An earlier version beside this one asks again as well.
    diesel::delete(consents::table.find((user.clone(), client_id))).execute(conn)?;
    let of_both = given_consents::user_id.eq(user).and(given_consents::client_id.eq(client_id));
    let given = given_consents::table.filter(of_both.and(given_consents::resource.eq(resource.unwrap_or_default())));
    let scopes: Vec<String> = given.clone().select(given_consents::scope).load(conn)?;
    diesel::delete(given).execute(conn)?;
    let mut removed = Removed { count: scopes.len(), ..Removed::default() };
    for scope in &scopes {
        removed.scope = removed.scope.union(&parse_scope(scope)?);
    }
    Ok(Some(removed).filter(|removed| removed.count > 0))
}

/// Forgets the consents of a choice that an earlier version stored beside this one, which have no resource.
///
/// # Errors
/// [`StoreError`].
pub fn remove_former(conn: &mut Conn, filter: &AccessFilter) -> Result<(), StoreError> {
    let mut former = diesel::delete(consents::table).into_boxed();
    if let Some(user_id) = filter.user_id {
        former = former.filter(consents::user_id.eq(user_id.as_bytes().to_vec()));
    }
    if let Some(client_id) = filter.client_id.clone() {
        former = former.filter(consents::client_id.eq(client_id));
    }
    former.execute(conn)?;
    Ok(())
}

/// The clients that a person has allowed something, at most `limit`, by their ids.
///
/// # Errors
/// [`StoreError`].
pub fn clients(conn: &mut Conn, user_id: Id, limit: usize) -> Result<Vec<Client>, StoreError> {
    let ids: Vec<String> = given_consents::table
        .filter(given_consents::user_id.eq(user_id.as_bytes().to_vec()))
        .order(given_consents::client_id)
        .select(given_consents::client_id)
        .distinct()
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .load(conn)?;
    let found = ids.iter().map(|id| clients::find(conn, id));
    found.filter_map(Result::transpose).collect()
}

/// Remembers that a person allows a client `scope` on these terms, beside what was allowed on the same ones before.
///
/// # Errors
/// [`StoreError`].
pub fn add(
    conn: &mut Conn,
    user_id: Id,
    client_id: &str,
    terms: &ConsentTerms,
    scope: &Scope,
    now: Timestamp,
) -> Result<(), StoreError> {
    let all = find(conn, user_id, client_id, terms)?.scope().union(scope).to_string();
    let (user, (resource, host)) = (user_id.as_bytes().to_vec(), keys(terms));
    let consent = given_consents::table.find((user.clone(), client_id, resource, host));
    let changed = (
        given_consents::client_name.eq(&terms.client_name),
        given_consents::scope.eq(&all),
        given_consents::granted_at.eq(now.millis()),
    );
    if diesel::update(consent).set(changed).execute(conn)? == 0 {
        make_room(conn, &user, client_id)?;
        diesel::insert_into(given_consents::table)
            .values((
                given_consents::user_id.eq(user),
                given_consents::client_id.eq(client_id),
                given_consents::resource.eq(resource),
                given_consents::redirect_host.eq(host),
                changed,
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Forgets the oldest consents of a person with a client until one more is within [`MAX_CONSENTS`]: a client that has many
/// addresses, or asks for many resources, fills no table.
fn make_room(conn: &mut Conn, user_id: &[u8], client_id: &str) -> Result<(), StoreError> {
    let beyond: Vec<(String, String)> = given_consents::table
        .filter(given_consents::user_id.eq(user_id).and(given_consents::client_id.eq(client_id)))
        .order(given_consents::granted_at.desc())
        .select((given_consents::resource, given_consents::redirect_host))
        .offset(MAX_CONSENTS - 1)
        .limit(i64::MAX)
        .load(conn)?;
    for (resource, host) in beyond {
        diesel::delete(given_consents::table.find((user_id, client_id, resource, host))).execute(conn)?;
    }
    Ok(())
}

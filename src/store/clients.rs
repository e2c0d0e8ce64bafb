//! Registered clients.

mod row;

use diesel::prelude::*;

use crate::oauth::Client;
use crate::types::Timestamp;

use super::conn::on_engine;
use super::schema::{client_totals, clients};
use super::{Conn, StoreError, client_origins};

pub(super) use row::ClientRow;

/// The client of a `client_id`, disabled or not.
///
/// # Errors
/// [`StoreError`].
pub fn find(conn: &mut Conn, id: &str) -> Result<Option<Client>, StoreError> {
    let row: Option<ClientRow> = on_engine!(conn, |conn| clients::table.find(id).get_result(conn)).optional()?;
    row.map(Client::try_from).transpose()
}

/// The same, which nobody locks or removes until the unit ends.
///
/// # Errors
/// [`StoreError`].
pub fn hold(conn: &mut Conn, id: &str) -> Result<Option<Client>, StoreError> {
    let client = clients::table.find(id);
    let row: Option<ClientRow> = match conn {
        // One thread writes, so that every unit has its turn.
        Conn::Sqlite(conn) => client.get_result(conn).optional()?,
        Conn::Postgres(conn) => client.for_share().get_result(conn).optional()?,
    };
    row.map(Client::try_from).transpose()
}

/// Since when the tokens count that a client is given for itself; `None` when it is locked or not there.
///
/// # Errors
/// [`StoreError`].
pub fn tokens_since(conn: &mut Conn, id: &str) -> Result<Option<Timestamp>, StoreError> {
    let client = clients::table.find(id).filter(clients::disabled_at.is_null());
    let since = client.select(clients::tokens_since);
    let since: Option<i64> = on_engine!(conn, |conn| since.get_result(conn)).optional()?;
    Ok(since.map(Timestamp::from_millis))
}

/// Every client, by its id.
///
/// # Errors
/// [`StoreError`].
pub fn list(conn: &mut Conn) -> Result<Vec<Client>, StoreError> {
    let rows: Vec<ClientRow> = clients::table.order(clients::id).load(conn)?;
    rows.into_iter().map(Client::try_from).collect()
}

/// The clients after an id, so many at most, by their ids.
///
/// # Errors
/// [`StoreError`].
pub fn page(conn: &mut Conn, after: Option<&str>, limit: i64) -> Result<Vec<Client>, StoreError> {
    let after = clients::table.filter(clients::id.gt(after.unwrap_or_default()));
    let rows: Vec<ClientRow> = after.order(clients::id).limit(limit).load(conn)?;
    rows.into_iter().map(Client::try_from).collect()
}

/// Totals of the clients, which the database keeps itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable)]
pub struct ClientTotals {
    /// Clients that registered themselves.
    pub self_registered: i64,
    /// Clients with the password grant, which is then part of the metadata.
    pub with_password: i64,
    /// Grows with each change of one of the operator's clients.
    pub operator_changes: i64,
}

/// The totals of the clients.
///
/// # Errors
/// [`StoreError`].
pub fn totals(conn: &mut Conn) -> Result<ClientTotals, StoreError> {
    let columns = (client_totals::self_registered, client_totals::with_password, client_totals::operator_changes);
    Ok(client_totals::table.select(columns).first(conn)?)
}

/// The redirect URIs of all public clients of the operator that are not disabled.
///
/// # Errors
/// [`StoreError`].
pub fn operator_redirect_uris(conn: &mut Conn) -> Result<Vec<String>, StoreError> {
    let of_operator = clients::table.filter(clients::registration_token.is_null());
    let public = of_operator.filter(clients::auth_method.eq("none")).filter(clients::disabled_at.is_null());
    let lists: Vec<String> = public.select(clients::redirect_uris).load(conn)?;
    Ok(lists.iter().flat_map(|list| list.split(' ')).filter(|uri| !uri.is_empty()).map(str::to_owned).collect())
}

/// Registers a client.
///
/// # Errors
/// [`StoreError::Exists`] when the id is taken.
pub fn insert(conn: &mut Conn, client: &Client, now: Timestamp) -> Result<(), StoreError> {
    diesel::insert_into(clients::table).values(&ClientRow::new(client, now)).execute(conn)?;
    client_origins::write(conn, client)
}

/// Writes what registration says of a client that is there; when it was made, and whether it is disabled, stay.
///
/// # Errors
/// [`StoreError`].
pub fn update(conn: &mut Conn, client: &Client, now: Timestamp) -> Result<(), StoreError> {
    diesel::update(clients::table.find(&client.id)).set(&ClientRow::new(client, now)).execute(conn)?;
    client_origins::write(conn, client)
}

/// Disables a client, and with it for good the tokens that it has for itself; `false` when there is none.
///
/// # Errors
/// [`StoreError`].
pub fn disable(conn: &mut Conn, id: &str, now: Timestamp) -> Result<bool, StoreError> {
    // Tokens say the second of their making: those of this one are from before.
    let since = Timestamp::from_seconds(now.seconds() + 1).millis();
    let change = (clients::disabled_at.eq(now.millis()), clients::tokens_since.eq(since));
    Ok(diesel::update(clients::table.find(id)).set(change).execute(conn)? == 1)
}

/// Enables a client again; `false` when there is none.
///
/// # Errors
/// [`StoreError`].
pub fn enable(conn: &mut Conn, id: &str) -> Result<bool, StoreError> {
    Ok(diesel::update(clients::table.find(id)).set(clients::disabled_at.eq(None::<i64>)).execute(conn)? == 1)
}

/// Removes a client with its grants and consents; `false` when there is none.
///
/// # Errors
/// [`StoreError`].
pub fn remove(conn: &mut Conn, id: &str) -> Result<bool, StoreError> {
    Ok(diesel::delete(clients::table.find(id)).execute(conn)? == 1)
}

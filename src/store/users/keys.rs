//! The keys that usernames and addresses are looked up by, and the rows of older versions that lack them.

use diesel::prelude::*;

use crate::store::schema::users;
use crate::store::{Conn, StoreError, id_column};
use crate::types::{Id, email_key, username_key};

/// The name, and the address if there is one, of a person.
#[derive(Clone, Debug)]
pub struct Name {
    /// The id.
    pub id: Id,
    /// The username.
    pub username: String,
    /// The address.
    pub email: Option<String>,
}

type NameRow = (Vec<u8>, String, Option<String>);

/// Everybody who has an address, however it is spelled.
///
/// # Errors
/// [`StoreError`].
pub fn find_by_email(conn: &mut Conn, email: &str) -> Result<Vec<Name>, StoreError> {
    let key = email_key(email);
    let columns = (users::id, users::username, users::email);
    let rows: Vec<NameRow> = users::table.filter(users::email_key.eq(&key)).select(columns).load(conn)?;
    let names = rows.into_iter().map(name).collect::<Result<Vec<Name>, StoreError>>()?;
    // A server of an older version beside this one changes the address and not its key.
    Ok(names.into_iter().filter(|name| name.email.as_deref().map(email_key).as_ref() == Some(&key)).collect())
}

/// The names of all people, by id.
///
/// # Errors
/// [`StoreError`].
pub fn names(conn: &mut Conn) -> Result<Vec<Name>, StoreError> {
    let columns = (users::id, users::username, users::email);
    let rows: Vec<NameRow> = users::table.order(users::id).select(columns).load(conn)?;
    rows.into_iter().map(name).collect()
}

/// Rewrites the keys of a person that an older version stored. A username whose key another person has keeps its own, so that
/// both can sign in with exactly their names.
///
/// # Errors
/// [`StoreError`].
pub fn renew_keys(conn: &mut Conn, id: Id) -> Result<(), StoreError> {
    let row = users::table.find(id.as_bytes().to_vec());
    let known: Option<NameRow> =
        row.clone().select((users::id, users::username, users::email)).get_result(conn).optional()?;
    let Some(known) = known.map(name).transpose()? else { return Ok(()) };
    let key = username_key(&known.username);
    let holder: Option<Vec<u8>> =
        users::table.filter(users::username_key.eq(&key)).select(users::id).get_result(conn).optional()?;
    if holder.is_none() {
        diesel::update(row.clone()).set(users::username_key.eq(key)).execute(conn)?;
    }
    diesel::update(row).set(users::email_key.eq(known.email.as_deref().map(email_key))).execute(conn)?;
    Ok(())
}

fn name((id, username, email): NameRow) -> Result<Name, StoreError> {
    Ok(Name { id: id_column("users", &id)?, username, email })
}

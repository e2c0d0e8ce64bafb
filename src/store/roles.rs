//! Roles, and who has them.

use diesel::prelude::*;

use crate::oauth::Role;
use crate::types::{Id, Timestamp};

use super::conn::on_engine;
use super::schema::{roles, user_roles};
use super::{Conn, StoreError};

#[derive(Queryable)]
struct RoleRow {
    name: String,
    permissions: String,
}

/// The role of a name.
///
/// # Errors
/// [`StoreError`].
pub fn find(conn: &mut Conn, name: &str) -> Result<Option<Role>, StoreError> {
    let row: Option<RoleRow> =
        roles::table.find(name).select((roles::name, roles::permissions)).get_result(conn).optional()?;
    Ok(row.map(Role::from))
}

/// Every role, by its name.
///
/// # Errors
/// [`StoreError`].
pub fn list(conn: &mut Conn) -> Result<Vec<Role>, StoreError> {
    let rows: Vec<RoleRow> = roles::table.order(roles::name).select((roles::name, roles::permissions)).load(conn)?;
    Ok(rows.into_iter().map(Role::from).collect())
}

/// Adds a role.
///
/// # Errors
/// [`StoreError::Exists`] when the name is taken.
pub fn insert(conn: &mut Conn, role: &Role, now: Timestamp) -> Result<(), StoreError> {
    let permissions = role.permissions.join(" ");
    diesel::insert_into(roles::table)
        .values((roles::name.eq(&role.name), roles::permissions.eq(&permissions), roles::created_at.eq(now.millis())))
        .execute(conn)?;
    Ok(())
}

/// Replaces the permissions of a role; `false` when there is none of this name.
///
/// # Errors
/// [`StoreError`].
pub fn set_permissions(conn: &mut Conn, role: &Role) -> Result<bool, StoreError> {
    let permissions = role.permissions.join(" ");
    let changed = diesel::update(roles::table.find(&role.name)).set(roles::permissions.eq(&permissions));
    Ok(changed.execute(conn)? == 1)
}

/// Removes a role and takes it from the people who have it: how many they were, or `None` when there is no such role.
///
/// # Errors
/// [`StoreError`].
pub fn remove(conn: &mut Conn, name: &str) -> Result<Option<usize>, StoreError> {
    let people = diesel::delete(user_roles::table.filter(user_roles::role.eq(name))).execute(conn)?;
    let removed = diesel::delete(roles::table.find(name)).execute(conn)? == 1;
    Ok(removed.then_some(people))
}

/// The roles of a person, by their names.
///
/// # Errors
/// [`StoreError`].
pub fn of_user(conn: &mut Conn, user_id: Id) -> Result<Vec<Role>, StoreError> {
    let of_user = user_roles::table
        .inner_join(roles::table)
        .filter(user_roles::user_id.eq(user_id.as_bytes().to_vec()))
        .order(user_roles::role)
        .select((roles::name, roles::permissions));
    let rows: Vec<RoleRow> = on_engine!(conn, |conn| of_user.load(conn))?;
    Ok(rows.into_iter().map(Role::from).collect())
}

/// How many people have a role.
///
/// # Errors
/// [`StoreError`].
pub fn count_people(conn: &mut Conn, name: &str) -> Result<usize, StoreError> {
    let count: i64 = user_roles::table.filter(user_roles::role.eq(name)).count().get_result(conn)?;
    Ok(usize::try_from(count).unwrap_or_default())
}

/// Gives a person exactly these roles, whose names are distinct.
///
/// # Errors
/// [`StoreError::UnknownRole`], after which the unit of work has to fail.
pub fn set_roles(conn: &mut Conn, user_id: Id, names: &[String]) -> Result<(), StoreError> {
    let user_id = user_id.as_bytes().to_vec();
    diesel::delete(user_roles::table.filter(user_roles::user_id.eq(&user_id))).execute(conn)?;
    for name in names {
        if find(conn, name)?.is_none() {
            return Err(StoreError::UnknownRole(name.clone()));
        }
        diesel::insert_into(user_roles::table)
            .values((user_roles::user_id.eq(&user_id), user_roles::role.eq(name)))
            .execute(conn)?;
    }
    Ok(())
}

impl From<RoleRow> for Role {
    fn from(row: RoleRow) -> Self {
        let permissions = row.permissions.split(' ').filter(|word| !word.is_empty());
        Self { name: row.name, permissions: permissions.map(str::to_owned).collect() }
    }
}

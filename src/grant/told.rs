//! What is told of a person, as it is when a handle is redeemed or a token is looked up: a part of the unit of work that reads
//! the grant, so that it is as current as the grant is.

use serde_json::{Map, Value};

use crate::oauth::grant::Grant;
use crate::oauth::{Client, GROUPS_SCOPE, ROLES_SCOPE, Role, Scope, ScopeClaims, opens_roles};
use crate::oidc::{Opening, Person};
use crate::store::users::{self, User};
use crate::store::{Conn, StoreError, roles};
use crate::types::Id;

/// The roles of a person, where `scope` opens them.
///
/// # Errors
/// [`StoreError`].
pub(super) fn roles_told(conn: &mut Conn, user_id: Id, scope: &Scope) -> Result<Option<Vec<Role>>, StoreError> {
    opens_roles(scope).then(|| roles::of_user(conn, user_id)).transpose()
}

/// What `opening` opens of a person.
///
/// # Errors
/// [`StoreError`].
pub(super) fn tell(conn: &mut Conn, user: User, opening: &Opening<'_>) -> Result<Map<String, Value>, StoreError> {
    // Both claims have the name of their scope.
    let tells_roles = opening.scope.is_some_and(opens_roles)
        || [ROLES_SCOPE, GROUPS_SCOPE].iter().any(|claim| opening.is_asked(claim));
    let roles = tells_roles.then(|| roles::of_user(conn, user.id)).transpose()?;
    let person = Person {
        username: user.username,
        email: user.email,
        roles: roles.map(|roles| roles.into_iter().map(|role| role.name).collect()),
        updated_at: user.updated_at,
        claims: user.claims,
    };
    Ok(person.tell(opening))
}

/// What an ID token tells. The person is read only where the request asked for something that the client may be told.
///
/// # Errors
/// [`StoreError`].
pub(super) fn in_id_token(
    conn: &mut Conn,
    client: &Client,
    grant: &Grant,
    table: &ScopeClaims,
) -> Result<Map<String, Value>, StoreError> {
    let asked = grant.claims.as_ref().map(|claims| &claims.id_token);
    let opening = Opening { table, scope: None, client: &client.scope, asked };
    if !opening.asks() {
        return Ok(Map::new());
    }
    match users::find(conn, grant.user_id)? {
        Some(user) => tell(conn, user, &opening),
        None => Ok(Map::new()),
    }
}

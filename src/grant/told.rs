//! What is told of a person, as it is when a handle is redeemed or a token is looked up: a part of the unit of work that reads
//! the grant, so that it is as current as the grant is.

use serde_json::{Map, Value};

use crate::app::App;
use crate::oauth::grant::Grant;
use crate::oauth::{Client, GROUPS_SCOPE, ROLES_SCOPE, Role, Scope, opens_roles};
use crate::oidc::{Opening, Person, id_token_scope};
use crate::store::users::User;
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

/// The claims about the person in the ID token beside an access token of `scope`. `person` is called only where there are any.
///
/// # Errors
/// [`StoreError`].
pub(super) fn in_id_token(
    conn: &mut Conn,
    app: &App,
    client: &Client,
    grant: &Grant,
    scope: &Scope,
    person: impl FnOnce() -> Result<User, StoreError>,
) -> Result<Map<String, Value>, StoreError> {
    if !scope.contains("openid") {
        return Ok(Map::new());
    }
    let scope = id_token_scope(app.config.client_policy(client).id_token_claims, scope);
    let asked = grant.claims.as_ref().map(|claims| &claims.id_token);
    let opening = Opening { table: &app.config.claims, scope: Some(&scope), client: &client.scope, asked };
    if !opening.asks() {
        return Ok(Map::new());
    }
    Ok(opening.fit_id_token(tell(conn, person()?, &opening)?))
}

//! Roles in what is told of a person: as they are when a handle is redeemed or a token is looked up, and only with the scope `roles`.

use crate::oauth::{ROLES_SCOPE, Role, Scope};
use crate::store::{Conn, StoreError, roles};
use crate::types::Id;

/// The roles of a person, where `scope` opens them. A part of the unit of work that reads the grant, so that they are as
/// current as the grant is.
///
/// # Errors
/// [`StoreError`].
pub(super) fn told(conn: &mut Conn, user_id: Id, scope: &Scope) -> Result<Option<Vec<Role>>, StoreError> {
    scope.contains(ROLES_SCOPE).then(|| roles::of_user(conn, user_id)).transpose()
}

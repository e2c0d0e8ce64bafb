//! Withdrawing a consent: "It shall be as easy to withdraw as to give consent" (GDPR article 7(3)).

use crate::store::consents::{self, Removed};
use crate::store::{Conn, StoreError, grants, users};
use crate::types::{Id, Timestamp};

/// Consents that were withdrawn together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawal {
    /// The person's earlier consent to the client.
    pub consents: Removed,
    /// Grants that ended with it.
    pub grants: usize,
}

/// Withdraws what a person allowed a client for a resource, or without one, and ends the grants of all three: they stand on the
/// consent. `None` when there is no such consent, and then no grant ends.
///
/// # Errors
/// [`StoreError`].
pub fn withdraw(
    conn: &mut Conn,
    user_id: Id,
    client_id: &str,
    resource: Option<&str>,
    now: Timestamp,
) -> Result<Option<Withdrawal>, StoreError> {
    // Grants of one person are made one after the other: none stands on the consent after this.
    if users::hold(conn, user_id)?.is_none() {
        return Ok(None);
    }
    let Some(consents) = consents::remove(conn, user_id, client_id, resource)? else { return Ok(None) };
    let grants = grants::revoke_consented(conn, user_id, client_id, resource, now)?;
    Ok(Some(Withdrawal { consents, grants }))
}

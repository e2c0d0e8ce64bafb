//! Withdrawing a consent: "It shall be as easy to withdraw as to give consent" (GDPR article 7(3)).

use crate::oauth::Scope;
use crate::oauth::grant::RevocationReason;
use crate::store::{Conn, StoreError, consents, grants, users};
use crate::types::{Id, Timestamp};

/// A consent that was withdrawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawal {
    /// The scope that the person had allowed the client.
    pub scope: Scope,
    /// Grants that ended with the consent.
    pub grants: usize,
}

/// Withdraws what a person allowed a client, and ends the grants of both: they stand on the consent. `None` when there is no
/// such consent, and then no grant ends.
///
/// # Errors
/// [`StoreError`].
pub fn withdraw(
    conn: &mut Conn,
    user_id: Id,
    client_id: &str,
    now: Timestamp,
) -> Result<Option<Withdrawal>, StoreError> {
    // Grants of one person are made one after the other: none stands on the consent after this.
    if users::hold(conn, user_id)?.is_none() {
        return Ok(None);
    }
    let Some(scope) = consents::remove(conn, user_id, client_id)? else { return Ok(None) };
    let grants = grants::revoke_person(conn, user_id, Some(client_id), RevocationReason::ConsentWithdrawn, now)?;
    Ok(Some(Withdrawal { scope, grants }))
}

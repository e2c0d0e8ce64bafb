//! The client that a request names where no use case looks for it: for the log line of a refusal.

use crate::oauth::Client;
use crate::store::{StoreError, clients};

use super::visit::Visit;

/// The client of an id, which is noted for the log.
///
/// # Errors
/// [`StoreError`].
pub async fn find_named_client(visit: &Visit, id: &str) -> Result<Option<Client>, StoreError> {
    let wanted = id.to_owned();
    let client = visit.app.store.read(move |conn| clients::find(conn, &wanted)).await?;
    visit.notes.note_client(id, client.is_some());
    Ok(client)
}

/// Notes the client of a request that is refused before anything else looks for the client.
pub async fn note_named_client(visit: &Visit, id: &str) {
    if visit.notes.client().is_none() {
        // The refusal stands, whether the store answers or not.
        let _ = find_named_client(visit, id).await;
    }
}

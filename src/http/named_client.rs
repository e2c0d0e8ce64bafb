//! The client that a request names where no use case looks for it: for the log line of a refusal.

use crate::login::named_client::find_named_client;

use super::visit::Visit;

/// Notes the client of a request that is refused before anything else looks for the client.
pub async fn note_named_client(visit: &Visit, id: &str) {
    if visit.notes.client().is_none() {
        // The refusal stands, whether the store answers or not.
        let _ = find_named_client(&visit.app, id, &visit.notes).await;
    }
}

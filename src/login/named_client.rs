//! The client that a request names.

use crate::app::App;
use crate::audit::RequestNotes;
use crate::oauth::Client;
use crate::store::{StoreError, clients};

/// The client of an id, locked or not. It is noted for the log whether there is one.
///
/// # Errors
/// [`StoreError`].
pub async fn find_named_client(app: &App, id: &str, notes: &RequestNotes) -> Result<Option<Client>, StoreError> {
    let wanted = id.to_owned();
    let client = app.store.read(move |conn| clients::find(conn, &wanted)).await?;
    notes.note_client(id, client.is_some());
    Ok(client)
}

//! What is said about something that is not there.

use crate::store::clients;
use crate::types::slip;

use super::{Admin, CommandResult};

/// A sentence about a `what` that nothing is called like, with the one that was probably meant.
pub(super) fn unknown<'a>(what: &str, typed: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let shown = typed.escape_debug();
    match slip::closest(typed, known) {
        Some(meant) => format!("there is no {what} '{shown}', did you mean '{meant}'?"),
        None => format!("there is no {what} '{shown}': `countersign {what} list` shows them all"),
    }
}

/// The same about a client, of all that there are.
pub(super) async fn unknown_client<T>(id: &str, admin: &Admin) -> CommandResult<T> {
    let all = admin.store.read(clients::list).await?;
    Err(unknown("client", id, all.iter().map(|client| client.id.as_str())).into())
}

//! Telling clients that a session has ended (OpenID Connect Back-Channel Logout §2.5).
//!
//! What ends a session writes a row for each client that wants to hear of it (`login/ending.rs`). Here the rows are worked off:
//!
//! 1. a row that is due and has a place is claimed by a guarded statement, so that of several nodes one tells it
//!    (`dispatch.rs`);
//! 2. the logout token is signed and posted, outside of any unit of work (`tell.rs`);
//! 3. an answer with status 200 or 204 removes the row, anything else makes it due again later, for a day.
//!
//! A place that becomes free is taken at once: nobody waits for the slowest of a batch.
//!
//! A node that is killed in between has claimed the row for a while; then it is due again. So a client may hear of the same end
//! twice, and misses none.

mod dispatch;
mod tell;

use std::time::Duration;

use crate::app::App;
use crate::store::StoreError;

use dispatch::Dispatcher;

/// How often a node looks for rows that it was not woken for: those of the command line, of other nodes, and of clients that
/// could not be told.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Tells clients whenever there is something to be told, until the server stops. What is under way then is finished.
pub async fn run(app: App) {
    let mut dispatcher = Dispatcher::new(app.clone());
    while !app.is_stopping() {
        // By a clock that is ahead, clients would be given up.
        let mut worked = if app.heartbeat.is_clock_right() { dispatcher.take_due().await } else { Ok(()) };
        if worked.is_ok() {
            worked = tokio::select! {
                ended = dispatcher.next_end() => ended,
                () = app.logout_woken() => Ok(()),
                () = app.stopped() => Ok(()),
                () = tokio::time::sleep(LOOK_EVERY) => Ok(()),
            };
        }
        if let Err(error) = worked {
            tracing::warn!(%error, "the database failed while clients were told of sessions");
            drop(tokio::time::timeout(LOOK_EVERY, app.stopped()).await);
        }
    }
    while !dispatcher.is_idle() {
        if let Err(error) = dispatcher.next_end().await {
            tracing::warn!(%error, "a client may hear of a session twice");
        }
    }
}

/// Tells clients all that is due.
///
/// # Errors
/// [`StoreError`]; what was told until then is.
pub async fn deliver(app: &App) -> Result<(), StoreError> {
    let mut dispatcher = Dispatcher::new(app.clone());
    loop {
        dispatcher.take_due().await?;
        if dispatcher.is_idle() {
            return Ok(());
        }
        dispatcher.next_end().await?;
    }
}

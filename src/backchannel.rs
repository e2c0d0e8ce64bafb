//! Telling clients that a session has ended (OpenID Connect Back-Channel Logout §2.5).
//!
//! What ends a session writes a row for each client that wants to hear of it (`login/ending.rs`). Here the rows are worked off:
//!
//! 1. a row that is due is claimed by a guarded statement, so that of several nodes one tells it;
//! 2. the logout token is signed and posted, outside of any unit of work;
//! 3. an answer with status 200 or 204 removes the row, anything else makes it due again later, for a day.
//!
//! A node that is killed in between has claimed the row for a while; then it is due again. So a client may hear of the same end
//! twice, and misses none.

use std::time::Duration;

use tokio::task::JoinSet;

use crate::app::App;
use crate::audit;
use crate::metrics::DeliveryOutcome;
use crate::oauth::Client;
use crate::oidc::{LOGOUT_TOKEN_TYPE, LogoutTokenClaims};
use crate::store::logout_deliveries::{self, LONGEST_PAUSE, LogoutDelivery};
use crate::store::{StoreError, clients};
use crate::types::Id;

/// How often a node looks for rows that it was not woken for: those of the command line, of other nodes, and of clients that
/// could not be told.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// How long after each failed attempt the next one is made; the last one again and again.
const PAUSES: [Duration; 5] = [
    Duration::from_secs(5),
    Duration::from_secs(30),
    Duration::from_secs(120),
    Duration::from_secs(600),
    LONGEST_PAUSE,
];
/// How long a client is told of an end.
const PATIENCE: Duration = Duration::from_secs(86_400);
/// How long a logout token is good.
const TOKEN_TTL: Duration = Duration::from_secs(120);
/// Rows that are looked at together, and clients that are told at once: fewer than requests to others may run.
const ROWS: i64 = 256;
const AT_ONCE: usize = 4;

/// Tells clients whenever there is something to be told, until the server stops.
pub async fn run(app: App) {
    while !app.is_stopping() {
        if let Err(error) = deliver(&app).await {
            tracing::warn!(%error, "what clients are to be told of sessions could not be read");
        }
        tokio::select! {
            () = app.logout_woken() => {}
            () = app.stopped() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}

/// Tells clients all that is due.
///
/// # Errors
/// [`StoreError`]; what was told until then is.
pub async fn deliver(app: &App) -> Result<(), StoreError> {
    loop {
        let now = app.clock.now();
        let due = app.store.read(move |conn| logout_deliveries::due(conn, now, ROWS)).await?;
        if due.is_empty() {
            return Ok(());
        }
        let (mut waiting, mut telling) = (due.into_iter(), JoinSet::new());
        loop {
            while telling.len() < AT_ONCE && !app.is_stopping() {
                let Some(delivery) = waiting.next() else { break };
                telling.spawn(tell(app.clone(), delivery));
            }
            match telling.join_next().await {
                Some(told) => told.unwrap_or(Ok(()))?,
                None => break,
            }
        }
        if app.is_stopping() {
            return Ok(());
        }
    }
}

/// Claims a row, and works it off.
async fn tell(app: App, seen: LogoutDelivery) -> Result<(), StoreError> {
    // As long as a request to others may wait for its turn and then take, and a while.
    let lease = (app.config.outbound.timeout * 2 + LOOK_EVERY).min(LONGEST_PAUSE);
    let (until, row) = (app.clock.now().plus(lease), seen.clone());
    let claim = app.store.write_one(move |conn| logout_deliveries::claim(conn, &row, until));
    if !claim.await? {
        return Ok(());
    }
    let client_id = seen.client_id.clone();
    let client = app.store.read(move |conn| clients::find(conn, &client_id)).await?;
    let uri = client.as_ref().and_then(|client| client.metadata.backchannel_logout_uri.clone());
    let Some((client, uri)) = client.zip(uri) else { return remove(&app, seen.id).await };
    match post(&app, &client, &uri, &seen).await {
        Ok(()) => {
            app.metrics.logout.deliveries.of(DeliveryOutcome::Delivered).increment();
            tracing::debug!(event = "logout_delivered", client = client.id, session = %seen.sid);
            remove(&app, seen.id).await
        }
        Err(why) => postpone(&app, seen, &why).await,
    }
}

/// "If the logout succeeded, the RP MUST respond with HTTP 200 OK. However, note that some Web frameworks will substitute an
/// HTTP 204 No Content response" (§2.8).
async fn post(app: &App, client: &Client, uri: &str, delivery: &LogoutDelivery) -> Result<(), String> {
    let token = logout_token(app, client, delivery)?;
    let form = form_urlencoded::Serializer::new(String::new()).append_pair("logout_token", &token).finish();
    match app.outbound.post_form(uri, form).await {
        Ok(200 | 204) => Ok(()),
        Ok(status) => Err(format!("it answers with status {status}")),
        Err(error) => Err(error.to_string()),
    }
}

/// Signed at the moment it is sent, by the algorithm of the client's ID tokens: "the same keys […] are used" (§2.6).
fn logout_token(app: &App, client: &Client, delivery: &LogoutDelivery) -> Result<String, String> {
    let now = app.clock.now();
    let of = (delivery.sub.clone(), delivery.sid.to_string());
    let jti = Id::new(now, &app.rng).to_string();
    let (iss, aud) = (app.issuer.as_str().to_owned(), client.id.clone());
    let claims = LogoutTokenClaims::new(iss, aud, of, jti, now.seconds(), now.plus(TOKEN_TTL).seconds());
    app.sign_for(client, LOGOUT_TOKEN_TYPE, &claims, now).map_err(|error| error.to_string())
}

/// Makes it due again, or gives up.
async fn postpone(app: &App, failed: LogoutDelivery, why: &str) -> Result<(), StoreError> {
    let now = app.clock.now();
    let pause = PAUSES[usize::try_from(failed.attempts).unwrap_or(usize::MAX).min(PAUSES.len() - 1)];
    let (client, session) = (failed.client_id.clone(), failed.sid);
    if now.plus(pause) >= failed.created_at.plus(PATIENCE) {
        app.metrics.logout.deliveries.of(DeliveryOutcome::GivenUp).increment();
        audit::write_logout_given_up(&client, &failed.sub, session);
        return remove(app, failed.id).await;
    }
    app.metrics.logout.deliveries.of(DeliveryOutcome::Failed).increment();
    tracing::info!(event = "logout_not_delivered", client, %session, why, retry_after = pause.as_secs());
    let unit = move |conn: &mut _| logout_deliveries::postpone(conn, &failed, now, now.plus(pause));
    app.store.write_in_turn(None, unit).await
}

async fn remove(app: &App, id: Id) -> Result<(), StoreError> {
    app.store.write_one(move |conn| logout_deliveries::remove(conn, id)).await
}

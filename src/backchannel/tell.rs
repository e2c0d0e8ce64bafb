//! Telling one client of one end: the logout token is signed and posted, and what came of it is written down.

use std::time::Duration;

use crate::app::App;
use crate::audit;
use crate::metrics::DeliveryOutcome;
use crate::oauth::Client;
use crate::oidc::{LOGOUT_TOKEN_TYPE, LogoutTokenClaims};
use crate::outbound::{Purpose, Queue, Registrant};
use crate::store::logout_deliveries::{self, LONGEST_PAUSE, LogoutDelivery};
use crate::store::{StoreError, clients};
use crate::types::Id;

/// Pauses after failed attempts, in their order; the last one again and again.
const PAUSES: [Duration; 5] = [
    Duration::from_secs(5),
    Duration::from_secs(30),
    Duration::from_secs(120),
    Duration::from_secs(600),
    LONGEST_PAUSE,
];
/// The time for which a client is told of an end.
const PATIENCE: Duration = Duration::from_secs(86_400);
/// The life of a logout token.
const TOKEN_TTL: Duration = Duration::from_secs(120);

/// Tells the client of a claimed delivery, and returns whether it has heard it.
///
/// # Errors
/// [`StoreError`]; the delivery is due again when the claim ends.
pub(super) async fn tell(app: &App, claimed: LogoutDelivery) -> Result<bool, StoreError> {
    let client_id = claimed.client_id.clone();
    let client = app.store.read(move |conn| clients::find(conn, &client_id)).await?;
    let uri = client.as_ref().and_then(|client| client.metadata.backchannel_logout_uri.clone());
    let Some((client, uri)) = client.zip(uri) else { return remove(app, claimed.id).await.map(|()| true) };
    match post(app, &client, &uri, &claimed).await {
        Ok(()) => {
            app.metrics.logout.deliveries.of(DeliveryOutcome::Delivered).increment();
            tracing::debug!(event = "logout_delivered", client = client.id, session = %claimed.sid);
            remove(app, claimed.id).await.map(|()| true)
        }
        Err(why) => postpone(app, claimed, &why).await.map(|()| false),
    }
}

fn queue(client: &Client) -> Queue {
    Queue::new(Purpose::Logout, Registrant::of(client.is_self_registered()))
}

/// "If the logout succeeded, the RP MUST respond with HTTP 200 OK. However, note that some Web frameworks will substitute an
/// HTTP 204 No Content response" (§2.8).
async fn post(app: &App, client: &Client, uri: &str, delivery: &LogoutDelivery) -> Result<(), String> {
    let token = logout_token(app, client, delivery)?;
    let form = form_urlencoded::Serializer::new(String::new()).append_pair("logout_token", &token).finish();
    match app.outbound.post_form(queue(client), uri, form).await {
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
    app.sign_for(client, LOGOUT_TOKEN_TYPE, &claims).map_err(|error| error.to_string())
}

/// Makes a delivery due again, or gives up.
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

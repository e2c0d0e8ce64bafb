//! Health: whether the process lives, and whether it can serve.

use actix_web::http::StatusCode;
use actix_web::http::header::RETRY_AFTER;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use crate::oauth::OAuthError;

use super::failure::logged;
use super::headers::{json as json_answer, json_with};
use super::visit::Visit;

/// Seconds after which a server that cannot serve is worth another question.
const RETRY_AFTER_SECONDS: u64 = 1;

/// The process answers.
pub async fn live(request: HttpRequest) -> HttpResponse {
    json_answer(&Visit::of(&request).app, StatusCode::OK, &json!({ "status": "live" }))
}

/// The database takes writes, the keys are fresh, the clock is right, and the process is not on its way out. The answer comes
/// within 500 ms.
pub async fn ready(request: HttpRequest) -> HttpResponse {
    let Visit { app, .. } = Visit::of(&request);
    let reason = if app.is_draining() {
        Some("stopping")
    } else if !app.heartbeat.is_answered().await {
        Some("the database takes no writes")
    } else if app.store.is_full() {
        Some("too many units of work are waiting for the database")
    } else if app.store.all_writes_failed() {
        Some("all writes of the last two seconds failed")
    } else {
        app.unfit_to_sign()
    };
    match reason {
        None => json_answer(&app, StatusCode::OK, &json!({ "status": "ready" })),
        Some(reason) => {
            let body = json!({ "status": "not ready", "reason": reason });
            let response = json_with(&app, StatusCode::SERVICE_UNAVAILABLE, &body, |headers| {
                headers.insert_header((RETRY_AFTER, RETRY_AFTER_SECONDS));
            });
            logged(response, &OAuthError::unavailable(RETRY_AFTER_SECONDS).with_source(reason))
        }
    }
}

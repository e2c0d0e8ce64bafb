//! Health: whether the process lives, and whether it can serve.

use actix_web::http::StatusCode;
use actix_web::http::header::RETRY_AFTER;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use crate::oauth::OAuthError;
use crate::store::clients;

use super::failure::logged;
use super::headers::{json as json_answer, json_with};
use super::visit::Visit;

/// Seconds after which a server that cannot serve is worth another question.
const RETRY_AFTER_SECONDS: u64 = 1;

/// The process answers.
pub async fn live(request: HttpRequest) -> HttpResponse {
    json_answer(&Visit::of(&request).app, StatusCode::OK, &json!({ "status": "live" }))
}

/// The database answers, the keys are fresh, and the process is not on its way out.
pub async fn ready(request: HttpRequest) -> HttpResponse {
    let Visit { app, .. } = Visit::of(&request);
    let reason = if app.is_draining() {
        Some("stopping")
    } else if app.store.read(|conn| clients::find(conn, "")).await.is_err() {
        Some("the database does not answer")
    } else if !app.keys.ring.current().is_fresh(app.clock.now()) {
        Some("the signing keys could not be read lately")
    } else {
        None
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

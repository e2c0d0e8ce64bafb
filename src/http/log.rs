//! One structured line a request. It holds no parameter, no header and no URL: nothing in it is secret.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_web::Error;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::ThinData;

use crate::app::App;
use crate::metrics::{Cost, RouteMetrics, Stopwatch, metered};
use crate::oauth::authorization_request::MAX_REQUEST;
use crate::pages::ErrorKind;
use crate::telemetry::Answered;

use super::failure::error_page;
use super::finished::Finished;
use super::known::Known;
use super::visit::Visit;

/// The longest query that is looked at, in bytes.
const MAX_QUERY: usize = 16 * 1024;
// The longest authorization request fits when it is sealed, with 1 kB for what stands beside it.
const _: () = assert!(MAX_REQUEST * 4 / 3 + 1024 <= MAX_QUERY);

/// What a handler says of its answer, for the log.
pub struct Outcome {
    /// The error's code.
    pub error: &'static str,
    /// Its private cause.
    pub source: Option<String>,
}

/// Logs and counts a request when it is answered.
///
/// # Errors
/// None of its own.
///
/// # Panics
/// On a server that was put together without its [`App`] or its routes.
pub async fn access_log<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    // Whoever hangs up takes nothing away from what is done, told and counted.
    Finished::new(answer(request, next)).await
}

async fn answer<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let started = Stopwatch::start();
    let ThinData(app) = request.app_data::<ThinData<App>>().expect("every server has its app").clone();
    let id = Known::of(request.request()).origin.request_id;
    let (method, is_too_long) = (request.method().clone(), request.query_string().len() > MAX_QUERY);

    let (mut response, cost) = if is_too_long {
        let (request, _) = request.into_parts();
        let response = error_page(&Visit::of(&request), ErrorKind::RequestTooLong);
        (ServiceResponse::new(request, response).map_into_right_body(), Cost::default())
    } else {
        let (response, cost) = metered(next.call(request)).await;
        (response?.map_into_left_body(), cost)
    };
    if let Ok(value) = HeaderValue::from_str(id.as_str()) {
        response.headers_mut().insert(HeaderName::from_static("x-request-id"), value);
    }
    tell(&app, &response, &method, started.elapsed(), cost);
    Ok(response)
}

/// Tells the metrics, the traces and the log.
fn tell<B>(app: &App, response: &ServiceResponse<B>, method: &Method, elapsed: Duration, cost: Cost) {
    let (request, status) = (response.request(), response.status().as_u16());
    let route = request.app_data::<Arc<RouteMetrics>>().expect("every route has its metrics");
    let (answer, known) = (response.response().extensions(), Known::of(request));
    let outcome = answer.get::<Outcome>();
    let client = known.requester.client().map(|client| client.id.as_str());
    let answered = Answered {
        request_id: known.origin.request_id,
        method: method.as_str(),
        // The route, not the path: a path may hold anything.
        route: route.route(),
        status,
        elapsed,
        cost,
        client: client.or_else(|| known.client.get().map(String::as_str)),
        grant_type: known.grant_type.get(),
        error: outcome.map(|outcome| outcome.error),
        traceparent: request.headers().get("traceparent").and_then(|value| value.to_str().ok()),
    };
    route.record(status, elapsed);
    app.traces.record(&answered, &app.clock);
    write_line(&answered, known.origin.address, outcome.and_then(|outcome| outcome.source.as_deref()));
}

fn write_line(answered: &Answered<'_>, address: IpAddr, reason: Option<&str>) {
    tracing::info!(
        target: "countersign::request",
        request_id = answered.request_id.as_str(),
        method = answered.method,
        route = answered.route,
        status = answered.status,
        elapsed_us = micros(answered.elapsed),
        cpu_us = micros(answered.cost.cpu),
        db_us = micros(answered.cost.database),
        db_wait_us = micros(answered.cost.database_wait),
        queries = answered.cost.statements,
        %address,
        client = answered.client,
        grant_type = answered.grant_type,
        error = answered.error,
        reason,
    );
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

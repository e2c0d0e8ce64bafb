//! One structured line a request. It holds no header, no query, and of parameters only the id of a registered client and the
//! origin and path of a redirect URI that was refused: nothing in it is secret.

use std::borrow::Cow;
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
use percent_encoding::percent_decode_str;

use crate::app::App;
use crate::audit::NamedClient;
use crate::metrics::{Cost, RouteMetrics, Stopwatch, metered};
use crate::oauth::authorization_request::MAX_REQUEST;
use crate::oauth::{OAuthError, RequestFault};
use crate::pages::ErrorKind;
use crate::telemetry::Answered;
use crate::types::has_control;

use super::connection::{begin_exchange, end_exchange};
use super::dev::{is_misdirected, misdirected};
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
    /// Its reason.
    pub reason: Cow<'static, str>,
    /// The parameter at fault.
    pub parameter: Option<&'static str>,
}

impl Outcome {
    /// What an error is for the log.
    pub fn of(error: &OAuthError) -> Self {
        Self { error: error.code.as_str(), reason: error.reason(), parameter: error.fault().parameter() }
    }

    /// A refusal of the HTTP library, before a handler saw the request.
    fn unread() -> Self {
        Self::of(&OAuthError::invalid_request("the request could not be read as the endpoint needs it"))
    }
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
    begin_exchange(&request);
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
    let method = request.method().clone();

    let refusal = match fault_of(&request) {
        Some(fault) => Some(error_page(&Visit::of(request.request()), ErrorKind::BadRequest(fault))),
        None => is_misdirected(&app, request.headers()).then(|| misdirected(&app)),
    };
    let (mut response, cost) = if let Some(refusal) = refusal {
        (request.into_response(refusal).map_into_right_body(), Cost::default())
    } else {
        let (response, cost) = metered(next.call(request)).await;
        (response?.map_into_left_body(), cost)
    };
    if let Ok(value) = HeaderValue::from_str(id.as_str()) {
        response.headers_mut().insert(HeaderName::from_static("x-request-id"), value);
    }
    tell(&app, &response, &method, started.elapsed(), cost);
    end_exchange(&mut response, app.is_draining());
    Ok(response)
}

/// The fault of a request that no endpoint looks at: a query that is too long, or a path that is no text, or has control
/// characters. Parameters are looked at where they are decoded, by the same rule.
fn fault_of(request: &ServiceRequest) -> Option<RequestFault> {
    if request.query_string().len() > MAX_QUERY {
        return Some(RequestFault::TooLong);
    }
    let path = percent_decode_str(request.path()).decode_utf8();
    path.map_or(true, |path| has_control(&path)).then_some(RequestFault::Unreadable)
}

/// Tells the metrics, the traces and the log.
fn tell<B>(app: &App, response: &ServiceResponse<B>, method: &Method, elapsed: Duration, cost: Cost) {
    let (request, status) = (response.request(), response.status().as_u16());
    let route = request.app_data::<Arc<RouteMetrics>>().expect("every route has its metrics");
    let (answer, known) = (response.response().extensions(), Known::of(request));
    let unread = Outcome::unread();
    let outcome = answer.get::<Outcome>().or_else(|| (status >= 400).then_some(&unread));
    let (client, client_id_length) = match (known.requester.client(), known.notes.client()) {
        (Some(proven), _) => (Some(proven.id.as_str()), None),
        (None, Some(NamedClient::Registered(id))) => (Some(id.as_str()), None),
        (None, Some(NamedClient::Unknown(length))) => (None, Some(*length)),
        (None, None) => (None, None),
    };
    let answered = Answered {
        request_id: known.origin.request_id,
        method: method.as_str(),
        // The route, not the path: a path may hold anything.
        route: route.route(),
        status,
        elapsed,
        cost,
        client,
        grant_type: known.grant_type.get(),
        error: outcome.map(|outcome| outcome.error),
        traceparent: request.headers().get("traceparent").and_then(|value| value.to_str().ok()),
    };
    route.record(status, elapsed);
    app.traces.record(&answered, &app.clock);
    let redirect_uri = known.notes.redirect_uri().filter(|_| outcome.is_some());
    let refusal = Refusal { outcome, client_id_length, redirect_uri };
    write_line(&answered, known.origin.address, &refusal);
}

/// The fields that only the line of a refusal has.
struct Refusal<'a> {
    outcome: Option<&'a Outcome>,
    client_id_length: Option<usize>,
    redirect_uri: Option<&'a str>,
}

fn write_line(answered: &Answered<'_>, address: IpAddr, refusal: &Refusal<'_>) {
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
        reason = refusal.outcome.map(|outcome| outcome.reason.as_ref()),
        parameter = refusal.outcome.and_then(|outcome| outcome.parameter),
        client_id_length = refusal.client_id_length,
        redirect_uri = refusal.redirect_uri,
    );
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

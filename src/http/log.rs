//! One structured line a request. It holds no parameter, no header and no URL: nothing in it is secret.

use std::time::Instant;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::ThinData;
use actix_web::{Error, HttpMessage};

use crate::app::App;
use crate::grant::Requester;

use super::address::client_address;

/// The longest query that is looked at, in bytes.
const MAX_QUERY: usize = 16 * 1024;

/// The id of a request, in its log line, on its error page and in the header `x-request-id`.
#[derive(Clone)]
pub struct RequestId(pub String);

/// What a handler says of its answer, for the log.
pub struct Outcome {
    /// The error's code.
    pub error: &'static str,
    /// Its private cause.
    pub source: Option<String>,
}

/// Who asked for what, for the log.
#[derive(Default)]
pub struct Subject {
    /// The client, where it is proven without authenticating.
    pub client: Option<String>,
    /// The grant type.
    pub grant_type: Option<&'static str>,
}

/// Logs a request when it is answered.
///
/// # Errors
/// None of its own.
///
/// # Panics
/// On a server that was put together without its [`App`].
pub async fn access_log(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    #[expect(clippy::disallowed_methods, reason = "elapsed time is measured here, and only here")]
    let started = Instant::now();
    let ThinData(app) = request.app_data::<ThinData<App>>().expect("every server has its app").clone();
    let id = hex(app.rng.bytes());
    request.extensions_mut().insert(RequestId(id.clone()));
    request.extensions_mut().insert(Requester::default());
    let (method, is_too_long) = (request.method().clone(), request.query_string().len() > MAX_QUERY);

    let mut response = if is_too_long {
        let (request, _) = request.into_parts();
        let response = actix_web::HttpResponse::UriTooLong().finish();
        ServiceResponse::new(request, response).map_into_right_body()
    } else {
        next.call(request).await?.map_into_left_body()
    };
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HeaderName::from_static("x-request-id"), value);
    }
    write_line(&response, method.as_str(), &id, started);
    Ok(response)
}

fn write_line<B>(response: &ServiceResponse<B>, method: &str, id: &str, started: Instant) {
    let extensions = response.response().extensions();
    let outcome = extensions.get::<Outcome>();
    let address = client_address(response.request());
    let known = response.request().extensions();
    let (requester, subject) = (known.get::<Requester>(), known.get::<Subject>());
    let client = requester.and_then(Requester::client).map(|client| client.id.as_str());
    tracing::info!(
        target: "countersign::request",
        request_id = id,
        method,
        // The route, not the path: a path may hold anything.
        route = response.request().match_pattern().as_deref().unwrap_or("none"),
        status = response.status().as_u16(),
        elapsed_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX),
        address = %address,
        client = client.or_else(|| subject.and_then(|subject| subject.client.as_deref())),
        grant_type = subject.and_then(|subject| subject.grant_type),
        error = outcome.map(|outcome| outcome.error),
        reason = outcome.and_then(|outcome| outcome.source.as_deref()),
    );
}

fn hex(bytes: [u8; 8]) -> String {
    format!("{:016x}", u64::from_be_bytes(bytes))
}

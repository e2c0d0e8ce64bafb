//! Requests of pages on another origin (the CORS protocol of the Fetch standard). Nothing here involves cookies, so there is
//! no `Access-Control-Allow-Credentials`.
//!
//! * Public documents, an open registration endpoint and the playground's API may be called by every page, with any header.
//! * The other endpoints for programs may be called by a public client's own pages. An answer may be read by the origins of
//!   the client that asked. Where no client is known, in a preflight and in some errors, it may be read by the origins of all
//!   public clients: there is nothing in it but what was sent.
//!
//! "CORS MUST NOT be supported at the authorization endpoint" (RFC 9700 §2.6), nor is it at any page.

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{HttpServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD, HeaderMap, HeaderValue, ORIGIN, VARY,
};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::{Next, from_fn};
use actix_web::web::ThinData;
use actix_web::{Error, Resource};

use crate::app::App;

use super::header_value::{field_names, origin};
use super::headers::common;
use super::known::Known;

/// What a page may send besides what every page may: credentials of a client or a token, a form, a proof of RFC 9449.
const ALLOWED_HEADERS: &str = "authorization, content-type, dpop";
/// What a page may read besides what every page may.
const EXPOSED_HEADERS: &str = "WWW-Authenticate, Retry-After";
/// Seconds for which a browser may keep the answer to a preflight.
const MAX_AGE: u32 = 600;

/// The pages on other origins that may call an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Callers {
    /// Pages of public clients.
    PublicClients,
    /// All pages.
    Everyone,
}

/// Opens an endpoint, which has these methods, to pages on other origins.
pub fn cross_origin(endpoint: Resource, methods: &'static str, callers: Callers) -> impl HttpServiceFactory + 'static {
    endpoint.wrap(from_fn(move |request: ServiceRequest, next| {
        let next: Next<_> = next;
        async move {
            match callers {
                Callers::PublicClients => answer_public_clients(request, next, methods).await,
                Callers::Everyone => answer_everyone(request, next, methods).await,
            }
        }
    }))
}

/// Lets every page read the answer, and send any header.
async fn answer_everyone<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
    methods: &'static str,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let every_origin = Some(HeaderValue::from_static("*"));
    let is_of_page = [ORIGIN, ACCESS_CONTROL_REQUEST_METHOD].iter().any(|name| request.headers().contains_key(name));
    if request.method() == Method::OPTIONS && is_of_page {
        let headers = request.headers().get(ACCESS_CONTROL_REQUEST_HEADERS).and_then(field_names);
        let mut response = preflight(request, methods, headers.unwrap_or(HeaderValue::from_static("*")));
        response.headers_mut().insert(VARY, HeaderValue::from_static("Access-Control-Request-Headers"));
        allow(response.headers_mut(), every_origin);
        return Ok(response);
    }
    let mut response = next.call(request).await?.map_into_left_body();
    allow(response.headers_mut(), every_origin);
    Ok(response)
}

async fn answer_public_clients<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
    methods: &'static str,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let ThinData(app) = request.app_data::<ThinData<App>>().expect("every server has its app").clone();
    let origin = only_origin(request.headers());
    let is_preflight =
        request.method() == Method::OPTIONS && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if is_preflight && is_of_any_client(&app, origin.as_ref()).await {
        let mut response = preflight(request, methods, HeaderValue::from_static(ALLOWED_HEADERS));
        allow(response.headers_mut(), origin);
        response
    } else {
        let mut response = next.call(request).await?.map_into_left_body();
        let requester = Known::of(response.request()).requester.clone();
        let may_read = match (requester.client(), &origin) {
            (Some(client), Some(origin)) => origin.to_str().is_ok_and(|origin| client.has_browser_origin(origin)),
            (None, origin) => is_of_any_client(&app, origin.as_ref()).await,
            (Some(_), None) => false,
        };
        allow(response.headers_mut(), origin.filter(|_| may_read));
        response
    };
    // Caches are told that others may not read it.
    response.headers_mut().append(VARY, HeaderValue::from_static("Origin"));
    Ok(response)
}

/// Returns whether an origin is some public client's.
async fn is_of_any_client(app: &App, origin: Option<&HeaderValue>) -> bool {
    match origin.and_then(|origin| origin.to_str().ok()) {
        Some(origin) => app.is_browser_origin(origin).await,
        None => false,
    }
}

/// The answer to a preflight: these methods, and these headers.
fn preflight<B>(request: ServiceRequest, methods: &str, headers: HeaderValue) -> ServiceResponse<EitherBody<B>> {
    let ThinData(app) = request.app_data::<ThinData<App>>().expect("every server has its app").clone();
    let response = common(&app, StatusCode::NO_CONTENT)
        .insert_header((ACCESS_CONTROL_ALLOW_METHODS, methods))
        .insert_header((ACCESS_CONTROL_ALLOW_HEADERS, headers))
        .insert_header((ACCESS_CONTROL_MAX_AGE, MAX_AGE))
        .finish();
    request.into_response(response).map_into_right_body()
}

/// The origin of the page that asks; none where the header does not say one, and only one.
fn only_origin(headers: &HeaderMap) -> Option<HeaderValue> {
    let mut origins = headers.get_all(ORIGIN);
    origins.next().filter(|_| origins.next().is_none()).filter(|sent| origin(sent).is_some()).cloned()
}

/// Lets an origin read an answer.
fn allow(headers: &mut HeaderMap, origin: Option<HeaderValue>) {
    if let Some(origin) = origin {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED_HEADERS));
    }
}

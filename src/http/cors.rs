//! Requests of pages on another origin (the CORS protocol of the Fetch standard): allowed to a public client's own pages, at
//! the endpoints that programs call. Nothing here involves cookies, so there is no `Access-Control-Allow-Credentials`.
//!
//! An answer may be read by the origins of the client that asked. Where no client is known, in a preflight and in some
//! errors, it may be read by the origins of all public clients: there is nothing in it but what was sent.
//!
//! "CORS MUST NOT be supported at the authorization endpoint" (RFC 9700 §2.6), nor is it at any page.

use actix_web::body::MessageBody;
use actix_web::dev::{HttpServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, HeaderMap, HeaderValue,
    ORIGIN, VARY,
};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::{Next, from_fn};
use actix_web::web::ThinData;
use actix_web::{Error, Resource};

use crate::app::App;

use super::headers::common;
use super::known::Known;

/// What a page may send besides what every page may: credentials of a client or a token, a form, a proof of RFC 9449.
const ALLOWED_HEADERS: &str = "authorization, content-type, dpop";
/// What a page may read besides what every page may.
const EXPOSED_HEADERS: &str = "WWW-Authenticate, Retry-After";
/// Seconds for which a browser may keep the answer to a preflight.
const MAX_AGE: u32 = 600;

/// Opens an endpoint, which has these methods, to the pages of public clients.
pub fn cross_origin(endpoint: Resource, methods: &'static str) -> impl HttpServiceFactory + 'static {
    endpoint.wrap(from_fn(move |request, next| answer(request, next, methods)))
}

async fn answer(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
    methods: &'static str,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let ThinData(app) = request.app_data::<ThinData<App>>().expect("every server has its app").clone();
    let origin = only_origin(request.headers());
    let is_preflight =
        request.method() == Method::OPTIONS && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    let allows_all = |origin: &HeaderValue| origin.to_str().is_ok_and(|origin| app.is_browser_origin(origin));
    if is_preflight && origin.as_ref().is_some_and(allows_all) {
        let response = common(&app, StatusCode::NO_CONTENT)
            .insert_header((ACCESS_CONTROL_ALLOW_METHODS, methods))
            .insert_header((ACCESS_CONTROL_ALLOW_HEADERS, ALLOWED_HEADERS))
            .insert_header((ACCESS_CONTROL_MAX_AGE, MAX_AGE))
            .finish();
        let mut response = request.into_response(response).map_into_right_body();
        allow(response.headers_mut(), origin);
        return Ok(response);
    }
    let mut response = next.call(request).await?.map_into_left_body();
    let allowed = origin.filter(|origin| match Known::of(response.request()).requester.client() {
        Some(client) => origin.to_str().is_ok_and(|origin| client.has_browser_origin(origin)),
        None => allows_all(origin),
    });
    allow(response.headers_mut(), allowed);
    Ok(response)
}

/// The origin of the page that asks; none where the header does not say one.
fn only_origin(headers: &HeaderMap) -> Option<HeaderValue> {
    let mut origins = headers.get_all(ORIGIN);
    origins.next().filter(|_| origins.next().is_none()).cloned()
}

/// Lets an origin read an answer. Caches are told that others may not.
fn allow(headers: &mut HeaderMap, origin: Option<HeaderValue>) {
    headers.append(VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = origin {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED_HEADERS));
    }
}

//! Headers that answers have in common.

use actix_web::http::StatusCode;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, LOCATION, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use actix_web::{HttpResponse, HttpResponseBuilder};
use serde::Serialize;

use crate::app::App;
use crate::pages::Page;
use crate::types::Secret;

use super::cookies::CookieNames;
use super::header_value;
use super::visit::Visit;

/// Origins at which a navigation can end that begins on a page: by a form, by the redirects after it, or by a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Navigation {
    /// This server's origin alone. The page has `form-action 'self'` and `Cross-Origin-Opener-Policy: same-origin`.
    OwnOrigin,
    /// An application's origin as well. The page has neither header: Chromium applies `form-action` to every redirect after a
    /// form (decision 23), and an opener policy on any page of a popup cuts the popup off from its opener (decision 24).
    CrossOrigin,
}

/// `frame-src` of the page that loads frames of applications. Browsers apply it to every redirect of a frame as well, and an
/// IPv6 address is no source expression, so that origins cannot be listed.
const FRAMES: &str = " frame-src https: http:;";

/// A page as an answer.
pub fn html(visit: &Visit, status: StatusCode, page: &Page, body: String, navigation: Navigation) -> HttpResponse {
    html_with_policy(visit, status, page, body, navigation, "")
}

/// A page as an answer, with frames of applications in it.
pub fn html_with_frames(visit: &Visit, page: &Page, body: String) -> HttpResponse {
    html_with_policy(visit, StatusCode::OK, page, body, Navigation::CrossOrigin, FRAMES)
}

fn html_with_policy(
    visit: &Visit,
    status: StatusCode,
    page: &Page,
    body: String,
    navigation: Navigation,
    frames: &'static str,
) -> HttpResponse {
    let forms = match navigation {
        Navigation::OwnOrigin => " form-action 'self';",
        Navigation::CrossOrigin => "",
    };
    // Of literals alone: no origin of a client can stand in it.
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; connect-src 'self';{frames}{forms} \
         frame-ancestors 'none'; base-uri 'none'"
    );
    let mut response = common(&visit.app, status);
    if let Some(cookie) = visit.new_cookie() {
        response.cookie(cookie);
    }
    if let Some(picked) = visit.picked_language.filter(|_| status.is_success()) {
        let names = CookieNames::of(&visit.app);
        response.cookie(names.make_lasting(names.language, &Secret::new(picked.code())));
    }
    if navigation == Navigation::OwnOrigin {
        response.insert_header((HeaderName::from_static("cross-origin-opener-policy"), "same-origin"));
    }
    response
        .insert_header((CONTENT_TYPE, HTML))
        .insert_header((CONTENT_LANGUAGE, page.lang.code()))
        .insert_header((CONTENT_SECURITY_POLICY, policy))
        .insert_header((X_FRAME_OPTIONS, "DENY"))
        .insert_header((HeaderName::from_static("cross-origin-resource-policy"), "same-origin"))
        .insert_header((HeaderName::from_static("permissions-policy"), PERMISSIONS));
    response.body(body)
}

/// The headers of a page that is not looked for: the answer to a HEAD.
pub fn headers_alone(visit: &Visit) -> HttpResponse {
    common(&visit.app, StatusCode::OK).insert_header((CONTENT_TYPE, HTML)).finish()
}

const HTML: &str = "text/html; charset=utf-8";
const PERMISSIONS: &str = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()";

/// Most answers of programs are no longer than this, in bytes.
const USUAL_LENGTH: usize = 1000;

/// JSON that nobody keeps (RFC 6749 §5.1).
pub fn json(app: &App, status: StatusCode, body: &impl Serialize) -> HttpResponse {
    json_with(app, status, body, |_| {})
}

/// The same, with further headers.
pub fn json_with(
    app: &App,
    status: StatusCode,
    body: &impl Serialize,
    headers: impl FnOnce(&mut HttpResponseBuilder),
) -> HttpResponse {
    let mut text = Vec::with_capacity(USUAL_LENGTH);
    serde_json::to_writer(&mut text, body).expect("a response is plain data");
    let mut response = common(app, status);
    response.insert_header((CONTENT_TYPE, "application/json"));
    headers(&mut response);
    response.body(text)
}

/// A redirect after which credentials are not sent again: 303, never 307 (RFC 9700 §4.12).
pub fn see_other(app: &App, to: &str) -> HttpResponseBuilder {
    let mut response = common(app, StatusCode::SEE_OTHER);
    response.insert_header((LOCATION, header_value::uri(to)));
    response
}

/// What every answer has: nobody keeps it, and nobody guesses what it is.
pub fn common(app: &App, status: StatusCode) -> HttpResponseBuilder {
    let mut response = HttpResponse::build(status);
    response
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((REFERRER_POLICY, "no-referrer"));
    if app.issuer.is_https() {
        response.insert_header((STRICT_TRANSPORT_SECURITY, "max-age=63072000"));
    }
    response
}

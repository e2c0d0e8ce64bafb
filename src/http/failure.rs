//! Failures as answers: JSON for programs (RFC 6749 §5.2), a page for people, a redirect where the address is proven.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{PRAGMA, RETRY_AFTER, WWW_AUTHENTICATE};
use serde::Serialize;

use crate::app::App;
use crate::browser::UnreadableFlow;
use crate::login::application::Application;
use crate::login::authorize::Failure;
use crate::oauth::authorize_error::AuthorizeError;
use crate::oauth::{ErrorCode, OAuthError};
use crate::pages::{self, ErrorKind, ErrorPage};
use crate::store::StoreError;

use super::answer;
use super::form::FormError;
use super::headers::{Navigation, html, json_with, see_other};
use super::log::Outcome;
use super::visit::{FormRefusal, Visit};

/// Seconds after which a page is worth reloading when the database could not answer.
const RETRY_AFTER_SECONDS: u64 = 2;

#[derive(Serialize)]
struct ErrorBody<'a> {
    error: &'static str,
    error_description: &'a str,
}

/// An error of the token endpoint (RFC 6749 §5.2).
pub fn oauth_error(app: &App, error: &OAuthError) -> HttpResponse {
    json_error(app, error, error.code.status())
}

fn json_error(app: &App, error: &OAuthError, status: u16) -> HttpResponse {
    let status = StatusCode::from_u16(status).expect("an error's status is one");
    let body = ErrorBody { error: error.code.as_str(), error_description: error.description() };
    let response = json_with(app, status, &body, |headers| {
        headers.insert_header((PRAGMA, "no-cache"));
        if error.code == ErrorCode::InvalidClient {
            headers.insert_header((WWW_AUTHENTICATE, "Basic realm=\"countersign\", charset=\"UTF-8\""));
        }
        if let Some(seconds) = error.retry_after {
            headers.insert_header((RETRY_AFTER, seconds));
        }
    });
    logged(response, error)
}

/// A method that an endpoint for programs does not have.
pub fn method_not_allowed(app: &App, allow: &str) -> HttpResponse {
    let error = OAuthError::invalid_request(format!("this endpoint answers {allow} only"));
    json_error(app, &error.with_source("the endpoint does not answer this method"), 405)
}

/// A form that was not read, at an endpoint for programs.
pub fn form_error(app: &App, error: &FormError) -> HttpResponse {
    match error {
        FormError::TooLarge => json_error(app, &OAuthError::invalid_request("the body is larger than 64 kB"), 413),
        FormError::TimedOut => json_error(app, &timed_out(), 408),
        FormError::Invalid(error) => oauth_error(app, error),
    }
}

/// A form that was not read, at a page.
pub fn form_error_page(visit: &Visit, error: &FormError) -> HttpResponse {
    match error {
        FormError::TooLarge => error_page(visit, ErrorKind::TooLarge),
        FormError::TimedOut => error_page(visit, ErrorKind::TimedOut),
        FormError::Invalid(error) => invalid_request_page(visit, error),
    }
}

fn timed_out() -> OAuthError {
    OAuthError::new(ErrorCode::TemporarilyUnavailable, "the body of the request did not come in time: send it again")
}

/// Notes an error for the request's log line.
pub fn logged(mut response: HttpResponse, error: &OAuthError) -> HttpResponse {
    response.extensions_mut().insert(Outcome::of(error));
    response
}

/// A page that says what went wrong. The log tells what the page tells, unless the caller notes a better reason.
pub fn error_page(visit: &Visit, kind: ErrorKind) -> HttpResponse {
    logged(show(visit, ErrorPage::new(visit.page("/", &[], None), kind)), &error_of(kind))
}

/// The error that a page stands for, for the log.
fn error_of(kind: ErrorKind) -> OAuthError {
    OAuthError::invalid_request(match kind {
        ErrorKind::BadRequest(fault) => return fault.into(),
        ErrorKind::TooMany { retry_after_seconds } => return OAuthError::too_many_attempts(retry_after_seconds),
        ErrorKind::Unavailable { retry_after_seconds } => return OAuthError::unavailable(retry_after_seconds),
        ErrorKind::Internal => return OAuthError::server_error("the server failed"),
        ErrorKind::Expired => "the page is out of date: it was answered before, or its session has ended",
        ErrorKind::Forbidden => {
            "the form does not carry the proof that it is from a page of this server in this browser"
        }
        ErrorKind::NotFound => "there is no such page",
        ErrorKind::MethodNotAllowed => "the page does not answer this method",
        ErrorKind::TimedOut => return timed_out(),
        ErrorKind::TooLarge => "the request is larger than this page accepts",
    })
}

/// `back` leads to an address that was proven to be the application's.
fn diagnosed(visit: &Visit, kind: ErrorKind, diagnosis: Option<String>, back: Option<String>) -> HttpResponse {
    let diagnosis = diagnosis.filter(|_| visit.app.dev.is_some());
    show(visit, ErrorPage { back, diagnosis, ..ErrorPage::new(visit.page("/", &[], None), kind) })
}

/// Shows an error page. A page that had a flow leads on to it, unless its request is over.
fn show(visit: &Visit, page: ErrorPage) -> HttpResponse {
    let flow = visit.flow.get().filter(|_| page.kind != ErrorKind::Expired);
    let retry = match flow {
        Some(sealed) => Some(format!("{}?flow={sealed}", visit.path("/login"))),
        // An empty reference is the address of the page itself (RFC 3986 §4.4): nothing of the request is repeated.
        None => (visit.is_get && page.kind.may_pass()).then(String::new),
    };
    let (kind, page) = (page.kind, ErrorPage { retry, ..page });
    let status = StatusCode::from_u16(page.status()).expect("a page's status is one");
    let mut response = html(visit, status, &page.page, page.render(), navigation(kind));
    if let Some(seconds) = kind.retry_after_seconds() {
        response.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    response
}

/// An error on the way to an application can still end there: by the way back, or by a reload. The way does not lead through
/// a page that does not exist.
const fn navigation(kind: ErrorKind) -> Navigation {
    match kind {
        ErrorKind::NotFound | ErrorKind::MethodNotAllowed => Navigation::OwnOrigin,
        _ => Navigation::CrossOrigin,
    }
}

/// The database did not answer a page's question.
pub fn store_error_page(visit: &Visit, error: StoreError) -> HttpResponse {
    let kind = match error {
        StoreError::Unavailable(_) => ErrorKind::Unavailable { retry_after_seconds: RETRY_AFTER_SECONDS },
        _ => ErrorKind::Internal,
    };
    logged(error_page(visit, kind), &OAuthError::from(error))
}

/// A form that another site sent.
pub fn foreign_form_page(visit: &Visit) -> HttpResponse {
    refused_form(error_page(visit, ErrorKind::Forbidden), FormRefusal::Elsewhere)
}

/// Notes for the request's log line why a form did not count.
pub fn refused_form(response: HttpResponse, refusal: FormRefusal) -> HttpResponse {
    logged(response, &OAuthError::invalid_request("form").with_source(refusal))
}

/// A flow that is missing, or cannot be opened: it names no application.
pub fn unreadable_flow_page(visit: &Visit, error: UnreadableFlow) -> HttpResponse {
    logged(error_page(visit, ErrorKind::Forbidden), &OAuthError::invalid_request("flow").with_source(error))
}

/// An application as pages show it.
pub fn application(application: Application) -> pages::Application {
    pages::Application { name: application.name, address: application.address }
}

/// A request that cannot be answered here any more: the way on starts at its application.
fn over_page(visit: &Visit, over: Application) -> HttpResponse {
    let page = ErrorPage::new(visit.page("/", &[], None), ErrorKind::Expired);
    logged(show(visit, ErrorPage { application: Some(application(over)), ..page }), &error_of(ErrorKind::Expired))
}

/// The session of a request ended while it was answered: the person signs in again for it.
fn sign_in_again(visit: &Visit) -> HttpResponse {
    let flow = visit.flow.get().map(|sealed| format!("?flow={sealed}")).unwrap_or_default();
    see_other(&visit.app, &format!("{}{flow}", visit.path("/login"))).finish()
}

/// A request that leads nowhere, and says so to whoever was sent along with it.
pub fn invalid_request_page(visit: &Visit, error: &OAuthError) -> HttpResponse {
    fault_page(visit, error, error.description().to_owned(), None)
}

/// A page that names the fault of a request. `back` is as in [`diagnosed`].
fn fault_page(visit: &Visit, error: &OAuthError, diagnosis: String, back: Option<String>) -> HttpResponse {
    logged(diagnosed(visit, ErrorKind::BadRequest(error.fault()), Some(diagnosis), back), error)
}

/// An authorization request that has no code for an answer.
pub fn authorize_failure(visit: &Visit, failure: Failure) -> HttpResponse {
    match failure {
        Failure::Store(error) => store_error_page(visit, error),
        Failure::Over(application) => over_page(visit, application),
        Failure::SignedOut => sign_in_again(visit),
        Failure::Authorize(AuthorizeError::Redirect(failed)) => {
            let response = failed.return_to.error(&failed.error, visit.app.issuer.as_str());
            logged(answer::send(visit, response), &failed.error)
        }
        Failure::Authorize(AuthorizeError::Unvouched(failed)) => {
            let response = failed.return_to.error(&failed.error, visit.app.issuer.as_str());
            let diagnosis = failed.error.description().to_owned();
            fault_page(visit, &failed.error, diagnosis, Some(response.location()))
        }
        Failure::Authorize(AuthorizeError::Page(failed)) => fault_page(visit, &failed.error, failed.diagnosis, None),
    }
}

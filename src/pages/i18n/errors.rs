//! Messages of the error page.

use super::{Around, Faults};

/// An error in three answers.
#[derive(Debug)]
pub struct ErrorText {
    /// The event in a few words: the heading.
    pub title: &'static str,
    /// The event, and whose fault it is.
    pub what: &'static str,
    /// The next step of the person.
    pub action: &'static str,
}

/// Messages of the error page.
#[derive(Debug)]
pub struct Errors {
    /// The label of the request id.
    pub request_id: &'static str,
    /// The link back.
    pub back: &'static str,
    /// The link that tries the same once more.
    pub retry: &'static str,
    /// Around the server's name, in the link to its start page.
    pub start: Around,
    /// The heading of the developer's diagnosis.
    pub diagnosis: &'static str,
    /// 400: the application sent an invalid request.
    pub bad_request: ErrorText,
    /// 400: the flow is too old, or over.
    pub expired: ErrorText,
    /// 403: the form or the flow does not count.
    pub forbidden: ErrorText,
    /// 404.
    pub not_found: ErrorText,
    /// 405.
    pub method_not_allowed: ErrorText,
    /// 413.
    pub too_large: ErrorText,
    /// [`ErrorKind::TimedOut`](crate::pages::ErrorKind::TimedOut).
    pub timed_out: ErrorText,
    /// 429.
    pub too_many: ErrorText,
    /// 503.
    pub unavailable: ErrorText,
    /// 500.
    pub internal: ErrorText,
    /// 400, by the fault of the request.
    pub faults: Faults,
}

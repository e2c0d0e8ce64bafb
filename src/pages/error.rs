//! The error page: what happened, whose fault it is, what to do. Nothing of the request is repeated.

use askama::Template;

use crate::oauth::RequestFault;

use super::i18n::ErrorText;
use super::page::is_script;
use super::{Application, Page, rendered};

/// An error that cannot be, or is not to be, answered to the application.
#[derive(Clone, Debug, Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    /// What every page has.
    pub page: Page,
    /// What happened.
    pub kind: ErrorKind,
    /// Where "Back to the application" leads: only a redirect target that was proven to be the application's.
    pub back: Option<String>,
    /// The application that the person came from, where it is known.
    pub application: Option<Application>,
    /// The address at which the same may be tried again; an empty one is that of the page itself.
    pub retry: Option<String>,
    /// In development mode only: the whole diagnosis for the developer.
    pub diagnosis: Option<String>,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The request has a fault, nearly always the application's.
    BadRequest(RequestFault),
    /// The flow is too old, or already over.
    Expired,
    /// The form could not be proven to come from this server.
    Forbidden,
    /// No such page.
    NotFound,
    /// The page exists, for another method.
    MethodNotAllowed,
    /// The body is too large.
    TooLarge,
    /// The body did not come in time.
    TimedOut,
    /// Too many requests.
    TooMany {
        /// When the next one is welcome.
        retry_after_seconds: u64,
    },
    /// The database is away, or the server is overloaded.
    Unavailable {
        /// When the next request is welcome.
        retry_after_seconds: u64,
    },
    /// A fault of the server's own.
    Internal,
}

impl ErrorKind {
    /// The HTTP status (RFC 9110 §15).
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::BadRequest(RequestFault::TooLong) => 414,
            Self::BadRequest(_) | Self::Expired => 400,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::TimedOut => 408,
            Self::TooLarge => 413,
            Self::TooMany { .. } => 429,
            Self::Internal => 500,
            Self::Unavailable { .. } => 503,
        }
    }

    /// Whether the same request may succeed later.
    #[must_use]
    pub const fn may_pass(self) -> bool {
        matches!(self, Self::TooMany { .. } | Self::Unavailable { .. } | Self::Internal)
    }

    /// Seconds for `Retry-After`, where waiting helps.
    #[must_use]
    pub const fn retry_after_seconds(self) -> Option<u64> {
        match self {
            Self::TooMany { retry_after_seconds } | Self::Unavailable { retry_after_seconds } => {
                Some(retry_after_seconds)
            }
            _ => None,
        }
    }
}

impl ErrorPage {
    /// A page that leads to this server alone.
    #[must_use]
    pub const fn new(page: Page, kind: ErrorKind) -> Self {
        Self { page, kind, back: None, application: None, retry: None, diagnosis: None }
    }

    /// The page as HTML.
    #[must_use]
    pub fn render(&self) -> String {
        rendered(self)
    }

    /// The HTTP status to answer with.
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.kind.status()
    }

    fn text(&self) -> &'static ErrorText {
        let t = &self.page.t().errors;
        match self.kind {
            ErrorKind::BadRequest(fault) => t.faults.text(fault).unwrap_or(&t.bad_request),
            ErrorKind::Expired => &t.expired,
            ErrorKind::Forbidden => &t.forbidden,
            ErrorKind::NotFound => &t.not_found,
            ErrorKind::MethodNotAllowed => &t.method_not_allowed,
            ErrorKind::TooLarge => &t.too_large,
            ErrorKind::TimedOut => &t.timed_out,
            ErrorKind::TooMany { .. } => &t.too_many,
            ErrorKind::Unavailable { .. } => &t.unavailable,
            ErrorKind::Internal => &t.internal,
        }
    }

    /// The fault of the request, if that is what the page is about.
    const fn fault(&self) -> Option<&RequestFault> {
        if let ErrorKind::BadRequest(fault) = &self.kind { Some(fault) } else { None }
    }

    fn wait(&self) -> Option<String> {
        self.kind.retry_after_seconds().map(self.page.t().common.try_again_in)
    }

    /// The way back, unless it is a script: a link must never be one, whatever a caller calls proven.
    fn way_back(&self) -> Option<&str> {
        self.back.as_deref().filter(|target| !is_script(target))
    }
}

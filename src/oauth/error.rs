//! Errors of the protocol: a closed list of codes, what the developer reads, and what only the log reads.

use std::borrow::Cow;
use std::error::Error;

use super::RequestFault;

/// The registered error codes that we answer with, each with its specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorCode {
    /// RFC 6749 §4.1.2.1, §5.2.
    InvalidRequest,
    /// RFC 6749 §5.2.
    InvalidClient,
    /// RFC 6749 §5.2.
    InvalidGrant,
    /// RFC 6749 §4.1.2.1, §5.2.
    UnauthorizedClient,
    /// RFC 6749 §5.2.
    UnsupportedGrantType,
    /// RFC 6749 §4.1.2.1.
    UnsupportedResponseType,
    /// RFC 6749 §4.1.2.1, §5.2.
    InvalidScope,
    /// RFC 8707 §2.
    InvalidTarget,
    /// RFC 6749 §4.1.2.1.
    AccessDenied,
    /// OpenID Connect Core §3.1.2.6.
    LoginRequired,
    /// OpenID Connect Core §3.1.2.6.
    ConsentRequired,
    /// OpenID Connect Core Error Code `unmet_authentication_requirements` 1.0 §2.
    UnmetAuthenticationRequirements,
    /// OpenID Connect Core §3.1.2.6.
    RequestNotSupported,
    /// OpenID Connect Core §3.1.2.6.
    RequestUriNotSupported,
    /// OpenID Connect Core §3.1.2.6, RFC 9101 §7.
    InvalidRequestUri,
    /// OpenID Connect Core §3.1.2.6, RFC 9101 §7.
    InvalidRequestObject,
    /// OpenID Connect Core §3.1.2.6.
    RegistrationNotSupported,
    /// RFC 7591 §3.2.2.
    InvalidRedirectUri,
    /// RFC 7591 §3.2.2.
    InvalidClientMetadata,
    /// RFC 7591 §3.2.2.
    UnapprovedSoftwareStatement,
    /// RFC 6750 §3.1.
    InvalidToken,
    /// RFC 6750 §3.1.
    InsufficientScope,
    /// Status 429: credentials were guessed at too often. RFC 6749 has no code of its own for it.
    TooManyAttempts,
    /// RFC 6749 §4.1.2.1; at the token endpoint with status 503.
    TemporarilyUnavailable,
    /// RFC 6749 §4.1.2.1; at the token endpoint with status 500.
    ServerError,
}

impl ErrorCode {
    /// The code on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidScope => "invalid_scope",
            Self::InvalidTarget => "invalid_target",
            Self::AccessDenied => "access_denied",
            Self::LoginRequired => "login_required",
            Self::ConsentRequired => "consent_required",
            Self::UnmetAuthenticationRequirements => "unmet_authentication_requirements",
            Self::RequestNotSupported => "request_not_supported",
            Self::RequestUriNotSupported => "request_uri_not_supported",
            Self::InvalidRequestUri => "invalid_request_uri",
            Self::InvalidRequestObject => "invalid_request_object",
            Self::RegistrationNotSupported => "registration_not_supported",
            Self::InvalidRedirectUri => "invalid_redirect_uri",
            Self::InvalidClientMetadata => "invalid_client_metadata",
            Self::UnapprovedSoftwareStatement => "unapproved_software_statement",
            Self::InvalidToken => "invalid_token",
            Self::InsufficientScope => "insufficient_scope",
            Self::TooManyAttempts | Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::ServerError => "server_error",
        }
    }

    /// The HTTP status where the error is the response itself (RFC 6749 §5.2, RFC 6750 §3.1).
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::InvalidClient | Self::InvalidToken => 401,
            Self::InsufficientScope => 403,
            Self::TooManyAttempts => 429,
            Self::TemporarilyUnavailable => 503,
            Self::ServerError => 500,
            _ => 400,
        }
    }
}

/// An error that a client can be told of.
#[derive(Debug, thiserror::Error)]
#[error("{}: {description}", code.as_str())]
pub struct OAuthError {
    /// What a program reads.
    pub code: ErrorCode,
    /// What its developer reads: the parameter at fault and the fix. Only characters of RFC 6749 §5.2.
    description: Cow<'static, str>,
    /// What the log reads, once, and nobody else.
    #[source]
    pub source: Option<Box<dyn Error + Send + Sync>>,
    /// Seconds after which a retry may succeed.
    pub retry_after: Option<u64>,
    /// The fault of the request, where the code alone does not name it.
    fault: Option<RequestFault>,
}

impl OAuthError {
    /// An error with a description for the developer who caused it.
    #[must_use]
    pub fn new(code: ErrorCode, description: impl Into<Cow<'static, str>>) -> Self {
        Self { code, description: printable(description.into()), source: None, retry_after: None, fault: None }
    }

    /// `invalid_request`.
    #[must_use]
    pub fn invalid_request(description: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorCode::InvalidRequest, description)
    }

    /// `invalid_request` about the value of one parameter.
    #[must_use]
    pub fn invalid_parameter(name: &'static str, description: impl Into<Cow<'static, str>>) -> Self {
        Self::invalid_request(description).about(RequestFault::Invalid(name))
    }

    /// `invalid_grant`, with a description that gives nothing away about the credential.
    #[must_use]
    pub fn invalid_grant(description: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorCode::InvalidGrant, description)
    }

    /// The server cannot answer now; the client may retry after `seconds`.
    #[must_use]
    pub fn unavailable(seconds: u64) -> Self {
        Self::lacking("the server cannot answer right now, retry the same request", seconds)
    }

    /// Something is missing that the server has to fetch; the client may retry after `seconds`.
    #[must_use]
    pub fn lacking(description: &'static str, seconds: u64) -> Self {
        let mut error = Self::new(ErrorCode::TemporarilyUnavailable, description);
        error.retry_after = Some(seconds);
        error
    }

    /// Too many credentials were wrong; the next attempt is free after `seconds`.
    #[must_use]
    pub fn too_many_attempts(seconds: u64) -> Self {
        let mut error = Self::new(ErrorCode::TooManyAttempts, "too many failed attempts, wait before the next one");
        error.retry_after = Some(seconds);
        error
    }

    /// Too many clients were registered from one address; the next one may be after `seconds`.
    #[must_use]
    pub fn too_many_registrations(seconds: u64) -> Self {
        let description = "too many registrations from this address, wait before the next one";
        let mut error = Self::new(ErrorCode::TooManyAttempts, description);
        error.retry_after = Some(seconds);
        error
    }

    /// Something broke that the client cannot mend.
    #[must_use]
    pub fn server_error(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::new(ErrorCode::ServerError, "the server failed, its log has the reason under this request's id")
            .with_source(source)
    }

    /// Adds the private cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Names the fault of the request.
    #[must_use]
    pub const fn about(mut self, fault: RequestFault) -> Self {
        self.fault = Some(fault);
        self
    }

    /// The fault of the request: the one that was named, or the one that the code stands for.
    #[must_use]
    pub fn fault(&self) -> RequestFault {
        self.fault.unwrap_or_else(|| RequestFault::of(self.code))
    }

    /// The reason for the log: the private cause, or else the description. A description that was put together may repeat the
    /// request, which may be a secret in the wrong field: the fault's sentence takes its place.
    #[must_use]
    pub fn reason(&self) -> Cow<'static, str> {
        match (&self.source, &self.description) {
            (Some(source), _) => Cow::Owned(source.to_string()),
            (None, Cow::Borrowed(description)) => Cow::Borrowed(*description),
            (None, Cow::Owned(_)) => match self.fault() {
                RequestFault::Other => Cow::Borrowed("only the caller was told: the description repeats the request"),
                fault => fault.description(),
            },
        }
    }

    /// The description as sent.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.description
    }
}

/// "Values for the `error_description` parameter MUST NOT include characters outside the set %x20-21 / %x23-5B /
/// %x5D-7E" (RFC 6749 §5.2).
fn printable(text: Cow<'static, str>) -> Cow<'static, str> {
    let allowed = |c: char| matches!(c, '\x20'..='\x21' | '\x23'..='\x5b' | '\x5d'..='\x7e');
    if text.chars().all(allowed) {
        return text;
    }
    let replaced = text.chars().map(|c| match c {
        '"' => '\'',
        c if allowed(c) => c,
        _ => '?',
    });
    Cow::Owned(replaced.collect())
}

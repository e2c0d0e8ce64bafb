//! Forms: read within bounds, and only as what they say they are.

use actix_web::web::{Bytes, Payload};
use actix_web::{HttpMessage, HttpRequest};

use super::connection::{body_was_read, has_timed_out};
use crate::oauth::{ErrorCode, OAuthError, Params, RequestFault};

/// The largest form, in bytes.
pub const MAX_FORM: usize = 64 * 1024;

/// Why a form was not read.
#[derive(Debug)]
pub enum FormError {
    /// It is larger than [`MAX_FORM`].
    TooLarge,
    /// The body did not come in time.
    TimedOut,
    /// It is no form, or cannot be read.
    Invalid(OAuthError),
}

impl FormError {
    /// The code that a program is told.
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::TooLarge => ErrorCode::InvalidRequest,
            Self::TimedOut => ErrorCode::TemporarilyUnavailable,
            Self::Invalid(error) => error.code,
        }
    }
}

/// Whether the body says that it is a form; the case of a media type does not matter (RFC 9110 §8.3.1).
pub fn is_form(request: &HttpRequest) -> bool {
    request.content_type().eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// Reads a form.
///
/// # Errors
/// [`FormError`].
pub async fn read(request: &HttpRequest, payload: Payload) -> Result<Params, FormError> {
    if !is_form(request) {
        return Err(FormError::Invalid(RequestFault::NotAForm.into()));
    }
    let body = read_body(request, payload).await?;
    let body = body.ok_or_else(|| FormError::Invalid(OAuthError::invalid_request("the body could not be read")))?;
    Params::parse(&body).map_err(FormError::Invalid)
}

/// Reads a body; `None` where it breaks off.
///
/// # Errors
/// [`FormError::TooLarge`], [`FormError::TimedOut`].
pub async fn read_body(request: &HttpRequest, payload: Payload) -> Result<Option<Bytes>, FormError> {
    match payload.to_bytes_limited(MAX_FORM).await {
        Err(_) => Err(FormError::TooLarge),
        Ok(Err(_)) if has_timed_out(request) => Err(FormError::TimedOut),
        Ok(Err(_)) => Ok(None),
        Ok(Ok(body)) => {
            body_was_read(request);
            Ok(Some(body))
        }
    }
}

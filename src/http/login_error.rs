//! Errors of the sign-in form, for the log.

use crate::oauth::{ErrorCode, OAuthError, RequestFault};
use crate::pages::LoginError;

use super::visit::FormRefusal;

/// The error that the form shows.
pub fn refusal_of(error: LoginError) -> OAuthError {
    match error {
        LoginError::Wrong => OAuthError::new(ErrorCode::AccessDenied, "the username or the password is not right"),
        LoginError::MissingUsername => RequestFault::Missing("username").into(),
        LoginError::MissingPassword => RequestFault::Missing("password").into(),
        LoginError::TooLong => OAuthError::invalid_parameter("password", "the password is longer than 512 bytes"),
        LoginError::Throttled { retry_after_seconds } => OAuthError::too_many_attempts(retry_after_seconds),
        LoginError::Busy { retry_after_seconds } => {
            OAuthError::unavailable(retry_after_seconds).with_source("too many passwords wait to be compared")
        }
        LoginError::Expired => OAuthError::invalid_request("form").with_source(FormRefusal::Outdated),
        LoginError::NoCookie => OAuthError::invalid_request("form").with_source(FormRefusal::NoCookie),
    }
}

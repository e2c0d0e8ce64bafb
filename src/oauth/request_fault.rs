//! Causes for which a request is refused, or not followed, on a page. A cause has three readers: the person (the page's text), the developer of
//! the application (the parameter), and the operator (the log's `reason` and `parameter`). It repeats nothing of the request.

use std::borrow::Cow;

use super::{ErrorCode, OAuthError};

/// A fault of a request. Nearly always the application is at fault, never the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestFault {
    /// The parameter is missing or empty.
    Missing(&'static str),
    /// The parameter was sent more than once (RFC 6749 §3.1).
    Repeated(&'static str),
    /// The parameter has a value that is not accepted.
    Invalid(&'static str),
    /// The parameters are no `application/x-www-form-urlencoded` text, or too many.
    Unreadable,
    /// The body does not say that it is a form.
    NotAForm,
    /// The request is longer than the bound.
    TooLong,
    /// `client_id` is no registered client's.
    UnknownClient,
    /// `client_id` is that of a locked client.
    LockedClient,
    /// The client may not use the grant.
    GrantNotAllowed,
    /// `redirect_uri` is none of the client's (OAuth 2.1 §4.1.2.1).
    UnregisteredRedirectUri,
    /// The request object in this parameter is not valid (RFC 9101 §6).
    RequestObject(&'static str),
    /// `id_token_hint` is no ID token of this server (RP-Initiated Logout §4).
    UnknownHint,
    /// `client_id` is not the client that `id_token_hint` was issued to (RP-Initiated Logout §2).
    OtherClient,
    /// `post_logout_redirect_uri` came without `id_token_hint` and `client_id` (RP-Initiated Logout §3).
    UnnamedClient,
    /// `post_logout_redirect_uri` is none of the client's (RP-Initiated Logout §3).
    UnregisteredLogoutUri,
    /// Another fault, which only the log names.
    Other,
}

impl RequestFault {
    /// The fault that an error code stands for, where an error names none.
    #[must_use]
    pub const fn of(code: ErrorCode) -> Self {
        match code {
            ErrorCode::InvalidScope => Self::Invalid("scope"),
            ErrorCode::InvalidTarget => Self::Invalid("resource"),
            ErrorCode::UnsupportedResponseType => Self::Invalid("response_type"),
            ErrorCode::UnsupportedGrantType => Self::Invalid("grant_type"),
            ErrorCode::RegistrationNotSupported => Self::Invalid("registration"),
            ErrorCode::UnmetAuthenticationRequirements => Self::Invalid("claims"),
            ErrorCode::InvalidRedirectUri => Self::Invalid("redirect_uris"),
            ErrorCode::UnapprovedSoftwareStatement => Self::Invalid("software_statement"),
            ErrorCode::RequestNotSupported | ErrorCode::InvalidRequestObject => Self::RequestObject("request"),
            ErrorCode::RequestUriNotSupported | ErrorCode::InvalidRequestUri => Self::RequestObject("request_uri"),
            ErrorCode::UnauthorizedClient => Self::GrantNotAllowed,
            _ => Self::Other,
        }
    }

    /// The parameter at fault, if it is one.
    #[must_use]
    pub const fn parameter(self) -> Option<&'static str> {
        match self {
            Self::Missing(name) | Self::Repeated(name) | Self::Invalid(name) | Self::RequestObject(name) => Some(name),
            Self::UnknownClient | Self::LockedClient | Self::OtherClient | Self::UnnamedClient => Some("client_id"),
            Self::UnregisteredRedirectUri => Some("redirect_uri"),
            Self::UnknownHint => Some("id_token_hint"),
            Self::UnregisteredLogoutUri => Some("post_logout_redirect_uri"),
            Self::Unreadable | Self::NotAForm | Self::TooLong | Self::GrantNotAllowed | Self::Other => None,
        }
    }

    /// The sentence for the log and the developer.
    #[must_use]
    pub fn description(self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Missing(name) => return Cow::Owned(format!("{name} is missing")),
            Self::Repeated(name) => return Cow::Owned(format!("{name} was sent more than once, send it once")),
            Self::Invalid(name) => return Cow::Owned(format!("the value of {name} is not accepted")),
            Self::RequestObject(name) => return Cow::Owned(format!("the request object in {name} is not valid")),
            Self::Unreadable => "the request is not valid application/x-www-form-urlencoded text",
            Self::NotAForm => "send the parameters as a form, Content-Type: application/x-www-form-urlencoded",
            Self::TooLong => "the request is too long",
            Self::UnknownClient => "client_id is not a registered client's",
            Self::LockedClient => "client_id is a locked client's",
            Self::GrantNotAllowed => "the client may not use this grant",
            Self::UnregisteredRedirectUri => "redirect_uri is not one of the client's",
            Self::UnknownHint => "id_token_hint is not an ID token that this server issued",
            Self::OtherClient => "client_id is not the client that id_token_hint was issued to",
            Self::UnnamedClient => {
                "post_logout_redirect_uri is followed for a known client only: send id_token_hint or client_id as well"
            }
            Self::UnregisteredLogoutUri => "post_logout_redirect_uri is not one that the client has registered",
            Self::Other => "the request is not valid",
        })
    }
}

impl From<RequestFault> for OAuthError {
    fn from(fault: RequestFault) -> Self {
        Self::invalid_request(fault.description()).about(fault)
    }
}

//! Why an authorization request is not answered by a code, and where that may be said (RFC 6749 §4.1.2.1).

use super::authorization_response::ReturnAddress;
use super::{Client, OAuthError, Params};

/// Why a request is not in order. "No redirect before the redirect URI is proven" is this type.
#[derive(Debug)]
pub enum AuthorizeError {
    /// Shown on a page: nobody has proven where a redirect would lead.
    Page(Box<PageError>),
    /// Sent to the client's redirect URI.
    Redirect(Box<RedirectError>),
    /// Shown on a page with a link to the redirect URI, of a client that nobody vouched for: "the authorization server MUST
    /// always authenticate the user first and […] prompt the user for credentials when needed, before redirecting the user"
    /// (RFC 9700 §4.11.2).
    Unvouched(Box<RedirectError>),
}

/// What a page says about a request that leads nowhere.
#[derive(Debug)]
pub struct PageError {
    /// The error, with the fault that the page names.
    pub error: OAuthError,
    /// The whole diagnosis for the developer, which may repeat the request: shown in `dev` only.
    pub diagnosis: String,
}

impl PageError {
    /// An error whose diagnosis is its description.
    #[must_use]
    pub fn of(error: OAuthError) -> Self {
        Self { diagnosis: error.description().to_owned(), error }
    }
}

/// An error that goes to the client.
#[derive(Debug)]
pub struct RedirectError {
    /// Where it goes.
    pub return_to: ReturnAddress,
    /// What went wrong.
    pub error: OAuthError,
}

impl AuthorizeError {
    /// An error of a request whose client or redirect URI is not proven.
    #[must_use]
    pub fn page(error: OAuthError) -> Self {
        Self::Page(Box::new(PageError::of(error)))
    }

    /// An error of a request whose redirect URI is proven.
    #[must_use]
    pub fn to_client(params: &Params, client: &Client, failed: RedirectError) -> Self {
        // Whoever asks for silence learns nothing more by the redirect, and no person is led astray.
        let is_silent = params.get("prompt").is_ok_and(|prompt| prompt == Some("none"));
        if client.is_self_registered() && !is_silent {
            Self::Unvouched(Box::new(failed))
        } else {
            Self::Redirect(Box::new(failed))
        }
    }
}

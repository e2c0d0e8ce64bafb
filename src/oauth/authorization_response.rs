//! The authorization response (RFC 6749 §4.1.2): where it goes, and how it gets there.

use super::redirect_uri::ProvenRedirectUri;
use super::{OAuthError, Params};

/// How the parameters of the response travel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ResponseMode {
    /// In the query of the redirect URI (OAuth 2.0 Multiple Response Type Encoding Practices §2.1).
    #[default]
    Query,
    /// In a form that the browser posts to the redirect URI (OAuth 2.0 Form Post Response Mode §2).
    FormPost,
}

impl ResponseMode {
    /// Every mode.
    pub const ALL: [Self; 2] = [Self::Query, Self::FormPost];

    /// The `response_mode` on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::FormPost => "form_post",
        }
    }

    /// The mode that a request asks for. `fragment` is none of them: whatever runs in the page could read the code, and the
    /// browser carries a fragment on to wherever the page redirects (RFC 9700 §4.1.3, §4.3).
    ///
    /// # Errors
    /// `invalid_request` for any other, which is sent in the query.
    pub fn parse(params: &Params) -> Result<Self, OAuthError> {
        let Some(text) = params.get("response_mode")? else { return Ok(Self::default()) };
        Self::ALL.into_iter().find(|mode| mode.as_str() == text).ok_or_else(|| {
            OAuthError::invalid_parameter("response_mode", "response_mode must be query or form_post, or be left out")
        })
    }
}

/// Where the response to a request goes, with what it brings back.
#[derive(Clone, Debug)]
pub struct ReturnAddress {
    /// The address.
    pub redirect_uri: ProvenRedirectUri,
    /// How the parameters get there.
    pub mode: ResponseMode,
    /// The request's `state`.
    pub state: Option<String>,
}

/// A response on its way to the client.
#[derive(Clone, Debug)]
pub struct AuthorizationResponse {
    /// The address.
    pub redirect_uri: ProvenRedirectUri,
    /// How the parameters get there.
    pub mode: ResponseMode,
    /// The parameters.
    pub parameters: Vec<(&'static str, String)>,
}

impl ReturnAddress {
    /// The response that brings a code (RFC 6749 §4.1.2).
    #[must_use]
    pub fn code(&self, code: String, issuer: &str) -> AuthorizationResponse {
        self.response(vec![("code", code)], issuer)
    }

    /// The response that says what went wrong (RFC 6749 §4.1.2.1).
    #[must_use]
    pub fn error(&self, error: &OAuthError, issuer: &str) -> AuthorizationResponse {
        let (code, description) = (error.code.as_str().to_owned(), error.description().to_owned());
        self.response(vec![("error", code), ("error_description", description)], issuer)
    }

    /// Each has the request's `state`, and `iss` (RFC 9207 §2).
    fn response(&self, mut parameters: Vec<(&'static str, String)>, issuer: &str) -> AuthorizationResponse {
        parameters.extend(self.state.clone().map(|state| ("state", state)));
        parameters.push(("iss", issuer.to_owned()));
        AuthorizationResponse { redirect_uri: self.redirect_uri.clone(), mode: self.mode, parameters }
    }
}

impl AuthorizationResponse {
    /// The redirect URI with the parameters in its query.
    #[must_use]
    pub fn location(&self) -> String {
        let parameters: Vec<_> = self.parameters.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.redirect_uri.with_query(&parameters)
    }
}

//! The logout request (OpenID Connect RP-Initiated Logout §2), and what can be wrong with it.

use crate::oauth::authorization_request::MAX_REQUEST;
use crate::oauth::{OAuthError, Params};

/// A logout request as it came: each parameter once, and none of them proven.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogoutRequest {
    /// An ID token of ours, which says who is to be signed out of which session.
    pub id_token_hint: Option<String>,
    /// The client that asks.
    pub client_id: Option<String>,
    /// Where the person is sent afterwards.
    pub post_logout_redirect_uri: Option<String>,
    /// Echoed there.
    pub state: Option<String>,
    /// The languages that the client prefers for the pages.
    pub ui_locales: Option<String>,
}

/// A fault of a logout request that is readable. "When an OP detects errors in the RP-Initiated Logout request, it MUST NOT
/// perform post-logout redirection to an RP" (§4); the person is asked, and may sign out all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogoutFault {
    /// `id_token_hint` is not an ID token that this server issued.
    UnknownHint,
    /// `client_id` is not the client that `id_token_hint` was issued to.
    OtherClient,
    /// The client is not registered, or locked.
    UnknownClient,
    /// `post_logout_redirect_uri` came without `id_token_hint` and `client_id`.
    UnnamedClient,
    /// `post_logout_redirect_uri` is not one that the client registered.
    UnregisteredUri,
}

impl LogoutFault {
    /// The parameter that is at fault, or missing.
    #[must_use]
    pub const fn parameter(self) -> &'static str {
        match self {
            Self::UnknownHint => "id_token_hint",
            Self::OtherClient | Self::UnknownClient | Self::UnnamedClient => "client_id",
            Self::UnregisteredUri => "post_logout_redirect_uri",
        }
    }

    /// The fault in a developer's words, for the log.
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self {
            Self::UnknownHint => "id_token_hint is not an ID token that this server issued",
            Self::OtherClient => "client_id is not the client that id_token_hint was issued to",
            Self::UnknownClient => "client_id is not a registered client's",
            Self::UnnamedClient => {
                "post_logout_redirect_uri is followed for a known client only: send id_token_hint or client_id as well"
            }
            Self::UnregisteredUri => "post_logout_redirect_uri is not one that the client has registered",
        }
    }
}

impl From<LogoutFault> for OAuthError {
    fn from(fault: LogoutFault) -> Self {
        Self::invalid_parameter(fault.parameter(), fault.description())
    }
}

impl LogoutRequest {
    /// Reads a request.
    ///
    /// # Errors
    /// `invalid_request` for a parameter that was sent twice, or a `state` that is too long.
    pub fn parse(params: &Params) -> Result<Self, OAuthError> {
        let owned = |name| params.get(name).map(|value| value.map(str::to_owned));
        // Whom it means is not looked at: everybody is listed, and confirms for all.
        owned("logout_hint")?;
        let request = Self {
            id_token_hint: owned("id_token_hint")?,
            client_id: owned("client_id")?,
            post_logout_redirect_uri: owned("post_logout_redirect_uri")?,
            state: owned("state")?,
            ui_locales: owned("ui_locales")?,
        };
        if request.state.as_ref().is_some_and(|state| state.len() > MAX_REQUEST) {
            return Err(OAuthError::invalid_parameter("state", format!("state is longer than {MAX_REQUEST} bytes")));
        }
        Ok(request)
    }
}

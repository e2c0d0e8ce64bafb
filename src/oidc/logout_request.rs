//! The logout request (OpenID Connect RP-Initiated Logout §2).

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

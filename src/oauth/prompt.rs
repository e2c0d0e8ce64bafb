//! `prompt`: what a client wants the person to be asked.

use super::OAuthError;

/// `prompt` (OpenID Connect Core §3.1.2.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "the parameter is a set of these four values")]
pub struct Prompt {
    /// No page may be shown.
    pub none: bool,
    /// The person signs in again.
    pub login: bool,
    /// The person consents again.
    pub consent: bool,
    /// The person chooses the account.
    pub select_account: bool,
}

impl Prompt {
    /// Reads the parameter.
    ///
    /// # Errors
    /// `invalid_request`.
    pub fn parse(text: Option<&str>) -> Result<Self, OAuthError> {
        let mut prompt = Self::default();
        let mut values = 0;
        for value in text.unwrap_or_default().split(' ').filter(|value| !value.is_empty()) {
            values += 1;
            match value {
                "none" => prompt.none = true,
                "login" => prompt.login = true,
                "consent" => prompt.consent = true,
                "select_account" => prompt.select_account = true,
                _ => {
                    return Err(OAuthError::invalid_parameter(
                        "prompt",
                        "prompt must be of none, login, consent, select_account",
                    ));
                }
            }
        }
        if prompt.none && values > 1 {
            return Err(OAuthError::invalid_parameter("prompt", "prompt=none cannot be combined with another value"));
        }
        Ok(prompt)
    }
}

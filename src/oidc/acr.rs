//! Authentication context classes: how far an authentication is to be trusted (OpenID Connect Core §2, `acr`).

use serde_json::Value;

use crate::oauth::claims_request::ClaimsRequest;
use crate::oauth::{ErrorCode, OAuthError};

/// What a password reaches.
pub const PASSWORD_ACR: &str = "urn:countersign:acr:password";

/// Every class, the weakest first.
pub const ACR_VALUES: [&str; 1] = [PASSWORD_ACR];

/// The class that authentication methods (RFC 8176, space separated) reach together. A password is what everybody has who is
/// signed in.
#[must_use]
pub const fn acr_of(_amr: &str) -> &'static str {
    PASSWORD_ACR
}

/// Whether what the request insists on can be reached. `acr_values` is a wish (§3.1.2.1): whoever asks by it is told which
/// class it became. "If this is an Essential Claim and the requirement cannot be met, then the Authorization Server MUST treat
/// that outcome as a failed authentication attempt" (§5.5.1.1): nobody is asked for a password in vain.
///
/// # Errors
/// `unmet_authentication_requirements`.
pub fn check_reachable(claims: Option<&ClaimsRequest>) -> Result<(), OAuthError> {
    let wish = claims.and_then(|claims| claims.of_id_token("acr")).filter(|wish| wish.essential);
    let is_met = wish.is_none_or(|wish| ACR_VALUES.iter().any(|class| wish.accepts(&Value::from(*class))));
    if is_met {
        return Ok(());
    }
    let description =
        format!("no way to sign in here reaches an essential acr of claims, there is {}", ACR_VALUES.join(", "));
    Err(OAuthError::new(ErrorCode::UnmetAuthenticationRequirements, description))
}

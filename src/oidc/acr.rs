//! Authentication context classes: how far an authentication is to be trusted (OpenID Connect Core §2, `acr`).

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

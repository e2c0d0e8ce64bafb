//! The token request (RFC 6749 §4.1.3, §4.3.2, §4.4.2, §6): one variant a grant, told apart by `grant_type`.

use crate::types::{Secret, is_password_too_long};

use super::{ErrorCode, GrantType, OAuthError, Params};

/// A token request that is well-formed.
#[derive(Debug)]
pub enum TokenRequest {
    /// RFC 6749 §4.1.3.
    AuthorizationCode(AuthorizationCodeRequest),
    /// RFC 6749 §6.
    RefreshToken(RefreshTokenRequest),
    /// RFC 6749 §4.4.2.
    ClientCredentials(Asked),
    /// RFC 6749 §4.3.2.
    Password(PasswordRequest),
}

/// The scope and resources that a request asks for.
#[derive(Debug, Default)]
pub struct Asked {
    /// `scope`, as sent.
    pub scope: Option<String>,
    /// Every `resource` (RFC 8707 §2).
    pub resources: Vec<String>,
}

/// A code to be redeemed.
#[derive(Debug)]
pub struct AuthorizationCodeRequest {
    /// The code.
    pub code: Secret,
    /// "REQUIRED, if the `redirect_uri` parameter was included in the authorization request, […] and their values MUST be
    /// identical" (RFC 6749 §4.1.3); OAuth 2.1 leaves it out.
    pub redirect_uri: Option<String>,
    /// RFC 7636 §4.5.
    pub code_verifier: Option<Secret>,
    /// RFC 8707 §2.2.
    pub asked: Asked,
}

/// A refresh token to be redeemed.
#[derive(Debug)]
pub struct RefreshTokenRequest {
    /// The refresh token.
    pub refresh_token: Secret,
    /// A narrower scope for this access token.
    pub asked: Asked,
}

/// A person's credentials, from a client that may handle them.
#[derive(Debug)]
pub struct PasswordRequest {
    /// The person.
    pub username: String,
    /// The person's password.
    pub password: Secret,
    /// What is asked for.
    pub asked: Asked,
}

impl TokenRequest {
    /// Reads the form of a token request.
    ///
    /// # Errors
    /// `invalid_request` naming the parameter, `unsupported_grant_type`.
    pub fn parse(form: &Params) -> Result<Self, OAuthError> {
        let Some(grant_type) = GrantType::parse(form.require("grant_type")?) else {
            let known = GrantType::ALL.map(GrantType::as_str).join(", ");
            let description = format!("grant_type is not supported, it must be one of {known}");
            return Err(OAuthError::new(ErrorCode::UnsupportedGrantType, description));
        };
        let asked = Asked {
            scope: form.get("scope")?.map(str::to_owned),
            resources: form.all("resource").filter(|resource| !resource.is_empty()).map(str::to_owned).collect(),
        };
        Ok(match grant_type {
            GrantType::AuthorizationCode => Self::AuthorizationCode(AuthorizationCodeRequest {
                code: Secret::new(form.require("code")?),
                redirect_uri: form.get("redirect_uri")?.map(str::to_owned),
                code_verifier: form.get("code_verifier")?.map(Secret::new),
                asked,
            }),
            GrantType::RefreshToken => Self::RefreshToken(RefreshTokenRequest {
                refresh_token: Secret::new(form.require("refresh_token")?),
                asked,
            }),
            GrantType::ClientCredentials => Self::ClientCredentials(asked),
            GrantType::Password => Self::Password(PasswordRequest {
                username: form.require("username")?.to_owned(),
                password: password(form.require("password")?)?,
                asked,
            }),
        })
    }

    /// Its grant.
    #[must_use]
    pub const fn grant_type(&self) -> GrantType {
        match self {
            Self::AuthorizationCode(_) => GrantType::AuthorizationCode,
            Self::RefreshToken(_) => GrantType::RefreshToken,
            Self::ClientCredentials(_) => GrantType::ClientCredentials,
            Self::Password(_) => GrantType::Password,
        }
    }
}

fn password(text: &str) -> Result<Secret, OAuthError> {
    let password = Secret::new(text);
    if is_password_too_long(&password) {
        return Err(OAuthError::invalid_parameter("password", "password is longer than 512 bytes"));
    }
    Ok(password)
}

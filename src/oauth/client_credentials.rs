//! What a client presents to authenticate (RFC 6749 §2.3): which one mechanism was used, before anything is verified.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::types::Secret;

use super::client_assertion::{JWT_BEARER, claimed_subject};
use super::params::form_decode;
use super::{ErrorCode, OAuthError, Params, RequestFault, SecretMethod};

/// The longest `Authorization` header that is decoded, in bytes.
const MAX_HEADER: usize = 4096;

/// What a client presented.
#[derive(Clone, Debug)]
pub enum PresentedClient {
    /// A `client_id` alone, or with an empty secret, which many libraries send for a public client.
    Public {
        /// The `client_id`.
        id: String,
    },
    /// A `client_id` with a secret.
    Secret {
        /// The `client_id`.
        id: String,
        /// The secret.
        secret: Secret,
        /// Where it was sent.
        method: SecretMethod,
    },
    /// A JWT that it signed (RFC 7523 §2.2).
    Assertion {
        /// The `client_id`, or the subject of the JWT where none was sent.
        id: String,
        /// The JWT.
        assertion: Secret,
    },
    /// A JWT that it signed, which was verified and cannot be used again.
    Proven {
        /// The `client_id`.
        id: String,
    },
}

impl PresentedClient {
    /// Reads the `Authorization` header and the form. "The client MUST NOT use more than one authentication method in each
    /// request" (RFC 6749 §2.3).
    ///
    /// # Errors
    /// `invalid_request` for two methods, `invalid_client` for none or one that cannot be read.
    pub fn read(authorization: Option<&str>, form: &Params) -> Result<Self, OAuthError> {
        let (id, secret) = (form.get("client_id")?, form.get("client_secret")?);
        if let Some(assertion) = read_assertion(form)? {
            if authorization.is_some() || secret.is_some() {
                return Err(twice("by client_assertion and by a secret"));
            }
            let id = id.map(str::to_owned).or_else(|| claimed_subject(assertion));
            let id = id.ok_or_else(|| invalid_client("client_assertion is not a signed JWT with a sub"))?;
            return Ok(Self::Assertion { id, assertion: Secret::new(assertion) });
        }
        let Some(header) = authorization else {
            return match (id, secret) {
                (None, None) => {
                    Err(invalid_client("the client did not authenticate: send an Authorization header or client_id"))
                }
                (None, Some(_)) => Err(OAuthError::invalid_request("client_id is missing beside client_secret")
                    .about(RequestFault::Missing("client_id"))),
                (Some(id), None) => Ok(Self::Public { id: id.to_owned() }),
                (Some(id), Some(secret)) => {
                    Ok(Self::Secret { id: id.to_owned(), secret: Secret::new(secret), method: SecretMethod::Post })
                }
            };
        };
        if secret.is_some() {
            return Err(twice("by header and by client_secret"));
        }
        let (header_id, header_secret) = read_basic(header)?;
        if id.is_some_and(|id| id != header_id) {
            return Err(OAuthError::invalid_parameter(
                "client_id",
                "client_id is not the one of the Authorization header",
            ));
        }
        Ok(match header_secret {
            Some(secret) => Self::Secret { id: header_id, secret, method: SecretMethod::Basic },
            None => Self::Public { id: header_id },
        })
    }

    /// The client that it claims to be.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Public { id } | Self::Secret { id, .. } | Self::Assertion { id, .. } | Self::Proven { id } => id,
        }
    }
}

/// `client_assertion` with its type (RFC 7521 §4.2).
fn read_assertion(form: &Params) -> Result<Option<&str>, OAuthError> {
    match (form.get("client_assertion_type")?, form.get("client_assertion")?) {
        (None, None) => Ok(None),
        (Some(JWT_BEARER), Some(assertion)) => Ok(Some(assertion)),
        (Some(_), Some(_)) => {
            Err(invalid_client("client_assertion_type must be urn:ietf:params:oauth:client-assertion-type:jwt-bearer"))
        }
        (None, Some(_)) => Err(OAuthError::invalid_parameter(
            "client_assertion_type",
            "client_assertion_type is missing beside client_assertion",
        )),
        (Some(_), None) => Err(OAuthError::invalid_parameter(
            "client_assertion",
            "client_assertion is missing beside client_assertion_type",
        )),
    }
}

fn twice(how: &str) -> OAuthError {
    let description = format!("the client authenticated twice, {how}: use one");
    OAuthError::invalid_request(description).with_source("the client authenticated twice")
}

/// `Basic base64(form(client_id) ":" form(client_secret))` (RFC 6749 §2.3.1): secrets with `:` `%` `+` work only when
/// they are form-decoded. "The client MAY omit the parameter if the client secret is an empty string" of `client_secret`: an
/// empty one counts as absent here too.
fn read_basic(header: &str) -> Result<(String, Option<Secret>), OAuthError> {
    let malformed =
        || invalid_client("the Authorization header is not Basic with base64 of form-encoded client_id:client_secret");
    if header.len() > MAX_HEADER {
        return Err(malformed());
    }
    let (scheme, credentials) = header.split_once(' ').ok_or_else(malformed)?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(malformed());
    }
    let decoded = STANDARD.decode(credentials.trim()).map_err(|_| malformed())?;
    let colon = decoded.iter().position(|&byte| byte == b':').ok_or_else(malformed)?;
    let decode = |text: &[u8]| form_decode(text).map_err(|_| malformed());
    let (id, secret) = (decode(&decoded[..colon])?, decode(&decoded[colon + 1..])?);
    if id.is_empty() {
        return Err(malformed());
    }
    Ok((id, Some(secret).filter(|secret| !secret.is_empty()).map(Secret::new)))
}

fn invalid_client(description: &'static str) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidClient, description)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn basic(text: &str) -> String {
        format!("Basic {}", STANDARD.encode(text))
    }

    #[test]
    fn a_secret_with_every_special_character_survives() {
        let form = Params::default();
        let PresentedClient::Secret { id, secret, .. } =
            PresentedClient::read(Some(&basic("a%3Ab:p%3A%25%2B+%C3%A9:x")), &form).unwrap()
        else {
            panic!("it has a secret");
        };
        assert_eq!((id.as_str(), secret.expose()), ("a:b", "p:%+ é:x"));
    }

    #[test]
    fn an_empty_secret_is_none() {
        for header in [None, Some(basic("spa:"))] {
            let form = Params::parse(b"client_id=spa&client_secret=").unwrap();
            let presented = PresentedClient::read(header.as_deref(), &form).unwrap();
            assert!(matches!(presented, PresentedClient::Public { id } if id == "spa"), "{header:?}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_invalid_client() {
        let long = basic(&format!("a:{}", "x".repeat(70_000)));
        for header in
            ["Basic", "Basic !!", "Bearer x", &basic("nocolon"), &basic(":s"), &basic("a:%zz"), &basic("a:%00"), &long]
        {
            let error = PresentedClient::read(Some(header), &Params::default()).unwrap_err();
            assert_eq!(error.code, ErrorCode::InvalidClient, "{header}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_header_makes_it_panic(header: String) {
            let _ = PresentedClient::read(Some(&header), &Params::default());
        }
    }
}

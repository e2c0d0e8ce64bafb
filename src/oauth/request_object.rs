//! Request objects: an authorization request in a JWT that the client signed (RFC 9101, OpenID Connect Core §6).
//!
//! What the object says goes before what stands beside it; what it does not say is taken from beside it, as OpenID Connect
//! Core §6.1 has it, unless the client is registered with `require_signed_request_object` (RFC 9101 §10.5, decision 17).

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::types::Timestamp;

use super::jwt_claims::{Audience, LEEWAY, NumericDate, Times};
use super::{Client, ErrorCode, OAuthError, Params, RequestFault};

/// The types that an object may have, where it says one (RFC 9101 §10.8).
pub const TYPES: [&str; 2] = ["oauth-authz-req+jwt", "JWT"];
/// "The entire Request URI SHOULD NOT exceed 512 ASCII characters" (RFC 9101 §5.2).
const MAX_URI: usize = 512;

/// Where a request says that its object is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source<'p> {
    /// In the request (`request`).
    Value(&'p str),
    /// Where the client keeps it (`request_uri`), without a fragment.
    Reference(&'p str),
}

impl<'p> Source<'p> {
    /// The object of a request of `client`, if it has one.
    ///
    /// # Errors
    /// `invalid_request` for two, and for none where the client has to have one; `invalid_request_uri` for an address that
    /// the client did not register.
    pub fn of(params: &'p Params, client: &Client) -> Result<Option<Self>, OAuthError> {
        match (params.get("request")?, params.get("request_uri")?) {
            (Some(_), Some(_)) => {
                Err(OAuthError::invalid_parameter("request", "request and request_uri exclude each other, send one"))
            }
            (Some(object), None) => Ok(Some(Self::Value(object))),
            (None, Some(uri)) => registered(uri, client).map(|uri| Some(Self::Reference(uri))),
            (None, None) if client.metadata.require_signed_request_object => Err(OAuthError::invalid_parameter(
                "request",
                "this client is registered with require_signed_request_object: send a signed request object",
            )),
            (None, None) => Ok(None),
        }
    }

    /// The parameter.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Value(_) => "request",
            Self::Reference(_) => "request_uri",
        }
    }

    /// The refusal of an object that anybody can have written.
    #[must_use]
    pub fn unsigned(&self) -> OAuthError {
        let code = match self {
            Self::Value(_) => ErrorCode::RequestNotSupported,
            Self::Reference(_) => ErrorCode::RequestUriNotSupported,
        };
        let description = format!("{}: unsigned request objects are not supported: sign it", self.name());
        OAuthError::new(code, description).with_source("the request object is not signed")
    }

    /// The refusal of an object that is not right.
    #[must_use]
    pub fn invalid(&self, reason: &str) -> OAuthError {
        let description = format!("{}: {reason}", self.name());
        OAuthError::new(ErrorCode::InvalidRequestObject, description)
            .about(RequestFault::RequestObject(self.name()))
            .with_source(reason)
    }
}

/// Nothing is fetched from an address that the client did not register; a fragment is no part of where it is (OpenID Connect
/// Core §6.2).
fn registered<'p>(uri: &'p str, client: &Client) -> Result<&'p str, OAuthError> {
    let invalid = |description| Err(OAuthError::new(ErrorCode::InvalidRequestUri, description));
    if uri.len() > MAX_URI {
        return invalid("request_uri is longer than 512 characters");
    }
    let uri = without_fragment(uri);
    if !client.metadata.request_uris.iter().any(|known| without_fragment(known) == uri) {
        return invalid("request_uri is none of the client's registered request_uris");
    }
    Ok(uri)
}

fn without_fragment(uri: &str) -> &str {
    uri.split_once('#').map_or(uri, |(uri, _)| uri)
}

/// The claims of an object whose signature is right.
#[derive(Clone, Debug, Deserialize)]
pub struct RequestObject {
    iss: Option<String>,
    sub: Option<String>,
    aud: Option<Audience>,
    #[serde(flatten)]
    times: Times,
    #[serde(flatten)]
    members: Map<String, Value>,
}

/// Claims of a JWT that are no parameters.
const NOT_PARAMETERS: [&str; 7] = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti"];

impl RequestObject {
    /// The time from which on the object is refused, [`LEEWAY`] included; an object without `exp` has none.
    #[must_use]
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.times.exp.map(|NumericDate(exp)| exp.plus(LEEWAY))
    }

    /// The parameters of the request that has this object.
    ///
    /// # Errors
    /// What is not right, for the developer of the client.
    pub fn parameters(self, outside: &Params, client: &Client, issuer: &str, now: Timestamp) -> Result<Params, String> {
        self.check(outside, client, issuer, now)?;
        let inside = self.texts()?;
        let only_inside = client.metadata.require_signed_request_object;
        let is_kept = |name: &str| {
            let is_said_inside = inside.iter().any(|(known, _)| known == name);
            !is_said_inside && !["request", "request_uri"].contains(&name) && (!only_inside || name == "client_id")
        };
        let beside = outside.iter().filter(|(name, _)| is_kept(name));
        let beside = beside.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let all: Vec<_> = beside.chain(inside.iter().cloned()).collect();
        Params::of(all).map_err(|error| error.description().to_owned())
    }

    fn check(&self, outside: &Params, client: &Client, issuer: &str, now: Timestamp) -> Result<(), String> {
        if self.iss.as_deref().is_some_and(|iss| iss != client.id) {
            return Err("its iss is not the client_id".to_owned());
        }
        // An object is seen by the browser. One that is good as a client assertion must not be (RFC 9101 §10.8).
        if self.sub.as_deref() == Some(&client.id) {
            return Err("its sub is the client_id, leave sub out".to_owned());
        }
        if self.aud.as_ref().is_some_and(|aud| !aud.contains(issuer)) {
            return Err("its aud does not have the issuer".to_owned());
        }
        self.times.check(now).map_err(str::to_owned)?;
        for name in ["request", "request_uri"] {
            if self.members.contains_key(name) {
                return Err(format!("it has {name} in it, leave that out"));
            }
        }
        // "The client ID values in the "client_id" request parameter and in the Request Object "client_id" claim MUST be
        // identical" (RFC 9101 §5); OpenID Connect Core §6.1 says so of both.
        for name in ["client_id", "response_type"] {
            let (inside, beside) = (self.members.get(name), outside.get(name).ok().flatten());
            if inside.zip(beside).is_some_and(|(inside, beside)| inside.as_str() != Some(beside)) {
                return Err(format!("its {name} is not that of the request"));
            }
        }
        Ok(())
    }

    /// The members as parameters have them: numbers and objects as JSON, and each value of a list of resources by itself.
    fn texts(&self) -> Result<Vec<(String, String)>, String> {
        let mut texts = Vec::new();
        for (name, value) in self.members.iter().filter(|(name, _)| !NOT_PARAMETERS.contains(&name.as_str())) {
            match value {
                Value::Null => {}
                Value::String(text) => texts.push((name.clone(), text.clone())),
                Value::Array(values) if name == "resource" => {
                    for value in values {
                        let uri = value.as_str().ok_or("its resource is not a list of URIs")?;
                        texts.push((name.clone(), uri.to_owned()));
                    }
                }
                other => texts.push((name.clone(), other.to_string())),
            }
        }
        Ok(texts)
    }
}

//! The `claims` parameter of an authentication request (OpenID Connect Core §5.5).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::OAuthError;

/// The longest parameter, in bytes, and the most claims in it.
const LONGEST: usize = 4096;
const MOST: usize = 64;

/// Which claims are asked for by name, and where. Members that are not understood are ignored, as §5.5 says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimsRequest {
    /// In the ID token.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub id_token: BTreeMap<String, Option<Wish>>,
    /// From `UserInfo`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub userinfo: BTreeMap<String, Option<Wish>>,
}

/// How a claim is asked for (§5.5.1); without one it is voluntary, with any value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    /// Whether the client cannot do without.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub essential: bool,
    /// The one value that is good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// The values that are good, the best first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values: Option<Vec<Value>>,
}

impl ClaimsRequest {
    /// Reads the parameter.
    ///
    /// # Errors
    /// `invalid_request` for what is no such object.
    pub fn parse(text: &str) -> Result<Self, OAuthError> {
        if text.len() > LONGEST {
            return Err(OAuthError::invalid_parameter("claims", "claims is longer than 4096 bytes"));
        }
        let wrong = || {
            OAuthError::invalid_parameter(
                "claims",
                "claims must be a JSON object as in OpenID Connect Core section 5.5",
            )
        };
        let members: serde_json::Map<String, Value> = serde_json::from_str(text).map_err(|_| wrong())?;
        let read: Sections = serde_json::from_value(Value::Object(members)).map_err(|_| wrong())?;
        let request = Self { id_token: read.id_token.unwrap_or_default(), userinfo: read.userinfo.unwrap_or_default() };
        if request.id_token.len() + request.userinfo.len() > MOST {
            return Err(OAuthError::invalid_parameter("claims", "claims asks for more than 64 claims"));
        }
        Ok(request)
    }

    /// Whether nothing is asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.id_token.is_empty() && self.userinfo.is_empty()
    }

    /// How a claim of the ID token is asked for, if it is in some way.
    #[must_use]
    pub fn of_id_token(&self, name: &str) -> Option<&Wish> {
        self.id_token.get(name)?.as_ref()
    }
}

/// A section may be absent or `null`.
#[derive(Deserialize)]
struct Sections {
    #[serde(default)]
    id_token: Option<BTreeMap<String, Option<Wish>>>,
    #[serde(default)]
    userinfo: Option<BTreeMap<String, Option<Wish>>>,
}

impl Wish {
    /// The values that are good; empty where any is.
    #[must_use]
    pub fn accepted(&self) -> Vec<&Value> {
        match (&self.value, &self.values) {
            (Some(value), _) => vec![value],
            (None, Some(values)) => values.iter().collect(),
            (None, None) => Vec::new(),
        }
    }

    /// Whether a value is good.
    #[must_use]
    pub fn accepts(&self, value: &Value) -> bool {
        let accepted = self.accepted();
        accepted.is_empty() || accepted.contains(&value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_openid_connect_core() {
        let text = r#"{"userinfo": {"given_name": {"essential": true}, "nickname": null, "email": {"essential": true},
            "http://example.info/claims/groups": null}, "id_token": {"auth_time": {"essential": true},
            "acr": {"values": ["urn:mace:incommon:iap:silver"]}}}"#;
        let request = ClaimsRequest::parse(text).unwrap();
        assert_eq!(request.userinfo.len(), 4);
        assert_eq!(request.userinfo["nickname"], None);
        assert!(request.of_id_token("auth_time").unwrap().essential);
        assert!(request.of_id_token("acr").unwrap().accepts(&"urn:mace:incommon:iap:silver".into()));
        assert!(!request.of_id_token("acr").unwrap().accepts(&"0".into()));
        let again = serde_json::to_string(&request).unwrap();
        assert_eq!(ClaimsRequest::parse(&again).unwrap(), request);
    }

    #[test]
    fn what_is_no_such_object_is_refused_and_what_is_unknown_ignored() {
        for text in [
            "",
            "[]",
            "1",
            "{",
            r#"{"id_token": 1}"#,
            r#"{"id_token": {"acr": 1}}"#,
            r#"{"id_token": {"acr": {"essential": "yes"}}}"#,
        ] {
            assert!(ClaimsRequest::parse(text).is_err(), "{text}");
        }
        for text in ["{}", r#"{"id_token": null}"#, r#"{"other": {"a": null}}"#] {
            assert!(ClaimsRequest::parse(text).unwrap().is_empty(), "{text}");
        }
        let request = ClaimsRequest::parse(r#"{"id_token": {"name": {"later": 1}}}"#).unwrap();
        assert_eq!(request.of_id_token("name"), Some(&Wish::default()));
        assert!(ClaimsRequest::parse(&format!("{{\"id_token\": {}}}", "[".repeat(2000))).is_err());
    }
}

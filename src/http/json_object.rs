//! A JSON object in a request: read within bounds, and with each member once.

use std::fmt;

use actix_web::web::Payload;
use actix_web::{HttpMessage, HttpRequest};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::{Map, Value};

use crate::oauth::registration::invalid_metadata;
use crate::types::has_control;

use super::form::{FormError, read_body};

/// Reads an object.
///
/// # Errors
/// [`FormError`], with `invalid_client_metadata`.
pub async fn read(request: &HttpRequest, payload: Payload) -> Result<Map<String, Value>, FormError> {
    if !request.content_type().eq_ignore_ascii_case("application/json") {
        let description = "send the client's metadata as an object, Content-Type: application/json";
        return Err(FormError::Invalid(invalid_metadata(description)));
    }
    let body = read_body(request, payload).await?;
    let body = body.ok_or_else(|| FormError::Invalid(invalid_metadata("the body could not be read")))?;
    let read: Result<Members, _> = serde_json::from_slice(&body);
    let wrong =
        |error: serde_json::Error| invalid_metadata(format!("the body is no JSON object as it has to be: {error}"));
    let members = read.map_err(|error| FormError::Invalid(wrong(error)))?.0;
    if members.iter().any(|(name, value)| has_control(name) || has_control_in(value)) {
        return Err(FormError::Invalid(invalid_metadata("a text in the body has a control character in it")));
    }
    Ok(members)
}

fn has_control_in(value: &Value) -> bool {
    match value {
        Value::String(text) => has_control(text),
        Value::Array(values) => values.iter().any(has_control_in),
        Value::Object(members) => members.iter().any(|(name, value)| has_control(name) || has_control_in(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Members, none of them twice: which of two counts would be a guess.
struct Members(Map<String, Value>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Once)
    }
}

struct Once;

impl<'de> Visitor<'de> for Once {
    type Value = Members;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Members, A::Error> {
        let mut members = Map::new();
        while let Some((name, value)) = access.next_entry::<String, Value>()? {
            if members.insert(name, value).is_some() {
                return Err(A::Error::custom("a member stands in it twice"));
            }
        }
        Ok(Members(members))
    }
}

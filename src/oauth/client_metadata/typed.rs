//! A member of the metadata as it is typed on a command line: `NAME=VALUE`.

use serde_json::Value;

use crate::types::slip;

use super::ClientMetadata;

/// The members that are lists: each is typed once for every item.
const LISTS: [&str; 4] = ["contacts", "default_acr_values", "request_uris", "post_logout_redirect_uris"];

impl ClientMetadata {
    /// The members that were typed, each once with all that was typed for it. An empty value takes a member away.
    ///
    /// # Errors
    /// One sentence that says what to write.
    pub fn typed(words: &[String]) -> Result<Vec<(String, Value)>, String> {
        let mut members: Vec<(String, Value)> = Vec::new();
        for word in words {
            let (name, text) = split(word)?;
            let known = members.iter_mut().find(|(known, _)| known == name);
            match known {
                Some((_, Value::Array(items))) => items.push(text.into()),
                Some(_) => return Err(format!("{name} is no list, write it once")),
                None => members.push((name.to_owned(), value(name, text)?)),
            }
        }
        Ok(members)
    }
}

fn split(word: &str) -> Result<(&str, &str), String> {
    let (name, text) = word.split_once('=').ok_or_else(|| {
        format!(
            "metadata '{}' must be NAME=VALUE, for example backchannel_logout_uri=https://app.example/logout",
            word.escape_debug()
        )
    })?;
    if ClientMetadata::NAMES.contains(&name) {
        return Ok((name, text));
    }
    let shown = name.escape_debug();
    Err(match slip::closest(name, ClientMetadata::NAMES) {
        Some(meant) => format!("metadata '{shown}' is unknown, did you mean {meant}?"),
        None => format!("metadata '{shown}' is unknown, write one of {}", ClientMetadata::NAMES.join(", ")),
    })
}

fn value(name: &str, text: &str) -> Result<Value, String> {
    if text.is_empty() {
        return Ok(Value::Null);
    }
    if LISTS.contains(&name) {
        return Ok(vec![text].into());
    }
    // What is no text is written as JSON.
    if matches!(name, "jwks" | "default_max_age") || matches!(text, "true" | "false") {
        return serde_json::from_str(text).map_err(|_| format!("{name} '{}' cannot be read", text.escape_debug()));
    }
    Ok(text.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(words: &[&str]) -> Result<Vec<(String, Value)>, String> {
        ClientMetadata::typed(&words.iter().map(ToString::to_string).collect::<Vec<_>>())
    }

    #[test]
    fn members_are_typed_by_their_registered_names() {
        let members = typed(&[
            "post_logout_redirect_uris=https://a.example/x",
            "default_max_age=300",
            "require_auth_time=true",
            "post_logout_redirect_uris=https://b.example/?x=y",
            "client_uri=",
            "id_token_signed_response_alg=ES256",
        ]);
        let mut metadata = ClientMetadata { client_uri: Some("https://old.example".to_owned()), ..Default::default() };
        for (name, value) in members.unwrap() {
            metadata = metadata.with(&name, value).unwrap();
        }
        assert_eq!(metadata.post_logout_redirect_uris, ["https://a.example/x", "https://b.example/?x=y"]);
        assert_eq!((metadata.default_max_age, metadata.require_auth_time), (Some(300), true));
        assert_eq!(metadata.client_uri, None);
        assert_eq!(metadata.check(), Ok(()));
    }

    #[test]
    fn what_makes_no_sense_is_refused_by_name() {
        for (words, says) in [
            (&["x"][..], "NAME=VALUE"),
            (&["logo_url=https://a.example"], "did you mean logo_uri?"),
            (&["client_uri=https://a.example", "client_uri=https://b.example"], "is no list"),
            (&["default_max_age=soon"], "default_max_age 'soon'"),
        ] {
            assert!(typed(words).unwrap_err().contains(says), "{words:?}");
        }
        for (name, value) in [
            ("id_token_signed_response_alg", "none"),
            ("subject_type", "secret"),
            ("require_auth_time", "maybe"),
            ("application_type", "desktop"),
        ] {
            assert!(ClientMetadata::default().with(name, value.into()).unwrap_err().contains(name), "{name}");
        }
        for (name, value) in [
            ("backchannel_logout_uri", "http://app.example/out"),
            ("policy_uri", "https://app.example/#x"),
            ("jwks_uri", "file:///etc/passwd"),
            ("tos_uri", "https://u:p@app.example/"),
            ("logo_uri", "logo.png"),
        ] {
            let metadata = ClientMetadata::default().with(name, value.into()).unwrap();
            assert!(metadata.check().unwrap_err().contains(name), "{name}");
        }
    }

    #[test]
    fn every_name_is_a_member() {
        for name in ClientMetadata::NAMES {
            assert!(ClientMetadata::default().with(name, Value::Null).is_ok());
            let wrong = ClientMetadata::default().with(name, vec![Value::Bool(true)].into());
            assert!(name == "jwks" || wrong.unwrap_err().contains(name), "{name}");
        }
    }
}

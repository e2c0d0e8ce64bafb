//! Request parameters, read strictly.
//!
//! "Parameters sent without a value MUST be treated as if they were omitted from the request. The authorization server
//! MUST ignore unrecognized request parameters. Request and response parameters MUST NOT be included more than once."
//! (RFC 6749 §3.1, §3.2)

use percent_encoding::percent_decode;

use crate::types::has_control;

use super::{OAuthError, RequestFault};

/// More parameters than any request of ours has.
const MAX_PARAMETERS: usize = 64;

/// The parameters of a query or a form, in the order they came.
#[derive(Clone, Debug, Default)]
pub struct Params(Vec<(String, String)>);

impl Params {
    /// Reads `application/x-www-form-urlencoded` text.
    ///
    /// # Errors
    /// `invalid_request` for a percent sign that encodes nothing, text that is not UTF-8, a control character, or too many
    /// parameters.
    pub fn parse(text: &[u8]) -> Result<Self, OAuthError> {
        let mut params = Vec::new();
        for pair in text.split(|&byte| byte == b'&').filter(|pair| !pair.is_empty()) {
            if params.len() == MAX_PARAMETERS {
                return Err(too_many());
            }
            let equals = pair.iter().position(|&byte| byte == b'=').unwrap_or(pair.len());
            let value = pair.get(equals + 1..).unwrap_or_default();
            params.push((form_decode(&pair[..equals])?, form_decode(value)?));
        }
        Ok(Self(params))
    }

    /// Parameters that came in another form, within the same bounds.
    ///
    /// # Errors
    /// `invalid_request` for a control character, or too many parameters.
    pub fn of(params: Vec<(String, String)>) -> Result<Self, OAuthError> {
        if params.len() > MAX_PARAMETERS {
            return Err(too_many());
        }
        if params.iter().any(|(name, value)| has_control(name) || has_control(value)) {
            return Err(RequestFault::Unreadable.into());
        }
        Ok(Self(params))
    }

    /// The parameters as `application/x-www-form-urlencoded` text.
    #[must_use]
    pub fn to_query(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.0).finish()
    }

    /// The value of `name`; an empty one counts as absent.
    ///
    /// # Errors
    /// `invalid_request` when the parameter was sent more than once.
    pub fn get(&self, name: &'static str) -> Result<Option<&str>, OAuthError> {
        let mut values = self.all(name);
        let first = values.next();
        if values.next().is_some() {
            return Err(RequestFault::Repeated(name).into());
        }
        Ok(first.filter(|value| !value.is_empty()))
    }

    /// The value of `name`, which the request must have.
    ///
    /// # Errors
    /// `invalid_request` when it is absent, empty, or sent more than once.
    pub fn require(&self, name: &'static str) -> Result<&str, OAuthError> {
        self.get(name)?.ok_or_else(|| RequestFault::Missing(name).into())
    }

    /// Every value of `name`.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Every parameter, in the order they came.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

fn too_many() -> OAuthError {
    OAuthError::invalid_request("the request has too many parameters").about(RequestFault::Unreadable)
}

/// Decodes one name or value of a form: `+` is a space and `%XX` a byte of UTF-8.
///
/// # Errors
/// `invalid_request` for anything that would have to be guessed.
pub fn form_decode(text: &[u8]) -> Result<String, OAuthError> {
    let malformed = || OAuthError::from(RequestFault::Unreadable);
    let every_percent_encodes = text
        .iter()
        .enumerate()
        .filter(|&(_, &byte)| byte == b'%')
        .all(|(at, _)| text.get(at + 1..at + 3).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)));
    if !every_percent_encodes {
        return Err(malformed());
    }
    let spaced: Vec<u8> = text.iter().map(|&byte| if byte == b'+' { b' ' } else { byte }).collect();
    let decoded = percent_decode(&spaced).decode_utf8().map_err(|_| malformed())?;
    if has_control(&decoded) {
        return Err(malformed());
    }
    Ok(decoded.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Params, OAuthError> {
        Params::parse(text.as_bytes())
    }

    #[test]
    fn an_empty_value_counts_as_absent_and_a_second_one_is_refused() {
        let params = parse("a=&b=1&b=2&c=x+y%20z&d").unwrap();
        assert_eq!(params.get("a").unwrap(), None);
        assert!(params.get("b").is_err());
        assert_eq!(params.get("c").unwrap(), Some("x y z"));
        assert_eq!(params.get("d").unwrap(), None);
        assert!(params.require("e").unwrap_err().description().contains("e is missing"));
    }

    #[test]
    fn nothing_is_guessed() {
        for text in ["a=%", "a=%z1", "a=%C0%AF", "a=%ff", "a=%00", "a=%1b", "%7f=a", "%=1"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_was_encoded_is_read_back(pairs in proptest::collection::vec(("[a-z]{1,8}", "[\\PC\t\r\n]{0,40}"), 0..20)) {
            let encoded = form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
            let read: Vec<(String, String)> =
                parse(&encoded).unwrap().iter().map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
            proptest::prop_assert_eq!(read, pairs);
        }

        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>) {
            let _ = Params::parse(&bytes);
        }
    }
}

//! Header values that are made from data. Each type holds its own kind of value alone, so that no text which came from outside
//! ends a value, a quoted string or a directive and begins another. All other headers are literals of this code.

use std::fmt::{self, Display, Formatter};

use actix_web::http::header::HeaderValue;
use percent_encoding::{AsciiSet, CONTROLS, percent_encode};

/// Characters that no URI has, and no redirect URI that is registered. Those above ASCII are percent-encoded in any case.
const NO_URI: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'\\');

/// A URI on its own, as in `Location`. Whatever no URI has in it is percent-encoded.
pub fn uri(text: &str) -> HeaderValue {
    let encoded = percent_encode(text.as_bytes(), NO_URI).to_string();
    HeaderValue::try_from(encoded).expect("a URI is ASCII without control characters")
}

/// A text in quotes (RFC 9110 §5.6.4) of the characters that RFC 6750 §3 allows in `error_description`: "%x20-21 / %x23-5B /
/// %x5D-7E". All others become apostrophes.
pub struct Quoted<'a>(pub &'a str);

impl Display for Quoted<'_> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let plain = |c: char| if matches!(c, ' '..='~') && c != '"' && c != '\\' { c } else { '\'' };
        write!(formatter, "\"{}\"", self.0.chars().map(plain).collect::<String>())
    }
}

/// A list of field names (RFC 9110 §5.6.2) that a browser sent. What is no field name is left out; `None` where none is left.
pub fn field_names(sent: &HeaderValue) -> Option<HeaderValue> {
    let is_token = |name: &&str| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
    };
    let names: Vec<&str> = sent.to_str().ok()?.split(',').map(str::trim).filter(is_token).collect();
    HeaderValue::try_from(names.join(",")).ok().filter(|value| !value.is_empty())
}

/// An origin (RFC 6454 §7.1) that a browser sent: `scheme://host:port`. `None` for `null`, and for all else.
pub fn origin(sent: &HeaderValue) -> Option<&str> {
    let text = sent.to_str().ok()?;
    let (scheme, authority) = text.split_once("://")?;
    let is_scheme =
        !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    let in_authority = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
    (is_scheme && !authority.is_empty() && authority.bytes().all(in_authority)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_value_has_room_for_another() {
        for (text, expected) in [
            ("https://app.example/cb?code=a%20b&x=[1]", "https://app.example/cb?code=a%20b&x=[1]"),
            ("https://app.example/\r\nset-cookie: a=b", "https://app.example/%0D%0Aset-cookie:%20a=b"),
            ("/é\0\u{7f}\"<>", "/%C3%A9%00%7F%22%3C%3E"),
        ] {
            assert_eq!(uri(text), expected, "{text:?}");
        }
        assert_eq!(Quoted("a \"b\\\", scope=\"x\"\r\né").to_string(), "\"a 'b'', scope='x''''\"");
        let names = |sent: &'static str| field_names(&HeaderValue::from_static(sent));
        assert_eq!(names("dpop, x y,content-type,,\"a\",b;c").unwrap(), "dpop,content-type");
        assert_eq!(names(" ;,\"\""), None);
        for (sent, is_origin) in [
            ("https://app.example:8443", true),
            ("http://[::1]:3000", true),
            ("null", false),
            ("https://a.example, https://b.example", false),
            ("https://a.example;b", false),
            ("https://a.example/", false),
            ("https://", false),
        ] {
            assert_eq!(origin(&HeaderValue::from_static(sent)).is_some(), is_origin, "{sent}");
        }
    }
}

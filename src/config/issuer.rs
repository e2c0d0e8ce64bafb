//! The issuer identifier (RFC 8414 §2, OpenID Connect Discovery 1.0 §3).

use std::fmt;

use url::{Host, Url};

use super::ConfigError;

const KEY: &str = "issuer";

/// The server's own URL, compared by others byte for byte: an absolute URL without query, fragment, user or a slash at
/// the end, in its canonical spelling. It is https, or http on a loopback host.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Issuer {
    text: String,
    /// Where the path starts.
    origin_ends: usize,
}

impl Issuer {
    /// Checks an issuer.
    ///
    /// # Errors
    /// One sentence that says what to write instead.
    pub fn parse(typed: &str) -> Result<Self, ConfigError> {
        let url = Url::parse(typed).ok().filter(Url::has_host).ok_or_else(|| {
            refused(format!("{typed:?} is not an absolute URL; write one such as https://login.example.com"))
        })?;
        check_scheme(&url)?;
        check_parts(typed, &url)?;
        let canonical = without_slash(&url);
        if canonical != typed {
            return Err(refused(format!("{typed:?} has another spelling in URLs; write {canonical}")));
        }
        Ok(Self { text: canonical, origin_ends: url.origin().ascii_serialization().len() })
    }

    /// The identifier: the value of `iss`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Scheme, host and port, as in a browser's `Origin` header.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.text[..self.origin_ends]
    }

    /// The path: empty, or it starts with a slash and ends without.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.text[self.origin_ends..]
    }

    /// Whether it is https. If not, it is http on a loopback host.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.text.starts_with("https:")
    }

    /// The URL of an endpoint, whose `path` starts with a slash: the issuer with the path appended.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.text)
    }
}

impl fmt::Display for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// RFC 8414 §2: "The authorization server's issuer identifier is a URL that uses the "https" scheme".
fn check_scheme(url: &Url) -> Result<(), ConfigError> {
    match url.scheme() {
        "https" => Ok(()),
        "http" if is_loopback(url) => Ok(()),
        "http" => {
            let mut https = url.clone();
            let _ = https.set_scheme("https");
            Err(refused(format!("http is for localhost only; write {}", cleaned(https))))
        }
        _ => Err(refused("it is not an https URL; write one such as https://login.example.com")),
    }
}

/// RFC 8414 §2: "and has no query or fragment components".
fn check_parts(typed: &str, url: &Url) -> Result<(), ConfigError> {
    let part = if !url.username().is_empty() || url.password().is_some() {
        "a user name or password"
    } else if url.query().is_some() {
        "a query"
    } else if url.fragment().is_some() {
        "a fragment"
    } else if typed.ends_with('/') {
        "a slash at the end"
    } else {
        return Ok(());
    };
    Err(refused(format!("an issuer has no place for {part}; write {}", cleaned(url.clone()))))
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// The URL with everything gone that an issuer cannot have.
fn cleaned(mut url: Url) -> String {
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_query(None);
    url.set_fragment(None);
    without_slash(&url)
}

fn without_slash(url: &Url) -> String {
    url.as_str().trim_end_matches('/').to_owned()
}

fn refused(reason: impl fmt::Display) -> ConfigError {
    ConfigError::new(KEY, reason)
}

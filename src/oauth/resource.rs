//! Resources (RFC 8707): the APIs that access tokens are for, each registered with the scopes that mean something there.

mod scope_words;

use url::Url;

use crate::types::is_showable;

use super::Scope;
use super::redirect_uri::is_loopback;

pub use scope_words::{ScopeWords, parse_scopes};

/// The longest URI of a resource, in bytes.
const MAX_URI: usize = 500;

/// A registered resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// The `aud` of its access tokens, compared as a string.
    pub uri: String,
    /// The name, which operators and the consent page call it by.
    pub name: String,
    /// The scopes that mean something to it; empty limits nothing.
    pub scope: Scope,
    /// The words for its scopes.
    pub words: ScopeWords,
}

impl Resource {
    /// Another name for it.
    ///
    /// # Errors
    /// One sentence that says what to change.
    pub fn rename(&mut self, name: String) -> Result<(), String> {
        check_name(&name)?;
        self.name = name;
        Ok(())
    }

    /// Other scopes of it. Words of scopes that stay are kept where there are no newer ones.
    pub fn set_scopes(&mut self, scope: Scope, words: ScopeWords) {
        self.words = std::mem::take(&mut self.words).replaced_by(words, &scope);
        self.scope = scope;
    }
}

/// A resource as it is asked for.
#[derive(Clone, Debug, Default)]
pub struct NewResource {
    /// The URI.
    pub uri: String,
    /// The name; the URI if there is none.
    pub name: Option<String>,
    /// Its scopes; without them it limits nothing.
    pub scope: Option<String>,
    /// The words for its scopes.
    pub words: ScopeWords,
}

impl NewResource {
    /// The resource.
    ///
    /// # Errors
    /// One sentence that says what to change.
    pub fn register(self) -> Result<Resource, String> {
        check_registration(&self.uri)?;
        let name = self.name.unwrap_or_else(|| self.uri.clone());
        check_name(&name)?;
        let scope = Scope::parse(self.scope.as_deref().unwrap_or_default());
        let scope = scope.map_err(|error| format!("{}: separate its values by spaces", error.description()))?;
        Ok(Resource { uri: self.uri, name, scope, words: self.words })
    }
}

fn check_name(name: &str) -> Result<(), String> {
    if name.trim().is_empty() || name.len() > MAX_URI || !is_showable(name) {
        return Err("the name must be 1 to 500 bytes without control and invisible characters".to_owned());
    }
    Ok(())
}

/// "An absolute URI, as specified by Section 4.3 of RFC 3986. The URI MUST NOT include a fragment component" (RFC 8707 §2).
/// An address is https, since tokens are sent to it; a scheme that is no address of the web (`urn:…`, `api://…`) only names
/// the resource, and is free.
pub(super) fn check_registration(uri: &str) -> Result<(), String> {
    let in_uri = |byte: u8| {
        byte.is_ascii_graphic() && !matches!(byte, b'#' | b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}')
    };
    let refuse = |why: &str| Err(format!("resource '{}' {why}", uri.escape_debug()));
    if uri.len() > MAX_URI {
        return Err("the URI of a resource has at most 500 bytes".to_owned());
    }
    let Some(url) = Url::parse(uri).ok().filter(|_| uri.bytes().all(in_uri)) else {
        return refuse("must be an absolute URI without a fragment, such as https://api.example.com");
    };
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("has a user name or password in it, leave that out");
    }
    match url.scheme() {
        "http" | "https" if uri.split_once("://").is_none_or(|(_, rest)| rest.starts_with('/')) => {
            refuse("lacks the two slashes and the host after its scheme, write for example https://api.example.com")
        }
        "http" if !is_loopback(&url) => refuse("uses http, which only 127.0.0.1, [::1] and localhost may: write https"),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn register(uri: &str) -> Result<Resource, String> {
        NewResource { uri: uri.to_owned(), ..NewResource::default() }.register()
    }

    #[test]
    fn an_absolute_uri_names_a_resource_as_it_is_written() {
        for uri in [
            "https://api.example.com",
            "https://api.example.com/",
            "https://API.example.com/v1?tenant=a",
            "http://localhost:9000/mcp",
            "http://[::1]/",
            "urn:example:notes",
            "api://notes",
        ] {
            let resource = register(uri).expect("it is a resource");
            assert_eq!((resource.uri.as_str(), resource.name.as_str()), (uri, uri));
            assert!(resource.scope.is_empty());
        }
    }

    #[test]
    fn what_is_no_identifier_is_refused() {
        for uri in [
            "",
            "api",
            "/api",
            "//api.example.com",
            "https://",
            "https:api.example.com",
            "https:///api.example.com",
            "http://api.example.com",
            "https://api.example.com/#fragment",
            "https://api.example.com/#",
            "https://user@api.example.com",
            "https://user:password@api.example.com",
            "https://api.example.com/a b",
            "https://api.example.com/\u{e9}",
            "https://api.example.com\\@evil.example",
            " https://api.example.com",
            "https://api.example.com\n",
            &format!("https://api.example.com/{}", "a".repeat(500)),
        ] {
            assert!(register(uri).is_err(), "{uri}");
        }
    }
}

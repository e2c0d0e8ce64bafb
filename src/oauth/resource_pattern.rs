//! Patterns of resources (RFC 8707): addresses that count as registered without a row each, where ports or paths are not known
//! before. An MCP server under development is one on whatever port is free.
//!
//! A pattern is compared piece by piece with the text of an address, never by a rewritten form of it: `*` stands for a port, or
//! at the end of the path for whatever follows a slash. A host is never a pattern.

use super::Resource;
use super::resource::check_registration;

/// The patterns of the configuration (`authorization.resource_patterns`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResourcePatterns(Vec<Pattern>);

/// `ORIGIN`, `:PORT` and `/PATH` of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Pattern {
    /// The pattern as it was typed.
    typed: String,
    /// Scheme and host, such as `http://localhost`.
    origin: String,
    /// The port with its colon; `:*` is any, and none.
    port: String,
    /// The path and the query; `/…*` is all that begins so.
    path: String,
}

impl ResourcePatterns {
    /// Reads patterns that are separated by spaces.
    ///
    /// # Errors
    /// One sentence that says what to write.
    pub fn parse(text: &str) -> Result<Self, String> {
        text.split_whitespace().map(Pattern::parse).collect::<Result<_, _>>().map(Self)
    }

    /// The resource of an address that is like one of the patterns. Its tokens carry every scope that was granted.
    #[must_use]
    pub fn resource(&self, uri: &str) -> Option<Resource> {
        let matched = check_registration(uri).is_ok() && self.0.iter().any(|pattern| pattern.matches(uri));
        matched.then(|| Resource {
            uri: uri.to_owned(),
            name: uri.to_owned(),
            scope: super::Scope::default(),
            words: super::resource::ScopeWords::default(),
        })
    }

    /// The patterns as they were typed.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|pattern| pattern.typed.as_str())
    }
}

impl Pattern {
    fn parse(typed: &str) -> Result<Self, String> {
        let refuse = || {
            format!(
                "'{}' is not a pattern of addresses; write a scheme, a host, and * for a port or at the end of a path, such as \
                 http://localhost:*/* or https://mcp.example.com/*",
                typed.escape_debug()
            )
        };
        let (origin, port, path) = split(typed).ok_or_else(refuse)?;
        let before_star = path.strip_suffix('*').unwrap_or(path);
        let is_port = matches!(port, "" | ":*") || !port.contains('*');
        let example = format!("{origin}{}{before_star}", port.replace('*', "1"));
        let is_path = !before_star.contains('*') && (path == before_star || before_star.ends_with('/'));
        if !is_port || !is_path || origin.contains('*') || has_dots(path) || check_registration(&example).is_err() {
            return Err(refuse());
        }
        let (origin, port, path) = (origin.to_owned(), port.to_owned(), path.to_owned());
        Ok(Self { typed: typed.to_owned(), origin, port, path })
    }

    fn matches(&self, uri: &str) -> bool {
        let Some((origin, port, path)) = split(uri) else { return false };
        let is_path = match self.path.strip_suffix('*') {
            Some(beginning) => path.starts_with(beginning) || path == beginning.trim_end_matches('/'),
            None => path == self.path,
        };
        origin == self.origin && (port == self.port || self.port == ":*") && is_path && !has_dots(path)
    }
}

/// An address as text: up to its host, its port with the colon, and the rest. `None` where two readers could see another host.
fn split(uri: &str) -> Option<(&str, &str, &str)> {
    let host_at = ["http://", "https://"].iter().find(|scheme| uri.starts_with(**scheme))?.len();
    let end = uri[host_at..].find(['/', '?']).map_or(uri.len(), |at| host_at + at);
    let authority = &uri[host_at..end];
    let after_host = if authority.starts_with('[') {
        authority.find(']')? + 1
    } else {
        authority.find(':').unwrap_or(authority.len())
    };
    let port = &authority[after_host..];
    let digits = port.strip_prefix(':').unwrap_or("0");
    let is_port = digits == "*" || (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()));
    let is_host = after_host > 0 && !authority.contains(['@', '\\']);
    (is_port && is_host).then(|| (&uri[..host_at + after_host], port, &uri[end..]))
}

/// Whether a path has a segment that leads elsewhere (RFC 3986 §5.2.4), written plainly or encoded.
fn has_dots(path: &str) -> bool {
    path.contains("/.") || path.to_ascii_lowercase().contains("%2e") || path.contains('\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(patterns: &str, uri: &str) -> bool {
        let resource = ResourcePatterns::parse(patterns).expect("they are patterns").resource(uri);
        resource.is_some_and(|resource| resource.uri == uri && resource.scope.is_empty())
    }

    #[test]
    fn a_star_is_a_port_or_the_rest_of_a_path() {
        let loopback = "http://localhost:*/* http://[::1]:*/mcp";
        for uri in [
            "http://localhost",
            "http://localhost:3000",
            "http://localhost:3000/",
            "http://localhost:3000/mcp",
            "http://localhost/mcp/a?b=c",
            "http://[::1]:3000/mcp",
        ] {
            assert!(matches(loopback, uri), "{uri}");
        }
        for uri in [
            "https://localhost:3000/mcp",
            "http://localhost.evil.example/mcp",
            "http://localhost:3000@evil.example/mcp",
            "http://localhost:/mcp",
            "http://localhost:99999/mcp",
            "http://localhost:3000/mcp#x",
            "http://127.0.0.1:3000/mcp",
            "http://[::1]:3000/mcp/",
            "http://[::1]:3000",
            "http://LOCALHOST:3000/mcp",
        ] {
            assert!(!matches(loopback, uri), "{uri}");
        }
        let host = "https://mcp.example.com/tools/*";
        for uri in
            ["https://mcp.example.com/tools", "https://mcp.example.com/tools/", "https://mcp.example.com/tools/a"]
        {
            assert!(matches(host, uri), "{uri}");
        }
        for uri in [
            "https://mcp.example.com/toolsmith",
            "https://mcp.example.com/",
            "https://mcp.example.com:8443/tools/a",
            "https://mcp.example.com/tools/../admin",
            "https://mcp.example.com/tools/%2E%2e/admin",
            "https://mcp.example.com.evil.example/tools/a",
            "https://mcp.example.com\\@evil.example/tools/a",
        ] {
            assert!(!matches(host, uri), "{uri}");
        }
    }

    #[test]
    fn a_pattern_names_its_host() {
        for typed in
            ["*", "https://*", "https://*.example.com/*", "https://a.example/x*", "https://a.example/*/b", "a/*"]
        {
            assert!(ResourcePatterns::parse(typed).is_err(), "{typed}");
        }
        for typed in
            ["http://a.example/*", "https://u@a.example/*", "https://a.example:8*/", "https://a.example/../*", "urn:*"]
        {
            assert!(ResourcePatterns::parse(typed).is_err(), "{typed}");
        }
        assert_eq!(ResourcePatterns::parse(" ").unwrap(), ResourcePatterns::default());
    }

    proptest::proptest! {
        #[test]
        fn no_address_matches_by_another_host(rest in "[a-z0-9:/@?.\\\\#%*-]{0,30}") {
            let uri = format!("http://localhost{rest}");
            if matches("http://localhost:*/*", &uri) {
                let url = url::Url::parse(&uri).unwrap();
                proptest::prop_assert_eq!((url.host_str(), url.username()), (Some("localhost"), ""));
            }
        }
    }
}

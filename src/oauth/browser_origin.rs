//! The origins (RFC 6454) whose pages are a public client: those of its redirect URIs.

use url::Url;

use super::Client;
use super::redirect_uri::is_loopback;

/// The origin of the pages at a redirect URI, as a browser writes it into `Origin`. An app's own scheme has none, and a port
/// that is free for native apps (RFC 8252 §7.3) is not free here.
#[must_use]
pub fn browser_origin(redirect_uri: &str) -> Option<String> {
    let url = Url::parse(redirect_uri).ok()?;
    let has_pages = match url.scheme() {
        "https" => true,
        "http" => is_loopback(&url),
        _ => false,
    };
    has_pages.then(|| url.origin().ascii_serialization())
}

impl Client {
    /// Whether a page of this origin may be this client: only a public client runs in a browser.
    #[must_use]
    pub fn has_browser_origin(&self, origin: &str) -> bool {
        self.is_public() && self.redirect_uris.iter().any(|uri| browser_origin(uri).as_deref() == Some(origin))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_what_a_browser_sends() {
        for (redirect_uri, origin) in [
            ("https://app.example/cb", Some("https://app.example")),
            ("https://APP.Example:443/cb?x=1", Some("https://app.example")),
            ("https://app.example:8443/cb", Some("https://app.example:8443")),
            ("https://app.example./cb", Some("https://app.example.")),
            ("https://bücher.example/cb", Some("https://xn--bcher-kva.example")),
            ("http://localhost:3000/cb", Some("http://localhost:3000")),
            ("http://127.0.0.1/cb", Some("http://127.0.0.1")),
            ("http://[::1]:8080/cb", Some("http://[::1]:8080")),
            ("http://app.example/cb", None),
            ("com.example.app:/cb", None),
            ("com.example.app://host/cb", None),
            ("app.example/cb", None),
        ] {
            assert_eq!(browser_origin(redirect_uri).as_deref(), origin, "{redirect_uri}");
        }
    }
}

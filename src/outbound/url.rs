//! The URLs that requests go to.

use url::Url;

use super::OutboundError;

/// The longest URL, in bytes.
const MAX_URL: usize = 2048;

/// Whether requests could go to a URL, as far as it says itself: its host is not looked up.
///
/// # Errors
/// [`OutboundError::Url`]; [`OutboundError::Forbidden`] is only found when it is asked.
pub fn check_url(url: &str) -> Result<(), OutboundError> {
    parse(url).map(drop)
}

/// http is for hosts that the configuration allows: the guard sees to that, who knows the address.
pub(super) fn parse(url: &str) -> Result<Url, OutboundError> {
    let reject = |reason| Err(OutboundError::Url(reason));
    if url.len() > MAX_URL {
        return reject("is longer than 2048 bytes");
    }
    let Ok(parsed) = Url::parse(url) else { return reject("cannot be read") };
    if !["https", "http"].contains(&parsed.scheme()) {
        return reject("is not https");
    }
    if !parsed.has_host() {
        return reject("has no host");
    }
    if !parsed.username().is_empty() || parsed.password().is_some() {
        return reject("has a user name or a password in it");
    }
    if parsed.fragment().is_some() {
        return reject("has a fragment");
    }
    Ok(parsed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_are_asked() {
        for url in ["https://app.example", "https://app.example:8443/a/b?c=d", "http://127.0.0.1:1/x", "https://[::1]/"]
        {
            assert_eq!(check_url(url), Ok(()), "{url}");
        }
        for url in [
            "",
            "app.example/x",
            "//app.example/x",
            "file:///etc/passwd",
            "ftp://app.example/x",
            "gopher://app.example/x",
            "data:application/json,{}",
            "https://",
            "https://user@app.example/",
            "https://user:password@app.example/",
            "https://:password@app.example/",
            "https://app.example/#fragment",
            "https://app.example:99999/",
            &format!("https://app.example/{}", "x".repeat(2048)),
        ] {
            assert!(matches!(check_url(url), Err(OutboundError::Url(_))), "{url}");
        }
    }
}

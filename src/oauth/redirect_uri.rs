//! Redirect URIs: what may be registered, and when a request's one is proven to be the client's.
//!
//! "Authorization servers MUST utilize exact string matching except for port numbers in localhost redirection URIs of
//! native apps" (RFC 9700 §2.1). Nothing is parsed and compared as a URL, so no two parsers can disagree.

use url::{Host, Url};

use super::private_scheme::{DotlessSchemes, is_reserved};
use super::{Client, RequestFault};

/// A redirect URI that is the client's own: the only kind of address that an authorization response goes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvenRedirectUri(String);

impl ProvenRedirectUri {
    /// The URI as the request wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The URI with response parameters in its query (RFC 6749 §4.1.2); a query that it has is kept.
    #[must_use]
    pub fn with_query(&self, parameters: &[(&str, &str)]) -> String {
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
        let separator = if self.0.contains('?') { '&' } else { '?' };
        format!("{}{separator}{query}", self.0)
    }

    /// The host that pages show; `None` for a program on the person's own device, whose loopback address or private-use scheme
    /// says nothing.
    #[must_use]
    pub fn shown_host(&self) -> Option<String> {
        let url = Url::parse(&self.0).ok().filter(|url| matches!(url.scheme(), "https" | "http"))?;
        url.host_str().filter(|_| !is_loopback(&url)).map(str::to_owned)
    }

    /// The origin that the URI is on, as an address to go to; `None` for a private-use scheme.
    #[must_use]
    pub fn web_origin(&self) -> Option<String> {
        let url = Url::parse(&self.0).ok().filter(|url| matches!(url.scheme(), "https" | "http"))?;
        Some(format!("{}/", url.origin().ascii_serialization()))
    }
}

/// Why a redirect URI could not be proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unproven {
    /// None was sent and the client has not exactly one.
    Missing,
    /// It is none of the client's.
    Mismatch {
        /// What was sent.
        sent: String,
    },
}

impl Unproven {
    /// The fault that the page names.
    #[must_use]
    pub const fn fault(&self) -> RequestFault {
        match self {
            Self::Missing => RequestFault::Missing("redirect_uri"),
            Self::Mismatch { .. } => RequestFault::UnregisteredRedirectUri,
        }
    }
}

/// The redirect URI of a request (RFC 6749 §3.1.2.3): the one it sends, or the only one that the client has.
///
/// # Errors
/// [`Unproven`], which is shown on a page and never by a redirect.
pub fn prove(client: &Client, sent: Option<&str>) -> Result<ProvenRedirectUri, Unproven> {
    match (sent, client.redirect_uris.as_slice()) {
        (Some(sent), registered) => {
            let same = |known: &String| known == sent || (client.is_public() && differs_by_loopback_port(known, sent));
            let proven = registered.iter().any(same);
            proven
                .then(|| ProvenRedirectUri(sent.to_owned()))
                .ok_or_else(|| Unproven::Mismatch { sent: sent.to_owned() })
        }
        (None, [only]) => Ok(ProvenRedirectUri(only.clone())),
        (None, _) => Err(Unproven::Missing),
    }
}

/// An address that a person is sent to after signing out (OpenID Connect RP-Initiated Logout §3): one that the client has
/// registered for that, as it stands there. A client that registered none has its redirect URIs for that as well.
#[must_use]
pub fn prove_after_logout(client: &Client, sent: &str) -> Option<ProvenRedirectUri> {
    match client.metadata.post_logout_redirect_uris.as_slice() {
        [] => prove(client, Some(sent)).ok(),
        registered => registered.iter().any(|known| known == sent).then(|| ProvenRedirectUri(sent.to_owned())),
    }
}

/// The longest redirect URI that the log tells, in characters.
const MAX_LOGGED: usize = 200;

/// Origin and path of an address that was asked for, for the log. User information, query and fragment may hold secrets and
/// are left out, and so is all but the scheme of an address without a path of its own (`data:`, `javascript:`).
#[must_use]
pub fn loggable(sent: &str) -> String {
    let Ok(mut url) = Url::parse(sent) else { return "not an absolute URI".to_owned() };
    if url.cannot_be_a_base() {
        return format!("{}:", url.scheme()).chars().take(MAX_LOGGED).collect();
    }
    url.set_query(None);
    url.set_fragment(None);
    // An address without a host has no user information that could be removed.
    let _ = url.set_username("").and_then(|()| url.set_password(None));
    url.as_str().chars().take(MAX_LOGGED).collect()
}

/// "The authorization server MUST allow any port to be specified at the time of the request for loopback IP redirect
/// URIs" (RFC 8252 §7.3).
fn differs_by_loopback_port(registered: &str, sent: &str) -> bool {
    match (split_loopback(registered), split_loopback(sent)) {
        (Some(registered), Some(sent)) => registered == sent,
        _ => false,
    }
}

/// `http://HOST:PORT/REST` of a loopback host as (host, rest).
fn split_loopback(uri: &str) -> Option<(&str, &str)> {
    let after_scheme = uri.strip_prefix("http://")?;
    let end = after_scheme.find(['/', '?']).unwrap_or(after_scheme.len());
    let (authority, rest) = after_scheme.split_at(end);
    let host = ["127.0.0.1", "[::1]", "localhost"].into_iter().find(|host| authority.starts_with(host))?;
    let port = &authority[host.len()..];
    let is_port = |digits: &str| {
        digits.len() <= 5 && digits.bytes().all(|byte| byte.is_ascii_digit()) && digits.parse::<u16>().is_ok()
    };
    (port.is_empty() || port.strip_prefix(':').is_some_and(is_port)).then_some((host, rest))
}

/// Whether a redirect URI may be registered, with one of these `schemes` if its scheme has no dot.
///
/// # Errors
/// One sentence that says what is wrong with it and what to write instead.
pub fn check_registration(uri: &str, schemes: DotlessSchemes<'_>) -> Result<(), String> {
    let refuse = |why: &str| Err(format!("redirect URI '{}' {why}", uri.escape_debug()));
    if uri.bytes().any(|byte| !byte.is_ascii_graphic() || matches!(byte, b'\\' | b'*' | b'"' | b'<' | b'>')) {
        return refuse(
            "has a character that cannot stand in it: write it as plain ASCII, percent-encoded, without wildcards",
        );
    }
    if uri.contains(",http") {
        return refuse("is more than one: write --redirect-uri before each");
    }
    let Ok(url) = Url::parse(uri) else {
        return refuse("is not an absolute URI, write for example https://app.example/callback");
    };
    if uri.contains('#') {
        return refuse("has a fragment, which RFC 6749 section 3.1.2 forbids: leave out the part from #");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("has a user name or password in it, leave that out");
    }
    let has_authority = uri.split_once("://").is_some_and(|(_, rest)| !rest.starts_with('/'));
    if matches!(url.scheme(), "http" | "https") && !has_authority {
        return refuse(
            "lacks the two slashes and the host after its scheme, write for example https://app.example/callback",
        );
    }
    if matches!(url.scheme(), "http" | "https") && !has_plain_host(&url) {
        return refuse(NO_PLAIN_HOST);
    }
    match url.scheme() {
        "https" => Ok(()),
        "http" if is_loopback(&url) => Ok(()),
        "http" => refuse("uses http, which only 127.0.0.1, [::1] and localhost may: write https"),
        // RFC 8252 §7.1: a private-use scheme is a domain name in reverse.
        scheme if scheme.contains('.') => Ok(()),
        scheme if is_reserved(scheme) || !url.path().starts_with('/') && !has_authority => refuse(
            "has a scheme that is not allowed: write https, or a private-use scheme such as com.example.app:/callback",
        ),
        scheme if schemes.allow(scheme) => Ok(()),
        scheme => refuse(&format!(
            "has a scheme that is no domain in reverse: write https, or one such as com.example.app:/callback; the operator can \
             allow it with registration.private_schemes = \"{scheme}\""
        )),
    }
}

/// The end of a sentence about an address whose host is not plain.
pub const NO_PLAIN_HOST: &str = "has a host that is no host name and no IP address: write letters, digits, hyphens and dots, such as https://app.example";

/// Returns true if the host of an http or https URL, as the host parser of the URL standard gives it back, is an IP address or a name
/// of letters, digits, hyphens and dots. That parser also takes `;`, `,` and other characters that separate values elsewhere.
#[must_use]
pub fn has_plain_host(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-')),
        Some(Host::Ipv4(_) | Host::Ipv6(_)) => true,
        None => false,
    }
}

/// Whether a URL's host is this machine.
#[must_use]
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(domain)) => domain == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// What a developer should look at: how the URI that was sent differs from the nearest registered one. Shown in `dev` only.
#[must_use]
pub fn diagnose(client: &Client, unproven: &Unproven) -> String {
    let registered = client.redirect_uris.join(", ");
    let Unproven::Mismatch { sent } = unproven else {
        return format!("The request has no redirect_uri and the client has not exactly one. Registered: {registered}");
    };
    let near = |known: &&String| known.trim_end_matches('/').eq_ignore_ascii_case(sent.trim_end_matches('/'));
    let hint = match client.redirect_uris.iter().find(near) {
        Some(known) if known.eq_ignore_ascii_case(sent) => format!("It differs from {known} in upper and lower case."),
        Some(known) => format!("It differs by a trailing slash from {known}."),
        None if client.redirect_uris.iter().any(|known| sent.starts_with(known.as_str())) => {
            "It goes on where a registered one ends; nothing may be added, not even a query.".to_owned()
        }
        None => "It has to equal a registered one, character by character.".to_owned(),
    };
    format!("redirect_uri is {sent}. {hint} Registered: {registered}")
}

#[cfg(test)]
mod tests;

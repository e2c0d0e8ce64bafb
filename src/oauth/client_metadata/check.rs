//! Whether the metadata of a client makes sense.

use url::Url;

use crate::oauth::private_scheme::DotlessSchemes;
use crate::oauth::redirect_uri::{NO_PLAIN_HOST, check_registration, has_plain_host, is_loopback};
use crate::types::is_showable;

use super::ClientMetadata;

/// The longest list, and the longest text in one, in bytes.
const MOST: usize = 50;
const LONGEST: usize = 2000;

pub(super) fn check(metadata: &ClientMetadata) -> Result<(), String> {
    bounds(metadata)?;
    for (name, uri) in [
        ("client_uri", &metadata.client_uri),
        ("logo_uri", &metadata.logo_uri),
        ("policy_uri", &metadata.policy_uri),
        ("tos_uri", &metadata.tos_uri),
        ("initiate_login_uri", &metadata.initiate_login_uri),
        ("jwks_uri", &metadata.jwks_uri),
        ("sector_identifier_uri", &metadata.sector_identifier_uri),
        ("backchannel_logout_uri", &metadata.backchannel_logout_uri),
        ("frontchannel_logout_uri", &metadata.frontchannel_logout_uri),
    ] {
        uri.as_deref().map_or(Ok(()), |uri| web_address(name, uri))?;
    }
    metadata.request_uris.iter().try_for_each(|uri| web_address("request_uris", without_fragment(uri)))?;
    for uri in &metadata.post_logout_redirect_uris {
        check_registration(uri, DotlessSchemes::All).map_err(|why| format!("post_logout_redirect_uris: {why}"))?;
    }
    if metadata.jwks.is_some() && metadata.jwks_uri.is_some() {
        // "The jwks_uri and jwks parameters MUST NOT be used together" (RFC 7591 §2).
        return Err("jwks and jwks_uri exclude each other, leave one out".to_owned());
    }
    if metadata.jwks.as_ref().is_some_and(|jwks| !jwks["keys"].is_array()) {
        return Err("jwks must be a JWK Set, an object with an array 'keys' (RFC 7517 section 5)".to_owned());
    }
    Ok(())
}

fn bounds(metadata: &ClientMetadata) -> Result<(), String> {
    for (name, list) in [
        ("contacts", &metadata.contacts),
        ("default_acr_values", &metadata.default_acr_values),
        ("request_uris", &metadata.request_uris),
        ("post_logout_redirect_uris", &metadata.post_logout_redirect_uris),
    ] {
        if list.len() > MOST || list.iter().any(|text| !is_plain(text)) {
            return Err(format!(
                "{name} must be at most {MOST} texts of 1 to {LONGEST} bytes without control and invisible characters"
            ));
        }
    }
    for (name, text) in [("software_id", &metadata.software_id), ("software_version", &metadata.software_version)] {
        if text.as_deref().is_some_and(|text| !is_plain(text)) {
            return Err(format!("{name} must be 1 to {LONGEST} bytes without control and invisible characters"));
        }
    }
    Ok(())
}

fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.len() <= LONGEST && is_showable(text)
}

/// "A fragment […] of the base64url-encoded SHA-256 hash of the file contents" tells versions apart (OpenID Connect Core
/// §6.2); it is no part of where the object is.
fn without_fragment(uri: &str) -> &str {
    uri.split_once('#').map_or(uri, |(uri, _)| uri)
}

/// An address that a browser or this server loads: https, or http on this machine.
fn web_address(name: &str, uri: &str) -> Result<(), String> {
    let refuse = |why: &str| Err(format!("{name} '{}' {why}", uri.escape_debug()));
    if uri.len() > LONGEST || uri.bytes().any(|byte| !byte.is_ascii_graphic()) {
        return refuse(
            "has a character that cannot stand in it, or is too long: write it as plain ASCII, percent-encoded",
        );
    }
    let url = match Url::parse(uri) {
        Ok(url) if url.has_host() => url,
        _ => return refuse("is not an absolute URL, write for example https://app.example/path"),
    };
    if url.fragment().is_some() || !url.username().is_empty() || url.password().is_some() {
        return refuse("has a fragment, a user name or a password in it, leave that out");
    }
    match url.scheme() {
        "http" | "https" if !has_plain_host(&url) => refuse(NO_PLAIN_HOST),
        "https" => Ok(()),
        "http" if is_loopback(&url) => Ok(()),
        _ => refuse("must be https; http is for 127.0.0.1, [::1] and localhost"),
    }
}

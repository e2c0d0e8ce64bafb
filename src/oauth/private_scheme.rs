//! Private-use schemes of redirect URIs (RFC 8252 §7.1): "apps MUST use a URI scheme based on a domain name under their control,
//! expressed in reverse order". A scheme without a dot belongs to no domain, so that every other program on the machine may
//! claim it and receive the code, which PKCE makes worthless to it. Some programs in wide use have one all the same.

use url::Url;

use super::Client;

/// Schemes that a browser or an operating system acts upon by itself. Nobody registers them.
const RESERVED: &str = "\
    about afp android-app app-settings blob chrome cid content data devtools edge facetime \
    facetime-audio feed file filesystem finger ftp ftps gopher help http https imap intent irc ircs itms \
    itms-apps itms-services jar javascript ldap ldaps livescript localhost magnet mailto mhtml mid mk \
    mms mocha news nfs nntp opera pop rdp res resource rtsp sftp shell sip sips smb sms ssh tel telnet \
    urn vbscript view-source vnc webcal webcals ws wss wyciwyg";
/// Beginnings of such schemes.
const RESERVED_PREFIXES: [&str; 7] = ["chrome-", "javascript", "moz-", "ms-", "safari-", "search-ms", "x-apple"];

/// The schemes without a dot that a registration may use.
#[derive(Clone, Copy, Debug)]
pub enum DotlessSchemes<'a> {
    /// All that are not reserved: the operator registers the client.
    All,
    /// These: the client registers itself (`registration.private_schemes`).
    Listed(&'a [String]),
}

impl DotlessSchemes<'_> {
    /// Whether a registration may use a scheme, which has no dot and is not reserved.
    #[must_use]
    pub fn allow(self, scheme: &str) -> bool {
        match self {
            Self::All => true,
            Self::Listed(listed) => listed.iter().any(|known| known.eq_ignore_ascii_case(scheme)),
        }
    }
}

/// Whether a browser or an operating system acts upon a scheme by itself. A single letter is a drive of Windows.
#[must_use]
pub fn is_reserved(scheme: &str) -> bool {
    let scheme = scheme.to_ascii_lowercase();
    scheme.len() == 1
        || RESERVED.split(' ').any(|reserved| reserved == scheme)
        || RESERVED_PREFIXES.iter().any(|prefix| scheme.starts_with(prefix))
}

/// The scheme of an address, if it is a private-use scheme without a dot.
#[must_use]
pub fn dotless_scheme(uri: &str) -> Option<String> {
    let url = Url::parse(uri).ok()?;
    let is_dotless = !matches!(url.scheme(), "http" | "https") && !url.scheme().contains('.');
    is_dotless.then(|| url.scheme().to_owned())
}

/// A sentence for the operator about each redirect URI of a client whose scheme any other program may claim.
#[must_use]
pub fn warnings(client: &Client) -> Vec<String> {
    let warning = |uri: &String| {
        let scheme = dotless_scheme(uri)?;
        Some(format!(
            "client '{}': the scheme '{scheme}' belongs to no domain, so that any other program may claim it; prefer https, or \
             a domain in reverse such as com.example.app:/callback",
            client.id
        ))
    };
    let mut found: Vec<String> =
        client.redirect_uris.iter().chain(&client.metadata.post_logout_redirect_uris).filter_map(warning).collect();
    found.dedup();
    found
}

/// Whether text is the name of a scheme without a dot that may be allowed (RFC 3986 §3.1).
///
/// # Errors
/// One sentence that says what to write.
pub fn check_dotless_name(scheme: &str) -> Result<(), String> {
    let is_name = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-'));
    let scheme = scheme.escape_debug();
    if !is_name {
        return Err(format!("'{scheme}' is not a scheme without a dot; write its name alone, such as cursor"));
    }
    if is_reserved(&scheme.to_string()) {
        return Err(format!("browsers or systems act upon the scheme '{scheme}' by themselves; leave it out"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_browsers_and_systems_act_upon_is_reserved_in_any_case() {
        for scheme in
            ["javascript", "JavaScript", "data", "vbscript", "file", "blob", "about", "view-source", "wss", "c"]
        {
            assert!(is_reserved(scheme) && check_dotless_name(scheme).is_err(), "{scheme}");
        }
        for scheme in
            ["ms-settings", "ms-msdt", "search-ms", "intent", "mailto", "ftp", "filesystem", "localhost", "tel"]
        {
            assert!(is_reserved(scheme), "{scheme}");
        }
        for scheme in ["cursor", "vscode", "windsurf", "claude", "com.example.app", "msal-notes"] {
            assert!(!is_reserved(scheme), "{scheme}");
        }
    }

    #[test]
    fn the_name_of_a_scheme_stands_alone() {
        for name in ["cursor://", "cursor:", "", "com.example.app", "1st", "cur sor", "*"] {
            assert!(check_dotless_name(name).is_err(), "{name}");
        }
        assert_eq!(check_dotless_name("cursor"), Ok(()));
        assert_eq!(dotless_scheme("Cursor://host/cb").as_deref(), Some("cursor"));
        for uri in ["https://app.example/cb", "http://127.0.0.1/cb", "com.example.app:/cb", "cursor"] {
            assert_eq!(dotless_scheme(uri), None, "{uri}");
        }
    }
}

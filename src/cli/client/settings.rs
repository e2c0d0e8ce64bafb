//! Settings to paste into the libraries that are used most for each kind of client.

use url::Url;

use super::super::CommandResult;
use super::super::output::say;
use crate::config::Issuer;
use crate::oauth::redirect_uri::is_loopback;
use crate::oauth::{Client, ClientAuthentication, GrantType, SecretMethod, SecretMethods};

/// What stands for the issuer where the configuration has none.
const NO_ISSUER: &str = "https://issuer.example";

/// What a client is to its developer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A web application with a server of its own.
    Web,
    /// A program in the browser.
    Browser,
    /// A program on the person's machine, which listens on a port for its answer.
    Native,
    /// An app that the system opens for its private-use scheme.
    Mobile,
    /// A service without people.
    Machine,
    /// A first-party program that asks for the password.
    Password,
}

impl Kind {
    fn of(client: &Client) -> Option<Self> {
        if client.authentication == ClientAuthentication::PrivateKeyJwt {
            return None;
        }
        if client.has_grant(GrantType::AuthorizationCode) {
            return Some(if client.is_public() {
                Self::of_redirect_uri(client.redirect_uris.first()?)
            } else {
                Self::Web
            });
        }
        if client.has_grant(GrantType::ClientCredentials) {
            return Some(Self::Machine);
        }
        client.has_grant(GrantType::Password).then_some(Self::Password)
    }

    /// A loopback address without a port is a native app's, whose port is free (RFC 8252 §7.3); one with a port is where a
    /// browser program is developed.
    fn of_redirect_uri(uri: &str) -> Self {
        match Url::parse(uri) {
            Ok(url) if url.scheme() == "http" && is_loopback(&url) && url.port().is_none() => Self::Native,
            Ok(url) if matches!(url.scheme(), "http" | "https") => Self::Browser,
            _ => Self::Mobile,
        }
    }

    /// The name of each library, and what to paste.
    const fn snippets(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Web => &[
                ("openid-client 6, Node.js", include_str!("../../../templates/settings/web-openid-client.txt")),
                ("Authlib 1, Python with Flask", include_str!("../../../templates/settings/web-authlib.txt")),
                ("mod_auth_openidc 2, Apache", include_str!("../../../templates/settings/web-mod-auth-openidc.txt")),
            ],
            Self::Browser => &[
                ("oidc-client-ts 3", include_str!("../../../templates/settings/browser-oidc-client-ts.txt")),
                (
                    "react-oidc-context 3, React",
                    include_str!("../../../templates/settings/browser-react-oidc-context.txt"),
                ),
                (
                    "angular-auth-oidc-client, Angular",
                    include_str!("../../../templates/settings/browser-angular-auth-oidc-client.txt"),
                ),
            ],
            Self::Native => &[
                (
                    "openid-client 6, Node.js and Electron",
                    include_str!("../../../templates/settings/native-openid-client.txt"),
                ),
                ("Authlib 1, Python", include_str!("../../../templates/settings/native-authlib.txt")),
                ("golang.org/x/oauth2, Go", include_str!("../../../templates/settings/native-go.txt")),
            ],
            Self::Mobile => &[(
                "AppAuth for Android, Kotlin",
                include_str!("../../../templates/settings/mobile-appauth-android.txt"),
            )],
            Self::Machine => &[
                ("curl", include_str!("../../../templates/settings/machine-curl.txt")),
                ("Authlib 1, Python", include_str!("../../../templates/settings/machine-authlib.txt")),
                ("openid-client 6, Node.js", include_str!("../../../templates/settings/machine-openid-client.txt")),
            ],
            Self::Password => &[("curl", include_str!("../../../templates/settings/password-curl.txt"))],
        }
    }
}

/// Prints the settings of a client, without its secret.
pub(super) fn print_settings(client: &Client, issuer: Option<&Issuer>) -> CommandResult {
    let Some(kind) = Kind::of(client) else { return Ok(()) };
    say!("\nSettings to paste (--quiet leaves them out).")?;
    if issuer.is_none() {
        say!("The configuration has no issuer yet: write yours instead of {NO_ISSUER}.")?;
    }
    if client.has_grant(GrantType::AuthorizationCode) && !client.scope.contains("openid") {
        say!("The scope lacks openid: there is no ID token then, and some libraries need one.")?;
    }
    if !client.is_public() {
        say!("They read the secret above from the environment variable CLIENT_SECRET.")?;
    }
    let values = values(client, issuer);
    for (library, template) in kind.snippets() {
        say!("\n--- {library}\n\n{}", filled(template, &values).trim_end())?;
    }
    Ok(())
}

fn filled(template: &str, values: &[(&str, String)]) -> String {
    values.iter().fold(template.to_owned(), |text, (name, value)| text.replace(&format!("%{name}%"), value))
}

fn values(client: &Client, issuer: Option<&Issuer>) -> Vec<(&'static str, String)> {
    let issuer = issuer.map_or(NO_ISSUER, Issuer::as_str);
    let redirect_uri = client.redirect_uris.first().map(String::as_str).unwrap_or_default();
    let (scheme, rest) = redirect_uri.split_once(':').unwrap_or((redirect_uri, ""));
    let authority = rest.trim_start_matches('/');
    let (host, path) = authority.split_at(authority.find(['/', '?']).unwrap_or(authority.len()));
    let over_http = issuer.starts_with("http:");
    let (auth, curl) = match &client.authentication {
        ClientAuthentication::Secret { methods: SecretMethods::Only(SecretMethod::Post), .. } => {
            ("ClientSecretPost", format!("-d client_id={} -d \"client_secret=$CLIENT_SECRET\"", client.id))
        }
        _ => ("ClientSecretBasic", format!("-u \"{}:$CLIENT_SECRET\"", client.id)),
    };
    vec![
        ("ISSUER", issuer.to_owned()),
        ("CLIENT_ID", client.id.clone()),
        ("SCOPE", client.usual_scope().to_string()),
        ("REDIRECT_URI", redirect_uri.to_owned()),
        ("SCHEME", scheme.to_owned()),
        ("LOOPBACK", format!("{scheme}://{host}")),
        ("PATH", path.to_owned()),
        ("AUTH_METHOD", client.authentication.method().to_owned()),
        ("CLIENT_AUTH", auth.to_owned()),
        ("CURL_AUTH", curl),
        ("OVER_HTTP", if over_http { ", { execute: [oidc.allowInsecureRequests] }" } else { "" }.to_owned()),
    ]
}

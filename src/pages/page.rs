//! What every page has.

use super::Lang;
use super::i18n::Messages;

/// What every page has.
#[derive(Clone, Debug)]
pub struct Page {
    /// The language the page is in.
    pub lang: Lang,
    /// The operator's name for this server, `Countersign` unless configured.
    pub instance: String,
    /// The path below which the server's addresses are: empty, or that of an issuer like `https://host/path`.
    pub base: String,
    /// The path of the page, where the language picker leads.
    pub path: &'static str,
    /// The page's own query parameters without `lang`, which the language picker keeps.
    pub query: Vec<(String, String)>,
    /// The id under which the request is in the log.
    pub request_id: String,
}

impl Page {
    /// The messages of the page's language.
    pub(super) fn t(&self) -> &'static Messages {
        self.lang.messages()
    }
}

/// An application as a person recognizes it.
#[derive(Clone, Debug, Default)]
pub struct ClientCard {
    /// Its name.
    pub name: String,
    /// The host of its redirect URI; `None` for a custom scheme, which has none that means anything.
    pub host: Option<String>,
    /// Whether nobody vouched for it.
    pub is_unverified: bool,
    /// The path of its logo on this server.
    pub logo: Option<String>,
    /// How it uses what it learns of people: an address of its own.
    pub policy_uri: Option<String>,
    /// Its terms of service.
    pub tos_uri: Option<String>,
}

/// An application that a page leads to.
#[derive(Clone, Debug)]
pub struct Application {
    /// Its name.
    pub name: String,
    /// The address at which it begins.
    pub address: Option<String>,
}

impl Application {
    /// The address, unless it is a script.
    pub(super) fn link(&self) -> Option<&str> {
        self.address.as_deref().filter(|address| !is_script(address))
    }
}

impl ClientCard {
    /// The letter that stands for its logo, if its name has one.
    pub(super) fn initial(&self) -> String {
        initial_of(&self.name)
    }
}

/// The first letter or digit of a name in upper case; empty for a name without one.
pub(super) fn initial_of(name: &str) -> String {
    name.chars().find(|c| c.is_alphanumeric()).map(|c| c.to_uppercase().collect()).unwrap_or_default()
}

/// Whether following an address runs what is in it, or leads nowhere: a link must never do that, whatever a caller calls proven.
pub(super) fn is_script(address: &str) -> bool {
    let Some((scheme, _)) = address.split_once(':') else { return true };
    ["javascript", "data", "vbscript"].iter().any(|script| scheme.trim().eq_ignore_ascii_case(script))
}

//! The consent page.

use std::collections::BTreeMap;

use askama::Template;

use super::{ClientCard, Page, rendered};

/// Asks a person who is signed in whether an application may have what it asked for.
///
/// The form sends `decision`: `allow`, `deny` (to be answered with `access_denied`), or `switch` for another account.
#[derive(Clone, Debug, Template)]
#[template(path = "consent.html")]
pub struct ConsentPage {
    /// What every page has.
    pub page: Page,
    /// The application that asks.
    pub client: ClientCard,
    /// Who is signed in.
    pub username: String,
    /// The flow that the answer belongs to.
    pub flow: String,
    /// The token that proves that the form came from this page.
    pub csrf: String,
    /// The scopes that were never granted to this application.
    pub new_scopes: Vec<String>,
    /// The scopes that it already has.
    pub granted_scopes: Vec<String>,
    /// The claims that are asked for by name beside what the scopes open.
    pub more_claims: Vec<String>,
    /// The words of the operator for scopes, in the language of the page where there are some.
    pub scope_words: BTreeMap<String, String>,
    /// The API that the access is for.
    pub resource: Option<ResourceCard>,
    /// Whether the access outlives the browser session.
    pub offline: bool,
    /// How long the access lasts at most, in days; 0 when that is not known.
    pub lifetime_days: u64,
}

/// The API that access is for.
#[derive(Clone, Debug)]
pub struct ResourceCard {
    /// The name, where it has one beside the URI.
    pub name: Option<String>,
    /// The URI.
    pub uri: String,
}

impl ConsentPage {
    /// The page as HTML.
    #[must_use]
    pub fn render(&self) -> String {
        rendered(self)
    }

    /// What is asked for by name: in words, each once, or the name of a claim that has none.
    fn more(&self) -> Vec<Result<&'static str, &str>> {
        let claims = &self.page.t().consent.claims;
        let mut more = Vec::new();
        for name in &self.more_claims {
            let told = claims.words(name).ok_or(name.as_str());
            if !more.contains(&told) {
                more.push(told);
            }
        }
        more
    }

    fn duration(&self) -> Option<String> {
        let t = &self.page.t().consent;
        let sentence = if self.offline { t.lasts_offline } else { t.lasts_session };
        (self.lifetime_days > 0).then(|| sentence(self.lifetime_days))
    }
}

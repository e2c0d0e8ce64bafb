//! The page that posts an authorization response to the application (OAuth 2.0 Form Post Response Mode §2).

use askama::Template;

use super::{Page, rendered};

/// A form that a script sends at once, and a button where there is none.
#[derive(Clone, Debug, Template)]
#[template(path = "form_post.html")]
pub struct FormPostPage {
    /// What every page has.
    pub page: Page,
    /// The redirect URI, proven to be the application's.
    pub action: String,
    /// The parameters of the response.
    pub parameters: Vec<(&'static str, String)>,
}

impl FormPostPage {
    /// The page as HTML.
    #[must_use]
    pub fn render(&self) -> String {
        rendered(self)
    }
}

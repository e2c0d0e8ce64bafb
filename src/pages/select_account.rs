//! The page that asks which account to use.

use askama::Template;

use super::{ClientCard, Page, rendered};

/// Lists the people who are signed in in this browser (`OpenID` Connect Core §3.1.2.1).
///
/// The form sends `account`: the id of one of them, or `another`.
#[derive(Clone, Debug, Template)]
#[template(path = "select_account.html")]
pub struct SelectAccountPage {
    /// What every page has.
    pub page: Page,
    /// The application that waits for the answer.
    pub client: ClientCard,
    /// The flow that the choice belongs to.
    pub flow: String,
    /// The token that proves that the form came from this page.
    pub csrf: String,
    /// Those who are signed in.
    pub accounts: Vec<Account>,
}

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub struct Account {
    /// What the form sends.
    pub id: String,
    /// The username.
    pub username: String,
}

impl SelectAccountPage {
    /// The page as HTML.
    #[must_use]
    pub fn render(&self) -> String {
        rendered(self)
    }
}

//! The pages about being signed in and signing out.

use askama::Template;

use crate::oauth::RequestFault;

use super::page::is_script;
use super::{Application, Page, rendered};

/// Asks whether to sign out, where no `id_token_hint` says who asks (`OpenID` Connect RP-Initiated Logout §2).
#[derive(Clone, Debug, Template)]
#[template(path = "logout.html")]
pub struct LogoutPage {
    /// What every page has.
    pub page: Page,
    /// The token that proves that the form came from this page.
    pub csrf: String,
    /// Who is signed in.
    pub usernames: Vec<String>,
    /// The names of the applications that they are signed in to.
    pub applications: Vec<String>,
    /// The fault of the application's request, because of which the page does not lead back to the application.
    pub fault: Option<RequestFault>,
}

/// Says that it is done.
///
/// What is to be told to applications in the browser is loaded in frames that nobody sees (`OpenID` Connect Front-Channel Logout
/// §3), which the policy has to allow (`frame-src`).
#[derive(Clone, Debug, Template)]
#[template(path = "logged_out.html")]
pub struct LoggedOutPage {
    /// What every page has.
    pub page: Page,
    /// The names of the applications that were signed out too.
    pub applications: Vec<String>,
    /// The addresses of the frames.
    pub frames: Vec<String>,
    /// The fault of the application's request, because of which the page does not lead back to the application.
    pub fault: Option<RequestFault>,
    /// The name of the application that the person came from, and where it continues.
    pub back: Option<(String, String)>,
    /// The page goes on there by itself, once its frames are loaded.
    pub goes_on: bool,
    /// The application at which the person may sign in again.
    pub again: Option<Application>,
}

/// Says who is signed in, when no application is waiting.
#[derive(Clone, Debug, Template)]
#[template(path = "signed_in.html")]
pub struct SignedInPage {
    /// What every page has.
    pub page: Page,
    /// Who is signed in.
    pub usernames: Vec<String>,
    /// The token that proves that the form came from this page.
    pub csrf: String,
    /// The applications that the person can go on to.
    pub applications: Vec<Application>,
}

impl LogoutPage {
    /// The page as HTML.
    #[must_use]
    pub fn render(&self) -> String {
        rendered(self)
    }
}

impl LoggedOutPage {
    /// The page as HTML.
    #[must_use]
    pub fn render(&self) -> String {
        rendered(self)
    }

    /// The way back, unless it is a script.
    fn way_back(&self) -> Option<(&str, &str)> {
        let (name, address) = self.back.as_ref()?;
        (!is_script(address)).then_some((name, address))
    }

    /// The name and the address of the application at which the person signs in again.
    fn way_in(&self) -> Option<(&str, &str)> {
        let again = self.again.as_ref()?;
        Some((&again.name, again.link()?))
    }
}

impl SignedInPage {
    /// The page as HTML.
    #[must_use]
    pub fn render(&self) -> String {
        rendered(self)
    }
}

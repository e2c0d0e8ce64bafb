//! The login page.

use askama::Template;

use super::{ClientCard, Page, rendered};

/// Asks for a username and a password.
#[derive(Clone, Debug, Template)]
#[template(path = "login.html")]
pub struct LoginPage {
    /// What every page has.
    pub page: Page,
    /// The application that waits for the answer, if one does.
    pub client: Option<ClientCard>,
    /// The flow that the sign-in belongs to, sent back with the form.
    pub flow: Option<String>,
    /// The token that proves that the form came from this page.
    pub csrf: String,
    /// The username to start with: `login_hint`, or what was typed before.
    pub username: String,
    /// What is wrong with what was sent before.
    pub error: Option<LoginError>,
    /// Why someone who is signed in is asked again.
    pub reason: Option<LoginReason>,
}

/// Why a sign-in did not succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginError {
    /// The username or the password is wrong; which of them is not said.
    Wrong,
    /// No username was sent.
    MissingUsername,
    /// No password was sent.
    MissingPassword,
    /// A value is longer than any that could be right.
    TooLong,
    /// Too many attempts.
    Throttled {
        /// When the next attempt is welcome.
        retry_after_seconds: u64,
    },
    /// The queue for checking passwords is full.
    Busy {
        /// When the next attempt is welcome.
        retry_after_seconds: u64,
    },
    /// The form was made for another cookie than the browser has now.
    Expired,
    /// The browser sent no cookie along.
    NoCookie,
}

/// Why someone who is signed in is asked to sign in (`OpenID` Connect Core §3.1.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginReason {
    /// `prompt=login`.
    AskedAgain,
    /// `max_age`.
    TooLongAgo,
    /// `prompt=select_account`.
    OtherAccount,
}

impl LoginPage {
    /// The page as HTML.
    #[must_use]
    pub fn render(&self) -> String {
        rendered(self)
    }

    /// Who the person is signing in for: the second half of the title.
    fn audience(&self) -> &str {
        self.client.as_ref().map_or(&self.page.instance, |client| &client.name)
    }

    fn alert(&self) -> Option<String> {
        let t = self.page.t();
        let text = match self.error? {
            LoginError::Wrong => t.login.wrong,
            LoginError::MissingUsername => t.login.missing_username,
            LoginError::MissingPassword => t.login.missing_password,
            LoginError::TooLong => t.login.too_long,
            LoginError::Expired => t.login.expired,
            LoginError::NoCookie => t.login.no_cookie,
            LoginError::Throttled { retry_after_seconds } => {
                return Some(format!("{} {}", t.login.throttled, (t.common.try_again_in)(retry_after_seconds)));
            }
            LoginError::Busy { retry_after_seconds } => {
                return Some(format!("{} {}", t.login.busy, (t.common.try_again_in)(retry_after_seconds)));
            }
        };
        Some(text.to_owned())
    }

    fn why(&self) -> Option<&'static str> {
        let t = &self.page.t().login;
        Some(match self.reason? {
            LoginReason::AskedAgain => t.asked_again,
            LoginReason::TooLongAgo => t.too_long_ago,
            LoginReason::OtherAccount => t.other_account,
        })
    }

    fn username_at_fault(&self) -> bool {
        self.error == Some(LoginError::MissingUsername)
    }

    fn password_at_fault(&self) -> bool {
        self.error == Some(LoginError::MissingPassword)
    }

    /// The error is in one of the two fields, and nobody is told in which.
    fn either_at_fault(&self) -> bool {
        matches!(self.error, Some(LoginError::Wrong | LoginError::TooLong))
    }

    /// The field that the alert leads to: the one at fault, or the one that is typed again.
    fn field_to_mend(&self) -> Option<&'static str> {
        match self.error? {
            LoginError::MissingUsername | LoginError::TooLong => Some("username"),
            LoginError::MissingPassword | LoginError::Wrong => Some("password"),
            LoginError::Throttled { .. } | LoginError::Busy { .. } | LoginError::Expired | LoginError::NoCookie => None,
        }
    }

    fn starts_at_username(&self) -> bool {
        self.username_at_fault() || (self.error.is_none() && self.username.is_empty())
    }

    /// After a wrong password one types it again, whichever of the two was wrong.
    fn starts_at_password(&self) -> bool {
        let retyped = matches!(self.error, None | Some(LoginError::Wrong | LoginError::MissingPassword));
        retyped && !self.starts_at_username()
    }
}

//! The catalogue: the shape that every language fills.

use super::{Claims, Errors};

/// A sentence around something that the page sets apart: a name, a host, a scope.
#[derive(Debug)]
pub struct Around(pub &'static str, pub &'static str);

/// All messages of a language.
#[derive(Debug)]
pub struct Messages {
    /// On several pages.
    pub common: Common,
    /// On the login page.
    pub login: Login,
    /// On the page that asks which account to use.
    pub accounts: Accounts,
    /// On the consent page.
    pub consent: Consent,
    /// On the error page.
    pub errors: Errors,
    /// On the pages about being signed in and signing out.
    pub session: Session,
}

/// Messages that several pages share.
#[derive(Debug)]
pub struct Common {
    /// The skip link.
    pub skip: &'static str,
    /// The label of the language picker.
    pub language: &'static str,
    /// The button of the language picker.
    pub change_language: &'static str,
    /// Before a title when something is wrong, and the heading of the error summary.
    pub error: &'static str,
    /// About an application that registered itself.
    pub unverified: &'static str,
    /// The link to how an application uses what it learns of people.
    pub policy: &'static str,
    /// The link to an application's terms of service.
    pub terms: &'static str,
    /// Around the username.
    pub signed_in_as: Around,
    /// The button that sends the person back without an answer, around the application's name.
    pub cancel: Around,
    /// When to try again, given seconds.
    pub try_again_in: fn(u64) -> String,
}

/// Messages of the login page.
#[derive(Debug)]
pub struct Login {
    /// The heading, the title and the button.
    pub sign_in: &'static str,
    /// Before the application's name.
    pub continue_to: &'static str,
    /// Around the server's name, when no application is waiting.
    pub with_account: Around,
    /// The label of the username.
    pub username: &'static str,
    /// The label of the password.
    pub password: &'static str,
    /// The button that shows the password while it is pressed in.
    pub show_password: &'static str,
    /// Why: `prompt=login`.
    pub asked_again: &'static str,
    /// Why: `max_age`.
    pub too_long_ago: &'static str,
    /// Why: `prompt=select_account`.
    pub other_account: &'static str,
    /// One text, whether the username or the password is wrong.
    pub wrong: &'static str,
    /// The username is empty.
    pub missing_username: &'static str,
    /// The password is empty.
    pub missing_password: &'static str,
    /// Longer than anything that was ever accepted.
    pub too_long: &'static str,
    /// Too many attempts.
    pub throttled: &'static str,
    /// More people at once than the server checks.
    pub busy: &'static str,
    /// The form was made for another cookie than the browser has now.
    pub expired: &'static str,
    /// The browser sent no cookie along.
    pub no_cookie: &'static str,
}

/// Messages of the page that asks which account to use.
#[derive(Debug)]
pub struct Accounts {
    /// The heading and the title.
    pub choose: &'static str,
    /// The button that leads to the login page.
    pub another: &'static str,
}

/// Messages of the consent page.
#[derive(Debug)]
pub struct Consent {
    /// The title, before the application's name.
    pub title: &'static str,
    /// The heading, around the application's name.
    pub heading: Around,
    /// Around the host that the answer is sent to.
    pub returns_to: Around,
    /// Instead of it for a custom scheme.
    pub returns_to_app: &'static str,
    /// The button that leads to another account.
    pub switch: &'static str,
    /// Over the scopes that are new; each of them continues the phrase.
    pub wants: &'static str,
    /// Over the scopes that were granted before.
    pub already: &'static str,
    /// Over the claims that are asked for by name.
    pub more: &'static str,
    /// Those claims.
    pub claims: Claims,
    /// When no scope was asked for.
    pub nothing: &'static str,
    /// The scope `openid`.
    pub openid: &'static str,
    /// The scope `profile`.
    pub profile: &'static str,
    /// The scope `email`.
    pub email: &'static str,
    /// The scope `address`.
    pub address: &'static str,
    /// The scope `phone`.
    pub phone: &'static str,
    /// The scope `offline_access`.
    pub offline_access: &'static str,
    /// The scope `roles`.
    pub roles: &'static str,
    /// The scope `groups`.
    pub groups: &'static str,
    /// Around a scope that only the application's developer knows.
    pub other: Around,
    /// Around the resource.
    pub resource: Around,
    /// How long with offline access, given days.
    pub lasts_offline: fn(u64) -> String,
    /// How long without, given days.
    pub lasts_session: fn(u64) -> String,
    /// The button.
    pub allow: &'static str,
    /// The other button.
    pub deny: &'static str,
}

impl Consent {
    /// What a scope lets the application do; `None` for one that has no sentence.
    #[must_use]
    pub fn sentence(&self, scope: &str) -> Option<&'static str> {
        match scope {
            "openid" => Some(self.openid),
            "profile" => Some(self.profile),
            "email" => Some(self.email),
            "address" => Some(self.address),
            "phone" => Some(self.phone),
            "offline_access" => Some(self.offline_access),
            "roles" => Some(self.roles),
            "groups" => Some(self.groups),
            _ => None,
        }
    }
}

/// Messages about being signed in and signing out.
#[derive(Debug)]
pub struct Session {
    /// The title and the button.
    pub sign_out: &'static str,
    /// The heading of the question.
    pub question: &'static str,
    /// What signing out does.
    pub consequence: &'static str,
    /// The link that leaves all as it is.
    pub stay: &'static str,
    /// Of a logout request with a fault: the consequence, and whose fault it is.
    pub no_way_back: &'static str,
    /// The heading when it is done.
    pub signed_out: &'static str,
    /// What to do after it.
    pub afterwards: &'static str,
    /// Over the applications that were signed out.
    pub applications: &'static str,
    /// Over the applications that are signed in to.
    pub in_use: &'static str,
    /// Over the applications that somebody who is signed in can go on to.
    pub open_applications: &'static str,
    /// Around the name of the application that one came from: the link back.
    pub continue_to: Around,
    /// The link to the login page.
    pub sign_in_again: &'static str,
    /// The heading when no application is waiting.
    pub signed_in: &'static str,
    /// What to do then.
    pub no_application: &'static str,
    /// The title and heading while an answer is on its way to the application.
    pub to_application: &'static str,
    /// What to do when it does not go by itself.
    pub continue_by_hand: &'static str,
    /// The button.
    pub continue_button: &'static str,
}

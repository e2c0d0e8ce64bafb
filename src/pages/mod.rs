//! The hosted pages: a struct a page, filled by a handler and rendered by a template of the same name.
//!
//! Whatever a struct holds is text: the templates escape all of it. The pages know no HTTP. Who answers with them sends
//! `Content-Language` from [`Page::lang`], and a Content-Security-Policy that needs no more than
//! `style-src 'self'; script-src 'self'; img-src 'self'`, with `connect-src 'self'` for [`DevClientPage`].

mod assets;
mod consent;
mod dev;
mod error;
mod form_post;
mod i18n;
mod login;
mod logo;
mod logout;
mod page;
mod select_account;
#[cfg(test)]
mod tests;

pub use assets::{Asset, asset};
pub use consent::{ConsentPage, ResourceCard};
pub use dev::{DevClient, DevClientPage, DevHomePage, DevSecret};
pub use error::{ErrorKind, ErrorPage};
pub use form_post::FormPostPage;
pub use i18n::Lang;
pub use login::{LoginError, LoginPage, LoginReason};
pub use logo::letter_logo;
pub use logout::{LoggedOutPage, LogoutPage, SignedInPage};
pub use page::{Application, ClientCard, Page};
pub use select_account::{Account, SelectAccountPage};

/// A template's text. Writing to a `String` does not fail, and no template calls a filter that can.
fn rendered(template: &impl askama::Template) -> String {
    template.render().expect("a page renders into memory")
}

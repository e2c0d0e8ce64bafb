//! Cookies: `__Host-` where the issuer is https, which pins them to this host, the root path and a secure connection.

use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header::COOKIE;
use actix_web::{HttpRequest, HttpResponse};

use crate::app::App;
use crate::browser::Accounts;
use crate::types::Secret;

/// The names of our cookies.
#[derive(Clone, Copy)]
pub struct CookieNames {
    /// Binds forms and flows to the browser.
    pub browser: &'static str,
    /// Carries the current session.
    pub session: &'static str,
    /// Carries the other sessions of the browser.
    pub accounts: &'static str,
    /// Tells who signed in in this browser before.
    pub device: &'static str,
    /// Remembers the language that the person picked.
    pub language: &'static str,
    secure: bool,
}

impl CookieNames {
    /// Plain http is for this machine only, where some browsers keep no secure cookies.
    pub fn of(app: &App) -> Self {
        if app.issuer.is_https() {
            Self {
                browser: "__Host-countersign_browser",
                session: "__Host-countersign_session",
                accounts: "__Host-countersign_accounts",
                device: "__Host-countersign_device",
                language: "__Host-countersign_language",
                secure: true,
            }
        } else {
            Self {
                browser: "countersign_browser",
                session: "countersign_session",
                accounts: "countersign_accounts",
                device: "countersign_device",
                language: "countersign_language",
                secure: false,
            }
        }
    }

    /// A cookie that lives as long as the browser runs; the server ends it when it wants.
    pub fn make(self, name: &'static str, value: &Secret) -> Cookie<'static> {
        Cookie::build(name, value.expose().to_owned())
            .path("/")
            .secure(self.secure)
            .http_only(true)
            .same_site(SameSite::Lax)
            .finish()
    }

    /// What makes a browser hold other sessions than before.
    pub fn change(self, before: &Accounts, after: &Accounts) -> Vec<Cookie<'static>> {
        let cookie = |name, before: Option<Secret>, after: Option<Secret>| match after {
            after if after == before => None,
            Some(after) => Some(self.make(name, &after)),
            None => Some(self.remove(name)),
        };
        let current = cookie(self.session, before.current.clone(), after.current.clone());
        current.into_iter().chain(cookie(self.accounts, before.joined(), after.joined())).collect()
    }

    /// A cookie that is kept for a year, for what signs nobody in.
    pub fn make_lasting(self, name: &'static str, value: &Secret) -> Cookie<'static> {
        let mut cookie = self.make(name, value);
        cookie.set_max_age(Duration::days(365));
        cookie
    }

    /// What removes a cookie from the browser.
    pub fn remove(self, name: &'static str) -> Cookie<'static> {
        let mut cookie = self.make(name, &Secret::new(""));
        cookie.make_removal();
        cookie
    }
}

/// The value of a cookie. Octets of other cookies, which may be any, do not matter: the header is split before it is decoded.
pub fn value_of(request: &HttpRequest, name: &str) -> Option<String> {
    let lines = request.headers().get_all(COOKIE);
    let mut pairs = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b';')).map(<[u8]>::trim_ascii);
    let value = pairs.find_map(|pair| pair.strip_prefix(name.as_bytes())?.strip_prefix(b"="))?;
    String::from_utf8(value.to_vec()).ok()
}

/// An answer that sets these cookies as well.
pub fn with_cookies(mut response: HttpResponse, cookies: &[Cookie<'static>]) -> HttpResponse {
    for cookie in cookies {
        if let Err(error) = response.add_cookie(cookie) {
            return HttpResponse::from_error(error);
        }
    }
    response
}

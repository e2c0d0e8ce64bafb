//! What a request brings along besides its parameters.

use std::cell::OnceCell;

use actix_web::HttpRequest;
use actix_web::cookie::Cookie;
use actix_web::http::header::{ACCEPT_LANGUAGE, COOKIE, HeaderName};
use actix_web::web::ThinData;

use crate::app::App;
use crate::audit::{Origin, RequestNotes};
use crate::browser::{Accounts, Flow};
use crate::grant::Requester;
use crate::login::people::People;
use crate::login::session;
use crate::oauth::{OAuthError, Params};
use crate::pages::{Lang, Page};
use crate::store::StoreError;
use crate::types::Secret;

use super::cookies::{CookieNames, value_of};
use super::known::Known;

/// A request as the handlers see it.
pub struct Visit {
    /// The server's parts.
    pub app: App,
    /// Where the request comes from, for the audit log and the throttle.
    pub origin: Origin,
    /// The client, as soon as it is known.
    pub requester: Requester,
    /// What is noted for the request's log line.
    pub notes: RequestNotes,
    /// The cookie that forms and flows are bound to.
    pub browser: Option<Secret>,
    /// The cookie that tells who signed in here before.
    pub device: Option<Secret>,
    /// The cookies of the browser's sessions.
    pub accounts: Accounts,
    /// The cookie of a browser that brought none, once something is bound to it.
    new_browser: OnceCell<Secret>,
    /// The flow of the page, sealed, once it was opened: an error page leads on to it.
    pub flow: OnceCell<String>,
    /// Whether it only asks for something.
    pub is_get: bool,
    query: String,
    /// The language that the person has just picked, which is to be remembered.
    pub picked_language: Option<Lang>,
    remembered_language: Option<Lang>,
    accept_language: Option<String>,
    page_origin: Option<String>,
    fetch_site: Option<String>,
    /// `ui_locales` of the application's request, where it is not in the query.
    wished_languages: OnceCell<String>,
}

/// The reason why a form does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormRefusal {
    /// The browser was restarted since its page was shown, or has forgotten its cookies.
    #[error("the form was made for another cookie")]
    Outdated,
    /// The browser brought no cookie.
    #[error("the browser brought no cookie")]
    NoCookie,
    /// By the browser's own account the form comes from another site.
    #[error("the form comes from another site")]
    Elsewhere,
}

impl Visit {
    /// Reads a request.
    pub fn of(request: &HttpRequest) -> Self {
        let ThinData(app) = request.app_data::<ThinData<App>>().expect("every server has its app").clone();
        let names = CookieNames::of(&app);
        // Programs send none, and are spared the search for each.
        let has_cookies = request.headers().contains_key(COOKIE);
        let cookie = |name| has_cookies.then(|| value_of(request, name)).flatten();
        let secret = |name| cookie(name).map(Secret::new);
        let header = |name: HeaderName| {
            request.headers().get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        let known = Known::of(request);
        let (origin, requester, notes) = (known.origin, known.requester.clone(), known.notes.clone());
        drop(known);
        Self {
            origin,
            requester,
            notes,
            browser: secret(names.browser),
            new_browser: OnceCell::new(),
            flow: OnceCell::new(),
            device: secret(names.device),
            accounts: Accounts::read(secret(names.session), secret(names.accounts).as_ref()),
            is_get: request.method() != actix_web::http::Method::POST,
            query: request.query_string().to_owned(),
            picked_language: picked_language(request),
            remembered_language: cookie(names.language).and_then(|tag| Lang::from_tag(&tag)),
            accept_language: header(ACCEPT_LANGUAGE),
            page_origin: header(actix_web::http::header::ORIGIN),
            fetch_site: header(HeaderName::from_static("sec-fetch-site")),
            wished_languages: OnceCell::new(),
            app,
        }
    }

    /// The parameters of the query.
    ///
    /// # Errors
    /// `invalid_request` where they cannot be read.
    pub fn query(&self) -> Result<Params, OAuthError> {
        Params::parse(self.query.as_bytes())
    }

    /// Replaces the query by another, which the address carried sealed.
    pub fn set_query(&mut self, query: String) {
        self.query = query;
    }

    /// The query as it came.
    pub fn raw_query(&self) -> &str {
        &self.query
    }

    /// Who is signed in in the browser.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn people(&self) -> Result<People, StoreError> {
        People::find(&self.app, &self.accounts).await
    }

    /// Checks that a form comes from a page of ours in this browser: by the browser's own account of its origin, and by its
    /// token, which is bound to the browser's cookie alone. A page that was open when a session began, changed or ended still counts.
    /// (With `Referrer-Policy: no-referrer` browsers send `Origin: null` along with our own forms.)
    ///
    /// # Errors
    /// [`FormRefusal`].
    pub fn check_form(&self, form: &Params) -> Result<(), FormRefusal> {
        let from_elsewhere = self.fetch_site.as_deref().is_some_and(|site| site != "same-origin" && site != "none")
            || self.page_origin.as_deref().is_some_and(|origin| origin != "null" && origin != self.app.issuer.origin());
        if from_elsewhere {
            return Err(FormRefusal::Elsewhere);
        }
        let browser = self.browser.as_ref().ok_or(FormRefusal::NoCookie)?;
        let token = form.get("csrf").ok().flatten().unwrap_or_default();
        self.app.keys.csrf.is_valid(token, browser).then_some(()).ok_or(FormRefusal::Outdated)
    }

    /// The cookie that forms and flows of this browser are bound to: the one that it brought, or else a new one, which the page
    /// that is shown sets ([`Visit::new_cookie`]).
    pub fn cookie(&self) -> &Secret {
        self.browser.as_ref().unwrap_or_else(|| self.new_browser.get_or_init(|| session::new_cookie(&self.app)))
    }

    /// The new cookie of a browser that brought none, where something was bound to it.
    pub fn new_cookie(&self) -> Option<Cookie<'static>> {
        let names = CookieNames::of(&self.app);
        self.new_browser.get().map(|new| names.make(names.browser, new))
    }

    /// Seals a flow for this browser.
    pub fn seal(&self, flow: &Flow) -> String {
        self.app.keys.flows.seal(flow, self.cookie(), &self.app.rng)
    }

    /// The token for a form of this browser.
    pub fn csrf(&self) -> String {
        self.app.keys.csrf.token(self.cookie())
    }

    /// Notes the languages that a request of an application prefers (`ui_locales`), for every page of this visit.
    pub fn note_languages(&self, request: &Params) {
        if let Ok(Some(locales)) = request.get("ui_locales") {
            let _ = self.wished_languages.set(locales.to_owned());
        }
    }

    fn wished_languages(&self) -> Option<String> {
        let in_query = || self.query().ok()?.get("ui_locales").ok()?.map(str::to_owned);
        self.wished_languages.get().cloned().or_else(in_query)
    }

    /// What every page has. The language is the one that the person chose, now or before, or else the one that the
    /// application (`ui_locales`) or the browser wishes for.
    pub fn page(&self, path: &'static str, query: &[(&str, &str)], ui_locales: Option<&str>) -> Page {
        let chosen = self.picked_language.or(self.remembered_language).map(Lang::code);
        let wished = self.wished_languages();
        Page {
            lang: Lang::negotiate(chosen.or(ui_locales).or(wished.as_deref()), self.accept_language.as_deref()),
            instance: self.app.config.name.clone(),
            base: self.app.issuer.path().trim_end_matches('/').to_owned(),
            path,
            query: query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            request_id: self.origin.request_id.to_string(),
        }
    }

    /// The address of a page of ours, by path.
    pub fn path(&self, path: &str) -> String {
        format!("{}{path}", self.app.issuer.path().trim_end_matches('/'))
    }
}

/// The language that the person has just picked: the picker is a form of its own, with `lang` in its query.
fn picked_language(request: &HttpRequest) -> Option<Lang> {
    let query = Params::parse(request.query_string().as_bytes()).ok()?;
    query.get("lang").ok().flatten().and_then(Lang::from_tag)
}

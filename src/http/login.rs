//! `GET` and `POST /login`: the hosted sign-in page.

use actix_web::http::StatusCode;
use actix_web::http::header::RETRY_AFTER;
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};

use crate::browser::{Answering, Flow};
use crate::login::SignInError;
use crate::login::application::applications_to_open;
use crate::login::authorize::{Authorization, Failure};
use crate::login::people::{People, touch};
use crate::login::session::{SignedIn, sign_in};
use crate::oauth::Params;
use crate::oidc::{AskedAgain, Interaction};
use crate::pages::{LoginError, LoginPage, LoginReason, SignedInPage};
use crate::types::{Secret, is_password_too_long};

use super::answer::cancel;
use super::authorize::{proceed, try_to_proceed};
use super::cookies::{CookieNames, with_cookies};
use super::entered::{Entered, enter, show_next};
use super::failure::{application, authorize_failure, logged, store_error_page};
use super::headers::{Navigation, html, see_other};
use super::login_error::refusal_of;
use super::logout::usernames;
use super::own_form::{self, OwnForm};
use super::visit::{FormRefusal, Visit};

/// The root of the server.
pub async fn root(request: HttpRequest) -> HttpResponse {
    let visit = Visit::of(&request);
    see_other(&visit.app, &visit.path("/login")).finish()
}

/// The page, or the next one for somebody who need not sign in.
pub async fn get(request: HttpRequest) -> HttpResponse {
    let visit = Visit::of(&request);
    let query = visit.query().unwrap_or_default();
    let entered = match enter(&visit, &query).await {
        Ok(entered) => entered,
        Err(page) => return page,
    };
    let people = match visit.people().await {
        Ok(people) => people,
        Err(error) => return store_error_page(&visit, error),
    };
    let entered = match entered {
        None if people.is_empty() => return Form::new(&visit, &query).show(StatusCode::OK),
        None => return signed_in(&visit, &people).await,
        Some(entered) if entered.began_again => return show_next(&visit, entered, &people, StatusCode::OK).await,
        Some(entered) => entered,
    };
    let next = entered.authorization.next(&visit.app, &people, Some(&entered.flow)).await;
    let reason = match next {
        Ok(Interaction::SignIn(reason)) => reason,
        Ok(_) => return proceed(&visit, &entered.authorization, &people, Some(entered.flow)).await,
        Err(failure) => return authorize_failure(&visit, failure),
    };
    let known = entered.authorization.session(&people, Some(&entered.flow)).map(|session| session.username.as_str());
    show(&visit, &entered, reason, known, StatusCode::OK)
}

/// The page for a request. `known` is the person who is asked again.
pub fn show(
    visit: &Visit,
    entered: &Entered,
    reason: Option<AskedAgain>,
    known: Option<&str>,
    status: StatusCode,
) -> HttpResponse {
    let nothing = Params::default();
    Form { entered: Some(entered), reason, known, ..Form::new(visit, &nothing) }.show(status)
}

/// Signs a person in.
pub async fn post(request: HttpRequest, payload: Payload) -> HttpResponse {
    let visit = Visit::of(&request);
    let OwnForm { params: form, refusal } = match own_form::read(&visit, &request, payload).await {
        Ok(form) => form,
        Err(page) => return page,
    };
    let again = |entered, error, status| Form { entered, error: Some(error), ..Form::new(&visit, &form) }.show(status);
    let entered = match enter(&visit, &form).await {
        Ok(entered) => entered,
        Err(page) => return page,
    };
    if let Some(refusal) = refusal {
        let error = if refusal == FormRefusal::NoCookie { LoginError::NoCookie } else { LoginError::Expired };
        return again(entered.as_ref(), error, StatusCode::FORBIDDEN);
    }
    if let Some(entered) = &entered
        && let Some(response) = cancel(&visit, &form, entered).await
    {
        return response;
    }
    let (username, password) = match credentials(&form) {
        Ok(credentials) => credentials,
        Err(error) => return again(entered.as_ref(), error, StatusCode::BAD_REQUEST),
    };
    let source = visit.app.keys.devices.source(visit.device.as_ref(), username, visit.origin.address);
    let held = &visit.accounts;
    let signed_in = match sign_in(&visit.app, username, &password, source, held, &visit.origin).await {
        Ok(signed_in) => signed_in,
        Err(SignInError::Store(error)) => return store_error_page(&visit, error),
        Err(SignInError::Wrong) => return again(entered.as_ref(), LoginError::Wrong, StatusCode::BAD_REQUEST),
        Err(SignInError::Throttled { retry_after: seconds }) => {
            let error = LoginError::Throttled { retry_after_seconds: seconds };
            return later(again(entered.as_ref(), error, StatusCode::TOO_MANY_REQUESTS), seconds);
        }
        Err(SignInError::Busy { retry_after: seconds }) => {
            let error = LoginError::Busy { retry_after_seconds: seconds };
            return later(again(entered.as_ref(), error, StatusCode::SERVICE_UNAVAILABLE), seconds);
        }
    };
    enter_session(&visit, &signed_in, entered).await
}

/// Goes on to what somebody came for who has just signed in.
async fn enter_session(
    visit: &Visit,
    SignedIn { session, accounts }: &SignedIn,
    entered: Option<Entered>,
) -> HttpResponse {
    let response = match entered {
        Some(Entered { flow, authorization, .. }) => {
            let flow = Flow { signed_in: Some(session.sid), answering: Answering::Session(session.sid), ..flow };
            match People::find(&visit.app, accounts).await {
                Ok(people) => proceed_signed_in(visit, &authorization, &people, flow).await,
                Err(error) => store_error_page(visit, error),
            }
        }
        None => see_other(&visit.app, &visit.path("/login")).finish(),
    };
    let names = CookieNames::of(&visit.app);
    let device = visit.app.keys.devices.remember(visit.device.as_ref(), &session.username, &visit.app.rng);
    let mut cookies = names.change(&visit.accounts, accounts);
    cookies.push(names.make_lasting(names.device, &device));
    with_cookies(response, &cookies)
}

/// Goes on with a request that somebody has just signed in for. Where its code was used before, as by the first of two clicks on
/// the same button, the request begins again: the person has proven to be the same.
async fn proceed_signed_in(visit: &Visit, authorization: &Authorization, people: &People, flow: Flow) -> HttpResponse {
    match try_to_proceed(visit, authorization, people, Some(flow.clone())).await {
        Ok(response) => response,
        Err(Failure::Over(_)) => {
            let fresh = Flow::new(flow.request, visit.app.clock.now(), &visit.app.rng);
            let flow = Flow { signed_in: flow.signed_in, answering: flow.answering, ..fresh };
            proceed(visit, authorization, people, Some(flow)).await
        }
        Err(failure) => authorize_failure(visit, failure),
    }
}

fn later(mut response: HttpResponse, seconds: u64) -> HttpResponse {
    response.headers_mut().insert(RETRY_AFTER, seconds.into());
    response
}

fn credentials(form: &Params) -> Result<(&str, Secret), LoginError> {
    let field = |name| form.get(name).ok().flatten();
    let username = field("username").filter(|name| !name.trim().is_empty()).ok_or(LoginError::MissingUsername)?;
    let password = field("password").ok_or(LoginError::MissingPassword)?;
    let password = Secret::new(password);
    if is_password_too_long(&password) {
        return Err(LoginError::TooLong);
    }
    Ok((username, password))
}

/// The sign-in form, for the first time or again.
struct Form<'a> {
    visit: &'a Visit,
    params: &'a Params,
    entered: Option<&'a Entered>,
    error: Option<LoginError>,
    reason: Option<AskedAgain>,
    /// Who is asked again.
    known: Option<&'a str>,
}

impl<'a> Form<'a> {
    const fn new(visit: &'a Visit, params: &'a Params) -> Self {
        Self { visit, params, entered: None, error: None, reason: None, known: None }
    }

    fn show(&self, status: StatusCode) -> HttpResponse {
        let visit = self.visit;
        let request = self.entered.map(|entered| &entered.authorization.request);
        let sealed = self.entered.map(|entered| entered.sealed.as_str());
        let query: Vec<(&str, &str)> = sealed.iter().map(|sealed| ("flow", *sealed)).collect();
        let locales = request.and_then(|request| request.ui_locales.as_deref());
        // Whoever wants to use another account begins with nothing.
        let another = self.entered.is_some_and(|entered| entered.flow.answering == Answering::Another);
        let hint = request.and_then(|request| request.login_hint.as_deref()).filter(|_| !another);
        let typed = self.params.get("username").ok().flatten();
        let page = LoginPage {
            page: visit.page("/login", &query, locales),
            client: self.entered.map(Entered::client_card),
            flow: sealed.map(str::to_owned),
            csrf: visit.csrf(),
            username: typed.or(hint).or(self.known).unwrap_or_default().chars().take(256).collect(),
            error: self.error,
            reason: match self.reason {
                Some(AskedAgain::ByApplication) => Some(LoginReason::AskedAgain),
                Some(AskedAgain::TooLongAgo) => Some(LoginReason::TooLongAgo),
                None => another.then_some(LoginReason::OtherAccount),
            },
        };
        // A form whose check failed carries its flow as well, and goes on to the application when it is sent again.
        let navigation = if page.flow.is_some() { Navigation::CrossOrigin } else { Navigation::OwnOrigin };
        let response = html(visit, status, &page.page, page.render(), navigation);
        match self.error {
            Some(error) => logged(response, &refusal_of(error)),
            None => response,
        }
    }
}

async fn signed_in(visit: &Visit, people: &People) -> HttpResponse {
    if let Some(session) = people.current()
        && let Err(error) = touch(&visit.app, session).await
    {
        return store_error_page(visit, error);
    }
    let applications = match applications_to_open(&visit.app, people).await {
        Ok(applications) => applications.into_iter().map(application).collect(),
        Err(error) => return store_error_page(visit, error),
    };
    let page = visit.page("/login", &[], None);
    let page = SignedInPage { page, usernames: usernames(people), csrf: visit.csrf(), applications };
    html(visit, StatusCode::OK, &page.page, page.render(), Navigation::OwnOrigin)
}

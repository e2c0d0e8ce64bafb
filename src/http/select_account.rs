//! `GET` and `POST /select_account`: which of the people who are signed in in this browser answers a request (OpenID Connect
//! Core §3.1.2.1, `prompt=select_account`).

use actix_web::http::StatusCode;
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};

use crate::browser::{Answering, Flow};
use crate::login::people::People;
use crate::oauth::RequestFault;
use crate::pages::{Account, ErrorKind, SelectAccountPage};
use crate::types::Id;

use super::answer::cancel;
use super::authorize::{proceed, to_page};
use super::cookies::{CookieNames, with_cookies};
use super::entered::{Entered, arrive, ask_again, show_next};
use super::failure::{error_page, logged};
use super::headers::{Navigation, html};
use super::own_form;
use super::visit::Visit;

/// The page, or the login page where there is nobody to choose.
pub async fn get(request: HttpRequest) -> HttpResponse {
    let visit = Visit::of(&request);
    let query = visit.query().unwrap_or_default();
    match arrive(&visit, &query).await {
        Ok((entered, people)) if entered.began_again => show_next(&visit, entered, &people, StatusCode::OK).await,
        Ok((entered, people)) if people.is_empty() => {
            to_page(&visit, "/login", &entered.authorization, Some(entered.flow))
        }
        Ok((entered, people)) => show(&visit, &entered, &people, StatusCode::OK),
        Err(page) => page,
    }
}

/// Takes the choice: the session becomes the current one, and the request goes on with it. A form that does not count chooses
/// nobody, and the request is asked again.
pub async fn post(request: HttpRequest, payload: Payload) -> HttpResponse {
    let visit = Visit::of(&request);
    let form = match own_form::read(&visit, &request, payload).await {
        Ok(form) => form,
        Err(page) => return page,
    };
    let (entered, people) = match arrive(&visit, &form.params).await {
        Ok((entered, people)) if entered.began_again || form.refusal.is_some() => {
            return ask_again(&visit, entered, &people, form.refusal).await;
        }
        Ok(arrived) => arrived,
        Err(page) => return page,
    };
    if let Some(response) = cancel(&visit, &form.params, &entered).await {
        return response;
    }
    let sid = match form.params.get("account") {
        Ok(Some("another")) => {
            let flow = Flow { answering: Answering::Another, ..entered.flow };
            return to_page(&visit, "/login", &entered.authorization, Some(flow));
        }
        Ok(Some(chosen)) => Id::parse(chosen),
        _ => None,
    };
    let Some(sid) = sid else {
        return logged(error_page(&visit, ErrorKind::Forbidden), &RequestFault::Invalid("account").into());
    };
    // One that has ended since the page was shown is not among them any more.
    let Some(cookie) = people.cookie(sid).cloned() else {
        return to_page(&visit, "/select_account", &entered.authorization, Some(entered.flow));
    };
    let flow = Flow { answering: Answering::Session(sid), ..entered.flow };
    let response = proceed(&visit, &entered.authorization, &people, Some(flow)).await;
    let accounts = visit.accounts.with_current(cookie);
    with_cookies(response, &CookieNames::of(&visit.app).change(&visit.accounts, &accounts))
}

/// The page for a request.
pub fn show(visit: &Visit, entered: &Entered, people: &People, status: StatusCode) -> HttpResponse {
    let request = &entered.authorization.request;
    let account = |session: &crate::store::sessions::Session| Account {
        id: session.sid.to_string(),
        username: session.username.clone(),
    };
    let page = SelectAccountPage {
        page: visit.page("/select_account", &[("flow", &entered.sealed)], request.ui_locales.as_deref()),
        client: entered.client_card(),
        flow: entered.sealed.clone(),
        csrf: visit.csrf(),
        accounts: people.all().map(account).collect(),
    };
    html(visit, status, &page.page, page.render(), Navigation::CrossOrigin)
}

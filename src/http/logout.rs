//! `GET` and `POST /logout`: a link asks, a form signs out.

use actix_web::http::StatusCode;
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};

use crate::browser::Accounts;
use crate::login::people::People;
use crate::login::session::sign_out;
use crate::pages::{LoggedOutPage, LogoutPage};

use super::cookies::CookieNames;
use super::failure::store_error_page;
use super::headers::{FormAction, html, see_other};
use super::own_form;
use super::visit::Visit;

/// Asks somebody who is signed in, tells everybody else that they are not.
pub async fn get(request: HttpRequest) -> HttpResponse {
    let visit = Visit::of(&request);
    let people = match visit.people().await {
        Ok(people) => people,
        Err(error) => return store_error_page(&visit, error),
    };
    let page = visit.page("/logout", &[], None);
    let body = match &visit.browser {
        Some(browser) if !people.is_empty() => {
            LogoutPage { page: page.clone(), csrf: visit.csrf(browser), usernames: usernames(&people) }.render()
        }
        _ => LoggedOutPage { page: page.clone(), applications: Vec::new() }.render(),
    };
    html(&visit, StatusCode::OK, &page, body, &FormAction::own())
}

/// Signs out: the session ends on the server, with the grants that were bound to it.
pub async fn post(request: HttpRequest, payload: Payload) -> HttpResponse {
    let visit = Visit::of(&request);
    if let Err(page) = own_form::read(&visit, &request, payload).await {
        return page;
    }
    if let Err(error) = sign_out(&visit.app, &visit.accounts, None, &visit.origin()).await {
        return store_error_page(&visit, error);
    }
    let mut response = see_other(&visit.app, &visit.path("/logout"));
    for cookie in CookieNames::of(&visit.app).change(&visit.accounts, &Accounts::default()) {
        response.cookie(cookie);
    }
    response.finish()
}

/// Everybody who is signed in.
pub fn usernames(people: &People) -> Vec<String> {
    people.all().map(|session| session.username.clone()).collect()
}

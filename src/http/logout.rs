//! `GET` and `POST /logout`, the `end_session_endpoint` (OpenID Connect RP-Initiated Logout): an application's request signs
//! out or asks, our own form signs out, and the page afterwards tells applications in the browser (Front-Channel Logout).

use actix_web::http::StatusCode;
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};

use crate::login::farewell::{Goodbye, goodbye};
use crate::login::logout::{Logout, LogoutFailure, Next, applications};
use crate::login::people::People;
use crate::login::session::{SignedOut, sign_out};
use crate::oauth::authorization_request::MAX_REQUEST;
use crate::oauth::redirect_uri::ProvenRedirectUri;
use crate::oauth::{OAuthError, RequestFault};
use crate::pages::{LoggedOutPage, LogoutPage};
use crate::store::StoreError;

use super::cookies::{CookieNames, with_cookies};
use super::failure::{
    application, foreign_form_page, form_error_page, invalid_request_page, logged, refused_form, store_error_page,
};
use super::form;
use super::headers::{Navigation, html, html_with_frames, see_other};
use super::posted::{carry_on, restore};
use super::visit::{FormRefusal, Visit};

/// A logout request in the query, or the page that says that it is done.
pub async fn get(request: HttpRequest) -> HttpResponse {
    let visit = restore(Visit::of(&request));
    let query = match visit.query() {
        Ok(query) => query,
        Err(error) => return invalid_request_page(&visit, &error),
    };
    if let Ok(Some(sealed)) = query.get("done") {
        return show_done(&visit, sealed).await;
    }
    let answer = match Logout::read(&visit.app, &query, &visit.notes).await {
        Ok(logout) => begin(&visit, &logout, StatusCode::OK).await,
        Err(failure) => Err(failure),
    };
    answer.unwrap_or_else(|failure| failed(&visit, failure))
}

/// Our own form, which is the one with `csrf`, or an application's logout request in a form, which goes on as a GET.
pub async fn post(request: HttpRequest, payload: Payload) -> HttpResponse {
    let visit = Visit::of(&request);
    let form = match form::read(&request, payload).await {
        Ok(form) => form,
        Err(error) => return form_error_page(&visit, &error),
    };
    visit.note_languages(&form);
    let is_own = !matches!(form.get("csrf"), Ok(None));
    let refusal = visit.check_form(&form).err();
    if is_own && refusal == Some(FormRefusal::Elsewhere) {
        return foreign_form_page(&visit);
    }
    let logout = match Logout::read(&visit.app, &form, &visit.notes).await {
        Ok(logout) => logout,
        Err(failure) => return failed(&visit, failure),
    };
    if !is_own {
        return go_on(&visit, &form.to_query());
    }
    if let Some(refusal) = refusal {
        let question = begin(&visit, &logout, StatusCode::FORBIDDEN).await;
        let question = question.map(|page| refused_form(page, refusal));
        return question.unwrap_or_else(|failure| failed(&visit, failure));
    }
    let signed_out = sign_out(&visit.app, &visit.accounts, None, &visit.origin).await;
    match signed_out {
        Ok(signed_out) => done(&visit, &logout, &signed_out).await,
        Err(error) => store_error_page(&visit, error),
    }
}

fn go_on(visit: &Visit, query: &str) -> HttpResponse {
    if query.len() > MAX_REQUEST {
        let description = format!("the logout request is longer than {MAX_REQUEST} bytes");
        let error = OAuthError::invalid_request(description).about(RequestFault::TooLong);
        return invalid_request_page(visit, &error);
    }
    carry_on(visit, "/logout", query)
}

/// Signs out, or asks with this status.
async fn begin(visit: &Visit, logout: &Logout, status: StatusCode) -> Result<HttpResponse, LogoutFailure> {
    let people = visit.people().await?;
    match logout.next(&visit.app, &visit.accounts, &people, &visit.origin).await? {
        Next::Ask => Ok(told(ask(visit, logout, &people, status).await?, logout)),
        Next::Done(signed_out) => Ok(told(done(visit, logout, &signed_out).await, logout)),
    }
}

/// Notes the request's fault for the log, whose person is answered as any other.
fn told(response: HttpResponse, logout: &Logout) -> HttpResponse {
    match logout.fault {
        Some(fault) => logged(response, &fault.into()),
        None => response,
    }
}

async fn ask(visit: &Visit, logout: &Logout, people: &People, status: StatusCode) -> Result<HttpResponse, StoreError> {
    // Proven, and proven again when they come back. Of a request with a fault nothing is kept.
    let kept = [
        ("client_id", logout.proven_client().map(|client| client.id.as_str())),
        ("post_logout_redirect_uri", logout.back.as_ref().map(ProvenRedirectUri::as_str)),
        ("state", logout.request.state.as_deref().filter(|_| logout.back.is_some())),
    ];
    let kept: Vec<(&str, &str)> = kept.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    let page = LogoutPage {
        page: visit.page("/logout", &kept, logout.request.ui_locales.as_deref()),
        csrf: visit.csrf(),
        usernames: usernames(people),
        applications: applications(&visit.app, people).await?,
        fault: logout.fault,
    };
    Ok(html(visit, status, &page.page, page.render(), Navigation::CrossOrigin))
}

/// Destination of a person who is signed out: back to an application that somebody vouches for, or to a page of ours, where there is
/// anything to be told, or a link to follow.
async fn done(visit: &Visit, logout: &Logout, signed_out: &SignedOut) -> HttpResponse {
    let farewell = logout.farewell(signed_out);
    let said = match goodbye(&visit.app, farewell.clone()).await {
        Ok(said) => said,
        Err(error) => return store_error_page(visit, error),
    };
    let response = match &said.back {
        Some((_, address)) if said.frames.is_empty() && said.is_vouched => see_other(&visit.app, address).finish(),
        _ if signed_out.ended.is_empty() && visit.is_get => {
            return show(visit, said, &[], logout);
        }
        None if said.applications.is_empty() && signed_out.left.is_empty() => {
            see_other(&visit.app, &visit.path("/logout")).finish()
        }
        _ => {
            let app = &visit.app;
            let sealed = app.keys.flows.seal_farewell(&farewell, visit.cookie(), app.clock.now(), &app.rng);
            see_other(app, &format!("{}?done={sealed}", visit.path("/logout"))).finish()
        }
    };
    let mut cookies = CookieNames::of(&visit.app).change(&visit.accounts, &signed_out.left);
    cookies.extend(visit.new_cookie());
    with_cookies(response, &cookies)
}

/// The page afterwards; for anybody else than whoever signed out, and later, it has nothing to tell.
async fn show_done(visit: &Visit, sealed: &str) -> HttpResponse {
    let open = |browser| visit.app.keys.flows.open_farewell(sealed, browser, visit.app.clock.now());
    let farewell = visit.browser.as_ref().and_then(open);
    match goodbye(&visit.app, farewell.unwrap_or_default()).await {
        Ok(said) => show(visit, said, &[("done", sealed)], &Logout::default()),
        Err(error) => store_error_page(visit, error),
    }
}

fn show(visit: &Visit, said: Goodbye, query: &[(&str, &str)], logout: &Logout) -> HttpResponse {
    let page = LoggedOutPage {
        page: visit.page("/logout", query, logout.request.ui_locales.as_deref()),
        applications: said.applications,
        frames: said.frames,
        fault: logout.fault,
        back: said.back,
        goes_on: said.is_vouched,
        again: said.asked_by.map(application),
    };
    if page.frames.is_empty() {
        return html(visit, StatusCode::OK, &page.page, page.render(), Navigation::CrossOrigin);
    }
    html_with_frames(visit, &page.page, page.render())
}

fn failed(visit: &Visit, failure: LogoutFailure) -> HttpResponse {
    match failure {
        LogoutFailure::Invalid(error) => invalid_request_page(visit, &error),
        LogoutFailure::Store(error) => store_error_page(visit, error),
    }
}

/// Everybody who is signed in.
pub fn usernames(people: &People) -> Vec<String> {
    people.all().map(|session| session.username.clone()).collect()
}

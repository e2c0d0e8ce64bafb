//! `GET` and `POST /authorize` (RFC 6749 §3.1, OpenID Connect Core §3.1.2.1), and the step that every page takes next.

use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};

use crate::browser::{Answering, CarriedRequest, Flow};
use crate::login::authorize::{Authorization, Failure, read, refuse_long};
use crate::login::people::{People, touch};
use crate::oauth::authorization_request::MAX_REQUEST;
use crate::oauth::authorize_error::AuthorizeError;
use crate::oauth::{OAuthError, Params};
use crate::oidc::Interaction;

use super::answer;
use super::failure::{authorize_failure, form_error_page, store_error_page};
use super::form;
use super::headers::see_other;
use super::posted::{carry_on, restore};
use super::visit::Visit;

/// An authorization request in the query.
pub async fn get(request: HttpRequest) -> HttpResponse {
    let visit = restore(Visit::of(&request));
    let authorization = match begin(&visit, visit.query(), visit.raw_query()).await {
        Ok(authorization) => authorization,
        Err(failure) => return authorize_failure(&visit, failure),
    };
    match visit.people().await {
        Ok(people) => proceed(&visit, &authorization, &people, None).await,
        Err(error) => store_error_page(&visit, error),
    }
}

/// An authorization request in a form. One that is in order goes on as a GET.
pub async fn post(request: HttpRequest, payload: Payload) -> HttpResponse {
    let visit = Visit::of(&request);
    let form = match form::read(&request, payload).await {
        Ok(form) => form,
        Err(error) => return form_error_page(&visit, &error),
    };
    visit.note_languages(&form);
    let query = form.to_query();
    match begin(&visit, Ok(form), &query).await {
        Ok(_) => carry_on(&visit, "/authorize", &query),
        Err(failure) => authorize_failure(&visit, failure),
    }
}

/// Reads a request, of which this is the query.
async fn begin(visit: &Visit, params: Result<Params, OAuthError>, query: &str) -> Result<Authorization, Failure> {
    let params = params.map_err(|error| Failure::Authorize(AuthorizeError::page(error)))?;
    if query.len() > MAX_REQUEST {
        return Err(refuse_long(&visit.app, &params, &visit.notes).await);
    }
    read(&visit.app, &params, &visit.notes).await
}

/// Does what comes next: the chooser, the login page, the consent page, or the answer. `flow` is there once the pages were
/// entered.
pub async fn proceed(
    visit: &Visit,
    authorization: &Authorization,
    people: &People,
    flow: Option<Flow>,
) -> HttpResponse {
    let answer = try_to_proceed(visit, authorization, people, flow).await;
    answer.unwrap_or_else(|failure| authorize_failure(visit, failure))
}

/// The same, for a caller that has another way on.
///
/// # Errors
/// [`Failure`].
pub async fn try_to_proceed(
    visit: &Visit,
    authorization: &Authorization,
    people: &People,
    flow: Option<Flow>,
) -> Result<HttpResponse, Failure> {
    let app = &visit.app;
    let interaction = authorization.next(app, people, flow.as_ref()).await?;
    let session = authorization.session(people, flow.as_ref());
    if let Some(session) = session {
        touch(app, session).await?;
    }
    Ok(match (interaction, session) {
        (Interaction::Choose, _) => to_page(visit, "/select_account", authorization, flow),
        (Interaction::None, Some(session)) => {
            match authorization.grant(app, session, flow.as_ref(), &visit.origin).await {
                Ok(response) => answer::send(visit, response),
                Err(Failure::SignedOut) => to_page(visit, "/login", authorization, flow),
                Err(failure) => return Err(failure),
            }
        }
        // Whoever is asked is the one who answers, whoever becomes the current one meanwhile.
        (Interaction::Consent, Some(session)) => {
            let flow = flow.unwrap_or_else(|| begun(visit, authorization));
            let flow = Flow { answering: Answering::Session(session.sid), ..flow };
            to_page(visit, "/consent", authorization, Some(flow))
        }
        (Interaction::SignIn(_), _) | (_, None) => to_page(visit, "/login", authorization, flow),
    })
}

/// A flow that begins with a request as it came, or as its object has it.
fn begun(visit: &Visit, authorization: &Authorization) -> Flow {
    let query = if authorization.had_object { authorization.params.to_query() } else { visit.raw_query().to_owned() };
    let request = CarriedRequest { query, expires_at: authorization.expires_at };
    Flow::new(request, visit.app.clock.now(), &visit.app.rng)
}

/// Sends the browser to a page with its flow, which begins here unless it has begun.
pub fn to_page(visit: &Visit, page: &str, authorization: &Authorization, flow: Option<Flow>) -> HttpResponse {
    let app = &visit.app;
    let flow = flow.unwrap_or_else(|| begun(visit, authorization));
    let sealed = visit.seal(&flow);
    let mut response = see_other(app, &format!("{}?flow={sealed}", visit.path(page)));
    if let Some(cookie) = visit.new_cookie() {
        response.cookie(cookie);
    }
    response.finish()
}

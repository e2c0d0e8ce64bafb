//! A flow as a page finds it: opened, and its request read anew.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use crate::browser::{Answering, Flow, OpenedFlow, UnreadableFlow};
use crate::login::authorize::{Authorization, read_again};
use crate::login::people::People;
use crate::oauth::{OAuthError, Params};
use crate::oidc::Interaction;
use crate::pages::ClientCard;

use super::authorize::proceed;
use super::failure::{authorize_failure, logged, refused_form, store_error_page, unreadable_flow_page};
use super::visit::{FormRefusal, Visit};
use super::{consent, login, select_account};

/// A flow with the request in it.
pub struct Entered {
    /// The flow.
    pub flow: Flow,
    /// The request that it carries, read anew: its client may have changed.
    pub authorization: Authorization,
    /// The flow as the browser holds it.
    pub sealed: String,
    /// Whether the flow is a fresh one: what the browser brought cannot go on.
    pub began_again: bool,
}

impl Entered {
    /// The same with its flow changed.
    fn with_flow(self, visit: &Visit, change: impl FnOnce(Flow) -> Flow) -> Self {
        let flow = change(self.flow);
        let sealed = visit.seal(&flow);
        Self { flow, sealed, ..self }
    }

    /// The application of the request, as people see it. One that listens on this device has no host that says anything.
    pub fn client_card(&self) -> ClientCard {
        let (client, redirect_uri) = (&self.authorization.client, &self.authorization.request.return_to.redirect_uri);
        ClientCard {
            name: client.name.clone(),
            host: redirect_uri.shown_host(),
            is_unverified: client.is_self_registered(),
            logo: client.metadata.logo_uri.as_ref().map(|_| format!("/clients/{}/logo", client.id)),
            policy_uri: client.metadata.policy_uri.clone(),
            tos_uri: client.metadata.tos_uri.clone(),
        }
    }
}

/// The flow of a page, if it has one. One that began in another browser, or too long ago, begins again here: the same request
/// in a fresh flow, of which nothing was answered. That is safe, since anybody can send anybody to `/authorize` with the same
/// request ([decision 25](../../docs/decisions/0025-one-cookie-for-forms.md)).
///
/// # Errors
/// The page that says why it cannot go on.
pub async fn enter(visit: &Visit, params: &Params) -> Result<Option<Entered>, HttpResponse> {
    let Ok(Some(sealed)) = params.get("flow") else { return Ok(None) };
    let opened = visit.app.keys.flows.open(sealed, visit.browser.as_ref(), visit.app.clock.now());
    let opened = opened.map_err(|error| unreadable_flow_page(visit, error))?;
    let (OpenedFlow::Current(flow) | OpenedFlow::Restartable(flow) | OpenedFlow::Stale(flow)) = &opened;
    let request = flow.params().map_err(|error| logged(unreadable_flow_page(visit, UnreadableFlow), &error))?;
    visit.note_languages(&request);
    let authorization = read_again(&visit.app, request, &visit.notes).await;
    let authorization = authorization.map_err(|failure| authorize_failure(visit, failure))?;
    let entered = match opened {
        OpenedFlow::Current(flow) => Entered { flow, authorization, sealed: sealed.to_owned(), began_again: false },
        OpenedFlow::Restartable(flow) => begin_again(visit, authorization, flow).await?,
        OpenedFlow::Stale(_) => return Err(authorize_failure(visit, authorization.over(&visit.app))),
    };
    let _ = visit.flow.set(entered.sealed.clone());
    Ok(Some(entered))
}

async fn begin_again(visit: &Visit, authorization: Authorization, flow: Flow) -> Result<Entered, HttpResponse> {
    let app = &visit.app;
    match Authorization::is_decided(app, flow.id).await {
        Ok(false) => {}
        Ok(true) => return Err(authorize_failure(visit, authorization.over(app))),
        Err(error) => return Err(store_error_page(visit, error)),
    }
    let flow = Flow::new(flow.request, app.clock.now(), &app.rng);
    let sealed = visit.seal(&flow);
    Ok(Entered { flow, authorization, sealed, began_again: true })
}

/// The flow of a page that there is none without, and who is signed in in the browser.
///
/// # Errors
/// As [`enter`].
pub async fn arrive(visit: &Visit, params: &Params) -> Result<(Entered, People), HttpResponse> {
    let entered = enter(visit, params).await?.ok_or_else(|| unreadable_flow_page(visit, UnreadableFlow))?;
    let people = visit.people().await.map_err(|error| store_error_page(visit, error))?;
    Ok((entered, people))
}

/// Asks again, where an answer does not count: its form was refused, or its flow cannot go on.
pub async fn ask_again(visit: &Visit, entered: Entered, people: &People, refusal: Option<FormRefusal>) -> HttpResponse {
    let page = show_next(visit, entered, people, StatusCode::FORBIDDEN).await;
    match refusal {
        _ if page.status() != StatusCode::FORBIDDEN => page,
        Some(refusal) => refused_form(page, refusal),
        None => {
            let source = "the flow began again, or another consent page was shown";
            logged(page, &OAuthError::invalid_request("flow").with_source(source))
        }
    }
}

/// Shows the page that a request needs next, in its place: a browser that keeps no cookies would be redirected in circles.
/// Where nothing has to be asked, the request is answered.
pub async fn show_next(visit: &Visit, entered: Entered, people: &People, status: StatusCode) -> HttpResponse {
    let Entered { authorization, flow, .. } = &entered;
    let next = authorization.next(&visit.app, people, Some(flow)).await;
    let session = authorization.session(people, Some(flow)).cloned();
    match (next, session) {
        (Ok(Interaction::Choose), _) => select_account::show(visit, &entered, people, status),
        (Ok(Interaction::Consent), Some(session)) => {
            let entered = entered.with_flow(visit, |flow| Flow { answering: Answering::Session(session.sid), ..flow });
            consent::show(visit, &entered, &session, status).await
        }
        (Ok(Interaction::None), Some(_)) => proceed(visit, authorization, people, Some(flow.clone())).await,
        (Ok(Interaction::SignIn(reason)), session) => {
            let known = session.as_ref().map(|session| session.username.as_str());
            login::show(visit, &entered, reason, known, status)
        }
        (Ok(_), None) => login::show(visit, &entered, None, None, status),
        (Err(failure), _) => authorize_failure(visit, failure),
    }
}

//! `GET` and `POST /consent`: what an application wants, and the person's answer.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};

use crate::browser::{Answering, Flow};
use crate::login::people::{People, touch};
use crate::oauth::{RequestFault, Resource, Scope};
use crate::oidc::Interaction;
use crate::pages::{ConsentPage, ErrorKind, ResourceCard};
use crate::store::sessions::Session;

use super::answer;
use super::authorize::{proceed, to_page};
use super::entered::{Entered, arrive, ask_again, show_next};
use super::failure::{authorize_failure, error_page, logged, store_error_page};
use super::headers::{Navigation, html};
use super::own_form;
use super::visit::Visit;

/// The page, or the next one where there is nothing to ask.
pub async fn get(request: HttpRequest) -> HttpResponse {
    let visit = Visit::of(&request);
    let query = visit.query().unwrap_or_default();
    let (entered, people) = match arrive(&visit, &query).await {
        Ok((entered, people)) if entered.began_again => {
            return show_next(&visit, entered, &people, StatusCode::OK).await;
        }
        Ok(arrived) => arrived,
        Err(page) => return page,
    };
    let next = entered.authorization.next(&visit.app, &people, Some(&entered.flow)).await;
    match (next, asked(&entered, &people)) {
        (Ok(Interaction::Consent), Some(session)) => show(&visit, &entered, session, StatusCode::OK).await,
        (Ok(_), _) => proceed(&visit, &entered.authorization, &people, Some(entered.flow)).await,
        (Err(failure), _) => authorize_failure(&visit, failure),
    }
}

/// Takes the answer. A form that does not count decides nothing, and the request is asked again.
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
    let next = entered.authorization.next(&visit.app, &people, Some(&entered.flow)).await;
    let session = match (next, asked(&entered, &people)) {
        (Ok(Interaction::Consent | Interaction::None), Some(session)) => session,
        (Ok(_), _) => return proceed(&visit, &entered.authorization, &people, Some(entered.flow)).await,
        (Err(failure), _) => return authorize_failure(&visit, failure),
    };
    if let Err(error) = touch(&visit.app, session).await {
        return store_error_page(&visit, error);
    }
    let answer = match form.params.get("decision") {
        Ok(Some("allow")) if entered.flow.shown != Some(entered.authorization.consent_digest(&visit.app)) => {
            return ask_again(&visit, entered, &people, None).await;
        }
        Ok(Some("allow")) => entered.authorization.allow(&visit.app, session, &entered.flow, &visit.origin).await,
        Ok(Some("deny")) => entered.authorization.deny(&visit.app, session, &entered.flow, &visit.origin).await,
        Ok(Some("switch")) => return to_page(&visit, "/select_account", &entered.authorization, Some(entered.flow)),
        _ => return logged(error_page(&visit, ErrorKind::Forbidden), &RequestFault::Invalid("decision").into()),
    };
    match answer {
        Ok(response) => answer::send(&visit, response),
        Err(failure) => authorize_failure(&visit, failure),
    }
}

/// The session whose person this page asks: the flow names it, so that nobody answers for somebody else who has become the
/// current one since the page was shown.
fn asked<'a>(entered: &Entered, people: &'a People) -> Option<&'a Session> {
    let session = entered.authorization.session(people, Some(&entered.flow))?;
    (entered.flow.answering == Answering::Session(session.sid)).then_some(session)
}

/// The page for a person who is asked.
pub async fn show(visit: &Visit, entered: &Entered, session: &Session, status: StatusCode) -> HttpResponse {
    let (request, client) = (&entered.authorization.request, &entered.authorization.client);
    let consented = match entered.authorization.consented(&visit.app, Some(session)).await {
        Ok(consented) => consented.scope(),
        Err(error) => return store_error_page(visit, error),
    };
    let resource = match entered.authorization.resource(&visit.app).await {
        Ok(resource) => resource,
        Err(error) => return store_error_page(visit, error),
    };
    let shown = Some(entered.authorization.consent_digest(&visit.app));
    let sealed = visit.seal(&Flow { shown, ..entered.flow.clone() });
    let page = visit.page("/consent", &[("flow", &sealed)], request.ui_locales.as_deref());
    let tokens = |scope: Scope| scope.iter().map(str::to_owned).collect();
    let page = ConsentPage {
        scope_words: scope_words(resource.as_ref(), &request.scope, page.lang.code()),
        page,
        client: entered.client_card(),
        username: session.username.clone(),
        flow: sealed,
        csrf: visit.csrf(),
        new_scopes: tokens(request.scope.beyond(&consented)),
        granted_scopes: tokens(request.scope.within(&consented)),
        more_claims: entered.authorization.more_claims(&visit.app),
        resource: request.resource.as_ref().map(|uri| resource_card(uri, resource)),
        offline: request.scope.contains("offline_access"),
        lifetime_days: if client.has_grant(crate::oauth::GrantType::RefreshToken) {
            visit.app.config.tokens.refresh_ttl.as_secs().div_ceil(86_400)
        } else {
            0
        },
    };
    html(visit, status, &page.page, page.render(), Navigation::CrossOrigin)
}

fn resource_card(uri: &str, resource: Option<Resource>) -> ResourceCard {
    // A resource without a name of its own has its URI for one.
    let name = resource.map(|resource| resource.name).filter(|name| name != uri);
    ResourceCard { name, uri: uri.to_owned() }
}

/// The operator's words for the scopes that are asked for, in a language.
fn scope_words(resource: Option<&Resource>, scope: &Scope, language: &str) -> BTreeMap<String, String> {
    let words = |token: &str| Some((token.to_owned(), resource?.words.get(token, language)?.to_owned()));
    scope.iter().filter_map(words).collect()
}

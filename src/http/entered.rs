//! A flow as a page finds it: opened, and its request read anew.

use actix_web::HttpResponse;

use crate::browser::{Flow, FlowError};
use crate::login::authorize::{Authorization, read_again};
use crate::login::people::People;
use crate::oauth::Params;
use crate::pages::ClientCard;
use crate::types::Secret;

use super::failure::{authorize_failure, flow_error_page, logged, store_error_page};
use super::visit::Visit;

/// A flow with the request in it.
pub struct Entered {
    /// The flow.
    pub flow: Flow,
    /// The request that it carries, read anew: its client may have changed.
    pub authorization: Authorization,
    /// The flow as the browser holds it.
    pub sealed: String,
}

impl Entered {
    /// The application of the request, as people see it. One that listens on this device has no host that says anything.
    pub fn client_card(&self) -> ClientCard {
        let (client, redirect_uri) = (&self.authorization.client, &self.authorization.request.return_to.redirect_uri);
        ClientCard {
            name: client.name.clone(),
            host: redirect_uri.host().filter(|_| !redirect_uri.is_loopback()),
            is_unverified: client.is_self_registered(),
            logo: client.metadata.logo_uri.as_ref().map(|_| format!("/clients/{}/logo", client.id)),
            policy_uri: client.metadata.policy_uri.clone(),
            tos_uri: client.metadata.tos_uri.clone(),
        }
    }
}

/// The flow of a page, if it has one.
///
/// # Errors
/// The page that says why it cannot go on.
pub async fn enter(visit: &Visit, params: &Params) -> Result<Option<Entered>, HttpResponse> {
    let Ok(Some(sealed)) = params.get("flow") else { return Ok(None) };
    let browser = visit.browser.clone().unwrap_or_else(|| Secret::new(""));
    let flow = visit.app.keys.flows.open(sealed, &browser, visit.app.clock.now());
    let flow = flow.map_err(|error| flow_error_page(visit, error))?;
    let request = flow.params().map_err(|error| logged(flow_error_page(visit, FlowError::Foreign), &error))?;
    visit.note_languages(&request);
    let authorization = read_again(&visit.app, request).await.map_err(|failure| authorize_failure(visit, failure))?;
    Ok(Some(Entered { flow, authorization, sealed: sealed.to_owned() }))
}

/// The flow of a page that there is none without, and who is signed in in the browser.
///
/// # Errors
/// As [`enter`].
pub async fn arrive(visit: &Visit, params: &Params) -> Result<(Entered, People), HttpResponse> {
    let entered = enter(visit, params).await?.ok_or_else(|| flow_error_page(visit, FlowError::Foreign))?;
    let people = visit.people().await.map_err(|error| store_error_page(visit, error))?;
    Ok((entered, people))
}

//! An authorization response on its way through the browser, in the mode that the client asked for.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use crate::oauth::Params;
use crate::oauth::authorization_response::{AuthorizationResponse, ResponseMode};
use crate::pages::FormPostPage;

use super::entered::Entered;
use super::failure::authorize_failure;
use super::headers::{Navigation, html, see_other};
use super::visit::Visit;

/// Sends the browser back with `access_denied`: the person pressed Cancel. `None` for a form that another button sent.
pub async fn cancel(visit: &Visit, form: &Params, entered: &Entered) -> Option<HttpResponse> {
    form.get("cancel").ok().flatten()?;
    Some(match entered.authorization.cancel(&visit.app, &entered.flow).await {
        Ok(response) => send(visit, response),
        Err(failure) => authorize_failure(visit, failure),
    })
}

/// Sends the browser to the client.
pub fn send(visit: &Visit, response: AuthorizationResponse) -> HttpResponse {
    match response.mode {
        ResponseMode::Query => see_other(&visit.app, &response.location()).finish(),
        ResponseMode::FormPost => {
            let page = FormPostPage {
                page: visit.page("/authorize", &[], None),
                action: response.redirect_uri.as_str().to_owned(),
                parameters: response.parameters,
            };
            html(visit, StatusCode::OK, &page.page, page.render(), Navigation::CrossOrigin)
        }
    }
}

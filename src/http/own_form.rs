//! Forms of our own pages: read, and checked to come from this browser.

use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};

use crate::oauth::Params;

use super::failure::{foreign_form_page, form_error_page};
use super::form;
use super::visit::{FormRefusal, Visit};

/// A form at a page of ours.
pub struct OwnForm {
    /// The parameters.
    pub params: Params,
    /// The reason why the form does not count, if it does not: it decides nothing, and the page is shown again.
    pub refusal: Option<FormRefusal>,
}

/// Reads a form that one of our pages sent.
///
/// # Errors
/// The page that says what is wrong: the form is too large, unreadable, or comes from another site.
pub async fn read(visit: &Visit, request: &HttpRequest, payload: Payload) -> Result<OwnForm, HttpResponse> {
    let params = form::read(request, payload).await.map_err(|error| form_error_page(visit, &error))?;
    let refusal = visit.check_form(&params).err();
    // A form from another site is no reason to show anything, or to give the browser a cookie.
    if refusal == Some(FormRefusal::Elsewhere) {
        return Err(foreign_form_page(visit));
    }
    Ok(OwnForm { params, refusal })
}

//! Forms of our own pages: read, and proven to come from this browser.

use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};

use crate::oauth::Params;
use crate::pages::ErrorKind;

use super::failure::{error_page, form_error_page};
use super::form;
use super::visit::Visit;

/// Reads a form that one of our pages sent.
///
/// # Errors
/// The page that says what is wrong: too large, unreadable, or not this browser's.
pub async fn read(visit: &Visit, request: &HttpRequest, payload: Payload) -> Result<Params, HttpResponse> {
    let form = form::read(request, payload).await.map_err(|error| form_error_page(visit, &error))?;
    if visit.is_own_form(&form) { Ok(form) } else { Err(error_page(visit, ErrorKind::Forbidden)) }
}

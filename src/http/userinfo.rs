//! `GET` and `POST /userinfo` (OpenID Connect Core §5.3).

use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};

use crate::grant::{self, UserInfo};
use crate::oauth::Params;

use super::bearer::{access_token, bearer_error, unauthenticated};
use super::failure::form_error;
use super::form::{self, FormError};
use super::headers::{common, json};
use super::visit::Visit;

/// The token in the header.
pub async fn get(request: HttpRequest) -> HttpResponse {
    answer(&request, &Params::default()).await
}

/// The token in the header or in the form.
pub async fn post(request: HttpRequest, payload: Payload) -> HttpResponse {
    if !form::is_form(&request) {
        return answer(&request, &Params::default()).await;
    }
    match form::read(&request, payload).await {
        Ok(form) => answer(&request, &form).await,
        Err(FormError::Invalid(error)) => bearer_error(&Visit::of(&request).app, &error),
        Err(error) => form_error(&Visit::of(&request).app, &error),
    }
}

async fn answer(request: &HttpRequest, form: &Params) -> HttpResponse {
    let Visit { app, requester, .. } = Visit::of(request);
    let token = match access_token(request, form) {
        Ok(Some(token)) => token,
        Ok(None) => return unauthenticated(&app),
        Err(error) => return bearer_error(&app, &error),
    };
    match grant::userinfo(&app, &token, &requester).await {
        Ok(UserInfo::Plain(claims)) => json(&app, StatusCode::OK, &claims),
        Ok(UserInfo::Signed(token)) => {
            common(&app, StatusCode::OK).insert_header((CONTENT_TYPE, "application/jwt")).body(token)
        }
        Err(error) => bearer_error(&app, &error),
    }
}

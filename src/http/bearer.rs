//! Bearer tokens (RFC 6750): in the header, or in the form of a POST, and never in the query.

use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpRequest, HttpResponse};

use crate::app::App;
use crate::oauth::{ErrorCode, OAuthError, Params};

use super::failure::logged;
use super::header_value::Quoted;
use super::headers::json_with;

/// The access token of a request; `None` when it brings none.
///
/// # Errors
/// `invalid_request` for two, or for a header that is not `Bearer` (RFC 6750 §3.1).
pub fn access_token(request: &HttpRequest, form: &Params) -> Result<Option<String>, OAuthError> {
    let mut headers = request.headers().get_all(AUTHORIZATION);
    let in_form = form.get("access_token")?.map(str::to_owned);
    let Some(header) = headers.next() else { return Ok(in_form) };
    if headers.next().is_some() || in_form.is_some() {
        return Err(OAuthError::invalid_request("the access token was sent twice, send it once"));
    }
    let token = header.to_str().ok().and_then(|header| header.split_once(' '));
    match token.filter(|(scheme, token)| scheme.eq_ignore_ascii_case("bearer") && !token.trim().is_empty()) {
        Some((_, token)) => Ok(Some(token.trim().to_owned())),
        None => Err(OAuthError::invalid_request("the Authorization header must be: Bearer, a space, the access token")),
    }
}

/// "If the request lacks any authentication information, the resource server SHOULD NOT include an error code" (RFC 6750
/// §3.1).
pub fn unauthenticated(app: &App) -> HttpResponse {
    let hint =
        serde_json::json!({ "error_description": "send an access token in a header: Authorization: Bearer TOKEN" });
    let response = json_with(app, StatusCode::UNAUTHORIZED, &hint, |headers| {
        headers.insert_header((WWW_AUTHENTICATE, "Bearer realm=\"countersign\""));
    });
    logged(response, &OAuthError::new(ErrorCode::InvalidToken, "no access token was sent"))
}

/// An error with its challenge (RFC 6750 §3). A failure of this server's own challenges nobody.
pub fn bearer_error(app: &App, error: &OAuthError) -> HttpResponse {
    let (code, description) = (error.code.as_str(), error.description());
    let scope = if error.code == ErrorCode::InsufficientScope { ", scope=\"openid\"" } else { "" };
    let challenge =
        format!("Bearer realm=\"countersign\", error=\"{code}\", error_description={}{scope}", Quoted(description));
    let body = serde_json::json!({ "error": code, "error_description": description });
    let status = StatusCode::from_u16(error.code.status()).expect("an error's status is one");
    let response = json_with(app, status, &body, |headers| {
        if status.is_client_error() {
            headers.insert_header((WWW_AUTHENTICATE, challenge));
        }
        if let Some(seconds) = error.retry_after {
            headers.insert_header((RETRY_AFTER, seconds));
        }
    });
    logged(response, error)
}

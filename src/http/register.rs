//! `POST /register` (RFC 7591 §3), and `GET`, `PUT` and `DELETE /register/ID` (RFC 7592 §2).

use actix_web::http::StatusCode;
use actix_web::web::{Path, Payload};
use actix_web::{HttpRequest, HttpResponse};

use crate::app::App;
use crate::oauth::{ErrorCode, OAuthError, Params};
use crate::registration::{self, ClientInformation};
use crate::types::Secret;

use super::bearer::{access_token, bearer_error, unauthenticated};
use super::failure::{form_error, oauth_error};
use super::form::FormError;
use super::headers::{common, json};
use super::json_object;
use super::named_client::note_named_client;
use super::visit::Visit;

/// Registers a client.
pub async fn post(request: HttpRequest, payload: Payload) -> HttpResponse {
    let visit = Visit::of(&request);
    let work = async {
        let token = token(&request)?;
        let members = json_object::read(&request, payload).await?;
        match registration::register(&visit.app, &members, token.as_ref(), &visit.origin).await {
            Ok(information) => Ok(told(&visit.app, StatusCode::CREATED, &information)),
            Err(error) if error.code == ErrorCode::InvalidToken && token.is_none() => Err(Refused::NoToken),
            Err(error) => Err(error.into()),
        }
    };
    work.await.unwrap_or_else(|refused| refused.answer(&visit.app))
}

/// Tells a client what is registered.
pub async fn get(request: HttpRequest, id: Path<String>) -> HttpResponse {
    let visit = Visit::of(&request);
    let work = async {
        let token = token(&request)?.ok_or(Refused::NoToken)?;
        let information = registration::read(&visit.app, &id, &token).await?;
        Ok(told(&visit.app, StatusCode::OK, &information))
    };
    of_client(&visit, &id, work).await
}

/// Replaces what is registered.
pub async fn put(request: HttpRequest, id: Path<String>, payload: Payload) -> HttpResponse {
    let visit = Visit::of(&request);
    let work = async {
        let token = token(&request)?.ok_or(Refused::NoToken)?;
        let members = json_object::read(&request, payload).await?;
        let information = registration::replace(&visit.app, &id, &token, &members, &visit.origin).await?;
        Ok(told(&visit.app, StatusCode::OK, &information))
    };
    of_client(&visit, &id, work).await
}

/// Ends the registration.
pub async fn delete(request: HttpRequest, id: Path<String>) -> HttpResponse {
    let visit = Visit::of(&request);
    let work = async {
        let token = token(&request)?.ok_or(Refused::NoToken)?;
        registration::remove(&visit.app, &id, &token, &visit.origin).await?;
        Ok(common(&visit.app, StatusCode::NO_CONTENT).finish())
    };
    of_client(&visit, &id, work).await
}

/// Answers with what came of the work on the registration of a client, which a refusal names in the log.
async fn of_client(visit: &Visit, id: &str, work: impl Future<Output = Result<HttpResponse, Refused>>) -> HttpResponse {
    match work.await {
        Ok(response) => response,
        Err(refused) => {
            note_named_client(visit, id).await;
            refused.answer(&visit.app)
        }
    }
}

fn told(app: &App, status: StatusCode, information: &ClientInformation) -> HttpResponse {
    json(app, status, information.members())
}

fn token(request: &HttpRequest) -> Result<Option<Secret>, Refused> {
    Ok(access_token(request, &Params::default())?.map(Secret::new))
}

/// Why there is no answer.
enum Refused {
    /// It brought no token.
    NoToken,
    /// It could not be read.
    Unread(FormError),
    /// It was refused.
    Error(OAuthError),
}

impl From<FormError> for Refused {
    fn from(error: FormError) -> Self {
        Self::Unread(error)
    }
}

impl From<OAuthError> for Refused {
    fn from(error: OAuthError) -> Self {
        Self::Error(error)
    }
}

impl Refused {
    /// What is wrong with a token is a challenge (RFC 6750 §3), what is wrong with the metadata is not.
    fn answer(self, app: &App) -> HttpResponse {
        match self {
            Self::NoToken => unauthenticated(app),
            Self::Unread(error) => form_error(app, &error),
            Self::Error(error) if error.code == ErrorCode::InvalidToken => bearer_error(app, &error),
            Self::Error(error) => oauth_error(app, &error),
        }
    }
}

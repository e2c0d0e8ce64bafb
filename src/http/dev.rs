//! What only `countersign dev` serves: its home page, a client that runs in the browser, and an API.

use std::net::IpAddr;

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, HOST, HeaderMap};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use crate::app::App;
use crate::dev::Playground;
use crate::grant;
use crate::oauth::{ErrorCode, OAuthError, Params};
use crate::pages::{DevClient, DevClientPage, DevHomePage, DevSecret, ErrorKind};
use crate::types::Secret;

use super::bearer::{access_token, bearer_error, unauthenticated};
use super::failure::error_page;
use super::headers::{Navigation, html, json as json_answer};
use super::visit::Visit;

/// Returns true for a request that names a host that the playground does not have. A page that has its own name lead to this machine (DNS
/// rebinding) would read the playground's passwords otherwise.
pub fn is_misdirected(app: &App, headers: &HeaderMap) -> bool {
    let is_own = |host: &str| {
        let name = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()));
        let name = name.map_or(host, |(name, _)| name);
        let own = app.config.listen.ip();
        let listens = name.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|address| address == own);
        ["localhost", "127.0.0.1", "[::1]"].iter().any(|known| name.eq_ignore_ascii_case(known)) || listens
    };
    // Browsers send one; a program without one is no page.
    app.dev.is_some() && headers.get_all(HOST).any(|host| !host.to_str().is_ok_and(is_own))
}

/// The answer to a request for another host (RFC 9110 §15.5.20).
pub fn misdirected(app: &App) -> HttpResponse {
    HttpResponse::build(StatusCode::MISDIRECTED_REQUEST)
        .insert_header((CONTENT_TYPE, "text/plain; charset=utf-8"))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(format!("This playground answers by the name of this machine alone: {}\n", app.issuer.as_str()))
}

/// What was seeded, and where to go.
pub async fn home(request: HttpRequest) -> HttpResponse {
    let visit = Visit::of(&request);
    let Some(playground) = &visit.app.dev else { return error_page(&visit, ErrorKind::NotFound) };
    let client = |client: &crate::dev::SeededClient| DevClient {
        id: client.id.to_owned(),
        kind: client.kind.to_owned(),
        secret: client.secret.as_ref().map(|secret| secret.expose().to_owned()),
        note: client.note.to_owned(),
    };
    let page = DevHomePage {
        page: visit.page("/", &[], None),
        issuer: visit.app.issuer.as_str().to_owned(),
        username: Playground::USERNAME.to_owned(),
        password: playground.password.expose().to_owned(),
        clients: playground.clients.iter().map(client).collect(),
        api: playground.api.clone(),
    };
    html(&visit, StatusCode::OK, &page.page, page.render(), Navigation::OwnOrigin)
}

/// The seeded clients: they run every grant, refresh, retry and replay, and show every request and response.
pub async fn client(request: HttpRequest) -> HttpResponse {
    let visit = Visit::of(&request);
    let Some(playground) = &visit.app.dev else { return error_page(&visit, ErrorKind::NotFound) };
    let with_secret = |id: &str| {
        let secret = playground.secret_of(id).map(Secret::expose).unwrap_or_default();
        DevSecret { id: id.to_owned(), secret: secret.to_owned() }
    };
    let page = DevClientPage {
        page: visit.page("/dev/client", &[], None),
        issuer: visit.app.issuer.as_str().to_owned(),
        client_id: Playground::PUBLIC_CLIENT.to_owned(),
        redirect_uri: visit.app.issuer.url("/dev/client"),
        scope: Playground::SCOPE.to_owned(),
        resource: playground.api.clone(),
        confidential: with_secret(Playground::CONFIDENTIAL_CLIENT),
        terminal: with_secret(Playground::PASSWORD_CLIENT),
        username: Playground::USERNAME.to_owned(),
        password: playground.password.expose().to_owned(),
        paste_verifier: Playground::VERIFIER.to_owned(),
    };
    html(&visit, StatusCode::OK, &page.page, page.render(), Navigation::OwnOrigin)
}

/// A resource server: it verifies the access token as any API would, and shows what the token says.
pub async fn api(request: HttpRequest) -> HttpResponse {
    let Visit { app, .. } = Visit::of(&request);
    let token = match access_token(&request, &Params::default()) {
        Ok(Some(token)) => token,
        Ok(None) => return unauthenticated(&app),
        Err(error) => return bearer_error(&app, &error),
    };
    let refused = |why: String| {
        OAuthError::new(ErrorCode::InvalidToken, "the access token is expired, altered, or for another API")
            .with_source(why)
    };
    let token = grant::read_access_token(&app, &token).map_err(|error| refused(error.to_string()));
    let claims = token.and_then(|token| {
        let is_ours = app.dev.as_ref().is_some_and(|playground| playground.api == token.claims.aud);
        if is_ours { Ok(token.claims) } else { Err(refused("for another API".to_owned())) }
    });
    match claims {
        Ok(claims) => {
            let claims = serde_json::to_value(&claims).unwrap_or(Value::Null);
            json_answer(&app, StatusCode::OK, &json!({ "verified": true, "claims": claims }))
        }
        Err(error) => bearer_error(&app, &error),
    }
}

//! The route table: one line an endpoint.

use actix_web::guard;
use actix_web::http::header::{ALLOW, HeaderValue};
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, Resource, Route};

use crate::app::App;
use crate::pages::ErrorKind;

use super::failure::error_page;
use super::visit::Visit;
use super::{assets, authorize, consent, dev, documents, health, login, logout, token, userinfo};

/// Registers every endpoint below the issuer's path.
pub fn routes(app: &App) -> impl FnOnce(&mut ServiceConfig) + use<> {
    let (base, is_dev) = (app.issuer.path().trim_end_matches('/').to_owned(), app.dev.is_some());
    move |config| {
        let at = |path: &str| format!("{base}{path}");
        let metadata = || get().to(documents::metadata);
        config
            .service(endpoint(&at("/authorize"), "GET, POST", [get().to(authorize::get), post().to(authorize::post)]))
            .service(endpoint(&at("/token"), "POST", [post().to(token::post)]))
            .service(endpoint(&at("/userinfo"), "GET, POST", [get().to(userinfo::get), post().to(userinfo::post)]))
            .service(endpoint(&at("/.well-known/jwks.json"), "GET", [get().to(documents::jwks)]))
            .service(endpoint(&at("/.well-known/openid-configuration"), "GET", [metadata()]))
            .service(endpoint(&at("/.well-known/oauth-authorization-server"), "GET", [metadata()]))
            .service(endpoint(&at("/login"), "GET, POST", [get().to(login::get), post().to(login::post)]))
            .service(endpoint(&at("/consent"), "GET, POST", [get().to(consent::get), post().to(consent::post)]))
            .service(endpoint(&at("/logout"), "GET, POST", [get().to(logout::get), post().to(logout::post)]))
            .service(endpoint(&at("/assets/{hash}/{name}"), "GET", [get().to(assets::get)]))
            .service(endpoint(&at("/favicon.svg"), "GET", [get().to(assets::get)]))
            .service(endpoint("/health/live", "GET", [get().to(health::live)]))
            .service(endpoint("/health/ready", "GET", [get().to(health::ready)]));
        if !base.is_empty() {
            // RFC 8414 §3.1 puts the issuer's path behind the well-known one.
            for well_known in ["/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"] {
                config.service(endpoint(&format!("{well_known}{base}"), "GET", [metadata()]));
            }
        }
        if is_dev {
            config
                .service(endpoint("/", "GET", [get().to(dev::home)]))
                .service(endpoint("/dev/client", "GET", [get().to(dev::client)]))
                .service(endpoint("/dev/api", "GET", [get().to(dev::api)]));
        } else {
            config.service(endpoint(&at("/"), "GET", [get().to(login::root)]));
        }
        config.default_service(web::to(not_found));
    }
}

fn get() -> Route {
    web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
}

fn post() -> Route {
    web::post()
}

/// A resource that answers other methods with 405 and says which it has (RFC 9110 §15.5.6).
fn endpoint<const N: usize>(path: &str, allow: &'static str, routes: [Route; N]) -> Resource {
    let resource = routes.into_iter().fold(web::resource(path), Resource::route);
    resource.default_service(web::to(move |request: HttpRequest| async move {
        let mut response = error_page(&Visit::of(&request), ErrorKind::MethodNotAllowed);
        response.headers_mut().insert(ALLOW, HeaderValue::from_static(allow));
        response
    }))
}

async fn not_found(request: HttpRequest) -> HttpResponse {
    error_page(&Visit::of(&request), ErrorKind::NotFound)
}

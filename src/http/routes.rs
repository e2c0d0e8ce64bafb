//! The route table: one line an endpoint. Each has metrics of its own.

use std::sync::Arc;

use actix_web::guard;
use actix_web::http::header::{ALLOW, HeaderValue};
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, Resource, Route};

use crate::app::App;
use crate::metrics::HttpMetrics;
use crate::pages::ErrorKind;

use super::cors::{Callers, cross_origin};
use super::failure::{error_page, method_not_allowed};
use super::headers::headers_alone;
use super::visit::Visit;
use super::{
    assets, authorize, consent, dev, documents, health, introspect, login, logo, logout, register, revoke,
    select_account, token, userinfo,
};

/// Registers every endpoint below the issuer's path.
pub fn routes(app: &App) -> impl FnOnce(&mut ServiceConfig) + use<> {
    let (base, is_dev) = (app.issuer.path().trim_end_matches('/').to_owned(), app.dev.is_some());
    let app = app.clone();
    move |config| {
        let mut table = Table { config, metrics: &app.metrics.http };
        let at = |path: &str| format!("{base}{path}");
        let metadata = || get().to(documents::metadata);
        table
            .service(flow_page(
                &at("/authorize"),
                "GET, POST",
                [changing_get().to(authorize::get), post().to(authorize::post)],
            ))
            .service(open_program(&at("/token"), "POST", [post().to(token::post)]))
            .service(program(&at("/introspect"), "POST", [post().to(introspect::post)]))
            .service(open_program(&at("/revoke"), "POST", [post().to(revoke::post)]))
            .service(open_program(&at("/userinfo"), "GET, POST", [get().to(userinfo::get), post().to(userinfo::post)]))
            .service(public_program(&at("/.well-known/jwks.json"), "GET", [get().to(documents::jwks)]))
            .service(public_program(&at("/.well-known/openid-configuration"), "GET", [metadata()]))
            .service(public_program(&at("/.well-known/oauth-authorization-server"), "GET", [metadata()]))
            .service(flow_page(&at("/login"), "GET, POST", [changing_get().to(login::get), post().to(login::post)]))
            .service(flow_page(
                &at("/select_account"),
                "GET, POST",
                [changing_get().to(select_account::get), post().to(select_account::post)],
            ))
            .service(flow_page(
                &at("/consent"),
                "GET, POST",
                [changing_get().to(consent::get), post().to(consent::post)],
            ))
            .service(flow_page(&at("/logout"), "GET, POST", [changing_get().to(logout::get), post().to(logout::post)]))
            .service(page(&at("/clients/{client_id}/logo"), "GET", [get().to(logo::get)]))
            .service(page(&at("/assets/{hash}/{name}"), "GET", [get().to(assets::get)]))
            .service(page(&at("/favicon.svg"), "GET", [get().to(assets::get)]))
            .service(program("/health/live", "GET", [get().to(health::live)]))
            .service(program("/health/ready", "GET", [get().to(health::ready)]));
        if app.is_registration_open() {
            let callers = app.is_registration_for_everybody().then_some(Callers::Everyone);
            let of_one = [get().to(register::get), web::put().to(register::put), web::delete().to(register::delete)];
            table
                .service(program(&at("/register"), "POST", [post().to(register::post)]).called_by(callers))
                .service(program(&at("/register/{client_id}"), "GET, PUT, DELETE", of_one).called_by(callers));
        }
        if !base.is_empty() {
            // RFC 8414 §3.1 puts the issuer's path behind the well-known one.
            for well_known in ["/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"] {
                table.service(public_program(&format!("{well_known}{base}"), "GET", [metadata()]));
            }
        }
        if is_dev {
            table
                .service(page("/", "GET", [get().to(dev::home)]))
                .service(page("/dev/client", "GET", [get().to(dev::client)]))
                .service(public_program("/dev/api", "GET", [get().to(dev::api)]));
        } else {
            table.service(page(&at("/"), "GET", [get().to(login::root)]));
        }
        config.app_data(app.metrics.http.route("none")).default_service(web::to(not_found));
    }
}

/// The table while it is put together.
struct Table<'a> {
    config: &'a mut ServiceConfig,
    metrics: &'a HttpMetrics,
}

impl Table<'_> {
    fn service(&mut self, endpoint: Endpoint) -> &mut Self {
        let metrics: Arc<_> = self.metrics.route(&endpoint.path);
        let resource = endpoint.resource.app_data(metrics);
        match endpoint.callers {
            Some(callers) => self.config.service(cross_origin(resource, endpoint.methods, callers)),
            None => self.config.service(resource),
        };
        self
    }
}

/// A line of the table.
struct Endpoint {
    path: String,
    resource: Resource,
    methods: &'static str,
    /// The pages on other origins that may call it, if there are any.
    callers: Option<Callers>,
}

impl Endpoint {
    fn called_by(self, callers: Option<Callers>) -> Self {
        Self { callers, ..self }
    }
}

/// The GET of an endpoint that changes nothing: what answers GET answers HEAD.
pub(super) fn get() -> Route {
    web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
}

/// The GET of an endpoint that signs out, issues a code, or notes that a session is used.
fn changing_get() -> Route {
    web::get()
}

fn post() -> Route {
    web::post()
}

/// Who reads what an endpoint says of a request that it does not serve.
#[derive(Clone, Copy)]
enum Reader {
    /// Somebody in front of a browser.
    Person,
    /// A program.
    Program,
}

/// An endpoint for people.
fn page<const N: usize>(path: &str, allow: &'static str, routes: [Route; N]) -> Endpoint {
    endpoint(Reader::Person, path, allow, routes)
}

/// A page on the way through a request. Its GET may change something, and so answers no HEAD: that has the page's headers, and
/// no effect ("the request method is considered safe", RFC 9110 §9.2.1).
fn flow_page<const N: usize>(path: &str, allow: &'static str, routes: [Route; N]) -> Endpoint {
    let page = page(path, allow, routes);
    Endpoint { resource: page.resource.route(web::head().to(head)), ..page }
}

async fn head(request: HttpRequest) -> HttpResponse {
    headers_alone(&Visit::of(&request))
}

/// An endpoint for programs.
fn program<const N: usize>(path: &str, allow: &'static str, routes: [Route; N]) -> Endpoint {
    endpoint(Reader::Program, path, allow, routes)
}

/// An endpoint for programs, also for public clients that run in a page on another origin.
fn open_program<const N: usize>(path: &str, allow: &'static str, routes: [Route; N]) -> Endpoint {
    program(path, allow, routes).called_by(Some(Callers::PublicClients))
}

/// An endpoint for programs that every page may call: it asks for no cookie, and gives nothing away.
fn public_program<const N: usize>(path: &str, allow: &'static str, routes: [Route; N]) -> Endpoint {
    program(path, allow, routes).called_by(Some(Callers::Everyone))
}

/// A resource that answers other methods with 405 and says which it has (RFC 9110 §15.5.6).
fn endpoint<const N: usize>(reader: Reader, path: &str, allow: &'static str, routes: [Route; N]) -> Endpoint {
    let resource = routes.into_iter().fold(web::resource(path), Resource::route);
    let resource = resource.default_service(web::to(move |request: HttpRequest| async move {
        let visit = Visit::of(&request);
        let mut response = match reader {
            Reader::Person => error_page(&visit, ErrorKind::MethodNotAllowed),
            Reader::Program => method_not_allowed(&visit.app, allow),
        };
        response.headers_mut().insert(ALLOW, HeaderValue::from_static(allow));
        response
    }));
    Endpoint { path: path.to_owned(), resource, methods: allow, callers: None }
}

async fn not_found(request: HttpRequest) -> HttpResponse {
    error_page(&Visit::of(&request), ErrorKind::NotFound)
}

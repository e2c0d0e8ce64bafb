//! The management listener: metrics and health, and nothing else.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::middleware::Next;
use actix_web::web::{self, ServiceConfig, ThinData};
use actix_web::{Error, HttpRequest, HttpResponse};

use crate::app::App;
use crate::metrics::{Page, write_keys, write_process};
use crate::telemetry;

use super::connection::{begin_exchange, end_exchange};
use super::health;
use super::routes::get;

/// Registers all that there is.
pub fn management_routes(config: &mut ServiceConfig) {
    config
        .service(web::resource("/metrics").route(get().to(metrics)))
        .service(web::resource("/health/live").route(get().to(health::live)))
        .service(web::resource("/health/ready").route(get().to(health::ready)))
        .default_service(web::to(nothing));
}

/// Answers one request of a connection after the other.
///
/// # Errors
/// None of its own.
///
/// # Panics
/// On a server that was put together without its [`App`].
pub async fn management_exchange<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    begin_exchange(&request);
    let mut response = next.call(request).await?;
    let is_draining = response.request().app_data::<ThinData<App>>().is_some_and(|ThinData(app)| app.is_draining());
    end_exchange(&mut response, is_draining);
    Ok(response)
}

/// Every metric, in the text format of Prometheus.
async fn metrics(request: HttpRequest) -> HttpResponse {
    let ThinData(app) = request.app_data::<ThinData<App>>().expect("every server has its app");
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, Page::MEDIA_TYPE))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(page(app))
}

fn page(app: &App) -> String {
    let mut page = Page::default();
    let build = [("version", env!("CARGO_PKG_VERSION")), ("engine", app.store.engine())];
    page.gauge("countersign_build_info", "The version, and the engine of its database.").number(&build, 1_u8);
    app.metrics.connections.write(&mut page);
    app.metrics.http.write(&mut page);
    app.metrics.tokens.write(&mut page);
    app.passwords.write_metrics(&mut page);
    write_keys(&app.keys.ring.current(), &app.clock, &mut page);
    app.store.write_metrics(&mut page);
    app.metrics.purge.write(&mut page);
    app.metrics.logout.write(&mut page);
    telemetry::write_metrics(&mut page);
    write_process(app.started_at, &mut page);
    page.into_text()
}

async fn nothing() -> HttpResponse {
    HttpResponse::build(StatusCode::NOT_FOUND)
        .insert_header((CONTENT_TYPE, "text/plain; charset=utf-8"))
        .body("Not here. This listener has /metrics, /health/live and /health/ready.\n")
}

//! The bare server: one word behind the same middleware, on an app of its own. What it costs is what a request costs
//! that asks for nothing.

use actix_web::middleware::from_fn;
use actix_web::web::{ThinData, get};
use actix_web::{App as ActixApp, HttpServer};
use countersign::app::App;
use countersign::config::Config;
use countersign::http::access_log;
use countersign::telemetry;
use countersign::types::{Clock, Rng};

use crate::Outcome;

/// Serves until a signal comes, by the configuration in the environment.
pub fn run() -> Outcome {
    actix_web::rt::System::new().block_on(serve())
}

async fn serve() -> Outcome {
    let config = Config::load(None, std::env::vars_os())?;
    telemetry::init(config.log.level, config.log.format);
    let (address, workers) = (config.listen, config.workers);
    let app = App::open(config, Clock::System, Rng::system(), None).await?;
    let hello = || async { "hello" };
    let server = HttpServer::new(move || {
        ActixApp::new()
            .app_data(ThinData(app.clone()))
            .wrap(from_fn(access_log))
            .app_data(app.metrics.http.route("/hello"))
            .route("/hello", get().to(hello))
            .route("/health/ready", get().to(hello))
    });
    Ok(server.workers(workers).bind(address)?.run().await?)
}

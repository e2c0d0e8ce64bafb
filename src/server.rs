//! The server: bind, middleware order, background work, and the way out.

use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::middleware::from_fn;
use actix_web::web::ThinData;
use actix_web::{App as ActixApp, HttpServer};
use socket2::SockRef;

use crate::app::App;
use crate::config::Config;
use crate::http::{access_log, management_routes, routes};
use crate::startup::StartError;

/// How often what other processes may have changed is read again. A key ring that is older than 60 s does not sign.
const RELOAD_EVERY: Duration = Duration::from_secs(15);
/// Connections that wait to be accepted.
const BACKLOG: i32 = 1024;

/// Takes the address. Port 0 takes any free one, which the listener then knows.
///
/// # Errors
/// [`StartError::Listen`].
pub fn bind(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).map_err(|error| cannot_listen("listen", address, &error))
}

/// Takes the address for metrics, if there is to be one.
///
/// # Errors
/// [`StartError::Listen`].
pub fn bind_management(config: &Config) -> Result<Option<TcpListener>, StartError> {
    let bind =
        |address| TcpListener::bind(address).map_err(|error| cannot_listen("management.listen", address, &error));
    config.management.map(bind).transpose()
}

fn cannot_listen(key: &'static str, address: SocketAddr, error: &std::io::Error) -> StartError {
    StartError::Listen { key, address, reason: error.to_string() }
}

/// Serves on a listener until the handle stops it. Nothing runs before the returned server is awaited.
///
/// # Errors
/// [`StartError::Listen`].
pub fn serve(app: &App, listener: TcpListener) -> Result<Server, StartError> {
    let address = listener.local_addr().unwrap_or(app.config.listen);
    let failed = |error: std::io::Error| cannot_listen("listen", address, &error);
    // Asked for again with a longer queue: the library that made the listener has one of 128, beyond which connections are
    // reset instead of answered.
    SockRef::from(&listener).listen(BACKLOG).map_err(failed)?;
    let per_worker = app.clone();
    let server = HttpServer::new(move || {
        ActixApp::new().app_data(ThinData(per_worker.clone())).wrap(from_fn(access_log)).configure(routes(&per_worker))
    });
    let server = server
        .workers(app.config.workers)
        .shutdown_timeout(app.config.shutdown_timeout.as_secs())
        .disable_signals()
        .listen(listener)
        .map_err(failed)?;
    Ok(server.run())
}

/// Serves metrics and health on a listener of their own, until the handle stops it. Its requests are neither logged nor
/// counted.
///
/// # Errors
/// [`StartError::Listen`].
pub fn serve_management(app: &App, listener: TcpListener) -> Result<Server, StartError> {
    let address = listener.local_addr().unwrap_or(app.config.listen);
    let app = app.clone();
    let server = HttpServer::new(move || ActixApp::new().app_data(ThinData(app.clone())).configure(management_routes));
    let server = server
        .workers(1)
        .shutdown_timeout(1)
        .disable_signals()
        .listen(listener)
        .map_err(|error| cannot_listen("management.listen", address, &error))?;
    Ok(server.run())
}

/// Rotates the signing keys when it is time, and reads what other processes may have changed, again and again, until the
/// server stops. It is to be waited for: what it has taken out of the database is nowhere else until it is told.
pub async fn keep_current(app: App) {
    while !app.is_stopping() {
        if let Err(error) = app.reload().await {
            tracing::error!(%error, "what other processes changed could not be read again");
        }
        drop(tokio::time::timeout(RELOAD_EVERY, app.stopped()).await);
    }
    if let Err(error) = app.tell_of_administration().await {
        tracing::error!(%error, "what the command line did could not be told");
    }
}

/// Waits for SIGTERM or SIGINT, then stops: not ready from then on, requests in flight are finished. A signal counts from the
/// moment that this is called, whenever what it returns is awaited.
///
/// # Errors
/// What the system says when signals cannot be waited for.
pub fn stop_on_signal(app: App, handle: ServerHandle) -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping");
        app.begin_stop();
        handle.stop(true).await;
    })
}

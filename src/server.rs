//! The server: bind, middleware order, background work, and the way out.

mod stop;

use std::future::ready;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_http::error::DispatchError;
use actix_http::{HttpService, KeepAlive, Request};
use actix_service::{IntoServiceFactory, ServiceFactory, ServiceFactoryExt, fn_service, map_config};
use actix_web::body::MessageBody;
use actix_web::dev::{AppConfig, Server, ServiceResponse};
use actix_web::middleware::from_fn;
use actix_web::web::ThinData;
use actix_web::{App as ActixApp, Error};
use socket2::SockRef;

use crate::app::App;
use crate::config::Config;
use crate::http::{
    Admission, Connection, ConnectionLimits, SEND_BUFFER, access_log, admit, management_exchange, management_routes,
    routes,
};
use crate::startup::StartError;
use crate::types::process::open_files;

pub use stop::stop_on_signal;

/// How often what other processes may have changed is read again. A key ring that is older than 60 s does not sign.
const RELOAD_EVERY: Duration = Duration::from_secs(15);
/// Pause before another try after a failure: the first, and the longest.
const FIRST_RETRY: Duration = Duration::from_millis(50);
const RETRY_EVERY: Duration = Duration::from_millis(500);
/// Of so many failures in a row one is logged.
const FAILURES_A_LINE: u32 = 30;
/// Connections that wait to be accepted.
const BACKLOG: i32 = 1024;
/// Connections of the management listener.
const MANAGEMENT_CONNECTIONS: usize = 64;
/// Connections of the main listener, however many files may be open.
const MOST_CONNECTIONS: usize = 20_000;
/// Open files that are kept for everything else, where there are enough.
const LEAST_RESERVE: usize = 320;
/// Time in which a peer is expected to close a connection that this server has closed.
const DISCONNECT_TIMEOUT: Duration = Duration::from_secs(1);

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
    let (per_worker, config) = (app.clone(), &app.config);
    let limits = ConnectionLimits {
        total: config.connections.most.unwrap_or_else(|| most_connections(open_files())),
        per_address: config.connections.most_per_address,
        proxies: config.proxies.clone(),
    };
    let admission = Admission::new(limits, Arc::clone(&app.metrics.connections));
    run(listener, (config.workers, config.shutdown_timeout), admission, move || {
        ActixApp::new().app_data(ThinData(per_worker.clone())).wrap(from_fn(access_log)).configure(routes(&per_worker))
    })
    .map_err(failed)
}

/// Serves metrics and health on a listener of their own, until the handle stops it. Its requests are neither logged nor
/// counted, and its connections have limits of their own.
///
/// # Errors
/// [`StartError::Listen`].
pub fn serve_management(app: &App, listener: TcpListener) -> Result<Server, StartError> {
    let address = listener.local_addr().unwrap_or(app.config.listen);
    let per_worker = app.clone();
    let most = MANAGEMENT_CONNECTIONS;
    let limits = ConnectionLimits { total: most, per_address: most, proxies: app.config.proxies.clone() };
    run(listener, (1, Duration::from_secs(1)), Admission::new(limits, Arc::default()), move || {
        ActixApp::new()
            .app_data(ThinData(per_worker.clone()))
            .wrap(from_fn(management_exchange))
            .configure(management_routes)
    })
    .map_err(|error| cannot_listen("management.listen", address, &error))
}

/// Connections that a limit of open files leaves room for. The rest is for the database, the log, requests to others, the
/// management listener and connections that are being refused.
#[must_use]
pub fn most_connections(open_files: usize) -> usize {
    let reserve = (open_files / 4).max(LEAST_RESERVE).min(open_files / 2);
    (open_files - reserve).clamp(1, MOST_CONNECTIONS)
}

/// Runs an application on connections within limits, with so many workers, and so much time for requests in flight at the end.
fn run<A, S, B>(
    listener: TcpListener,
    (workers, shutdown_timeout): (usize, Duration),
    admission: Admission,
    application: impl Fn() -> A + Clone + Send + 'static,
) -> std::io::Result<Server>
where
    A: IntoServiceFactory<S, Request>,
    S: ServiceFactory<Request, Config = AppConfig, Response = ServiceResponse<B>, Error = Error, InitError = ()>
        + 'static,
    S::Future: 'static,
    B: MessageBody + 'static,
{
    // Connections that are accepted inherit it.
    SockRef::from(&listener).set_send_buffer_size(SEND_BUFFER)?;
    let builder = Server::build().workers(workers).shutdown_timeout(shutdown_timeout.as_secs()).disable_signals();
    let (admission, stop) = (Arc::new(admission), builder.graceful_shutdown_signal());
    let server = builder.listen("http", listener, move || {
        let (admission, stop) = (Arc::clone(&admission), stop.clone());
        let stopped = move || {
            let stop = stop.clone();
            async move { stop.notified().await }
        };
        let answer_errors = application().into_factory().map_err(|error: Error| error.error_response());
        let http = HttpService::build()
            .graceful_shutdown_signal(stopped)
            // The connection has the time limits for both itself.
            .keep_alive(KeepAlive::Os)
            .client_request_timeout(Duration::ZERO)
            .client_disconnect_timeout(DISCONNECT_TIMEOUT)
            .on_connect_ext(|connection: &Connection, data| drop(data.insert(connection.exchange())))
            .h1(map_config(answer_errors, |()| AppConfig::default()));
        fn_service(move |socket| ready(admit(&admission, socket).map_err(DispatchError::Io))).and_then(http)
    })?;
    Ok(server.run())
}

/// Rotates the signing keys when it is time, and reads what other processes may have changed, again and again, until the
/// server stops. What fails is tried again at once and then every half second, so that a node is back as soon as its database
/// is. It is to be waited for: what it has taken out of the database is nowhere else until it is told.
pub async fn keep_current(app: App) {
    let mut failures: u32 = 0;
    while !app.is_stopping() {
        let rest = match app.reload().await {
            Ok(()) => {
                failures = 0;
                RELOAD_EVERY
            }
            Err(error) => {
                if failures.is_multiple_of(FAILURES_A_LINE) {
                    tracing::error!(%error, "what other processes changed could not be read again");
                }
                failures = failures.saturating_add(1);
                RETRY_EVERY.min(FIRST_RETRY * failures)
            }
        };
        app.rest(rest).await;
    }
    if let Err(error) = app.tell_of_administration().await {
        tracing::error!(%error, "what the command line did could not be told");
    }
}

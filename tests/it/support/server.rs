//! A server of one's own: in this process, on a free port, with a database and a clock of its own.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use countersign::app::App;
use countersign::config::Config;
use countersign::store::{Conn, StoreError};
use countersign::types::{Clock, ManualClock, Rng, Timestamp};
use ureq::Agent;

use super::Response;
use super::fixtures;
use super::http::form_encode;

/// When the clock of every test starts.
const START: Timestamp = Timestamp::from_seconds(1_800_000_000);

pub struct Server {
    pub app: App,
    pub clock: ManualClock,
    pub issuer: String,
    pub address: String,
    pub data_dir: PathBuf,
    agent: Agent,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
    remove: bool,
}

impl Server {
    /// A server with the default configuration.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// A server with settings, as environment variables without their `COUNTERSIGN_`.
    pub fn start_with(settings: &[(&str, &str)]) -> Self {
        let mut server = Self::open(&new_folder(), settings, START);
        server.block_on(fixtures::seed(&server.app));
        server.remove = true;
        server
    }

    /// A server on what another left behind.
    pub fn open(data_dir: &Path, settings: &[(&str, &str)], now: Timestamp) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it has an address").to_string();
        let issuer = settings.iter().find(|(name, _)| *name == "ISSUER");
        let issuer = issuer.map_or_else(|| format!("http://{address}"), |(_, issuer)| (*issuer).to_owned());
        let config = config(&issuer, data_dir, settings);
        let clock = ManualClock::new(now);
        let (app, handle, thread) = run(config, &clock, listener);
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .allow_non_standard_methods(true)
            .timeout_global(Some(Duration::from_secs(60)))
            .build()
            .new_agent();
        let data_dir = data_dir.to_owned();
        Self { app, clock, issuer, address, data_dir, agent, handle, thread: Some(thread), remove: false }
    }

    /// Lets time pass, and the server do what it does every few seconds.
    pub fn advance(&self, by: Duration) {
        self.clock.advance(by);
        self.block_on(self.app.reload()).expect("the server reads its own database");
    }

    /// Runs a future of the server's.
    pub fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().build().expect("a runtime starts").block_on(future)
    }

    /// Changes the database as an administrator would, beside the server.
    pub fn write<T: Send + 'static>(
        &self,
        unit: impl FnOnce(&mut Conn) -> Result<T, StoreError> + Send + 'static,
    ) -> T {
        self.block_on(self.app.store.write(unit)).expect("the unit of work is in order")
    }

    pub fn url(&self, path: &str) -> String {
        if path.starts_with("http") { path.to_owned() } else { format!("http://{}{path}", self.address) }
    }

    pub fn get(&self, path: &str) -> Response {
        self.get_with(path, &[])
    }

    pub fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Response {
        self.send("GET", path, headers, None)
    }

    /// Posts a form.
    pub fn post(&self, path: &str, form: &[(&str, &str)]) -> Response {
        self.post_with(path, form, &[])
    }

    /// Posts a form with further headers.
    pub fn post_with(&self, path: &str, form: &[(&str, &str)], headers: &[(&str, &str)]) -> Response {
        let mut all = vec![("content-type", "application/x-www-form-urlencoded")];
        all.extend(headers);
        self.send("POST", path, &all, Some(form_encode(form).as_bytes()))
    }

    /// Sends anything.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&[u8]>) -> Response {
        let mut request = ureq::http::Request::builder().method(method).uri(self.url(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = match body {
            Some(body) => self.agent.run(request.body(body).expect("a request is well-formed")),
            None => self.agent.run(request.body(()).expect("a request is well-formed")),
        };
        Response::read(response.unwrap_or_else(|error| panic!("{method} {path}: {error}")))
    }

    /// Stops the server and leaves its data.
    pub fn stop(mut self) -> PathBuf {
        self.remove = false;
        self.data_dir.clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.block_on(self.handle.stop(false));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        if self.remove {
            let _ = std::fs::remove_dir_all(&self.data_dir);
        }
    }
}

/// A folder that nobody else uses.
pub fn new_folder() -> PathBuf {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let name = format!("countersign-test-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    std::env::temp_dir().join(name)
}

fn config(issuer: &str, data_dir: &Path, settings: &[(&str, &str)]) -> Config {
    let data_dir = data_dir.to_string_lossy().into_owned();
    let mut variables = vec![
        ("COUNTERSIGN_ISSUER".to_owned(), issuer.to_owned()),
        ("COUNTERSIGN_DATA_DIR".to_owned(), data_dir),
        ("COUNTERSIGN_WORKERS".to_owned(), "2".to_owned()),
    ];
    let others = settings.iter().filter(|(name, _)| *name != "ISSUER");
    variables.extend(others.map(|(name, value)| (format!("COUNTERSIGN_{name}"), (*value).to_owned())));
    Config::load(None, variables).expect("the configuration is in order")
}

fn run(config: Config, clock: &ManualClock, listener: TcpListener) -> (App, ServerHandle, JoinHandle<()>) {
    let (send, started) = mpsc::channel();
    let clock = Clock::Manual(clock.clone());
    let thread = std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let app = App::open(config, clock, Rng::system(), None).await.expect("the server starts");
            let server = countersign::server::serve(&app, listener).expect("the server listens");
            send.send((app, server.handle())).expect("the test waits");
            server.await.expect("the server ends in order");
        });
    });
    let (app, handle) = started.recv().expect("the server starts");
    (app, handle, thread)
}

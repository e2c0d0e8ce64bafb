//! A server of one's own: in this process, on a free port, with a database and a clock of its own.

use std::net::{SocketAddr, TcpListener};
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use countersign::app::App;
use countersign::config::Config;
use countersign::store::consents::{self, AccessFilter};
use countersign::store::{Conn, StoreError, heartbeat, users};
use countersign::types::{Clock, ManualClock, Rng, Timestamp};

use super::{Http, database, fixtures, program, template};

/// When the clock of every test starts.
const START: Timestamp = Timestamp::from_seconds(1_800_000_000);

pub struct Server {
    pub app: App,
    pub clock: ManualClock,
    pub issuer: String,
    pub data_dir: PathBuf,
    http: Http,
    management: Option<Http>,
    handles: Vec<ServerHandle>,
    thread: Option<JoinHandle<()>>,
    remove: bool,
}

impl Server {
    /// A server with the default configuration.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// A server with settings, as environment variables without their `COUNTERSIGN_`. Its keys and its people may be those
    /// of other such servers.
    pub fn start_with(settings: &[(&str, &str)]) -> Self {
        if !template::fits(settings) {
            return Self::start_fresh(settings);
        }
        let data_dir = new_folder();
        template::copy(&data_dir);
        let mut server = Self::open(&data_dir, settings, START);
        server.remove = true;
        server
    }

    /// The same at its first start: what it stores is its own.
    pub fn start_fresh(settings: &[(&str, &str)]) -> Self {
        Self::start_in(&new_folder(), settings)
    }

    /// A server with a data folder that is there or not, and is removed in the end.
    pub fn start_in(data_dir: &Path, settings: &[(&str, &str)]) -> Self {
        let mut server = Self::open(data_dir, settings, START);
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
        let (Started { app, handles, management }, thread) = run(config, &clock, listener);
        let http = Http::new(&address);
        let management = management.map(|address| Http::new(&address.to_string()));
        let data_dir = data_dir.to_owned();
        Self { app, clock, issuer, data_dir, http, management, handles, thread: Some(thread), remove: false }
    }

    /// The management listener of a server that has one: `MANAGEMENT__LISTEN`.
    pub fn management(&self) -> &Http {
        self.management.as_ref().expect("the server has a management listener")
    }

    /// Lets time pass, and the server do what it does every few seconds.
    pub fn advance(&self, by: Duration) {
        self.advance_to(self.clock.now().plus(by));
    }

    /// The same, until a time, which may lie behind. The heart of the server has beaten all the while.
    pub fn advance_to(&self, time: Timestamp) {
        self.clock.set(time);
        self.write(move |conn| heartbeat::beat(conn, time, None));
        self.block_on(self.app.reload()).expect("the server reads its own database");
    }

    /// Lets the server tell clients what is due to them.
    pub fn deliver(&self) {
        self.block_on(countersign::backchannel::deliver(&self.app)).expect("the server reads its own database");
    }

    /// Lets the server remove what is past its end, without the rests between its steps.
    pub fn purge(&self) {
        self.block_on(countersign::purge::walk(&self.app, 0)).expect("the server walks through its own database");
    }

    /// Runs a future of the server's.
    #[expect(clippy::unused_self, reason = "the future is this server's, and reads so where it is called")]
    pub fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime starts").block_on(future)
    }

    /// Changes the database as an administrator would, beside the server.
    pub fn write<T: Send + 'static>(&self, unit: impl Fn(&mut Conn) -> Result<T, StoreError> + Send + 'static) -> T {
        self.block_on(self.app.store.write(unit)).expect("the unit of work is in order")
    }

    /// All that a person has allowed a client, as stored.
    pub fn allowed(&self, username: &'static str, client_id: &'static str) -> String {
        let scopes = self.write(move |conn| {
            let user_id = Some(users::find_by_username(conn, username)?.expect("the person is there").id);
            let filter = AccessFilter { user_id, client_id: Some(client_id.to_owned()), resource: None };
            Ok(consents::list(conn, &filter, 100)?.into_iter().map(|consent| consent.scope.to_string()))
        });
        scopes.collect::<Vec<_>>().join(", ")
    }

    /// The JSON that a command of the program prints, which runs beside this server on its database.
    #[track_caller]
    pub fn command(&self, arguments: &[&str], input: &str) -> serde_json::Value {
        let arguments = [arguments, &["--json"]].concat();
        let output = program::run(program::administer(&self.data_dir, 1, &[], &arguments), input);
        assert!(output.status.success() && output.stderr.is_empty(), "{arguments:?}: {output:?}");
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
    }

    /// What is stored: a request that stores nothing leaves it as it is.
    pub fn stored(&self) -> Vec<u8> {
        database::stored(&self.data_dir)
    }

    /// The same installation after a restart with these settings, at the same time.
    pub fn restart(self, settings: &[(&str, &str)]) -> Self {
        let now = self.clock.now();
        let mut server = Self::open(&self.stop(), settings, now);
        server.remove = true;
        server
    }

    /// Stops the server and leaves its data.
    pub fn stop(mut self) -> PathBuf {
        self.remove = false;
        self.data_dir.clone()
    }
}

impl Deref for Server {
    type Target = Http;

    fn deref(&self) -> &Http {
        &self.http
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        for handle in &self.handles {
            self.block_on(handle.stop(false));
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        if self.remove {
            remove(&self.data_dir);
        }
    }
}

/// A folder that nobody else uses.
pub fn new_folder() -> PathBuf {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let name = format!("countersign-test-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    std::env::temp_dir().join(name)
}

/// Removes a data folder with its database.
pub fn remove(data_dir: &Path) {
    database::remove(data_dir);
    let _ = std::fs::remove_dir_all(data_dir);
}

fn config(issuer: &str, data_dir: &Path, settings: &[(&str, &str)]) -> Config {
    let mut variables = vec![
        ("COUNTERSIGN_ISSUER".to_owned(), issuer.to_owned()),
        ("COUNTERSIGN_DATA_DIR".to_owned(), data_dir.to_string_lossy().into_owned()),
        ("COUNTERSIGN_WORKERS".to_owned(), "2".to_owned()),
    ];
    variables.extend(database::url(data_dir).map(|url| ("COUNTERSIGN_DATABASE__URL".to_owned(), url)));
    let others = settings.iter().filter(|(name, _)| *name != "ISSUER");
    variables.extend(others.map(|(name, value)| (format!("COUNTERSIGN_{name}"), (*value).to_owned())));
    Config::load(None, variables).expect("the configuration is in order")
}

/// A server in its thread.
struct Started {
    app: App,
    handles: Vec<ServerHandle>,
    management: Option<SocketAddr>,
}

fn run(config: Config, clock: &ManualClock, listener: TcpListener) -> (Started, JoinHandle<()>) {
    let (send, started) = mpsc::channel();
    let clock = Clock::Manual(clock.clone());
    let thread = std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let management = countersign::server::bind_management(&config).expect("the port is free");
            let app = App::open(config, clock, Rng::system(), None).await.expect("the server starts");
            let server = countersign::server::serve(&app, listener).expect("the server listens");
            let (mut handles, address) = (vec![server.handle()], management.as_ref().map(TcpListener::local_addr));
            if let Some(listener) = management {
                let metrics = countersign::server::serve_management(&app, listener).expect("the server listens");
                handles.push(metrics.handle());
                actix_web::rt::spawn(metrics);
            }
            let management = address.transpose().expect("it has an address");
            send.send(Started { app, handles, management }).unwrap_or_else(|_| panic!("the test waits"));
            server.await.expect("the server ends in order");
        });
    });
    (started.recv().expect("the server starts"), thread)
}

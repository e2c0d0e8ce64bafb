//! What a request may reach: nothing else is global.

mod browser_origins;
mod clock_check;
mod heartbeat;
mod policy;
mod reload;
mod rest;
mod signing;
mod stop;

use std::sync::atomic::{AtomicBool, AtomicI64};
use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::Notify;

use crate::browser::{CsrfKeys, DeviceKeys, FlowKeys};
use crate::client_keys::ClientKeys;
use crate::client_logos::ClientLogos;
use crate::config::{Config, Issuer};
use crate::keys::{HandleKeys, MasterKey, SealKey, SharedRing};
use crate::metrics::Metrics;
use crate::oauth::Client;
use crate::outbound::Outbound;
use crate::passwords::PasswordPool;
use crate::startup::{self, Document, KeyKeeper, StartError};
use crate::store::{Store, clients};
use crate::telemetry::Traces;
use crate::throttle::Throttle;
use crate::types::{Clock, RequestIds, Rng, StandstillWatch, Timestamp};

use browser_origins::BrowserOrigins;

pub use heartbeat::Heartbeat;
pub use signing::Signer;

/// The server's parts. Cloning it is cheap.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// See [`App`].
pub struct Parts {
    /// What the operator wants.
    pub config: Config,
    /// The issuer, which a server cannot do without.
    pub issuer: Issuer,
    /// The database.
    pub store: Store,
    /// The heartbeat: state of the database and of the clock.
    pub heartbeat: Heartbeat,
    /// Everything derived from the master key.
    pub keys: Keys,
    /// The threads that hash passwords.
    pub passwords: PasswordPool,
    /// The way to addresses that clients name.
    pub outbound: Outbound,
    /// The public keys of clients.
    pub client_keys: ClientKeys,
    /// The logos of clients.
    pub client_logos: ClientLogos,
    /// What people and clients got wrong lately.
    pub throttle: Throttle,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub rng: Rng,
    /// The names of requests.
    pub request_ids: RequestIds,
    /// The watch that notices standstills of the process.
    pub standstill: Arc<StandstillWatch>,
    /// What is counted.
    pub metrics: Metrics,
    /// Where traces go.
    pub traces: Traces,
    /// When it was opened.
    pub started_at: Timestamp,
    /// The playground of `countersign dev`, which nothing of is reachable otherwise.
    pub dev: Option<crate::dev::Playground>,
    discovery: RwLock<Arc<Document>>,
    browser_origins: BrowserOrigins,
    /// The changes of the operator's clients that `browser_origins` knows of.
    operator_changes: AtomicI64,
    draining: AtomicBool,
    stopping: AtomicBool,
    stop: Notify,
    logout: Notify,
}

/// Everything derived from the master key.
pub struct Keys {
    /// The signing keys.
    pub ring: SharedRing,
    /// The keys of codes and refresh tokens.
    pub handles: HandleKeys,
    /// The keys of form tokens.
    pub csrf: CsrfKeys,
    /// The keys of what knows a browser again.
    pub devices: DeviceKeys,
    /// The keys of flows.
    pub flows: FlowKeys,
    /// The key that private keys are sealed under.
    pub seal: SealKey,
}

impl std::ops::Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl App {
    /// Opens everything that a server needs: the master key, the database and the signing keys, each made where it is missing.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn open(
        config: Config,
        clock: Clock,
        rng: Rng,
        dev: Option<crate::dev::Playground>,
    ) -> Result<Self, StartError> {
        let issuer = config.issuer()?.clone();
        let store = startup::open_store(&config)?;
        let heartbeat = Heartbeat::new(&store, &clock);
        heartbeat.beat().await?;
        let master = startup::master_keys(&config, &store, &rng).await?;
        let handles = startup::register_master_keys(&store, &config, &master, clock.now()).await?;
        let (current, previous) = (&master[0], &master[1..]);
        let keeper = KeyKeeper::new(&store, &config, current.seal_key(), &clock, &rng);
        let signing = startup::open_key_ring(&keeper, &master, heartbeat.is_clock_right()).await?;
        let passwords =
            PasswordPool::new(&config.passwords).map_err(|error| StartError::Passwords(error.to_string()))?;
        let traces = Traces::open(config.otlp_traces.as_deref()).map_err(StartError::Traces)?;
        let keys = Keys {
            ring: SharedRing::new(signing),
            handles,
            csrf: CsrfKeys::new(current.csrf_key(), previous.iter().map(MasterKey::csrf_key)),
            devices: DeviceKeys::new(current.device_key(), previous.iter().map(MasterKey::device_key)),
            flows: FlowKeys::new(current.flow_key(), previous.iter().map(MasterKey::flow_key)),
            seal: current.seal_key(),
        };
        let totals = store.read(clients::totals).await?;
        let discovery = RwLock::new(Arc::new(startup::metadata(&config, &issuer, &keys.ring.current(), totals)));
        let browser_origins = BrowserOrigins::new(startup::operator_origins(&store).await?);
        let outbound = Outbound::new(&config.outbound, clock.clone());
        Ok(Self(Arc::new(Parts {
            client_keys: ClientKeys::new(&outbound),
            client_logos: ClientLogos::new(&outbound),
            outbound,
            config,
            issuer,
            store,
            heartbeat,
            keys,
            passwords,
            throttle: Throttle::default(),
            standstill: Arc::default(),
            metrics: Metrics::default(),
            traces,
            started_at: clock.now(),
            clock,
            request_ids: RequestIds::new(&rng),
            rng,
            dev,
            discovery,
            browser_origins,
            operator_changes: AtomicI64::new(totals.operator_changes),
            draining: AtomicBool::new(false),
            stopping: AtomicBool::new(false),
            stop: Notify::new(),
            logout: Notify::new(),
        })))
    }

    /// The metadata document (RFC 8414, OpenID Connect Discovery), as of the last [`App::reload`].
    #[must_use]
    pub fn discovery(&self) -> Arc<Document> {
        Arc::clone(&self.discovery.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Returns whether the pages of an origin are some public client's, as of the last [`App::reload`] for the operator's clients
    /// and of the last few seconds for others. It says who may read an answer with nothing secret in it, and revokes nothing.
    /// While the database is away an origin that has to be looked up is nobody's.
    pub async fn is_browser_origin(&self, origin: &str) -> bool {
        self.browser_origins.contains(origin, &self.store, &self.clock).await.unwrap_or(false)
    }

    /// Makes the origins of a client known at once that has just registered itself, or changed: its pages call this server now.
    /// Other nodes learn of them within seconds.
    pub fn forget_browser_origins(&self, client: &Client) {
        self.browser_origins.forget(client);
    }

    /// Says that clients are to be told of the end of a session.
    pub fn wake_logout(&self) {
        self.logout.notify_one();
    }

    /// Waits for [`App::wake_logout`], also for one that came before.
    pub async fn logout_woken(&self) {
        self.logout.notified().await;
    }
}

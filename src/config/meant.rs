//! The configuration as it is meant: checked, and with nothing left to default.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::typed::SET;
use super::{AddressRange, ConfigError, Issuer, LogFormat, LogLevel, Proxies, RegistrationMode, RsaBits};
use crate::keys::Algorithm;
use crate::oauth::pkce::PkceRule;
use crate::oauth::{Scope, ScopeClaims};
use crate::types::{Secret, password_range};

/// A checked configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The server's own URL; `None` is enough for the command line, not for [serving](Config::issuer).
    pub issuer: Option<Issuer>,
    /// The name of the server on its pages.
    pub name: String,
    /// Where to listen.
    pub listen: SocketAddr,
    /// Who stands between, and is believed.
    pub proxies: Proxies,
    /// The directory of everything on disk.
    pub data_dir: PathBuf,
    /// How long requests in flight may take to finish at the end.
    pub shutdown_timeout: Duration,
    /// Threads that serve requests, at least 1.
    pub workers: usize,
    /// Where the database is.
    pub database: Database,
    /// What the other keys come from.
    pub secrets: Secrets,
    /// Lifetimes of codes and tokens.
    pub tokens: Tokens,
    /// Lifetimes of a browser's session.
    pub session: Session,
    /// Who has to send a code challenge.
    pub pkce: PkceRule,
    /// Clients that register themselves.
    pub registration: Registration,
    /// The signing keys.
    pub keys: Keys,
    /// Which scope opens which claims.
    pub claims: ScopeClaims,
    /// Password hashing.
    pub passwords: Passwords,
    /// Where `/metrics` is, if it is anywhere.
    pub management: Option<SocketAddr>,
    /// Requests to others.
    pub outbound: Outbound,
    /// Logging.
    pub log: Log,
    /// Where traces go, if there are any: the URL that they are posted to.
    pub otlp_traces: Option<String>,
}

/// The database, by engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Database {
    /// `SQLite`, embedded.
    Sqlite {
        /// The file; relative to the working directory.
        path: PathBuf,
    },
    /// `PostgreSQL`.
    Postgres {
        /// A connection URI as libpq reads it, with its password.
        url: Secret,
        /// Connections at the same time, at least 1.
        connections: usize,
    },
}

/// The secrets, as they were typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secrets {
    /// The master key; without it, it is the file [`Config::master_key_file`].
    pub master_key: Option<Secret>,
    /// Older master keys, newest first.
    pub master_key_previous: Vec<Secret>,
}

/// Lifetimes of codes and tokens, in whole seconds, and how many there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tokens {
    /// Of an access token: 1 s to a day.
    pub access_ttl: Duration,
    /// Of an authorization code: 1 s to 10 min.
    pub code_ttl: Duration,
    /// Of a grant that is refreshed, from its beginning.
    pub refresh_ttl: Duration,
    /// Of a refresh token that nobody uses: at most `refresh_ttl`.
    pub refresh_idle_ttl: Duration,
    /// How long the previous refresh token still answers with its successor: 0 (never) to 5 min.
    pub refresh_retry_window: Duration,
    /// The same for public clients without sender constraint: at most `refresh_retry_window`.
    pub refresh_retry_window_public: Duration,
    /// Of an ID token.
    pub id_token_ttl: Duration,
    /// Live grants of one person with one client: 1 to 10000.
    pub grants_per_client: usize,
}

/// Lifetimes of a browser's session, in whole seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// From signing in.
    pub ttl: Duration,
    /// From the last request: at most `ttl`.
    pub idle_ttl: Duration,
}

/// Clients that register themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// Who may.
    pub mode: RegistrationMode,
    /// All that they may ask for.
    pub scope: Scope,
    /// The APIs that their access tokens may be for.
    pub resources: Vec<String>,
    /// How many there may be: 1 to a million.
    pub most_clients: u32,
}

/// The signing keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keys {
    /// The default algorithm.
    pub algorithm: Algorithm,
    /// What clients may choose beside it.
    pub id_token_algorithms: Vec<Algorithm>,
    /// The size of new RSA keys.
    pub rsa_bits: RsaBits,
    /// How long a key signs, in whole seconds: at least `publish_ahead`.
    pub rotation_interval: Duration,
    /// How long a key is published before it signs, in whole seconds: at least `jwks_max_age` and
    /// [`crate::keys::MAX_RING_AGE`].
    pub publish_ahead: Duration,
    /// How long the JWKS may be cached, in whole seconds.
    pub jwks_max_age: Duration,
}

/// Password hashing with Argon2id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passwords {
    /// Hashes at the same time, at least 1.
    pub hash_slots: usize,
    /// Hashes that may wait for a slot.
    pub queue: usize,
    /// Memory of one hash, in KiB.
    pub memory_kib: u32,
    /// Passes of one hash.
    pub iterations: u32,
}

/// Requests of this server to addresses that clients name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outbound {
    /// What they may go to although it is not public.
    pub allowed_addresses: Vec<AddressRange>,
    /// How long one may take as a whole: 1 s to 30 s.
    pub timeout: Duration,
}

/// Logging.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// The least severe event that is logged.
    pub level: LogLevel,
    /// How a line is written.
    pub format: LogFormat,
}

impl Config {
    /// The issuer, for what cannot do without.
    ///
    /// # Errors
    /// When none is set.
    pub fn issuer(&self) -> Result<&Issuer, ConfigError> {
        self.issuer.as_ref().ok_or_else(|| {
            let reason = "it is not set; write the URL that clients will use, such as https://login.example.com, \
                          into the configuration file or COUNTERSIGN_ISSUER";
            ConfigError::new("issuer", reason)
        })
    }

    /// Where the master key is kept when the configuration has none.
    #[must_use]
    pub fn master_key_file(&self) -> PathBuf {
        self.data_dir.join("master.key")
    }

    /// What is allowed but rarely meant, a sentence each.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        let is_local = self.issuer.as_ref().is_some_and(|issuer| !issuer.is_https());
        let is_public = self.issuer.as_ref().is_some_and(Issuer::is_https);
        let found = [
            (
                is_public && self.proxies.trusted.is_empty(),
                "trusted_proxies: everybody who comes through the TLS proxy counts as one address, so that one who guesses \
                 passwords slows down all; write the address that the proxy connects from, such as [\"127.0.0.1\"]",
            ),
            (
                is_local && !self.listen.ip().is_loopback(),
                "issuer: it is http on this machine, but listen lets others in; write https, or listen on 127.0.0.1",
            ),
            (
                self.management.is_some_and(|management| !management.ip().is_loopback()),
                "management.listen: whoever reaches it reads the metrics; write a loopback address, or keep others away from it",
            ),
            (
                self.pkce == PkceRule::PublicClients,
                "authorization.pkce: a code that leaks is bound to nothing but the client's secret; write always",
            ),
            (
                self.registration.mode == RegistrationMode::Open,
                "registration.mode: anybody may register a client and ask people for their data; write token",
            ),
            (
                self.tokens.refresh_retry_window.is_zero(),
                "tokens.refresh_retry_window: with 0s a client that loses one response has to sign in again; write 1m",
            ),
            (
                self.tokens.access_ttl > Duration::from_secs(3600),
                "tokens.access_ttl: APIs accept a stolen token for all that time; write 5m and let clients refresh",
            ),
            (
                self.keys.rotation_interval < Duration::from_secs(86_400),
                "keys.rotation_interval: old keys are kept for as long as people stay signed in, and will be many; write 90d",
            ),
        ];
        found.into_iter().filter(|(holds, _)| *holds).map(|(_, warning)| warning.to_owned()).collect()
    }
}

impl Database {
    /// The default: a file in the data directory.
    pub(super) fn in_directory(data_dir: &Path) -> Self {
        Self::Sqlite { path: data_dir.join("countersign.db") }
    }

    /// As it is typed in `database.url`, but for the password.
    #[must_use]
    pub fn url(&self) -> String {
        match self {
            Self::Sqlite { path } => format!("sqlite://{}", path.display()),
            Self::Postgres { url, .. } => {
                let mut shown = url.expose().to_owned();
                if let Some(password) = password_range(&shown) {
                    shown.replace_range(password, SET);
                }
                shown
            }
        }
    }
}

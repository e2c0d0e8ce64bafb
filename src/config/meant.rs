//! The configuration as it is meant: checked, and with nothing left to default.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::typed::SET;
use super::{
    AddressRange, ConfigError, EmailAddresses, Issuer, LogFormat, LogLevel, Proxies, RegistrationMode, RsaBits,
};
use crate::keys::Algorithm;
use crate::oauth::pkce::PkceRule;
use crate::oauth::{Profile, ResourcePatterns, Scope, ScopeClaims, UnknownScopes};
use crate::types::{Secret, without_password};

/// A checked configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The server's own URL; `None` is enough for the command line, not for [serving](Config::issuer).
    pub issuer: Option<Issuer>,
    /// The name of the server on its pages.
    pub name: String,
    /// The profile that is applied to every client.
    pub profile: Profile,
    /// Where to listen.
    pub listen: SocketAddr,
    /// Who stands between, and is believed.
    pub proxies: Proxies,
    /// The directory of everything on disk.
    pub data_dir: PathBuf,
    /// Time between SIGTERM and the end of the listener.
    pub shutdown_delay: Duration,
    /// How long requests in flight may take to finish at the end.
    pub shutdown_timeout: Duration,
    /// Threads that serve requests, at least 1.
    pub workers: usize,
    /// Connections of clients.
    pub connections: Connections,
    /// Where the database is.
    pub database: Database,
    /// What the other keys come from.
    pub secrets: Secrets,
    /// Lifetimes of codes and tokens.
    pub tokens: Tokens,
    /// Lifetimes of a browser's session.
    pub session: Session,
    /// Which clients have to send a code challenge, as far as the server decides.
    pub pkce: PkceRule,
    /// Treatment of requested scope values that a client may not have.
    pub unknown_scopes: UnknownScopes,
    /// APIs that count as registered, and that every client may ask for.
    pub resource_patterns: ResourcePatterns,
    /// Clients that register themselves.
    pub registration: Registration,
    /// The signing keys.
    pub keys: Keys,
    /// Which scope opens which claims.
    pub claims: ScopeClaims,
    /// The rule for an address that two people name.
    pub email_addresses: EmailAddresses,
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
    /// A sentence for each source of values that deserves a look: a variable of somebody else, a secret that everyone can read.
    pub source_warnings: Vec<String>,
}

/// Connections of clients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connections {
    /// In all; `None` stands for as many as the limit of open files leaves room for.
    pub most: Option<usize>,
    /// From one address, at least 1.
    pub most_per_address: usize,
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
    /// The schemes without a dot that their redirect URIs may have.
    pub private_schemes: Vec<String>,
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
}

impl Database {
    /// The default: a file in the data directory.
    pub(super) fn in_directory(data_dir: &Path) -> Self {
        Self::Sqlite { path: data_dir.join("countersign.db") }
    }

    /// The URL for a sentence, without the password: a relative path is shown as an absolute one.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Self::Sqlite { path } => {
                format!("sqlite://{}", std::path::absolute(path).unwrap_or_else(|_| path.clone()).display())
            }
            Self::Postgres { .. } => self.url(),
        }
    }

    /// As it is typed in `database.url`, but for the password.
    #[must_use]
    pub fn url(&self) -> String {
        match self {
            Self::Sqlite { path } => format!("sqlite://{}", path.display()),
            Self::Postgres { url, .. } => without_password(url.expose(), SET),
        }
    }
}

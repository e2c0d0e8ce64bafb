//! A data folder with its database, which a server is started on.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use countersign::config::Config;
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};

use crate::Outcome;

/// Names a `PostgreSQL` database whose role may create others, as for the tests.
const POSTGRES: &str = "COUNTERSIGN_TEST_POSTGRES_URL";

/// An engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Engine {
    /// The embedded one.
    Sqlite,
    /// The one for several nodes.
    Postgres,
}

impl Engine {
    /// Every engine that is here.
    pub fn present() -> Vec<Self> {
        let postgres = postgres_url().map(|_| Self::Postgres);
        [Self::Sqlite].into_iter().chain(postgres).collect()
    }

    /// As the tables of `docs/performance.md` are named.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }

    /// As people write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

/// A data folder, its database and the configuration of a server on them.
pub struct Place {
    /// The folder.
    pub data_dir: PathBuf,
    /// The engine.
    pub engine: Engine,
    /// Where its server listens.
    pub address: SocketAddr,
    settings: Vec<(&'static str, String)>,
    is_kept: bool,
}

impl Place {
    /// A new and empty one below `target/`, which is gone in the end. `settings` are variables without `COUNTERSIGN_`:
    /// all others have their defaults.
    pub fn new(name: &str, engine: Engine, settings: &[(&'static str, &str)]) -> Outcome<Self> {
        let data_dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
        if data_dir.exists() {
            std::fs::remove_dir_all(&data_dir)?;
        }
        std::fs::create_dir_all(&data_dir)?;
        if engine == Engine::Postgres {
            administer(&format!("CREATE DATABASE \"{}\"", database_name(&data_dir)))?;
        }
        let mut place = Self::at(data_dir, engine, settings)?;
        place.is_kept = false;
        Ok(place)
    }

    /// One that is there already, and stays.
    pub fn at(data_dir: PathBuf, engine: Engine, settings: &[(&'static str, &str)]) -> Outcome<Self> {
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let settings = settings.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        Ok(Self { data_dir, engine, address, settings, is_kept: true })
    }

    /// The whole configuration, as environment variables.
    pub fn environment(&self) -> Vec<(String, String)> {
        let mut variables = vec![
            ("ISSUER", format!("http://{}", self.address)),
            ("LISTEN", self.address.to_string()),
            ("DATA_DIR", self.data_dir.display().to_string()),
        ];
        variables.extend(self.postgres_url().map(|url| ("DATABASE__URL", url)));
        variables.extend(self.settings.iter().map(|(name, value)| (*name, value.clone())));
        variables.into_iter().map(|(name, value)| (format!("COUNTERSIGN_{name}"), value)).collect()
    }

    /// The configuration, as the server reads it.
    pub fn config(&self) -> Outcome<Config> {
        Ok(Config::load(None, self.environment())?)
    }

    /// The URL of its database, on `PostgreSQL`.
    pub fn postgres_url(&self) -> Option<String> {
        let server = postgres_url().filter(|_| self.engine == Engine::Postgres)?;
        let (server, _) = server.rsplit_once('/')?;
        Some(format!("{server}/{}", database_name(&self.data_dir)))
    }

    /// Where its server writes its log.
    pub fn log(&self) -> PathBuf {
        self.data_dir.join("server.log")
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.is_kept {
            return;
        }
        if self.engine == Engine::Postgres {
            let _ = administer(&format!("DROP DATABASE \"{}\" WITH (FORCE)", database_name(&self.data_dir)));
        }
        let _ = std::fs::remove_dir_all(&self.data_dir);
    }
}

fn postgres_url() -> Option<String> {
    std::env::var(POSTGRES).ok().filter(|url| !url.is_empty())
}

fn database_name(data_dir: &Path) -> String {
    format!("bench-{}", data_dir.file_name().unwrap_or_default().to_string_lossy())
}

fn administer(statement: &str) -> Outcome {
    let url = postgres_url().ok_or_else(|| format!("{POSTGRES} is not set: run this with tests/postgres.sh"))?;
    Ok(PgConnection::establish(&url)?.batch_execute(statement)?)
}

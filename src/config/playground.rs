//! The configuration of `countersign dev`: fixed, but for the address.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;

use crate::keys::Algorithm;

use super::environment::Environment;
use super::variable::Variable;
use super::{Config, ConfigError, Database, LogFormat, sources, validate};

/// The key of which `countersign dev` honours the variable.
const LISTEN: &str = "listen";

/// Environment variables, as `countersign dev` reads them.
#[derive(Debug, PartialEq, Eq)]
pub struct DevVariables {
    /// The address of `COUNTERSIGN_LISTEN`.
    pub listen: Option<SocketAddr>,
    /// Variables of the configuration that are set and not honoured.
    pub ignored: Vec<String>,
}

impl DevVariables {
    /// Reads the variables of the process.
    ///
    /// # Errors
    /// When `COUNTERSIGN_LISTEN` is not a loopback address.
    pub fn read<K: Into<OsString>, V: Into<OsString>>(
        environment: impl IntoIterator<Item = (K, V)>,
    ) -> Result<Self, ConfigError> {
        let environment = Environment::new(environment);
        let mut read = Self { listen: None, ignored: Vec::new() };
        for name in environment.names() {
            match Variable::of(name) {
                Variable::Value(setting) if setting.key() == LISTEN => {
                    let text = environment.text(name)?.unwrap_or_default();
                    setting.checked(text.into(), name)?;
                    read.listen = text.parse().ok();
                    read.listen.map_or(Ok(()), |listen| require_loopback(listen, name))?;
                }
                Variable::Foreign => {}
                _ => read.ignored.push(name.to_owned()),
            }
        }
        Ok(read)
    }
}

impl Config {
    /// The configuration of `countersign dev`: the defaults, with the issuer on `localhost` at the port of `listen`
    /// (an address already bound, if its port was chosen by the system), and a log for people.
    ///
    /// # Errors
    /// When `listen` is not a loopback address.
    pub fn for_dev(listen: SocketAddr, data_dir: PathBuf) -> Result<Self, ConfigError> {
        require_loopback(listen, "--listen")?;
        let mut raw = sources::defaults()?;
        raw.issuer = Some(match listen.port() {
            80 => "http://localhost".into(),
            port => format!("http://localhost:{port}"),
        });
        raw.listen = listen;
        // Whatever a client library wants to try.
        // But for PS256, whose keys take as long to make as those of RS256.
        raw.keys.id_token_algorithms = vec![Algorithm::Rs256, Algorithm::Es256, Algorithm::EdDsa];
        raw.log.format = LogFormat::Text;
        // An MCP server or another API under development is a resource on whatever port it listens.
        let loopback = ["localhost", "127.0.0.1", "[::1]"].map(|host| format!("http://{host}:*/*"));
        raw.authorization.resource_patterns = Some(loopback.join(" "));
        // Whatever a playground speaks to is on this machine too.
        raw.outbound.allowed_addresses = Some(["127.0.0.0/8", "::1"].map(str::to_owned).to_vec());
        let database = Database::in_directory(&data_dir);
        Ok(Self { data_dir, database, ..validate::validate(raw)? })
    }
}

fn require_loopback(listen: SocketAddr, place: &str) -> Result<(), ConfigError> {
    if listen.ip().is_loopback() {
        return Ok(());
    }
    let reason = format!("{listen} can be reached by others; write a loopback address such as 127.0.0.1:8080");
    Err(ConfigError::new(place, reason))
}

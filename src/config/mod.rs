//! The configuration. What was typed (`raw`: the one table of keys) becomes what is meant ([`Config`]):
//!
//! 1. `sources`: a TOML file under environment variables, over the defaults;
//! 2. `validate`: every rule that a value or a pair of values must keep;
//! 3. `show`: back to TOML, for `config show` and for `config/countersign.toml`; `schema`: the same table as JSON Schema.
//!
//! Whatever is wrong stops the start with one sentence that says what to write instead: a [`ConfigError`].

mod address_range;
mod choice;
mod claims;
mod environment;
mod error;
mod files;
mod issuer;
mod meant;
mod period;
mod proxies;
mod raw;
mod reference;
mod rule;
mod schema;
mod setting;
mod show;
mod sources;
mod suggest;
mod table;
#[cfg(test)]
mod tests;
mod traces;
mod typed;
mod validate;
mod warnings;

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

pub use address_range::AddressRange;
pub use choice::{ForwardedHeader, LogFormat, LogLevel, RegistrationMode, RsaBits};
pub use error::ConfigError;
pub use issuer::Issuer;
pub use meant::{Config, Database, Keys, Log, Outbound, Passwords, Registration, Secrets, Session, Tokens};
pub use period::parse as parse_period;
pub use proxies::Proxies;
pub use reference::reference;
pub use schema::schema;
pub use setting::Setting;
pub use show::example;
pub use table::settings;

use crate::keys::Algorithm;

use environment::Environment;

impl Config {
    /// Reads and checks the configuration: `file` if given, else what `COUNTERSIGN_CONFIG` names, else
    /// `config/countersign.toml` in the working directory if it is there; over it the variables of `environment`
    /// (in production: [`std::env::vars_os`]).
    ///
    /// # Errors
    /// One sentence that says what to write instead: for a file that cannot be read, an unknown key or variable, a
    /// value of the wrong type, a secret that others can read, or a broken rule.
    pub fn load<K: Into<OsString>, V: Into<OsString>>(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (K, V)>,
    ) -> Result<Self, ConfigError> {
        validate::validate(sources::read(file, &Environment::new(environment)?, Path::new(""))?)
    }

    /// The configuration of `countersign dev`: the defaults, with the issuer on `localhost` at the port of `listen`
    /// (an address already bound, if its port was chosen by the system), and a log for people.
    ///
    /// # Errors
    /// When `listen` is not a loopback address.
    pub fn for_dev(listen: SocketAddr, data_dir: PathBuf) -> Result<Self, ConfigError> {
        if !listen.ip().is_loopback() {
            let reason = format!("{listen} can be reached by others; write a loopback address such as 127.0.0.1:8080");
            return Err(ConfigError::new("--listen", reason));
        }
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

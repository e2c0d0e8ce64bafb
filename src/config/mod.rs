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
mod client_policy;
mod database;
mod environment;
mod error;
mod files;
mod issuer;
mod meant;
mod period;
mod playground;
mod proxies;
mod raw;
mod reference;
mod rule;
mod schema;
mod setting;
mod settings_table;
mod show;
mod sources;
mod suggest;
mod table;
#[cfg(test)]
mod tests;
mod traces;
mod typed;
mod validate;
mod variable;
mod warnings;

use std::ffi::OsString;
use std::path::Path;

pub use address_range::AddressRange;
pub use choice::{EmailAddresses, ForwardedHeader, LogFormat, LogLevel, RegistrationMode, RsaBits};
pub use error::ConfigError;
pub use issuer::Issuer;
pub use meant::{
    Config, Connections, Database, Keys, Log, Outbound, Passwords, Registration, Secrets, Session, Tokens,
};
pub use period::parse as parse_period;
pub use playground::DevVariables;
pub use proxies::Proxies;
pub use reference::reference;
pub use schema::schema;
pub use setting::Setting;
pub use show::example;
pub use table::settings;

use environment::Environment;

impl Config {
    /// Reads and checks the configuration: `file` if given, else what `COUNTERSIGN_CONFIG` names, else
    /// `config/countersign.toml` in the working directory if it is there; over it the variables of `environment`
    /// (in production: [`std::env::vars_os`]).
    ///
    /// # Errors
    /// One sentence that says what to write instead: for a file that cannot be read, an unknown key, a misspelled variable,
    /// a value of the wrong type, a secret that others can read, or a broken rule.
    pub fn load<K: Into<OsString>, V: Into<OsString>>(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (K, V)>,
    ) -> Result<Self, ConfigError> {
        Self::load_in(Path::new(""), file, &Environment::new(environment))
    }

    /// As [`Config::load`], in the working directory `directory`.
    fn load_in(directory: &Path, file: Option<&Path>, environment: &Environment) -> Result<Self, ConfigError> {
        let (raw, source_warnings) = sources::read(file, environment, directory)?;
        Ok(Self { source_warnings, ..validate::validate(raw)? })
    }
}

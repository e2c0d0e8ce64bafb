//! Environment variables: `COUNTERSIGN_SECTION__KEY`, and `…_FILE` for what may be secret.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::Path;

use toml::Value;

use super::setting::{PREFIX, Setting};
use super::suggest::{self, WHERE_KEYS_ARE};
use super::table::settings;
use super::{ConfigError, files};

/// Names the configuration file, as `--config` does.
pub(super) const CONFIG: &str = "COUNTERSIGN_CONFIG";
/// Variables of test suites.
const TEST_PREFIX: &str = "COUNTERSIGN_TEST_";

/// The variables that are ours.
pub(super) struct Environment(BTreeMap<String, String>);

impl Environment {
    /// Keeps ours of the process's variables, and refuses those without readable text.
    pub fn new<K: Into<OsString>, V: Into<OsString>>(
        variables: impl IntoIterator<Item = (K, V)>,
    ) -> Result<Self, ConfigError> {
        let ours = variables.into_iter().filter_map(|(name, text)| Some((our_name(&name.into())?, text.into())));
        ours.filter(|(name, text)| !is_made_by_an_orchestrator(name, text))
            .map(readable)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// The file that `COUNTERSIGN_CONFIG` names.
    pub fn config_file(&self) -> Option<&Path> {
        self.0.get(CONFIG).map(Path::new)
    }

    /// The keys that are set, each with its value.
    pub fn values(&self) -> Result<Vec<(&'static Setting, Value)>, ConfigError> {
        self.0.iter().filter(|(name, _)| *name != CONFIG).map(|(name, text)| self.value(name, text)).collect()
    }

    fn value(&self, name: &str, text: &str) -> Result<(&'static Setting, Value), ConfigError> {
        if let Some(setting) = settings().find(|setting| setting.variable() == name) {
            return Ok((setting, setting.checked(value_of(setting, text, ','), name)?));
        }
        let by_file = settings().find(|setting| setting.file_variable().as_deref() == Some(name));
        let setting = by_file.ok_or_else(|| unknown(name))?;
        if self.0.contains_key(&setting.variable()) {
            return Err(ConfigError::new(name, format!("{} is set as well; unset one of the two", setting.variable())));
        }
        Ok((setting, value_of(setting, &files::read_secret(Path::new(text), name)?, '\n')))
    }
}

fn our_name(name: &OsStr) -> Option<String> {
    let name = name.to_string_lossy();
    (name.starts_with(PREFIX) && !name.starts_with(TEST_PREFIX)).then(|| name.into_owned())
}

/// Kubernetes tells every pod where the services of its namespace are, and one named `countersign` or `countersign-db`
/// is told in variables of our prefix, such as `COUNTERSIGN_PORT_8080_TCP_ADDR`. No key of ours looks like them.
fn is_made_by_an_orchestrator(name: &str, text: &OsStr) -> bool {
    let is_url = || text.to_string_lossy().contains("://");
    let has_port_number =
        || name.split_once("_PORT_").is_some_and(|(_, rest)| rest.starts_with(|digit: char| digit.is_ascii_digit()));
    name.ends_with("_SERVICE_HOST")
        || name.contains("_SERVICE_PORT")
        || name.ends_with("_PORT") && is_url()
        || has_port_number()
}

fn readable((name, text): (String, OsString)) -> Result<(String, String), ConfigError> {
    match text.into_string() {
        Ok(text) if text.is_empty() => Err(ConfigError::new(name, "it is empty; write a value, or unset it")),
        Ok(text) => Ok((name, text)),
        Err(_) => Err(ConfigError::new(name, "it is not UTF-8; write its value in UTF-8")),
    }
}

/// A variable has no quotes that tell a number from text: what the key accepts decides.
fn value_of(setting: &Setting, text: &str, separator: char) -> Value {
    if setting.kind.is_list() {
        let items = text.split(separator).map(str::trim).filter(|item| !item.is_empty());
        return Value::Array(items.map(Value::from).collect());
    }
    let number = text.parse::<i64>().map(Value::Integer).ok();
    number.filter(|number| (setting.accepts)(number)).unwrap_or_else(|| Value::from(text))
}

fn unknown(name: &str) -> ConfigError {
    let typed = as_key(name);
    let plain = typed.strip_suffix("_file").filter(|plain| settings().any(|setting| setting.key() == *plain));
    let nearest = plain.or_else(|| suggest::closest(&typed, settings().map(Setting::key)));
    let meant = settings().find(|setting| Some(setting.key()) == nearest);
    let advice = match (plain, meant) {
        (Some(_), Some(setting)) => format!("only secrets can come from a file; write {} instead", setting.variable()),
        (None, Some(setting)) => format!("unknown variable; did you mean {}?", setting.variable()),
        _ => format!("unknown variable; {WHERE_KEYS_ARE}"),
    };
    ConfigError::new(name, advice)
}

/// The key that a variable's name stands for, also where a single underscore should have been two.
fn as_key(name: &str) -> String {
    name.strip_prefix(PREFIX).unwrap_or(name).to_lowercase().replace("__", ".")
}

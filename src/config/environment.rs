//! Environment variables: `COUNTERSIGN_SECTION__KEY`, and `…_FILE` for values that may be secret.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::Path;

use toml::Value;

use super::setting::{PREFIX, Setting};
use super::suggest::WHERE_KEYS_ARE;
use super::variable::{CONFIG, Variable};
use super::{ConfigError, files};

/// Variables of test suites.
const TEST_PREFIX: &str = "COUNTERSIGN_TEST_";

/// The variables with our prefix and a value, without those of orchestrators.
pub(super) struct Environment(BTreeMap<String, OsString>);

impl Environment {
    /// Keeps the variables with our prefix. A variable with an empty value counts as absent.
    pub fn new<K: Into<OsString>, V: Into<OsString>>(variables: impl IntoIterator<Item = (K, V)>) -> Self {
        let ours = variables.into_iter().filter_map(|(name, value)| Some((our_name(&name.into())?, value.into())));
        Self(ours.filter(|(name, value)| !value.is_empty() && !is_made_by_an_orchestrator(name, value)).collect())
    }

    /// The file that `COUNTERSIGN_CONFIG` names.
    pub fn config_file(&self) -> Option<&Path> {
        self.0.get(CONFIG).map(Path::new)
    }

    /// The names of the variables.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The value of a variable as text.
    ///
    /// # Errors
    /// When the value is not UTF-8.
    pub fn text(&self, name: &str) -> Result<Option<&str>, ConfigError> {
        let not_text = || ConfigError::new(name, "it is not UTF-8; write its value in UTF-8");
        self.0.get(name).map(|value| value.to_str().ok_or_else(not_text)).transpose()
    }

    /// The keys that are set, each with its value.
    ///
    /// # Errors
    /// The first variable that is misspelled, or whose value does not fit.
    pub fn values(&self, warnings: &mut Vec<String>) -> Result<Vec<(&'static Setting, Value)>, ConfigError> {
        let mut values = Vec::new();
        let mut foreign = Vec::new();
        for name in self.0.keys() {
            match Variable::of(name) {
                Variable::Config => {}
                Variable::Value(setting) => values.push((setting, self.value(name, setting)?)),
                Variable::File(setting) => values.push((setting, self.secret(name, setting, warnings)?)),
                Variable::Misspelled(advice) => return Err(ConfigError::new(name, advice)),
                Variable::Foreign => foreign.push(name.as_str()),
            }
        }
        if !foreign.is_empty() {
            warnings.push(format!("{}: no key of the configuration, ignored; {WHERE_KEYS_ARE}", foreign.join(", ")));
        }
        Ok(values)
    }

    fn value(&self, name: &str, setting: &Setting) -> Result<Value, ConfigError> {
        let text = self.text(name)?.unwrap_or_default();
        setting.checked(value_of(setting, text, ','), name)
    }

    fn secret(&self, name: &str, setting: &Setting, warnings: &mut Vec<String>) -> Result<Value, ConfigError> {
        if self.0.contains_key(&setting.variable()) {
            return Err(ConfigError::new(name, format!("{} is set as well; unset one of the two", setting.variable())));
        }
        let path = Path::new(self.0.get(name).map_or(OsStr::new(""), OsString::as_os_str));
        Ok(value_of(setting, &files::read_secret(path, name, warnings)?, '\n'))
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

/// A variable has no quotes that tell a number from text: what the key accepts decides.
fn value_of(setting: &Setting, text: &str, separator: char) -> Value {
    if setting.kind.is_list() {
        let items = text.split(separator).map(str::trim).filter(|item| !item.is_empty());
        return Value::Array(items.map(Value::from).collect());
    }
    let number = text.parse::<i64>().map(Value::Integer).ok();
    number.filter(|number| (setting.accepts)(number)).unwrap_or_else(|| Value::from(text))
}

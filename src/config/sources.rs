//! Where values come from: the defaults, under a TOML file, under environment variables.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;

use serde::Deserialize;
use toml::{Table, Value};

use super::ConfigError;
use super::environment::Environment;
use super::files::{self, TextFile};
use super::raw::Raw;
use super::setting::Setting;
use super::suggest::{self, WHERE_KEYS_ARE};
use super::table::{document, settings};
use super::variable::CONFIG;

/// Read when no file is named, if it is there; relative to the working directory.
const DEFAULT_FILE: &str = "config/countersign.toml";

/// The values so far, by key, and what was noticed about their sources.
#[derive(Default)]
struct Layers {
    values: BTreeMap<&'static str, Value>,
    warnings: Vec<String>,
}

/// Reads everything, with a sentence for each source that deserves a look. `file` is the one after `--config`; `directory` is
/// the working directory.
pub(super) fn read(
    file: Option<&Path>,
    environment: &Environment,
    directory: &Path,
) -> Result<(Raw, Vec<String>), ConfigError> {
    let mut layers = Layers::default();
    if let Some(path) = file {
        layers.add_file(path, "--config")?;
    } else if let Some(path) = environment.config_file() {
        layers.add_file(path, CONFIG)?;
    } else {
        layers.add_default_file(&directory.join(DEFAULT_FILE))?;
    }
    let values = environment.values(&mut layers.warnings)?;
    layers.values.extend(values.into_iter().map(|(setting, value)| (setting.key(), value)));
    let warnings = std::mem::take(&mut layers.warnings);
    Ok((layers.into_raw()?, warnings))
}

/// What holds when nothing is typed.
pub(super) fn defaults() -> Result<Raw, ConfigError> {
    Layers::default().into_raw()
}

impl Layers {
    fn add_file(&mut self, path: &Path, place: &str) -> Result<(), ConfigError> {
        let file = TextFile::read(path).map_err(|cause| files::unreadable(place, path, &cause))?;
        self.add_text(&file, path)
    }

    fn add_default_file(&mut self, path: &Path) -> Result<(), ConfigError> {
        match TextFile::read(path) {
            Ok(file) => self.add_text(&file, path),
            Err(cause) if cause.kind() == ErrorKind::NotFound => Ok(()),
            Err(cause) => Err(files::unreadable("--config", path, &cause)),
        }
    }

    fn add_text(&mut self, file: &TextFile, path: &Path) -> Result<(), ConfigError> {
        let table = file.text.parse::<Table>().map_err(|error| syntax_error(path, &file.text, &error))?;
        for (key, value) in flattened(table) {
            let place = format!("{key} in {}", path.display());
            let setting = settings().find(|setting| setting.key() == key).ok_or_else(|| unknown(&key, &place))?;
            if setting.kind.is_secret() {
                file.check_secret(path, &place, &mut self.warnings)?;
            }
            self.values.insert(setting.key(), setting.checked(value, &place)?);
        }
        Ok(())
    }

    fn into_raw(mut self) -> Result<Raw, ConfigError> {
        let line = |setting: &Setting| setting.default().map(|value| format!("{} = {value}", setting.name()));
        let inconsistent = |error: toml::de::Error| ConfigError::new("configuration", one_line(error.message()));
        let mut table = document(line).parse::<Table>().map_err(inconsistent)?;
        for setting in settings() {
            if let Some(value) = self.values.remove(setting.key()) {
                put(&mut table, setting, value);
            }
        }
        Raw::deserialize(Value::Table(table)).map_err(inconsistent)
    }
}

fn put(table: &mut Table, setting: &Setting, value: Value) {
    let section = match setting.section() {
        Some(section) => table.get_mut(section).and_then(Value::as_table_mut),
        None => Some(table),
    };
    if let Some(section) = section {
        section.insert(setting.name().to_owned(), value);
    }
}

/// The keys of a file, each with its section before a dot. An empty section that we do not have counts as a key.
fn flattened(table: Table) -> Vec<(String, Value)> {
    let mut keys = Vec::new();
    for (name, value) in table {
        match value {
            Value::Table(section) if is_section(&name) || !section.is_empty() => {
                keys.extend(section.into_iter().map(|(key, value)| (format!("{name}.{key}"), value)));
            }
            value => keys.push((name, value)),
        }
    }
    keys
}

fn is_section(name: &str) -> bool {
    settings().any(|setting| setting.section() == Some(name))
}

fn unknown(key: &str, place: &str) -> ConfigError {
    if is_section(key) {
        return ConfigError::new(place, format!("it is a section; write [{key}] on a line and its keys below"));
    }
    let nearest = suggest::closest(key, settings().map(Setting::key).chain(settings().filter_map(Setting::section)));
    let advice = nearest.map_or_else(|| WHERE_KEYS_ARE.to_owned(), |nearest| format!("did you mean {nearest}?"));
    ConfigError::new(place, format!("unknown key; {advice}"))
}

/// Without the line itself, which the parser's own rendering shows: it may hold a secret.
fn syntax_error(path: &Path, text: &str, error: &toml::de::Error) -> ConfigError {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    ConfigError::new(format!("{}, line {line}", path.display()), one_line(error.message()))
}

fn one_line(message: &str) -> String {
    message.lines().map(str::trim).collect::<Vec<_>>().join(", ")
}

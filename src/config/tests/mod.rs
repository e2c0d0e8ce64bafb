//! Tests of the configuration; its sentences are an interface, and are compared in full.

mod database;
mod documents;
mod issuer;
mod proxies;
mod rules;
mod secrets;
mod sources;
mod telemetry;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use super::environment::Environment;
use super::{Config, ConfigError};

/// No variables.
const NONE: [(&str, &str); 0] = [];

/// A directory that is gone after the test.
struct Directory(PathBuf);

impl Directory {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("countersign-config-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(path.join("config")).unwrap();
        Self(path)
    }

    /// Writes a file with a mode, and gives its path.
    fn write(&self, name: &str, mode: u32, content: &str) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        path
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// What a file with `toml` in it gives, or the error with the file's path as `FILE`.
fn from_file(toml: &str) -> Result<Config, String> {
    let directory = Directory::new();
    let path = directory.write("file.toml", 0o600, toml);
    Config::load(Some(&path), NONE).map_err(|error| error.to_string().replace(&path.display().to_string(), "FILE"))
}

/// What variables give, in a directory without a file.
fn from_variables(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    from_variables_in(&Directory::new().0, variables)
}

fn from_variables_in(directory: &Path, variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    Config::load_in(directory, None, &Environment::new(variables.iter().copied()))
}

/// The sentence with which variables are refused.
fn refusal(variables: &[(&str, &str)]) -> String {
    from_variables(variables).expect_err("it is refused").to_string()
}

fn variable(key: &str) -> String {
    super::settings().find(|setting| setting.key() == key).unwrap().variable()
}

fn assert_refused(key: &str, typed: &str, reason: &str) {
    assert_eq!(refusal(&[(&variable(key), typed)]), format!("{key}: {reason}"), "{key} = {typed:?}");
}

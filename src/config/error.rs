//! The one error of the configuration.

use std::fmt;

/// Why a configuration is refused, in one sentence: the place (a key, a variable, a file), what is wrong there, and
/// what to write instead. It never repeats a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {reason}")]
pub struct ConfigError {
    place: String,
    reason: String,
}

impl ConfigError {
    pub(super) fn new(place: impl fmt::Display, reason: impl fmt::Display) -> Self {
        Self { place: place.to_string(), reason: reason.to_string() }
    }

    /// What has to be changed: a key such as `tokens.access_ttl`, a variable, a file, or an option.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }
}

//! What a value has to be, and the sentence when it is not.

use std::fmt;
use std::time::Duration;

use super::ConfigError;
use super::period::{self, Period};

pub(super) const SECOND: Duration = Duration::from_secs(1);

pub(super) fn number(key: &str, typed: u32, least: u32, most: u32) -> Result<(), ConfigError> {
    require((least..=most).contains(&typed), key, || format!("{typed} is out of range; write {least} to {most}"))
}

pub(super) fn between(key: &str, typed: Period, least: Duration, most: Duration) -> Result<(), ConfigError> {
    let [shown, lower, upper] = [typed.0, least, most].map(period::show);
    require((least..=most).contains(&typed.0), key, || format!("{shown} is out of range; write {lower} to {upper}"))
}

pub(super) fn at_least_a_second(key: &str, typed: Period) -> Result<(), ConfigError> {
    require(typed.0 >= SECOND, key, || "0s is no time at all; write at least 1s")
}

pub(super) fn not_longer((key, typed): (&str, Period), (limit_key, limit): (&str, Period)) -> Result<(), ConfigError> {
    let [shown, limit_shown] = [typed.0, limit.0].map(period::show);
    require(typed.0 <= limit.0, key, || {
        format!("{shown} is longer than {limit_key} ({limit_shown}); write at most {limit_shown}")
    })
}

pub(super) fn not_shorter((key, typed): (&str, Period), (limit_key, limit): (&str, Period)) -> Result<(), ConfigError> {
    let [shown, limit_shown] = [typed.0, limit.0].map(period::show);
    require(typed.0 >= limit.0, key, || {
        format!("{shown} is shorter than {limit_key} ({limit_shown}); write at least {limit_shown}")
    })
}

pub(super) fn require<R: fmt::Display>(holds: bool, key: &str, reason: impl FnOnce() -> R) -> Result<(), ConfigError> {
    if holds { Ok(()) } else { Err(ConfigError::new(key, reason())) }
}

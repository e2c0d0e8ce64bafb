//! What JWTs that clients sign have in common (RFC 7519 §4.1): audiences and times.

use std::time::Duration;

use serde::{Deserialize, Deserializer};

use crate::types::Timestamp;

/// How far the clock of a client may be from ours.
pub const LEEWAY: Duration = Duration::from_secs(30);

/// `aud`: "an array of case-sensitive strings", or one of them (RFC 7519 §4.1.3).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Audience {
    /// One.
    One(String),
    /// Any number.
    Many(Vec<String>),
}

impl Audience {
    /// Whether somebody is among them.
    #[must_use]
    pub fn contains(&self, one: &str) -> bool {
        self.all().iter().any(|audience| audience == one)
    }

    /// The only one.
    #[must_use]
    pub fn single(&self) -> Option<&str> {
        if let [only] = self.all() { Some(only) } else { None }
    }

    fn all(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
}

/// A `NumericDate`: seconds since the epoch, of which "non-integer values can be represented" (RFC 7519 §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NumericDate(pub Timestamp);

/// Seconds at the end of the year 9999: a time after that is a slip.
const LATEST: f64 = 253_402_300_799.0;

impl<'de> Deserialize<'de> for NumericDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let seconds = f64::deserialize(deserializer)?;
        if !(0.0..=LATEST).contains(&seconds) {
            return Err(serde::de::Error::custom("not a time"));
        }
        #[expect(clippy::cast_possible_truncation, reason = "it was compared with what fits")]
        let millis = (seconds * 1000.0) as i64;
        Ok(Self(Timestamp::from_millis(millis)))
    }
}

/// The times of a token, of which none has to be there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Times {
    /// From when on it is not accepted (RFC 7519 §4.1.4).
    pub exp: Option<NumericDate>,
    /// Before when it is not accepted (RFC 7519 §4.1.5).
    pub nbf: Option<NumericDate>,
    /// When it was made (RFC 7519 §4.1.6).
    pub iat: Option<NumericDate>,
}

impl Times {
    /// Whether `now` lies in between, give or take [`LEEWAY`].
    ///
    /// # Errors
    /// Which of them says no.
    pub fn check(&self, now: Timestamp) -> Result<(), &'static str> {
        let is_later = |time: Option<NumericDate>| time.is_some_and(|NumericDate(time)| time > now.plus(LEEWAY));
        if self.exp.is_some_and(|NumericDate(exp)| now >= exp.plus(LEEWAY)) {
            return Err("its exp has passed");
        }
        if is_later(self.nbf) {
            return Err("its nbf has not come yet");
        }
        if is_later(self.iat) {
            return Err("its iat lies in the future");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_may_have_a_fraction_and_has_bounds() {
        let read = |json: &str| serde_json::from_str::<NumericDate>(json).map(|NumericDate(time)| time.millis()).ok();
        assert_eq!(read("1800000000"), Some(1_800_000_000_000));
        assert_eq!(read("1800000000.25"), Some(1_800_000_000_250));
        for wrong in ["\"1800000000\"", "-1", "1e300", "253402300800", "null", "[]", "true"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn times_are_compared_with_leeway() {
        let now = Timestamp::from_seconds(1_800_000_000);
        let check = |name: &str, seconds: i64| {
            let json = format!("{{\"{name}\":{}}}", now.seconds() + seconds);
            serde_json::from_str::<Times>(&json).unwrap().check(now).is_ok()
        };
        for (name, right, wrong) in [("exp", -29, -30), ("nbf", 30, 31), ("iat", 30, 31)] {
            assert!(check(name, right) && !check(name, wrong), "{name}");
        }
        assert!(check("exp", 1 << 31) && check("nbf", -(1 << 30)) && check("iat", -(1 << 30)));
    }
}

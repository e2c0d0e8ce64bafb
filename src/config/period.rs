//! Lengths of time as an operator writes them: `"300s"`, `"5m"`, `"24h"`, `"30d"`, or a whole number of seconds.

use std::time::Duration;

use serde::Deserialize;

const UNITS: [(char, u64); 4] = [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

/// A length of time in whole seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Typed")]
pub(super) struct Period(pub Duration);

#[derive(Deserialize)]
#[serde(untagged)]
enum Typed {
    Seconds(u32),
    Text(String),
}

impl TryFrom<Typed> for Period {
    type Error = &'static str;

    fn try_from(typed: Typed) -> Result<Self, Self::Error> {
        match typed {
            Typed::Seconds(seconds) => Ok(Self(Duration::from_secs(seconds.into()))),
            Typed::Text(text) => parse(&text).map(Self).ok_or("not a duration"),
        }
    }
}

/// The length of time of a text; `None` for what is none.
///
/// At most `u32::MAX` seconds, 136 years, so that no later sum of times overflows.
#[must_use]
pub fn parse(text: &str) -> Option<Duration> {
    let unit = UNITS.iter().find(|(unit, _)| text.ends_with(*unit));
    let (digits, seconds_each) = unit.map_or((text, 1), |(unit, seconds)| (text.trim_end_matches(*unit), *seconds));
    let one_unit_at_most = digits.len() + 1 >= text.len();
    if !one_unit_at_most || digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let seconds = digits.parse::<u64>().ok()?.checked_mul(seconds_each)?;
    u32::try_from(seconds).ok().map(|seconds| Duration::from_secs(seconds.into()))
}

/// In the largest unit that says it exactly, so that it reads back the same.
pub(super) fn show(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let exact = |each: u64| seconds >= each && seconds.is_multiple_of(each);
    let (unit, each) = UNITS.into_iter().find(|(_, each)| exact(*each)).unwrap_or(('s', 1));
    format!("{}{unit}", seconds / each)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_unit_and_a_bare_number_are_read() {
        for (text, seconds) in [("0", 0), ("90", 90), ("300s", 300), ("5m", 300), ("24h", 86_400), ("30d", 2_592_000)] {
            assert_eq!(parse(text), Some(Duration::from_secs(seconds)), "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        let too_long = ["4294967296", "49711d", "99999999999999999999", "18446744073709551615d"];
        let malformed = ["", "s", "5 m", " 5m", "5mm", "5M", "1h30m", "-1", "+1", "1.5h", "5w", "٥m", "m5"];
        for text in too_long.into_iter().chain(malformed) {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn it_is_shown_in_the_clearest_unit_and_reads_back() {
        for (seconds, text) in
            [(0, "0s"), (20, "20s"), (60, "1m"), (90, "90s"), (5_400, "90m"), (43_200, "12h"), (604_800, "7d")]
        {
            let duration = Duration::from_secs(seconds);
            assert_eq!(show(duration), text);
            assert_eq!(parse(text), Some(duration));
        }
    }
}

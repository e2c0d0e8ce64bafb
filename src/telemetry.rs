//! The log: one line an event, to standard error, as JSON or as text.

use std::fmt;

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::{LogFormat, LogLevel};
use crate::types::{Clock, Timestamp};

/// Starts logging for the whole process. Only the first call has an effect.
pub fn init(level: LogLevel, format: LogFormat) {
    // A standard error that nobody reads any more costs the line, and must not cost the request.
    let layer = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .with_timer(Utc(Clock::System))
        .log_internal_errors(false);
    let registry = tracing_subscriber::registry().with(filter(level));
    let started = match format {
        LogFormat::Json => registry.with(layer.json().flatten_event(true).with_span_list(false)).try_init(),
        LogFormat::Text => registry.with(layer).try_init(),
    };
    if started.is_err() {
        tracing::debug!("logging was started before");
    }
}

/// Our own events from `level` on; those of libraries from `warn` on at most, which never hold a request's body.
fn filter(level: LogLevel) -> Targets {
    let ours = match level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    };
    Targets::new().with_default(ours.min(LevelFilter::WARN)).with_target(env!("CARGO_CRATE_NAME"), ours)
}

/// Times in UTC, to the millisecond (RFC 3339 §5.6).
struct Utc(Clock);

impl FormatTime for Utc {
    fn format_time(&self, writer: &mut Writer<'_>) -> fmt::Result {
        write_rfc3339(writer, self.0.now())
    }
}

fn write_rfc3339(writer: &mut impl fmt::Write, time: Timestamp) -> fmt::Result {
    let (year, month, day) = civil_from_days(time.seconds().div_euclid(86_400));
    let second = time.seconds().rem_euclid(86_400);
    let (hour, minute, second, millis) = (second / 3600, second / 60 % 60, second % 60, time.millis().rem_euclid(1000));
    write!(writer, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z")
}

/// Year, month and day of a day counted from 1970-01-01. Years are counted from March, so that a leap day is the last
/// of its year, in eras of 400 years, which all have 146 097 days.
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let from_march_0000 = days + 719_468;
    let era = from_march_0000.div_euclid(146_097);
    let day_of_era = from_march_0000.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;

    fn rfc3339(millis: i64) -> String {
        let mut text = String::new();
        write_rfc3339(&mut text, Timestamp::from_millis(millis)).unwrap();
        text
    }

    #[test]
    fn times_are_rfc_3339_in_utc() {
        for (seconds, expected) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_400, "2000-02-29T00:00:00.000Z"),
            (951_868_799, "2000-02-29T23:59:59.000Z"),
            (951_868_800, "2000-03-01T00:00:00.000Z"),
            (1_704_067_199, "2023-12-31T23:59:59.000Z"),
            (1_709_210_096, "2024-02-29T12:34:56.000Z"),
            (4_107_542_400, "2100-03-01T00:00:00.000Z"),
            (253_402_300_799, "9999-12-31T23:59:59.000Z"),
        ] {
            assert_eq!(rfc3339(seconds * 1000), expected);
        }
        assert_eq!(rfc3339(7), "1970-01-01T00:00:00.007Z");
        assert_eq!(rfc3339(-1), "1969-12-31T23:59:59.999Z");
    }

    #[test]
    fn every_day_follows_the_one_before() {
        let mut before = civil_from_days(-800_000);
        for days in -799_999..800_000 {
            let (year, month, day) = civil_from_days(days);
            let expected = [(before.0, before.1, before.2 + 1), (before.0, before.1 + 1, 1), (before.0 + 1, 1, 1)];
            assert!(expected.contains(&(year, month, day)), "{year}-{month}-{day}");
            before = (year, month, day);
        }
    }

    #[test]
    fn the_level_is_for_our_events_and_libraries_stay_at_warn() {
        let trace = filter(LogLevel::Trace);
        assert!(trace.would_enable("countersign::http::token", &Level::TRACE));
        assert!(trace.would_enable("actix_server::worker", &Level::WARN));
        assert!(!trace.would_enable("actix_server::worker", &Level::INFO));
        let info = filter(LogLevel::Info);
        assert!(info.would_enable("countersign", &Level::INFO));
        assert!(!info.would_enable("countersign", &Level::DEBUG));
        let error = filter(LogLevel::Error);
        assert!(!error.would_enable("countersign", &Level::WARN));
        assert!(!error.would_enable("actix_server::worker", &Level::WARN));
        assert!(error.would_enable("actix_server::worker", &Level::ERROR));
    }

    #[test]
    fn a_second_start_changes_nothing() {
        init(LogLevel::Error, LogFormat::Json);
        init(LogLevel::Trace, LogFormat::Text);
    }
}

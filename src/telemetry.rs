//! The log: one line an event, to standard error, as JSON or as text; and traces.

mod json_line;
mod log_queue;
mod traces;

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::audit;
use crate::config::{LogFormat, LogLevel};
use crate::metrics::Page;
use crate::types::Clock;

use json_line::JsonLines;
use log_queue::{LogQueue, QueueWriter};

pub use traces::{Answered, Traces};

/// The lines of this process that wait to be written.
static QUEUE: OnceLock<Arc<LogQueue>> = OnceLock::new();
/// Time that the end of the process waits for the reader of the log.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(2);

/// Starts logging for the whole process. Only the first call has an effect.
///
/// # Panics
/// The system starts no thread.
pub fn init(level: LogLevel, format: LogFormat) {
    let queue = QUEUE.get_or_init(|| LogQueue::start(std::io::stderr()).expect("the system starts a thread"));
    let layer = tracing_subscriber::fmt::layer()
        .with_writer(QueueWriter(Arc::clone(queue)))
        .with_ansi(false)
        .with_timer(Utc(Clock::System))
        .log_internal_errors(false);
    let registry = tracing_subscriber::registry().with(filter(level));
    let started = match format {
        LogFormat::Json => registry.with(layer.event_format(JsonLines(Clock::System))).try_init(),
        LogFormat::Text => registry.with(layer).try_init(),
    };
    if started.is_err() {
        tracing::debug!("logging was started before");
    }
}

/// Waits until the log is written, and for no longer than two seconds.
pub fn flush() {
    if let Some(queue) = QUEUE.get() {
        queue.flush(FLUSH_TIMEOUT);
    }
}

/// Writes how many lines of the log were dropped.
pub fn write_metrics(page: &mut Page) {
    if let Some(queue) = QUEUE.get() {
        queue.write_metrics(page);
    }
}

/// Our own events from `level` on; those of libraries from `warn` on at most, which never hold a request's body. The audit log
/// is kept at every level: what the command line did is taken out of the database for it, and would be lost.
fn filter(level: LogLevel) -> Targets {
    let ours = match level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    };
    Targets::new()
        .with_default(ours.min(LevelFilter::WARN))
        .with_target(env!("CARGO_CRATE_NAME"), ours)
        .with_target(audit::TARGET, ours.max(LevelFilter::INFO))
}

/// Times in UTC, to the millisecond (RFC 3339 §5.6).
struct Utc(Clock);

impl FormatTime for Utc {
    fn format_time(&self, writer: &mut Writer<'_>) -> fmt::Result {
        write!(writer, "{}", self.0.now())
    }
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;

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
        assert!(error.would_enable("countersign::audit", &Level::INFO), "the audit log is kept at every level");
        assert!(!error.would_enable("actix_server::worker", &Level::WARN));
        assert!(error.would_enable("actix_server::worker", &Level::ERROR));
    }

    #[test]
    fn a_second_start_changes_nothing() {
        init(LogLevel::Error, LogFormat::Json);
        init(LogLevel::Trace, LogFormat::Text);
    }
}

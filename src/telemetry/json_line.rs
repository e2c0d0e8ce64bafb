//! A line of the log as JSON: one object an event, with its fields between the level and the target. Each request writes a line,
//! so a line is written straight into the buffer that goes out, with no value in between.

use std::fmt::{self, Debug, Display, Write};

use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use crate::types::Clock;

/// Writes events as lines of JSON.
pub(super) struct JsonLines(pub Clock);

impl<S, N> FormatEvent<S, N> for JsonLines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, _: &FmtContext<'_, S, N>, mut line: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let (metadata, now) = (event.metadata(), self.0.now());
        write!(line, r#"{{"timestamp":"{now}","level":"{}""#, metadata.level())?;
        let mut members = Members { line: &mut line, written: Ok(()) };
        event.record(&mut members);
        members.written?;
        write!(line, r#","target":"{}"}}"#, metadata.target())?;
        line.write_char('\n')
    }
}

/// The members of the object that are the event's own.
struct Members<'a, W> {
    line: &'a mut W,
    written: fmt::Result,
}

impl<W: Write> Members<'_, W> {
    /// A value that is JSON as it is displayed.
    fn plain(&mut self, field: &Field, value: impl Display) {
        self.member(field, |line| write!(line, "{value}"));
    }

    fn text(&mut self, field: &Field, write: impl FnOnce(&mut Escaped<'_, W>) -> fmt::Result) {
        self.member(field, |line| {
            line.write_char('"')?;
            write(&mut Escaped(line))?;
            line.write_char('"')
        });
    }

    fn member(&mut self, field: &Field, write: impl FnOnce(&mut W) -> fmt::Result) {
        self.written = self.written.and_then(|()| {
            // Names are those in the source, which need no escaping; one that is a keyword stands there as `r#type`.
            for part in [",\"", field.name().strip_prefix("r#").unwrap_or(field.name()), "\":"] {
                self.line.write_str(part)?;
            }
            write(self.line)
        });
    }
}

impl<W: Write> Visit for Members<'_, W> {
    fn record_bool(&mut self, field: &Field, value: bool) {
        self.plain(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.plain(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.plain(field, value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.text(field, |text| text.write_str(value));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.text(field, |text| write!(text, "{value:?}"));
    }
}

/// What is inside a JSON string (RFC 8259 §7): no text ends the string, or the line.
struct Escaped<'a, W>(&'a mut W);

impl<W: Write> Write for Escaped<'_, W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut rest = text;
        while let Some(at) = rest.bytes().position(|byte| byte < 0x20 || byte == b'"' || byte == b'\\') {
            let (before, from) = rest.split_at(at);
            self.0.write_str(before)?;
            let (special, after) = from.split_at(1);
            match special {
                "\"" => self.0.write_str("\\\"")?,
                "\\" => self.0.write_str("\\\\")?,
                "\n" => self.0.write_str("\\n")?,
                control => write!(self.0, "\\u{:04x}", control.as_bytes()[0])?,
            }
            rest = after;
        }
        self.0.write_str(rest)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn escaped(text: &str) -> String {
        let mut out = String::new();
        Escaped(&mut out).write_str(text).unwrap();
        out
    }

    proptest! {
        #[test]
        fn any_text_comes_back_and_stays_on_its_line(text in any::<String>()) {
            let written = escaped(&text);
            prop_assert!(!written.contains('\n'));
            prop_assert_eq!(serde_json::from_str::<String>(&format!("\"{written}\"")).unwrap(), text);
        }
    }

    #[test]
    fn every_control_character_is_escaped() {
        let all: String = (0..=0x7f_u8).map(char::from).collect();
        let written = escaped(&all);
        assert!(written.bytes().all(|byte| byte >= 0x20), "{written}");
        assert_eq!(serde_json::from_str::<String>(&format!("\"{written}\"")).unwrap(), all);
    }
}

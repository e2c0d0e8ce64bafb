//! What commands print: a table or sentences for people, JSON for programs.

use std::io::Write;
use std::process::ExitCode;

use clap::Args;
use serde::Serialize;

use crate::types::{escape_hidden, escape_hidden_in_json};

use super::CommandResult;

/// How a command prints.
#[derive(Args)]
pub(super) struct Format {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Prints a line to standard output.
macro_rules! say {
    ($($text:tt)+) => {
        $crate::cli::output::print_text(format_args!("{}\n", format_args!($($text)+)))
    };
}
pub(super) use say;

/// Exit code of a program that SIGPIPE ended, as a shell reports it: 128 and the number of the signal.
const SIGPIPE_EXIT: u8 = 128 + 13;

/// Standard output cannot be written: the disk is full, or the reader of a pipe has gone.
#[derive(Debug, thiserror::Error)]
#[error("the output cannot be written: {0}; what the command changed is kept")]
pub(super) struct OutputError(#[from] std::io::Error);

/// Prints a text. Characters that would change how a terminal shows others are escaped.
///
/// # Errors
/// [`OutputError`], boxed.
pub(super) fn print_text(text: impl std::fmt::Display) -> CommandResult {
    write_out(&escape_hidden(&text.to_string()))
}

fn write_out(text: &str) -> CommandResult {
    let mut output = std::io::stdout().lock();
    let printed = output.write_all(text.as_bytes()).and_then(|()| output.flush());
    Ok(printed.map_err(OutputError)?)
}

/// Prints a line to standard error, for the person beside a program that reads standard output. A standard error that
/// cannot be written ends nothing.
pub(super) fn print_note(note: impl std::fmt::Display) {
    drop(writeln!(std::io::stderr().lock(), "{}", escape_hidden(&note.to_string())));
}

/// Reports the end of a command: its one sentence on standard error, and its exit code. A reader that has gone (`| head`)
/// is no fault, and nothing is said: the exit code is that of a program that SIGPIPE ended.
pub(super) fn report(result: CommandResult) -> ExitCode {
    let Err(error) = result else { return ExitCode::SUCCESS };
    if let Some(OutputError(error)) = error.downcast_ref()
        && error.kind() == std::io::ErrorKind::BrokenPipe
    {
        return ExitCode::from(SIGPIPE_EXIT);
    }
    print_note(format_args!("countersign: {error}"));
    ExitCode::FAILURE
}

/// Prints a value as JSON.
pub(super) fn print_json(value: &impl Serialize) -> CommandResult {
    write_out(&format!("{}\n", escape_hidden_in_json(&serde_json::to_string_pretty(value)?)))
}

/// Prints rows under a heading, each column as wide as its widest cell.
pub(super) fn print_table<const N: usize>(heading: [&str; N], rows: &[[String; N]]) -> CommandResult {
    let escaped = |row: &[String; N]| row.each_ref().map(|cell| escape_hidden(cell).replace('\n', "\\n"));
    let rows: Vec<[String; N]> = rows.iter().map(escaped).collect();
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([heading[column].len()]).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..N).map(width).collect();
    let line = |cells: Vec<&str>| {
        let padded: Vec<String> = cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        say!("{}", padded.join("  ").trim_end())
    };
    line(heading.to_vec())?;
    rows.iter().try_for_each(|row| line(row.iter().map(String::as_str).collect()))
}

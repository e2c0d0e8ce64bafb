//! What commands print: a table or sentences for people, JSON for programs.

use std::io::Write;

use clap::Args;
use serde::Serialize;

use super::CommandResult;

/// How a command prints.
#[derive(Args)]
pub(super) struct Format {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Prints a line. Where that fails (a pipe was closed, a disk is full) it is an error, which says that the work was done.
macro_rules! say {
    ($($text:tt)+) => {
        $crate::cli::output::print_line(format_args!($($text)+))
    };
}
pub(super) use say;

/// See [`say`].
pub(super) fn print_line(line: std::fmt::Arguments<'_>) -> CommandResult {
    let printed = writeln!(std::io::stdout().lock(), "{line}");
    Ok(printed.map_err(|error| format!("it is done, but cannot be printed: {error}"))?)
}

/// Prints a value as JSON.
pub(super) fn print_json(value: &impl Serialize) -> CommandResult {
    say!("{}", serde_json::to_string_pretty(value)?)
}

/// Prints rows under a heading, each column as wide as its widest cell.
pub(super) fn print_table<const N: usize>(heading: [&str; N], rows: &[[String; N]]) -> CommandResult {
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

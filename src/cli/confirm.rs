//! Confirmation of commands that destroy what cannot be brought back: `--dry-run`, and a question on a terminal.

use std::fmt;
use std::io::{BufRead, IsTerminal, Write};

use clap::Args;
use serde_json::json;

use super::CommandResult;
use super::output::{Format, print_json, say};
use crate::types::escape_hidden;

/// Options of a command that destroys something.
#[derive(Args)]
pub(super) struct Confirmation {
    /// Go on without a question; scripts are not asked anyway, since they have no terminal
    #[arg(long)]
    yes: bool,
    /// Say what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
}

/// A deed that cannot be undone, as it is told before it is done.
pub(super) struct Deed {
    /// The deed, such as "remove user alice".
    pub text: String,
    /// Kinds of rows that go with it, each with its count.
    pub counts: Vec<(&'static str, usize)>,
}

impl fmt::Display for Deed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)?;
        for (at, (name, count)) in self.counts.iter().enumerate() {
            let joined = match at {
                0 => " with",
                at if at + 1 == self.counts.len() => " and",
                _ => ",",
            };
            write!(f, "{joined} {count} {name}")?;
        }
        Ok(())
    }
}

impl Confirmation {
    /// Decides to go on or not. A dry run says what would happen, and a person at a terminal is asked.
    ///
    /// # Errors
    /// The person did not say yes, or cannot be asked.
    pub fn allows(&self, deed: &Deed, format: &Format) -> CommandResult<bool> {
        if self.dry_run {
            return tell(deed, format).map(|()| false);
        }
        if !self.yes && std::io::stdin().is_terminal() {
            ask(deed)?;
        }
        Ok(true)
    }
}

fn tell(deed: &Deed, format: &Format) -> CommandResult {
    if !format.json {
        return say!("Would {deed}. Nothing was changed.");
    }
    let mut told = json!({ "dry_run": true, "would": deed.text });
    for (name, count) in &deed.counts {
        told[name.replace(' ', "_")] = json!(count);
    }
    print_json(&told)
}

fn ask(deed: &Deed) -> CommandResult {
    let mut terminal = std::io::stderr().lock();
    if !terminal.is_terminal() {
        return Err("standard error is no terminal to ask at: add --yes".into());
    }
    let question = format!("This will {deed}. It cannot be undone. Go on? [y/N] ");
    terminal.write_all(escape_hidden(&question).as_bytes())?;
    terminal.flush()?;
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    if matches!(line.trim().to_lowercase().as_str(), "y" | "yes") {
        return Ok(());
    }
    Err("nothing was changed".into())
}

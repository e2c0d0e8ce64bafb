//! Findings of `countersign doctor` and `countersign config check`.

use serde::Serialize;

use crate::config::Config;
use crate::types::{Clock, Timestamp};

use super::super::CommandResult;
use super::super::output::say;

/// The outcome of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(in crate::cli) enum Verdict {
    /// As it must be.
    Ok,
    /// The part works, and somebody should look at it.
    Warning,
    /// The part does not work.
    Failed,
    /// The part could not be looked at.
    Skipped,
}

/// The result of a check.
#[derive(Serialize)]
pub(in crate::cli) struct Finding {
    check: &'static str,
    verdict: Verdict,
    detail: String,
}

/// An installation, and what was found of it so far.
pub(in crate::cli) struct Examiner {
    pub(super) config: Config,
    pub(super) now: Timestamp,
    /// A database and a master key that are not there are in order where the first start can make them.
    pub(super) before_first_start: bool,
    pub(super) findings: Vec<Finding>,
}

impl Examiner {
    pub(super) fn new(config: Config, before_first_start: bool) -> Self {
        Self { config, now: Clock::System.now(), before_first_start, findings: Vec::new() }
    }

    pub(super) fn note(&mut self, check: &'static str, verdict: Verdict, detail: impl Into<String>) {
        self.findings.push(Finding { check, verdict, detail: detail.into() });
    }

    /// Notes the outcome of a check, and passes on its value.
    pub(super) fn keep<T>(&mut self, check: &'static str, result: Result<(T, String), String>) -> Option<T> {
        match result {
            Ok((value, detail)) => {
                self.note(check, Verdict::Ok, detail);
                Some(value)
            }
            Err(detail) => {
                self.note(check, Verdict::Failed, detail);
                None
            }
        }
    }

    pub(super) fn skip(&mut self, checks: &[&'static str], reason: &str) {
        for check in checks {
            self.note(check, Verdict::Skipped, reason);
        }
    }

    /// The details of all findings with a verdict, each after the name of its check.
    pub(in crate::cli) fn sentences(&self, verdict: Verdict) -> Vec<String> {
        let found = self.findings.iter().filter(|finding| finding.verdict == verdict);
        found.map(|finding| format!("{}: {}", finding.check, finding.detail)).collect()
    }

    /// Prints a line for each finding.
    pub(in crate::cli) fn print(&self) -> CommandResult {
        for Finding { check, verdict, detail } in &self.findings {
            let verdict = match verdict {
                Verdict::Ok => "ok",
                Verdict::Warning => "warning",
                Verdict::Failed => "FAILED",
                Verdict::Skipped => "skipped",
            };
            say!("{verdict:<8} {check:<14} {detail}")?;
        }
        Ok(())
    }

    /// Ends a command: an error when a check failed.
    pub(in crate::cli) fn conclude(&self) -> CommandResult {
        match self.sentences(Verdict::Failed).len() {
            0 => Ok(()),
            1 => Err("one check failed: its line says what to do".into()),
            failed => Err(format!("{failed} checks failed: their lines say what to do").into()),
        }
    }
}

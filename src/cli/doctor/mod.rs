//! `countersign doctor`: looks at everything that a running server depends on, and changes nothing.

mod clients;
mod database;
mod issuer;
mod keys;

use clap::Args;
use serde::Serialize;

use crate::config::{Config, ConfigError};
use crate::store::Store;
use crate::types::{Clock, Timestamp};

use super::CommandResult;
use super::output::{Format, print_json, say};

#[derive(Args)]
pub(super) struct Doctor {
    #[command(flatten)]
    format: Format,
}

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    /// As it must be.
    Ok,
    /// It works, and somebody should look at it.
    Warning,
    /// It does not work.
    Failed,
    /// It could not be looked at, since another check failed.
    Skipped,
}

/// What a check found.
#[derive(Serialize)]
struct Finding {
    check: &'static str,
    verdict: Verdict,
    detail: String,
}

/// What was found so far, and what further checks build on.
struct Examiner {
    config: Config,
    now: Timestamp,
    findings: Vec<Finding>,
}

impl Examiner {
    fn note(&mut self, check: &'static str, verdict: Verdict, detail: impl Into<String>) {
        self.findings.push(Finding { check, verdict, detail: detail.into() });
    }

    /// Notes what came of a check, and passes on what it brought.
    fn keep<T>(&mut self, check: &'static str, result: Result<(T, String), String>) -> Option<T> {
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

    fn skip(&mut self, checks: &[&'static str], reason: &str) {
        for check in checks {
            self.note(check, Verdict::Skipped, reason);
        }
    }
}

pub(super) async fn run(command: Doctor, load: impl FnOnce() -> Result<Config, ConfigError>) -> CommandResult {
    let config = load()?;
    let mut examiner = Examiner { config, now: Clock::System.now(), findings: Vec::new() };
    configuration(&mut examiner);
    let store = database::examine(&mut examiner);
    clients::examine(&mut examiner, store.as_ref()).await;
    let kids = keys::examine(&mut examiner, store.as_ref()).await;
    issuer::examine(&mut examiner, &kids);
    let failed = examiner.findings.iter().filter(|finding| finding.verdict == Verdict::Failed).count();
    if command.format.json {
        print_json(&examiner.findings)?;
    } else {
        print(&examiner.findings)?;
    }
    match failed {
        0 => Ok(()),
        1 => Err("one check failed: its line says what to do".into()),
        failed => Err(format!("{failed} checks failed: their lines say what to do").into()),
    }
}

fn configuration(examiner: &mut Examiner) {
    let mut warnings = examiner.config.warnings();
    match examiner.config.issuer() {
        Ok(_) if warnings.is_empty() => examiner.note("configuration", Verdict::Ok, "in order"),
        Ok(_) => warnings.drain(..).for_each(|warning| examiner.note("configuration", Verdict::Warning, warning)),
        Err(error) => examiner.note("configuration", Verdict::Failed, error.to_string()),
    }
}

fn print(findings: &[Finding]) -> CommandResult {
    for Finding { check, verdict, detail } in findings {
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

/// The store, where it was opened.
type Opened = Option<Store>;

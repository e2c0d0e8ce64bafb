//! `countersign doctor`: looks at everything that a running server depends on, and changes nothing. `countersign config check`
//! is the part of it that a start needs.

mod addresses;
mod clients;
mod database;
mod examiner;
mod folder;
mod issuer;
mod keys;
mod open_files;
mod people;

use clap::Args;

use crate::config::{Config, ConfigError};

use super::CommandResult;
use super::output::{Format, print_json};

pub(super) use examiner::{Examiner, Verdict};

#[derive(Args)]
pub(super) struct Doctor {
    #[command(flatten)]
    format: Format,
}

pub(super) async fn run(command: Doctor, load: impl FnOnce() -> Result<Config, ConfigError>) -> CommandResult {
    let mut examiner = Examiner::new(load()?, false);
    configuration(&mut examiner);
    open_files::examine(&mut examiner);
    let opened = database::examine(&mut examiner);
    clients::examine(&mut examiner, opened.store.as_ref()).await;
    people::examine(&mut examiner, opened.store.as_ref()).await;
    let kids = keys::examine(&mut examiner, opened).await;
    issuer::examine(&mut examiner, &kids);
    if command.format.json {
        print_json(&examiner.findings)?;
    } else {
        examiner.print()?;
    }
    examiner.conclude()
}

/// Opens what `serve` opens, and changes nothing: the database, the master keys, the signing keys and the addresses.
pub(super) async fn examine_start(config: Config) -> Examiner {
    let mut examiner = Examiner::new(config, true);
    configuration(&mut examiner);
    let opened = database::examine(&mut examiner);
    keys::examine(&mut examiner, opened).await;
    addresses::examine(&mut examiner);
    examiner
}

fn configuration(examiner: &mut Examiner) {
    let mut warnings = examiner.config.warnings();
    match examiner.config.issuer() {
        Ok(_) if warnings.is_empty() => examiner.note("configuration", Verdict::Ok, "in order"),
        Ok(_) => warnings.drain(..).for_each(|warning| examiner.note("configuration", Verdict::Warning, warning)),
        Err(error) => examiner.note("configuration", Verdict::Failed, error.to_string()),
    }
}

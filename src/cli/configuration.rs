//! `countersign config` and `countersign migrate`.

use clap::{Args, Subcommand};

use crate::config::{Config, ConfigError, schema};
use crate::startup;

use super::CommandResult;
use super::doctor::{Verdict, examine_start};
use super::output::{Format, print_json, print_text, say};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Say whether the server would start: opens the database, the keys and free addresses as 'serve' does, changes nothing
    Check(Format),
    /// Print the effective configuration, without its secrets
    Show(Format),
    /// Print the JSON Schema of the configuration file
    Schema(Format),
}

#[derive(Args)]
pub(super) struct Migrate {
    #[command(flatten)]
    format: Format,
}

pub(super) async fn run(command: &Command, load: impl FnOnce() -> Result<Config, ConfigError>) -> CommandResult {
    match command {
        Command::Check(format) => check(load()?, format).await,
        Command::Show(Format { json: true }) => print_json(&load()?.to_json()),
        Command::Show(_) => print_text(load()?.show()),
        Command::Schema(_) => print_json(&schema()),
    }
}

async fn check(config: Config, format: &Format) -> CommandResult {
    config.issuer()?;
    let found = examine_start(config).await;
    let failures = found.sentences(Verdict::Failed);
    if format.json {
        print_json(&serde_json::json!({
            "in_order": failures.is_empty(),
            "failures": failures,
            "warnings": found.sentences(Verdict::Warning),
            "not_checked": found.sentences(Verdict::Skipped),
        }))?;
    } else {
        found.print()?;
    }
    found.conclude()?;
    if !format.json {
        say!("The configuration is in order.")?;
    }
    Ok(())
}

pub(super) fn migrate(migrate: &Migrate, config: &Config) -> CommandResult {
    let ran = startup::migrate(config)?;
    if migrate.format.json {
        return print_json(&serde_json::json!({ "migrated": ran }));
    }
    match ran.as_slice() {
        [] => say!("The schema is up to date.")?,
        ran => {
            say!("Migrated: {}.", ran.join(", "))?;
            say!("The database is {}.", config.database.shown())?;
        }
    }
    Ok(())
}

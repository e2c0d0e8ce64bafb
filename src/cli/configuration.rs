//! `countersign config` and `countersign migrate`.

use clap::{Args, Subcommand};

use crate::config::{Config, ConfigError, schema};
use crate::startup;

use super::CommandResult;
use super::output::{Format, print_json, say};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Say whether the server would start with this configuration
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

pub(super) fn run(command: &Command, load: impl FnOnce() -> Result<Config, ConfigError>) -> CommandResult {
    match command {
        Command::Check(format) => check(&load()?, format),
        Command::Show(Format { json: true }) => print_json(&load()?.to_json()),
        Command::Show(_) => {
            print!("{}", load()?.show());
            Ok(())
        }
        Command::Schema(_) => print_json(&schema()),
    }
}

fn check(config: &Config, format: &Format) -> CommandResult {
    config.issuer()?;
    let warnings = config.warnings();
    if format.json {
        return print_json(&serde_json::json!({ "in_order": true, "warnings": warnings }));
    }
    for warning in warnings {
        say!("warning: {warning}")?;
    }
    say!("The configuration is in order.")?;
    Ok(())
}

pub(super) fn migrate(migrate: &Migrate, config: &Config) -> CommandResult {
    let ran = startup::migrate(config)?;
    if migrate.format.json {
        return print_json(&serde_json::json!({ "migrated": ran }));
    }
    match ran.as_slice() {
        [] => say!("The schema is up to date.")?,
        ran => say!("Migrated: {}.", ran.join(", "))?,
    }
    Ok(())
}

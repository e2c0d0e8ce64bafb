//! `countersign config` and `countersign migrate`.

use clap::Subcommand;

use crate::config::Config;
use crate::startup;

use super::CommandResult;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Say whether the server would start with this configuration
    Check,
    /// Print the effective configuration, without its secrets
    Show,
}

pub(super) fn run(command: &Command, config: &Config) -> CommandResult {
    match command {
        Command::Check => {
            config.issuer()?;
            for warning in config.warnings() {
                println!("warning: {warning}");
            }
            println!("The configuration is in order.");
        }
        Command::Show => print!("{}", config.show()),
    }
    Ok(())
}

pub(super) fn migrate(config: &Config) -> CommandResult {
    match startup::migrate(config)?.as_slice() {
        [] => println!("The schema is up to date."),
        ran => println!("Migrated: {}.", ran.join(", ")),
    }
    Ok(())
}

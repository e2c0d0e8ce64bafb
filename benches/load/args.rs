//! The command line of `cargo bench`.

use clap::{Parser, Subcommand};

use crate::kind::Kind;
use crate::place::Engine;

/// Load on the real server, and what each kind of work costs it
#[derive(Parser)]
#[command(name = "cargo bench --")]
pub struct Args {
    /// About a second a line, with 32 requests in flight alone
    #[arg(long)]
    pub brief: bool,
    /// Only these kinds of work, separated by commas
    #[arg(long, value_name = "WORK", value_delimiter = ',', value_parser = kind)]
    pub only: Vec<Kind>,
    /// Only this engine; without it all that are here: `PostgreSQL` too where the tests would find one
    #[arg(long)]
    pub engine: Option<Engine>,
    /// Only what tables of these sizes cost, in grants; 10 million take 7 GB of disk and 5 GB of memory to fill
    #[arg(long, value_name = "GRANTS", value_delimiter = ',', num_args = 0..=1, require_equals = true,
        default_missing_value = "10000,1000000,10000000", conflicts_with = "only",
        value_parser = clap::value_parser!(u64).range(1000..))]
    pub scale: Vec<u64>,
    /// Only what a purge of so many grants that have ended does to refreshes beside it; it takes some ten minutes an engine
    #[arg(long, value_name = "GRANTS", num_args = 0..=1, require_equals = true, default_missing_value = "1000000",
        conflicts_with_all = ["only", "scale", "brief"])]
    pub purge: Option<u64>,
    /// Write the tables of a whole run into docs/performance.md
    #[arg(long, conflicts_with_all = ["brief", "only"])]
    pub save: bool,
    /// What cargo itself passes
    #[arg(long, hide = true)]
    pub bench: bool,
    /// What this program is in processes that it starts
    #[command(subcommand)]
    pub part: Option<Part>,
}

/// See [`Args::part`].
#[derive(Clone, Copy, Subcommand)]
pub enum Part {
    /// The bare server
    #[command(hide = true)]
    Hello,
}

impl Args {
    /// The engines that are asked for.
    pub fn engines(&self) -> Vec<Engine> {
        self.engine.map_or_else(Engine::present, |engine| vec![engine])
    }

    /// Whether a kind of work is asked for.
    pub fn wants(&self, kind: Kind) -> bool {
        self.only.is_empty() || self.only.contains(&kind)
    }

    /// How many requests are in flight.
    pub fn connections(&self) -> &'static [usize] {
        if self.brief { &[32] } else { &[1, 32, 256] }
    }
}

fn kind(name: &str) -> Result<Kind, String> {
    let known = || Kind::ALL.map(Kind::name).join(", ");
    Kind::ALL.into_iter().find(|kind| kind.name() == name).ok_or_else(|| format!("there are {}", known()))
}

//! `cargo bench`: load on the real server, and what each kind of work costs it.
//!
//! | file | what is in it |
//! |---|---|
//! | `args.rs` | the command line |
//! | `place.rs` | a data folder and its database, which a server is started on |
//! | `server.rs`, `hello.rs` | the real server in a process of its own, and a bare one behind the same middleware |
//! | `seed.rs` | clients, people and grants, written by the server's own store code |
//! | `checks.rs` | what is not for sale is on |
//! | `kind.rs`, `work.rs` | the kinds of work, what each sends and must be answered |
//! | `requests.rs`, `answer.rs`, `stock.rs`, `supply.rs` | requests, answers, and the tokens and codes that they use up and bring |
//! | `http.rs`, `drive.rs` | keep-alive connections, and a closed loop over them |
//! | `process.rs` | processor time and memory, from the kernel |
//! | `yardsticks.rs` | what a signature and a password's hash cost in the same run |
//! | `bench.rs` | a line of a table: warm-up, rounds, median |
//! | `tables.rs` | which tables a run has, and which lines a table |
//! | `scale.rs`, `bulk.rs` | what tables of different sizes cost, and grants by the million |
//! | `purging.rs` | what refreshes take while grants that have ended are removed |
//! | `budget.rs`, `table.rs`, `machine.rs`, `save.rs` | what a line may cost, and how it is told |
//!
//! A failed request fails the benchmark. What is measured, and how to read it, is in `docs/performance.md`.

mod answer;
mod args;
mod bench;
mod budget;
mod bulk;
mod checks;
mod drive;
mod hello;
mod http;
mod kind;
mod machine;
mod place;
mod process;
mod purging;
mod requests;
mod save;
mod scale;
mod seed;
mod server;
mod stock;
mod supply;
mod table;
mod tables;
mod work;
mod yardsticks;

use std::process::ExitCode;

use clap::Parser;

use args::{Args, Part};

/// What may go wrong: one sentence.
type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let args = Args::parse();
    let done = match args.part {
        Some(Part::Hello) => hello::run(),
        None => measure(&args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("load: {error}");
            ExitCode::FAILURE
        }
    }
}

/// On one thread: the generator leaves at least the other cores to the server.
fn measure(args: &Args) -> Outcome {
    // Not where the repository's own configuration file is found.
    std::env::set_current_dir(env!("CARGO_TARGET_TMPDIR"))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    tokio::task::LocalSet::new().block_on(&runtime, run(args))
}

async fn run(args: &Args) -> Outcome {
    match args.purge {
        Some(ended) => purging::all(args, ended).await,
        None if args.scale.is_empty() => tables::all(args).await,
        None => scale::all(args).await,
    }
}

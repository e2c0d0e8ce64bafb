//! `--purge`: what refreshes take while rows that have ended are removed beside them.
//!
//! The server purges by itself, some minutes after its start: until then it is measured without. The rounds in the middle of
//! each half are compared.

use std::rc::Rc;
use std::time::Duration;

use countersign::metrics::Stopwatch;

use crate::Outcome;
use crate::args::Args;
use crate::budget::ratio;
use crate::bulk::Bulk;
use crate::drive::{Round, round};
use crate::kind::Kind;
use crate::place::{Engine, Place};
use crate::process::Meter;
use crate::save::save;
use crate::seed::Seed;
use crate::server::{Program, Server};
use crate::table::{micros, millis};
use crate::work::Work;
use crate::yardsticks::median;

/// Requests in flight.
const CONNECTIONS: usize = 32;
/// Grants that live, and are refreshed in turn.
const LIVE: u64 = 100_000;
/// Rounds without the purge, and as many beside it.
const ROUNDS: usize = 25;
const ROUND: Duration = Duration::from_secs(4);
/// A server purges for the first time five minutes after its start.
const PATIENCE: Duration = Duration::from_secs(330);

const HEAD: &str = "\
| refreshes | requests/s | p50 ms | p99 ms | of that before | CPU µs | grants removed a second |
|---|---|---|---|---|---|---|
";

/// Measures all engines that are asked for.
pub async fn all(args: &Args, ended: u64) -> Outcome {
    for engine in args.engines() {
        let table = measure(engine, ended).await?;
        println!("\nPurge, {}\n\n{table}", engine.as_str());
        if args.save {
            save(&format!("purge-{}", engine.name()), &table)?;
        }
    }
    Ok(())
}

async fn measure(engine: Engine, ended: u64) -> Outcome<String> {
    let place = Place::new("purge", engine, &[])?;
    let (bulk, seed) = Bulk::fill(&place, Seed::open(&place).await?, LIVE + ended, ended).await?;
    let work = Work::new(Kind::Refresh, seed.seeded.clone());
    work.stock.add_refresh_tokens(bulk.refresh_tokens(0, LIVE));
    let (work, all) = (Rc::new(work), bulk.count()?);
    let (server, started) = (Server::start(&place, Program::Countersign)?, Stopwatch::start());
    let meter = Meter::new(server.pid(), None);

    let before = rounds(&server, &work, &meter).await?;
    let mut first = bulk.count()?;
    if first < all {
        return Err("the purge began too early".into());
    }
    while first == all {
        if started.elapsed() > PATIENCE {
            return Err("the purge did not begin".into());
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
        first = bulk.count()?;
    }
    let watch = Stopwatch::start();
    let beside = rounds(&server, &work, &meter).await?;
    let (last, elapsed) = (bulk.count()?, watch.elapsed());
    if last <= all - ended {
        return Err("the purge was over too early: have it remove more".into());
    }
    server.stop()?;

    let usual = middle(&before, |round| round.latency(99));
    let removed = f64::from(u32::try_from(first - last)?) / elapsed.as_secs_f64();
    Ok([HEAD, &row("by themselves", &before, usual, 0.0), "\n", &row("beside the purge", &beside, usual, removed)]
        .concat())
}

async fn rounds(server: &Server, work: &Rc<Work>, meter: &Meter) -> Outcome<Vec<Round>> {
    // The first warms up.
    round(server.address, work, CONNECTIONS, ROUND, meter).await?;
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        server.empty_log()?;
        rounds.push(round(server.address, work, CONNECTIONS, ROUND, meter).await?);
    }
    Ok(rounds)
}

fn middle(rounds: &[Round], of: impl Fn(&Round) -> Duration) -> Duration {
    median(rounds.iter().map(of).collect())
}

fn row(name: &str, rounds: &[Round], usual: Duration, removed: f64) -> String {
    let p99 = middle(rounds, |round| round.latency(99));
    let a_request = middle(rounds, |round| Duration::from_secs_f64(1.0 / round.rate()));
    format!(
        "| {name} | {:.0} | {:.2} | {:.2} | {:.2} | {:.1} | {removed:.0} |",
        1.0 / a_request.as_secs_f64(),
        millis(middle(rounds, |round| round.latency(50))),
        millis(p99),
        ratio(p99, usual),
        micros(middle(rounds, Round::server_cpu)),
    )
}

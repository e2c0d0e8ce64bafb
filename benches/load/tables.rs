//! The tables of a run: one an engine, and one for each of the other signatures.

use std::time::Duration;

use countersign::types::Algorithm;

use crate::Outcome;
use crate::args::Args;
use crate::bench::{Bench, Length};
use crate::kind::Kind;
use crate::machine;
use crate::place::{Engine, Place};
use crate::save::save;
use crate::seed::Seed;
use crate::table::Table;
use crate::yardsticks::{Yardsticks, median};

const BRIEF: Length =
    Length { warm_up: Duration::from_millis(100), rounds: 3, round: Duration::from_millis(200), grants: 10_000 };
const WHOLE: Length =
    Length { warm_up: Duration::from_millis(500), rounds: 3, round: Duration::from_millis(1500), grants: 20_000 };

/// More sign-ins than may wait for a hash by default are answered 503, as they must be.
const MOST_PASSWORDS: usize = 64;
/// What is measured with other signatures than RS256.
const SIGNING: [Kind; 5] = [Kind::ClientCredentials, Kind::Refresh, Kind::Code, Kind::Introspection, Kind::Mixed];

/// What is in a table.
struct Plan {
    /// Its name in `docs/performance.md`.
    name: &'static str,
    engine: Engine,
    algorithm: Algorithm,
    kinds: Vec<Kind>,
    connections: &'static [usize],
}

/// Measures all that is asked for.
pub async fn all(args: &Args) -> Outcome {
    let passwords = Place::new("defaults", Engine::Sqlite, &[])?.config()?.passwords;
    let yardsticks = Yardsticks::new(&passwords)?;
    let mut signatures = Vec::new();
    for plan in plans(args) {
        let table = measure(&plan, args, &yardsticks, &mut signatures).await?;
        if args.save {
            save(plan.name, &table.to_string())?;
        }
    }
    let told = machine::describe(&yardsticks, median(signatures))?;
    println!("\n{told}");
    if args.save { save("run", &told) } else { Ok(()) }
}

fn plans(args: &Args) -> Vec<Plan> {
    let wanted = |kinds: &[Kind]| kinds.iter().copied().filter(|kind| args.wants(*kind)).collect();
    let of_engine = |engine: Engine| Plan {
        name: engine.name(),
        engine,
        algorithm: Algorithm::Rs256,
        kinds: wanted(&Kind::ALL),
        connections: args.connections(),
    };
    let of_algorithm = |(name, algorithm)| Plan {
        name,
        engine: Engine::Sqlite,
        algorithm,
        kinds: wanted(&SIGNING),
        connections: &[32],
    };
    let engines = args.engines();
    let others = [("es256", Algorithm::Es256), ("eddsa", Algorithm::EdDsa)];
    let others = others.into_iter().filter(|_| engines.contains(&Engine::Sqlite)).map(of_algorithm);
    engines.iter().copied().map(of_engine).chain(others).filter(|plan| !plan.kinds.is_empty()).collect()
}

/// Measures a table, printing each row as it comes.
async fn measure(plan: &Plan, args: &Args, yardsticks: &Yardsticks, signatures: &mut Vec<Duration>) -> Outcome<Table> {
    let algorithm = plan.algorithm.as_str();
    let others = [("KEYS__ALGORITHM", algorithm)];
    let place = Place::new(plan.name, plan.engine, if plan.algorithm == Algorithm::Rs256 { &[] } else { &others })?;
    let seed = Seed::open(&place).await?;
    let mut bench = Bench::start(place, seed, algorithm).await?;
    let mut table = Table::new(plan.engine, plan.algorithm);
    println!("\n{algorithm}, {}\n\n{table}", plan.engine.as_str());
    for &connections in plan.connections {
        for &kind in plan.kinds.iter().filter(|kind| **kind != Kind::Password || connections <= MOST_PASSWORDS) {
            let length = if args.brief { BRIEF } else { WHOLE };
            let line = bench.measure(kind, connections, length, yardsticks).await?;
            signatures.push(line.signature);
            println!("{}", table.add(&line));
        }
    }
    bench.stop()?;
    Ok(table)
}

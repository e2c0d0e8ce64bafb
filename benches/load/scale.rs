//! `--scale`: the same work on tables of different sizes, which must cost the same.
//!
//! A server for each size runs all the time, and they are measured by turns, so that what else the machine does meets all of
//! them alike. Refreshes go through grants from all over the table; codes are new, as they always are.

use std::rc::Rc;
use std::time::Duration;

use nix::unistd::Pid;

use crate::Outcome;
use crate::args::Args;
use crate::budget::ratio;
use crate::bulk::Bulk;
use crate::checks;
use crate::drive::round;
use crate::kind::Kind;
use crate::place::{Engine, Place};
use crate::process::{Meter, parent};
use crate::save::save;
use crate::seed::Seed;
use crate::server::{Program, Server};
use crate::supply::{access_tokens, for_a_round};
use crate::table::{mebibytes, micros, millis};
use crate::work::Work;
use crate::yardsticks::median;

/// Requests in flight.
const CONNECTIONS: usize = 32;
/// Grants that are refreshed in turn: more than a cache of the server's holds pages.
const POOL: u64 = 100_000;
/// Starts of a server, of which the one in the middle is reported.
const STARTS: usize = 3;
/// What is measured, in the order of the columns.
const KINDS: [Kind; 3] = [Kind::Refresh, Kind::Code, Kind::Mixed];

/// The ratio is to the smallest table.
const HEAD: &str = "\
| grants | bytes a grant | ready ms | refresh µs | ratio | code µs | ratio | mixed µs | ratio | MiB at first, at last |
|---|---|---|---|---|---|---|---|---|---|
";

/// How long it takes.
#[derive(Clone, Copy)]
struct Length {
    /// Rounds of each kind of work on each size, of which the one in the middle is reported.
    rounds: usize,
    /// Each of them.
    round: Duration,
}

const BRIEF: Length = Length { rounds: 1, round: Duration::from_millis(250) };
const WHOLE: Length = Length { rounds: 9, round: Duration::from_millis(1500) };

/// Measures all sizes that are asked for, on all engines that are.
pub async fn all(args: &Args) -> Outcome {
    let length = if args.brief { BRIEF } else { WHOLE };
    for engine in args.engines() {
        let table = measure(engine, &args.scale, length).await?;
        println!("\nScale, {}\n\n{table}", engine.as_str());
        if args.save {
            save(&format!("scale-{}", engine.name()), &table)?;
        }
    }
    Ok(())
}

/// Measures all sizes on an engine.
async fn measure(engine: Engine, sizes: &[u64], length: Length) -> Outcome<String> {
    let mut tables = Vec::new();
    for &grants in sizes {
        tables.push(Filled::new(engine, grants).await?);
    }
    for kind in KINDS {
        // The first round warms up.
        for number in 0..=length.rounds {
            for table in &mut tables {
                table.round(kind, length.round, number > 0).await?;
            }
        }
    }
    let smallest: Vec<Duration> = KINDS.iter().map(|kind| tables[0].cost(*kind)).collect();
    let rows: Vec<String> = tables.iter().map(|table| table.row(&smallest)).collect();
    for table in tables {
        table.server.stop()?;
    }
    Ok([HEAD, &rows.join("\n")].concat())
}

/// A server on a table of some size.
struct Filled {
    bulk: Bulk,
    seed: Seed,
    server: Server,
    meter: Meter,
    ready_after: Duration,
    bytes: u64,
    works: Vec<Measured>,
    /// After each round, in KiB.
    resident: Vec<u64>,
    /// The last to go.
    _place: Place,
}

impl Filled {
    async fn new(engine: Engine, grants: u64) -> Outcome<Self> {
        let place = Place::new(&format!("scale-{grants}"), engine, &[])?;
        let (bulk, seed) = Bulk::fill(&place, Seed::open(&place).await?, grants, 0).await?;
        let bytes = bulk.bytes()?;
        let mut starts = Vec::new();
        for _ in 1..STARTS {
            let server = Server::start(&place, Program::Countersign)?;
            starts.push(server.ready_after);
            server.stop()?;
        }
        let server = Server::start(&place, Program::Countersign)?;
        starts.push(server.ready_after);
        starts.sort_unstable();
        let meter = Meter::new(server.pid(), postmaster(engine, &seed).await?);
        let mut filled = Self {
            bulk,
            seed,
            server,
            meter,
            ready_after: starts[STARTS / 2],
            bytes,
            works: Vec::new(),
            resident: Vec::new(),
            _place: place,
        };
        for kind in KINDS {
            let work = filled.prepare(kind);
            filled.works.push(Measured { work, costs: Vec::new() });
        }
        Ok(filled)
    }

    /// Work with what is not used up. No two kinds refresh the same grants.
    fn prepare(&self, kind: Kind) -> Rc<Work> {
        let work = Work::new(kind, self.seed.seeded.clone());
        let pool = POOL.min(self.bulk.grants / 2);
        match kind {
            Kind::Refresh => work.stock.add_refresh_tokens(self.bulk.refresh_tokens(0, pool)),
            Kind::Mixed => work.stock.add_refresh_tokens(self.bulk.refresh_tokens(pool, pool)),
            _ => {}
        }
        Rc::new(work)
    }

    async fn round(&mut self, kind: Kind, length: Duration, counts: bool) -> Outcome {
        let measured = self.works.iter_mut().find(|measured| measured.work.kind == kind).ok_or("it is not prepared")?;
        if kind != Kind::Refresh {
            let count = for_a_round(kind, CONNECTIONS, length);
            measured.work.stock.set_codes(self.seed.codes(count).await?);
        }
        if kind == Kind::Mixed {
            // Those of the first tables would have expired when the last one is filled.
            measured.work.stock.set_access_tokens(access_tokens(&self.seed, self.server.address).await?);
        }
        self.server.empty_log()?;
        let round = round(self.server.address, &measured.work, CONNECTIONS, length, &self.meter).await?;
        if counts {
            measured.costs.push(round.server_cpu() + round.database_cpu());
        }
        self.resident.push(self.meter.memory()?.resident);
        Ok(())
    }

    /// What a request of a kind costs server and database: the round in the middle.
    fn cost(&self, kind: Kind) -> Duration {
        let of_kind = self.works.iter().filter(|measured| measured.work.kind == kind);
        median(of_kind.flat_map(|measured| measured.costs.clone()).collect())
    }

    fn row(&self, smallest: &[Duration]) -> String {
        let cost = |(kind, smallest): (&Kind, &Duration)| {
            format!("{:.0} | {:.2}", micros(self.cost(*kind)), ratio(self.cost(*kind), *smallest))
        };
        let costs: Vec<String> = KINDS.iter().zip(smallest).map(cost).collect();
        format!(
            "| {} | {} | {:.0} | {} | {:.0}, {:.0} |",
            self.bulk.grants,
            self.bytes / self.bulk.grants,
            millis(self.ready_after),
            costs.join(" | "),
            mebibytes(self.resident.first().copied().unwrap_or_default()),
            mebibytes(self.resident.last().copied().unwrap_or_default()),
        )
    }
}

/// Work, and what each round of it came to.
struct Measured {
    work: Rc<Work>,
    costs: Vec<Duration>,
}

/// The database's main process, where it is not in the server.
async fn postmaster(engine: Engine, seed: &Seed) -> Outcome<Option<Pid>> {
    Ok(match engine {
        Engine::Sqlite => None,
        Engine::Postgres => Some(parent(checks::backend(seed).await?)?),
    })
}

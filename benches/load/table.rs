//! A table, as it is printed and as `docs/performance.md` has it.

use std::fmt;
use std::time::Duration;

use countersign::types::Algorithm;

use crate::bench::Line;
use crate::budget::{Budget, budgets, ratio};
use crate::place::Engine;

/// Rows of Markdown. Those of an engine have what its processes use apart.
pub struct Table {
    engine: Engine,
    algorithm: Algorithm,
    rows: Vec<String>,
}

impl Table {
    /// One without rows.
    pub fn new(engine: Engine, algorithm: Algorithm) -> Self {
        let database = if engine == Engine::Postgres { " database µs | together, S |" } else { "" };
        let head = format!(
            "| work | in flight | requests/s | p50 ms | p99 ms | CPU µs | S |{database} hello | MiB | budget |"
        );
        let rule = "|---".repeat(head.matches('|').count() - 1) + "|";
        Self { engine, algorithm, rows: vec![head, rule] }
    }

    /// Adds a line, and gives the row that it became.
    pub fn add(&mut self, line: &Line) -> &str {
        let (round, server, database) = (&line.round, line.round.server_cpu(), line.round.database_cpu());
        let of_database = match self.engine {
            Engine::Sqlite => String::new(),
            Engine::Postgres => format!(" {:.0} | {:.2} |", micros(database), ratio(server + database, line.signature)),
        };
        let in_hello = line.beside.filter(|_| line.kind.document().is_some()).map(|hello| ratio(server, hello));
        let row = format!(
            "| {} | {} | {:.0} | {:.2} | {:.2} | {:.1} | {:.2} |{of_database} {} | {:.0}, {:.0} | {} |",
            line.kind.name(),
            line.connections,
            round.rate(),
            millis(round.latency(50)),
            millis(round.latency(99)),
            micros(server),
            ratio(server, line.signature),
            in_hello.map_or_else(String::new, |ratio| format!("{ratio:.2}")),
            mebibytes(line.memory.resident),
            mebibytes(line.memory.peak),
            self.budgets(line),
        );
        self.rows.push(row);
        self.rows.last().map_or("", String::as_str)
    }

    /// What was promised of a line: for RS256.
    fn budgets(&self, line: &Line) -> String {
        if self.algorithm != Algorithm::Rs256 {
            return String::new();
        }
        budgets(line, self.engine).iter().map(Budget::text).collect::<Vec<_>>().join("; ")
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.rows.join("\n"))
    }
}

/// A duration in microseconds.
pub fn micros(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e6
}

/// A duration in milliseconds.
pub fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

/// Kibibytes in mebibytes.
#[expect(clippy::cast_precision_loss, reason = "memory has fewer bits")]
pub fn mebibytes(kib: u64) -> f64 {
    kib as f64 / 1024.0
}

//! What each kind of work may cost, with 32 requests in flight and RS256.

use std::time::Duration;

use crate::bench::Line;
use crate::kind::Kind;
use crate::place::Engine;

/// How many requests are in flight where there are budgets.
const CONNECTIONS: usize = 32;

/// What a line may cost, and costs.
pub struct Budget {
    /// At most so many.
    most: f64,
    /// Of what.
    unit: &'static str,
    /// What it is.
    is: f64,
}

/// The budgets of a line.
pub fn budgets(line: &Line, engine: Engine) -> Vec<Budget> {
    if line.connections != CONNECTIONS {
        return Vec::new();
    }
    let (server, signature) = (line.round.server_cpu(), line.signature);
    let signatures = |most| Budget { most, unit: "S", is: ratio(server, signature) };
    match (line.kind, engine) {
        (Kind::Refresh, Engine::Postgres) => {
            let is = ratio(server + line.round.database_cpu(), signature);
            vec![signatures(1.5), Budget { most: 2.2, unit: "S together", is }]
        }
        (Kind::Refresh, Engine::Sqlite) => vec![signatures(1.25)],
        (Kind::ClientCredentials, Engine::Sqlite) => vec![signatures(1.12)],
        (Kind::Code, Engine::Sqlite) => vec![signatures(2.35)],
        (Kind::Introspection, Engine::Sqlite) => vec![signatures(0.2)],
        // A hash costs so much that two signatures are lost in its noise: both together are one unit.
        (Kind::Password, Engine::Sqlite) => {
            let of = |hash| Budget { most: 1.0, unit: "Argon2id + 2 S", is: ratio(server, hash + 2 * signature) };
            line.beside.map(of).into_iter().collect()
        }
        (Kind::Jwks | Kind::Discovery, Engine::Sqlite) => {
            let of = |hello| Budget { most: 1.3, unit: "hello", is: ratio(server, hello) };
            line.beside.map(of).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

impl Budget {
    /// What was promised, and whether it is kept.
    pub fn text(&self) -> String {
        let verdict = if self.is <= self.most { "met" } else { "**not met**" };
        format!("{:.2} of {:.2} {}: {verdict}", self.is, self.most, self.unit)
    }
}

/// How many times `one` is in `all`.
pub fn ratio(all: Duration, one: Duration) -> f64 {
    all.as_secs_f64() / one.as_secs_f64()
}

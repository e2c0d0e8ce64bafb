//! A server under measurement: what a line of a table takes, from what it needs in stock to its median.

use std::rc::Rc;
use std::time::Duration;

use nix::unistd::Pid;

use crate::Outcome;
use crate::checks;
use crate::drive::{Round, round};
use crate::http::Connection;
use crate::kind::Kind;
use crate::place::{Engine, Place};
use crate::process::{Memory, Meter, parent};
use crate::requests::document;
use crate::seed::{PLAIN, Seed};
use crate::server::{Program, Server};
use crate::supply::{access_tokens, for_a_round};
use crate::work::Work;
use crate::yardsticks::{Yardsticks, median};

/// How long a line takes.
#[derive(Clone, Copy)]
pub struct Length {
    /// Before anything is measured.
    pub warm_up: Duration,
    /// Rounds, of which the one in the middle by processor time is reported.
    pub rounds: usize,
    /// Each of them.
    pub round: Duration,
    /// Grants that are refreshed in turn.
    pub grants: usize,
}

/// A line of a table.
pub struct Line {
    /// The kind of work.
    pub kind: Kind,
    /// Requests in flight.
    pub connections: usize,
    /// The round in the middle.
    pub round: Round,
    /// The memory of the server at the end, and at most meanwhile.
    pub memory: Memory,
    /// One RSA-2048 signature, measured before and after each round.
    pub signature: Duration,
    /// A hello, or a hash, measured after each round: of the kinds that are compared with one.
    pub beside: Option<Duration>,
}

/// A server, what is seeded into its place, and what its processes use.
pub struct Bench {
    seed: Seed,
    server: Server,
    hello: Option<(Server, Place)>,
    postmaster: Option<Pid>,
    /// The last to go.
    _place: Place,
}

impl Bench {
    /// Starts a server on a place that is seeded, and checks that it does all that it must.
    pub async fn start(place: Place, seed: Seed, algorithm: &str) -> Outcome<Self> {
        let server = Server::start(&place, Program::Countersign)?;
        checks::all(&place, &seed, &server, algorithm).await?;
        let postmaster = match place.engine {
            Engine::Sqlite => None,
            Engine::Postgres => Some(parent(checks::backend(&seed).await?)?),
        };
        Ok(Self { seed, server, hello: None, postmaster, _place: place })
    }

    /// Measures a kind of work, and by turns what it is compared with.
    pub async fn measure(
        &mut self,
        kind: Kind,
        connections: usize,
        length: Length,
        yardsticks: &Yardsticks,
    ) -> Outcome<Line> {
        self.start_hello(kind)?;
        let work = self.prepare(kind, length.grants).await?;
        let (server, meter) = (self.server_of(kind), self.meter(kind));
        let (mut signatures, mut beside, mut rounds) = (yardsticks.signatures()?, Vec::new(), Vec::new());
        server.empty_log()?;
        meter.forget_peak()?;
        self.restock(&work, connections, length.warm_up).await?;
        let mut sent = round(server.address, &work, connections, length.warm_up, &meter).await?.requests();
        for _ in 0..length.rounds {
            self.restock(&work, connections, length.round).await?;
            let round = round(server.address, &work, connections, length.round, &meter).await?;
            sent += round.requests();
            rounds.push(round);
            signatures.extend(yardsticks.signatures()?);
            beside.extend(self.beside(kind, connections, length.round, yardsticks).await?);
        }
        let logged = server.logged_requests()?;
        if logged != sent {
            return Err(format!("{}: {sent} requests are {logged} lines in the log", kind.name()).into());
        }
        if let Some(held) = work.stock.given_back() {
            checks::revoked_token_is_refused(&held, server).await?;
        }
        rounds.sort_by_key(|round| round.server_cpu() + round.database_cpu());
        let round = rounds.swap_remove(rounds.len() / 2);
        let beside = (!beside.is_empty()).then(|| median(beside));
        Ok(Line { kind, connections, round, memory: meter.memory()?, signature: median(signatures), beside })
    }

    /// What a request of some kinds is compared with, beside a signature: a hello, or a hash.
    async fn beside(
        &self,
        kind: Kind,
        connections: usize,
        length: Duration,
        yardsticks: &Yardsticks,
    ) -> Outcome<Vec<Duration>> {
        if kind == Kind::Password {
            return yardsticks.hashes();
        }
        if kind == Kind::Hello || kind.document().is_none() {
            return Ok(Vec::new());
        }
        let (work, hello) = (Rc::new(Work::new(Kind::Hello, self.seed.seeded.clone())), self.server_of(Kind::Hello));
        hello.empty_log()?;
        let round = round(hello.address, &work, connections, length, &self.meter(Kind::Hello)).await?;
        Ok(vec![round.server_cpu()])
    }

    fn start_hello(&mut self, kind: Kind) -> Outcome {
        if kind.document().is_some() && self.hello.is_none() {
            let place = Place::new("hello", Engine::Sqlite, &[])?;
            self.hello = Some((Server::start(&place, Program::Hello)?, place));
        }
        Ok(())
    }

    fn meter(&self, kind: Kind) -> Meter {
        Meter::new(self.server_of(kind).pid(), self.postmaster)
    }

    fn server_of(&self, kind: Kind) -> &Server {
        match &self.hello {
            Some((hello, _)) if kind == Kind::Hello => hello,
            _ => &self.server,
        }
    }

    /// What is not used up.
    async fn prepare(&self, kind: Kind, grants: usize) -> Outcome<Rc<Work>> {
        let mut work = Work::new(kind, self.seed.seeded.clone());
        if let Some(path) = kind.document() {
            let answer = Connection::open(self.server_of(kind).address).await?.send(document(path, None)?).await?;
            work = work.with_document(answer);
        }
        if matches!(kind, Kind::Refresh | Kind::Revocation | Kind::Mixed) {
            work.stock.add_refresh_tokens(self.seed.refresh_tokens(grants, PLAIN).await?);
        }
        if matches!(kind, Kind::Introspection | Kind::Userinfo | Kind::Mixed) {
            work.stock.set_access_tokens(access_tokens(&self.seed, self.server.address).await?);
        }
        Ok(Rc::new(work))
    }

    /// What is used up, for a round.
    async fn restock(&self, work: &Work, connections: usize, round: Duration) -> Outcome {
        let count = for_a_round(work.kind, connections, round);
        match work.kind {
            Kind::Code | Kind::Mixed => work.stock.set_codes(self.seed.codes(count).await?),
            Kind::Revocation => {
                let missing = count.saturating_sub(work.stock.refresh_tokens());
                work.stock.add_refresh_tokens(self.seed.refresh_tokens(missing, PLAIN).await?);
            }
            _ => {}
        }
        Ok(())
    }

    /// Ends it, as a service manager does.
    pub fn stop(self) -> Outcome {
        if let Some((hello, _)) = self.hello {
            hello.stop()?;
        }
        self.server.stop()
    }
}

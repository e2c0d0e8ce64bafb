//! A closed loop: each connection sends its next request when it has the answer to the last.

use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use countersign::metrics::Stopwatch;
use tokio::task::JoinSet;

use crate::Outcome;
use crate::http::Connection;
use crate::process::{Meter, Used};
use crate::work::Work;

/// What a round came to.
pub struct Round {
    /// How long each request took, shortest first.
    latencies: Vec<Duration>,
    elapsed: Duration,
    used: Used,
}

/// Keeps `connections` busy for a time, or until what the work needs is used up. The first request that fails ends it.
pub async fn round(
    address: SocketAddr,
    work: &Rc<Work>,
    connections: usize,
    length: Duration,
    meter: &Meter,
) -> Outcome<Round> {
    let mut open = Vec::new();
    for _ in 0..connections {
        open.push(Connection::open(address).await?);
    }
    let (before, watch) = (meter.read()?, Stopwatch::start());
    let mut tasks = JoinSet::new();
    for connection in open {
        tasks.spawn_local(keep_busy(connection, Rc::clone(work), watch, length));
    }
    let mut latencies = Vec::new();
    while let Some(ended) = tasks.join_next().await {
        latencies.extend(ended??);
    }
    let (elapsed, after) = (watch.elapsed(), meter.read()?);
    if latencies.is_empty() {
        return Err(format!("{}: there was nothing to send", work.kind.name()).into());
    }
    latencies.sort_unstable();
    let used = Used {
        server: after.server.saturating_sub(before.server),
        database: after.database.saturating_sub(before.database),
    };
    Ok(Round { latencies, elapsed, used })
}

async fn keep_busy(
    mut connection: Connection,
    work: Rc<Work>,
    watch: Stopwatch,
    length: Duration,
) -> Outcome<Vec<Duration>> {
    let mut latencies = Vec::new();
    while watch.elapsed() < length {
        let Some(task) = work.next() else { break };
        let (request, sent) = (work.request(&task)?, Stopwatch::start());
        let answer = connection.send(request).await?;
        latencies.push(sent.elapsed());
        work.accept(task, &answer)?;
    }
    Ok(latencies)
}

impl Round {
    /// How many requests were answered.
    pub fn requests(&self) -> usize {
        self.latencies.len()
    }

    /// Requests per second.
    pub fn rate(&self) -> f64 {
        count(self.requests()) / self.elapsed.as_secs_f64()
    }

    /// The time within which a share of the requests was answered.
    pub fn latency(&self, percent: usize) -> Duration {
        self.latencies[(self.latencies.len() * percent / 100).min(self.latencies.len() - 1)]
    }

    /// The server's processor time for a request.
    pub fn server_cpu(&self) -> Duration {
        self.used.server.div_f64(count(self.requests()))
    }

    /// The database's processor time for a request.
    pub fn database_cpu(&self) -> Duration {
        self.used.database.div_f64(count(self.requests()))
    }
}

fn count(requests: usize) -> f64 {
    f64::from(u32::try_from(requests).unwrap_or(u32::MAX))
}

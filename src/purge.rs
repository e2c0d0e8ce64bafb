//! The background purge: rows that nobody can use any more are removed, so that storage does not grow with use.
//!
//! A walk goes through the tables by primary key, a few rows at a time, and rests between two steps: a step costs the
//! same however large the table is, nobody waits long for it, and all of them take no more than a twentieth of the writer.
//! No index has to know when a row ends, so that a rotation changes none. Each step says in its own statement what it
//! removes, so that what another request does meanwhile counts; several nodes that walk at once do no harm, and take
//! turns.
//!
//! Used client assertions are many, and of use for minutes: a walk of its own goes through them every other minute.

use std::time::Duration;

use crate::app::App;
use crate::browser::FLOW_MAX_AGE;
use crate::metrics::{Label, PurgedTable, Stopwatch};
use crate::store::{Conn, Step, StoreError, access_tokens, assertions, decisions, grants, sessions, turns};

/// How long a row is kept after it has become of no use. A clock that is ahead by less makes nobody lose anything, and
/// what ended yesterday can still be looked into.
const KEEP: Duration = Duration::from_secs(86_400);
/// From the beginning of a walk to that of the next one, by whatever node.
const EVERY: Duration = Duration::from_secs(3600);
/// How often a node asks whether it is its turn.
const ASK_EVERY: Duration = Duration::from_secs(300);
/// A rest is so many times as long as the step before it.
const REST: u32 = 19;
/// The name of the turn.
const WORK: &str = "purge";
/// Time that a used assertion is kept after nobody accepts it any more: the clocks of nodes may differ.
const KEEP_ASSERTIONS: Duration = Duration::from_secs(120);
/// From the beginning of a walk through used assertions to that of the next one, by whatever node.
const ASSERTIONS_EVERY: Duration = Duration::from_secs(90);
/// Period after which a node asks for its turn at that.
const ASK_FOR_ASSERTIONS_EVERY: Duration = Duration::from_secs(120);
/// A rest in that walk. A flood of assertions has to go as quickly as it comes.
const REST_IN_ASSERTIONS: u32 = 9;
/// The name of the turn at that.
const ASSERTIONS_WORK: &str = "purge_assertions";

/// Walks whenever it is this node's turn, until the process ends.
pub async fn run(app: App) {
    tokio::join!(run_walks(&app), run_assertion_walks(&app));
}

async fn run_assertion_walks(app: &App) {
    loop {
        tokio::time::sleep(ASK_FOR_ASSERTIONS_EVERY).await;
        let walked = match take_turn_at(app, ASSERTIONS_WORK, ASSERTIONS_EVERY).await {
            Ok(true) => walk_assertions(app, REST_IN_ASSERTIONS).await.map(drop),
            Ok(false) => Ok(()),
            Err(error) => Err(error),
        };
        if let Err(error) = walked {
            tracing::warn!(%error, "the purge of used assertions stopped, and goes on with its next walk");
        }
    }
}

async fn run_walks(app: &App) {
    loop {
        tokio::time::sleep(ASK_EVERY).await;
        let walked = match take_turn(app).await {
            Ok(true) => walk(app, REST).await,
            Ok(false) => Ok(()),
            Err(error) => Err(error),
        };
        if let Err(error) = walked {
            tracing::warn!(%error, "the purge stopped, and goes on with its next walk");
        }
    }
}

/// Takes this node's turn to walk, if no other took one lately, and if this node knows what time it is.
///
/// # Errors
/// [`StoreError`].
pub async fn take_turn(app: &App) -> Result<bool, StoreError> {
    take_turn_at(app, WORK, EVERY).await
}

async fn take_turn_at(app: &App, work: &'static str, every: Duration) -> Result<bool, StoreError> {
    if !app.heartbeat.is_clock_right() {
        return Ok(false);
    }
    let now = app.clock.now();
    app.store.write(move |conn| turns::take(conn, work, every, now)).await
}

/// Walks once through the used assertions, resting `rest` times as long as it works, and returns how many it removed.
///
/// # Errors
/// [`StoreError`]; what was removed before stays so.
pub async fn walk_assertions(app: &App, rest: u32) -> Result<u64, StoreError> {
    let ended = app.clock.now().minus(KEEP_ASSERTIONS);
    let walk = Walk { app, table: PurgedTable::AssertionIds, rest };
    walk.through(move |conn, after: Vec<u8>| assertions::purge(conn, &after, ended)).await
}

/// Walks once through all tables, resting `rest` times as long as it works.
///
/// # Errors
/// [`StoreError`]; what was removed before stays so.
pub async fn walk(app: &App, rest: u32) -> Result<(), StoreError> {
    let (now, tokens, session) = (app.clock.now(), &app.config.tokens, &app.config.session);
    let useless = now.minus(KEEP);
    // An access token outlives a grant that was idle for too long, and has to find the row until its own end.
    let ended = useless.minus(tokens.access_ttl);
    let grants_before = grants::Ended {
        ended,
        code_made: ended.minus(tokens.code_ttl),
        token_made: ended.minus(tokens.refresh_idle_ttl),
    };
    let (last_seen, decided) = (useless.minus(session.idle_ttl), useless.minus(FLOW_MAX_AGE));

    let mut removed = Vec::new();
    for table in PurgedTable::ALL.iter().copied() {
        let walk = Walk { app, table, rest };
        let rows = match table {
            PurgedTable::Grants => {
                walk.through(move |conn, after: Vec<u8>| grants::purge(conn, &after, grants_before)).await
            }
            PurgedTable::Sessions => {
                walk.through(move |conn, after: Vec<u8>| sessions::purge(conn, &after, useless, last_seen)).await
            }
            PurgedTable::Decisions => {
                walk.through(move |conn, after: Vec<u8>| decisions::purge(conn, &after, decided)).await
            }
            PurgedTable::AssertionIds => walk_assertions(app, rest).await,
            PurgedTable::RevokedTokens => {
                walk.through(move |conn, after: String| access_tokens::purge(conn, &after, useless)).await
            }
        };
        removed.push((table.name(), rows?));
    }
    if !app.is_stopping() {
        app.metrics.purge.walks.increment();
    }
    log(&removed);
    Ok(())
}

fn log(removed: &[(&str, u64)]) {
    let rows = removed.iter().map(|(table, rows)| format!("{rows} {table}")).collect::<Vec<_>>().join(", ");
    if removed.iter().all(|(_, rows)| *rows == 0) {
        tracing::debug!(event = "purged", rows);
    } else {
        tracing::info!(event = "purged", rows);
    }
}

/// A walk, while it goes through one of the tables.
struct Walk<'a> {
    app: &'a App,
    table: PurgedTable,
    rest: u32,
}

impl Walk<'_> {
    /// Takes steps until the end of the table, and says how many rows they removed.
    async fn through<K: Clone + Default + Send + 'static>(
        &self,
        step: impl Fn(&mut Conn, K) -> Result<Step<K>, StoreError> + Clone + Send + 'static,
    ) -> Result<u64, StoreError> {
        let (mut after, mut removed) = (K::default(), 0);
        loop {
            let (step, from) = (step.clone(), after.clone());
            // Measured where it runs: under load it waits for its turn for longer than it takes.
            let unit = move |conn: &mut Conn| {
                let taken = Stopwatch::start();
                step(conn, from.clone()).map(|step| (step, taken.elapsed()))
            };
            let (Step { removed: rows, last }, taken) = self.app.store.write_one(unit).await?;
            let rows = u64::try_from(rows).unwrap_or(u64::MAX);
            self.app.metrics.purge.rows.of(self.table).add(rows);
            removed += rows;
            let Some(last) = last.filter(|_| !self.app.is_stopping()) else { return Ok(removed) };
            after = last;
            tokio::time::sleep(taken * self.rest).await;
        }
    }
}

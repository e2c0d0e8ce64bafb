//! `PostgreSQL`: a pool of threads that each own a connection, made when it is first needed and again when it breaks.
//!
//! A transaction is SERIALIZABLE, so that a unit of work means what it means on the embedded engine, where units run one
//! after the other; those that collide run again. Units that take turns by a row wait for it instead, and are READ COMMITTED:
//! each statement of one sees what those before it in turn have done.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::Receiver;
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};

use super::lane::{Ending, Job, Lane};
use super::{Conn, Postgres, StoreError, statements};
use crate::metrics::{PostgresMetrics, StoreMetrics, UnitKind};
use crate::types::{password_range, without_password};

/// How often a unit that collides with others is run before it is given up.
const ATTEMPTS: u32 = 8;
/// Number of runs of a unit that was refused, and the time after which no further run begins: a deadlock is found after a second, and a
/// lock that was waited for in vain after three.
const REFUSED_ATTEMPTS: u32 = 3;
const REFUSED_WITHIN: Duration = Duration::from_millis(2500);
/// A connection that was idle this long is tried before a unit of work relies on it.
const IDLE: Duration = Duration::from_secs(1);
/// After a failed attempt to connect, units are refused for this long instead of waiting for the next one.
const BREAK: Duration = Duration::from_millis(250);

/// Stands in sentences where a password was.
const PASSWORD: &str = "(password)";

/// Parameters of libpq that are added to the URL where it does not have them.
const PARAMETERS: [(&str, &str); 7] = [
    ("application_name", "countersign"),
    ("connect_timeout", "2"),
    ("keepalives_idle", "30"),
    ("keepalives_interval", "10"),
    ("keepalives_count", "3"),
    ("tcp_user_timeout", "10000"),
    ("target_session_attrs", "read-write"),
];

/// What every session begins with. Timeouts that the role or the URL sets are left alone; durability is not negotiable.
const SESSION: &str = "
    SELECT set_config('statement_timeout', '5s', false) WHERE current_setting('statement_timeout') = '0';
    SELECT set_config('lock_timeout', '3s', false) WHERE current_setting('lock_timeout') = '0';
    SELECT set_config('idle_in_transaction_session_timeout', '30s', false)
        WHERE current_setting('idle_in_transaction_session_timeout') = '0';
    SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') IN ('off', 'local');
";

/// The lane of a pool.
pub(super) fn pool(postgres: &Postgres, metrics: &Arc<StoreMetrics>, pool: &Arc<PostgresMetrics>) -> Lane {
    pool.limit.add(i64::try_from(postgres.connections).unwrap_or(i64::MAX));
    let serve = |_| {
        let (postgres, metrics) = (postgres.clone(), Arc::clone(pool));
        let mut link = Link { postgres, conn: None, used: now(), refused_until: None, metrics };
        move |jobs: Receiver<Box<dyn Job>>| {
            for mut job in &jobs {
                if job.take_up() {
                    let lost = link.run_measured(job.as_mut());
                    job.answer(lost);
                }
            }
        }
    };
    Lane::new("pool", metrics, (0..postgres.connections).map(serve).collect())
}

/// Opens a connection.
pub(super) fn open(postgres: &Postgres) -> Result<PgConnection, StoreError> {
    let cannot_open = |reason: String| StoreError::Open { database: shown(postgres), reason };
    let url = with_parameters(postgres.url.expose());
    let mut conn =
        PgConnection::establish(&url).map_err(|error| cannot_open(hide_password_of(&url, &error.to_string())))?;
    conn.batch_execute(SESSION)?;
    statements::count(&mut conn);
    Ok(conn)
}

/// A thread's connection, or the lack of one.
struct Link {
    postgres: Postgres,
    conn: Option<Conn>,
    used: Instant,
    refused_until: Option<Instant>,
    metrics: Arc<PostgresMetrics>,
}

impl Link {
    fn run_measured(&mut self, job: &mut dyn Job) -> Option<StoreError> {
        let was_open = self.conn.is_some();
        self.metrics.in_use.add(1);
        let lost = self.run(job);
        self.used = now();
        self.metrics.in_use.add(-1);
        self.metrics.open.add(i64::from(self.conn.is_some()) - i64::from(was_open));
        lost
    }

    /// Runs a unit, again where that is safe; what is answered instead of its result when its transaction did not stand.
    fn run(&mut self, job: &mut dyn Job) -> Option<StoreError> {
        let taken_up = now();
        for attempt in 1..ATTEMPTS {
            let (ending, lost) = self.attempt(job);
            let may_pass = attempt < REFUSED_ATTEMPTS && taken_up.elapsed() < REFUSED_WITHIN;
            match ending {
                // The connection answers, so nothing of it was committed.
                Ending::Refused if may_pass => thread::sleep(pause(attempt)),
                Ending::Conflict => thread::sleep(pause(attempt)),
                Ending::Exists if isolation(job.kind()).is_some() && attempt == 1 => {}
                // A connection that broke tells nothing about what was committed, but where nothing can have been.
                Ending::Lost if job.kind() == UnitKind::Read && attempt == 1 && self.conn.is_none() => {}
                _ => return lost,
            }
        }
        self.attempt(job).1
    }

    fn attempt(&mut self, job: &mut dyn Job) -> (Ending, Option<StoreError>) {
        let isolation = isolation(job.kind());
        let in_transaction = isolation.is_some();
        let conn = match self.begin(isolation) {
            Ok(conn) => conn,
            Err(error) => return (job.run(Err(error)), None),
        };
        let ending = job.run(Ok(conn));
        let end = match (in_transaction, ending) {
            (true, Ending::Keep) => "COMMIT",
            (true, _) => "ROLLBACK",
            (false, Ending::Lost | Ending::Refused) => "SELECT 1",
            (false, _) => return (ending, None),
        };
        match conn.batch_execute(end).map_err(StoreError::from) {
            Ok(()) => (ending, None),
            Err(StoreError::Conflict(why)) => (Ending::Conflict, Some(StoreError::Unavailable(why))),
            Err(error) => {
                self.conn = None;
                (Ending::Lost, Some(StoreError::Unavailable(error.to_string())))
            }
        }
    }

    /// A connection that works, in a transaction of its own if that is wanted.
    fn begin(&mut self, isolation: Option<&str>) -> Result<&mut Conn, StoreError> {
        let (transaction, begin) = (isolation.is_some(), isolation.unwrap_or("SELECT 1"));
        let untried = transaction || self.used.elapsed() > IDLE;
        let works = |conn: &mut Conn| !untried || conn.batch_execute(begin).is_ok();
        if !self.conn.as_mut().is_some_and(works) {
            self.conn = None;
            let mut fresh = self.connect()?;
            if transaction {
                fresh.batch_execute(begin)?;
            }
            self.conn = Some(fresh);
        }
        self.conn.as_mut().ok_or_else(|| StoreError::Unavailable("there is no connection".to_owned()))
    }

    fn connect(&mut self) -> Result<Conn, StoreError> {
        if self.refused_until.is_some_and(|until| now() < until) {
            return Err(StoreError::Unavailable("the database could not be reached a moment ago".to_owned()));
        }
        let opened = open(&self.postgres).map_err(|error| StoreError::Unavailable(error.to_string()));
        if opened.is_err() {
            self.metrics.connect_failures.increment();
        }
        self.refused_until = opened.is_err().then(|| now() + BREAK);
        opened.map(Conn::Postgres)
    }
}

/// How the transaction of a unit begins, if it needs one.
const fn isolation(kind: UnitKind) -> Option<&'static str> {
    match kind {
        UnitKind::Write => Some("BEGIN ISOLATION LEVEL SERIALIZABLE"),
        UnitKind::WriteInTurn => Some("BEGIN ISOLATION LEVEL READ COMMITTED"),
        UnitKind::Read | UnitKind::WriteOne => None,
    }
}

/// Colliding units wait a little longer each time, and not all as long.
fn pause(attempt: u32) -> Duration {
    let own = u64::from(std::process::id()) ^ thread_number();
    Duration::from_micros((500 << attempt) + own % 500)
}

/// A number that differs between threads.
fn thread_number() -> u64 {
    use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
    BuildHasherDefault::<DefaultHasher>::default().hash_one(thread::current().id())
}

#[expect(clippy::disallowed_methods, reason = "how long a connection was idle is nobody else's time")]
fn now() -> Instant {
    Instant::now()
}

/// The URL with our parameters, but for those that it has itself.
fn with_parameters(url: &str) -> String {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let has = |name: &str| query.split('&').any(|pair| pair.split('=').next() == Some(name));
    let added: Vec<String> =
        PARAMETERS.iter().filter(|(name, _)| !has(name)).map(|(name, value)| format!("{name}={value}")).collect();
    let separator = if url.contains('?') { '&' } else { '?' };
    format!("{url}{separator}{}", added.join("&"))
}

/// Puts libpq's explanation on one line, without the password of the URL, which libpq may repeat.
fn hide_password_of(url: &str, reason: &str) -> String {
    let reason = reason.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("; ");
    password_range(url).map_or_else(|| reason.clone(), |password| reason.replace(&url[password], PASSWORD))
}

/// The URL for a sentence.
pub(super) fn shown(postgres: &Postgres) -> String {
    without_password(postgres.url.expose(), PASSWORD)
}

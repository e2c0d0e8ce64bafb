//! Grants by the million: whole and valid rows, written by the store's own functions.
//!
//! Every row is made from its number, so that nothing has to be kept to make the handle of any grant again. Ids are
//! `UUIDv7` as in production: people and grants are appended in the order of time, while the people and clients that the
//! secondary indexes begin with come in no order.

use std::sync::Arc;
use std::time::Duration;

use countersign::config::Database;
use countersign::oauth::grant::{Grant, GrantState};
use countersign::oauth::{Scope, handle};
use countersign::store::sessions::{self, Session};
use countersign::store::users::{self, User};
use countersign::store::{Conn, StoreError, grants, session_clients};
use countersign::types::{Id, Rng, Secret, Timestamp, base64url};
use diesel::connection::SimpleConnection;
use diesel::dsl::sql;
use diesel::sql_types::BigInt;
use diesel::{Connection, PgConnection, RunQueryDsl, SqliteConnection, select};
use ring::hmac;

use crate::Outcome;
use crate::place::Place;
use crate::seed::{API, PLAIN, REDIRECT_URI, Seed};
use crate::stock::{Credentials, Held};

/// Of each person, on average.
const GRANTS_A_PERSON: u64 = 4;
/// Without any order among numbers below it, and without a common divisor with them: every number comes once.
const STRIDE: u64 = 2_147_483_647;
const DAY: Duration = Duration::from_secs(86_400);
/// Nobody signs in with it.
const HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRvZmJ1bGs$8Yd7uWm0G1JmH4oI8mJH7o2r2dXr1n8mTq8xw0mK3sY";
/// Attempts at leaving the write-ahead log, while connections that were closed are on their way out.
const LEAVE_TRIES: u32 = 500;

/// What stands in a database that was filled in bulk.
pub struct Bulk {
    database: Database,
    clients: Vec<Arc<Credentials>>,
    /// The current handle key, and its number.
    key: (i32, hmac::Key),
    refresh_ttl: Duration,
    /// When it was filled: the newest rows are as old.
    now: Timestamp,
    /// How many grants there are, by their numbers the oldest first.
    pub grants: u64,
    /// How many of them, the oldest, have ended so long ago that they are purged.
    ended: u64,
}

impl Bulk {
    /// Fills a place beside what is seeded in it, while nobody else uses its database.
    pub async fn fill(place: &Place, seed: Seed, grants: u64, ended: u64) -> Outcome<(Self, Seed)> {
        let app = seed.app();
        let number = app.keys.handles.current();
        let bulk = Self {
            database: app.config.database.clone(),
            clients: seed.seeded.clients.clone(),
            key: (number, app.keys.handles.get(number).ok_or("there is no handle key")?.clone()),
            refresh_ttl: app.config.tokens.refresh_ttl,
            now: app.clock.now(),
            grants,
            ended,
        };
        let seed = seed.while_closed(place, || bulk.fill_alone()).await?;
        Ok((bulk, seed))
    }

    fn fill_alone(&self) -> Outcome {
        let mut conn = self.connect()?;
        match &mut conn {
            Conn::Sqlite(conn) => {
                leave_write_ahead_log(conn)?;
                // A database that is lost half filled is filled again: no log, and no syncing until the end.
                conn.batch_execute("PRAGMA synchronous = OFF; PRAGMA cache_size = -4000000")?;
            }
            Conn::Postgres(_) => {}
        }
        conn.batch_execute("BEGIN")?;
        self.fill_all(&mut conn)?;
        conn.batch_execute("COMMIT")?;
        let last = match &conn {
            Conn::Sqlite(_) => ["PRAGMA synchronous = FULL", "PRAGMA journal_mode = WAL"],
            Conn::Postgres(_) => ["VACUUM ANALYZE", "CHECKPOINT"],
        };
        Ok(last.into_iter().try_for_each(|statement| conn.batch_execute(statement))?)
    }

    fn connect(&self) -> Outcome<Conn> {
        Ok(match &self.database {
            Database::Sqlite { path } => Conn::Sqlite(SqliteConnection::establish(&path.to_string_lossy())?),
            Database::Postgres { url, .. } => Conn::Postgres(PgConnection::establish(url.expose())?),
        })
    }

    /// How large the database is, with all its tables and indexes.
    pub fn bytes(&self) -> Outcome<u64> {
        let bytes: i64 = match &mut self.connect()? {
            Conn::Sqlite(conn) => {
                let size = "page_count * page_size FROM pragma_page_count, pragma_page_size";
                select(sql::<BigInt>(size)).get_result(conn)?
            }
            Conn::Postgres(conn) => select(sql::<BigInt>("pg_database_size(current_database())")).get_result(conn)?,
        };
        Ok(u64::try_from(bytes)?)
    }

    /// How many grants there are by now.
    pub fn count(&self) -> Outcome<u64> {
        let count = "count(*) FROM grants";
        let count: i64 = match &mut self.connect()? {
            Conn::Sqlite(conn) => select(sql::<BigInt>(count)).get_result(conn)?,
            Conn::Postgres(conn) => select(sql::<BigInt>(count)).get_result(conn)?,
        };
        Ok(u64::try_from(count)?)
    }

    fn fill_all(&self, conn: &mut Conn) -> Result<(), StoreError> {
        for n in 0..self.people() {
            self.add_person(conn, n)?;
        }
        for n in 0..self.grants {
            let grant = self.grant(n);
            grants::insert(conn, &grant, grant.auth_time)?;
            if let Some(sid) = grant.sid {
                session_clients::add(conn, sid, &grant.client_id)?;
            }
        }
        Ok(())
    }

    fn add_person(&self, conn: &mut Conn, n: u64) -> Result<(), StoreError> {
        let name = format!("person-{:016x}", scattered(n, "username"));
        let created = self.now.minus(DAY * 400).plus(share(DAY * 360, n, self.people()));
        let mut person = User::new(name, HASH.to_owned(), created, &Rng::system());
        person.id = self.person(n);
        users::insert(conn, &person)?;
        let auth_time = self.now.minus(DAY * 31);
        let session = Session {
            sid: self.sid(n),
            user_id: person.id,
            username: person.username,
            subject_seed: person.subject_seed,
            auth_time,
            last_seen_at: self.now,
            expires_at: self.now.plus(DAY),
        };
        sessions::insert(conn, &Secret::new(format!("cookie of {n}")), &session)
    }

    fn people(&self) -> u64 {
        self.grants.div_ceil(GRANTS_A_PERSON)
    }

    fn person(&self, n: u64) -> Id {
        id(self.now.minus(DAY * 400).plus(share(DAY * 360, n, self.people())), n, "person")
    }

    fn sid(&self, person: u64) -> Id {
        id(self.now.minus(DAY * 31), person, "session")
    }

    /// The grant of a number, as it is stored.
    fn grant(&self, n: u64) -> Grant {
        let person = scattered(n, "owner") % self.people();
        let has_ended = n < self.ended;
        // What has ended was made 40 to 36 days ago, what lives in the last five.
        let made = if has_ended {
            self.now.minus(DAY * 40).plus(share(DAY * 4, n, self.ended))
        } else {
            self.now.minus(DAY * 5).plus(share(DAY * 5, n - self.ended, self.grants - self.ended))
        };
        let seed = [0, 1, 2, 3].map(|part| scattered(n * 4 + part, "seed").to_be_bytes()).concat();
        Grant {
            id: id(made, n, "grant"),
            user_id: self.person(person),
            client_id: self.client(n).id.clone(),
            sid: Some(self.sid(person)),
            scope: Scope::parse(PLAIN).expect("it is a scope"),
            resource: Some(API.to_owned()),
            redirect_uri: Some(REDIRECT_URI.to_owned()),
            nonce: Some(format!("n-{n:020}")),
            code_challenge: Some(base64url::encode(&seed)),
            auth_time: made,
            amr: "pwd".to_owned(),
            handle_key: self.key.0,
            seed,
            claims: None,
            state: GrantState::new(1, made, self.refresh_ttl),
        }
    }

    fn client(&self, n: u64) -> &Arc<Credentials> {
        let number = scattered(n, "client") % u64::try_from(self.clients.len()).unwrap_or(1);
        &self.clients[usize::try_from(number).unwrap_or_default()]
    }

    /// Refresh tokens of grants from all over the table that live, each of another grant: `count` after the first `skipped`.
    pub fn refresh_tokens(&self, skipped: u64, count: u64) -> Vec<Held> {
        let live = self.grants - self.ended;
        let token = |number: u64| {
            let n = self.ended + number * STRIDE % live;
            let grant = self.grant(n);
            let token = handle::mint(&self.key.1, grant.id, grant.state.generation, &grant.seed);
            Held { client: Arc::clone(self.client(n)), token }
        };
        (skipped..live.min(skipped + count)).map(token).collect()
    }
}

/// `SQLite` leaves it when no other connection is open.
fn leave_write_ahead_log(conn: &mut SqliteConnection) -> Outcome {
    for _ in 0..LEAVE_TRIES {
        if conn.batch_execute("PRAGMA journal_mode = OFF").is_ok() {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    Err("somebody else uses the database".into())
}

/// The `n`-th of `count` equal parts of a time.
fn share(whole: Duration, n: u64, count: u64) -> Duration {
    let millis = whole.as_millis() * u128::from(n) / u128::from(count.max(1));
    Duration::from_millis(u64::try_from(millis).unwrap_or(u64::MAX))
}

/// A `UUIDv7` of a time, the same for the same number.
fn id(made: Timestamp, n: u64, kind: &str) -> Id {
    let millis = u64::try_from(made.millis()).unwrap_or_default();
    let random = [scattered(n, kind).to_be_bytes(), scattered(!n, kind).to_be_bytes()].concat();
    let random = random[..10].try_into().expect("ten bytes");
    Id::from_bytes(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid().into_bytes())
}

/// A number without any order, the same for the same number and kind (`SplitMix64`).
fn scattered(n: u64, kind: &str) -> u64 {
    let kind = kind.bytes().fold(0u64, |sum, byte| sum.wrapping_mul(0x0100_0000_01b3) ^ u64::from(byte));
    let mut z = (n ^ kind.rotate_left(17)).wrapping_add(0x9e37_79b9_7f4a_7c15);
    for factor in [0xbf58_476d_1ce4_e5b9, 0x94d0_49bb_1331_11eb] {
        z = (z ^ (z >> 30)).wrapping_mul(factor);
    }
    z ^ (z >> 31)
}

//! The store by itself, on both engines: `PostgreSQL` where `COUNTERSIGN_TEST_POSTGRES_URL` names one.

mod both;
mod postgres;
mod sqlite;
mod upgrade;

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};

use super::*;
use crate::types::{Secret, Timestamp};

const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

/// A database of its own, which is removed in the end.
struct Scratch(Location);

impl Scratch {
    fn sqlite() -> Self {
        let path = std::env::temp_dir().join(name()).join("made/on/the/way/countersign.db");
        Self(Location::Sqlite(path))
    }

    /// `None` where there is no server to make it on.
    fn postgres() -> Option<Self> {
        let server = server_url()?;
        let name = name();
        administer(&server, &format!("CREATE DATABASE \"{name}\""));
        let url = Secret::new(format!("{}/{name}", server.rsplit_once('/')?.0));
        Some(Self(Location::Postgres(Postgres { url, connections: 8 })))
    }

    fn open(&self) -> Store {
        Store::open(&self.0).unwrap()
    }

    fn postgres_url(&self) -> &str {
        match &self.0 {
            Location::Postgres(postgres) => postgres.url.expose(),
            Location::Sqlite(path) => panic!("it is {}", path.display()),
        }
    }

    fn file(&self) -> PathBuf {
        match &self.0 {
            Location::Sqlite(path) => path.clone(),
            Location::Postgres(_) => panic!("it is no file"),
        }
    }

    /// Runs statements beside the store.
    fn execute(&self, statements: &str) {
        match &self.0 {
            Location::Sqlite(path) => super::sqlite::open(path).unwrap().batch_execute(statements).unwrap(),
            Location::Postgres(postgres) => super::postgres::open(postgres).unwrap().batch_execute(statements).unwrap(),
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        match &self.0 {
            Location::Sqlite(path) => drop(std::fs::remove_dir_all(path.ancestors().nth(5).unwrap())),
            Location::Postgres(postgres) => {
                let name = postgres.url.expose().rsplit_once('/').unwrap().1;
                administer(&server_url().unwrap(), &format!("DROP DATABASE \"{name}\" WITH (FORCE)"));
            }
        }
    }
}

fn engines() -> impl Iterator<Item = Scratch> {
    std::iter::once(Scratch::sqlite()).chain(Scratch::postgres())
}

fn server_url() -> Option<String> {
    std::env::var("COUNTERSIGN_TEST_POSTGRES_URL").ok().filter(|url| !url.is_empty())
}

fn administer(url: &str, statement: &str) {
    PgConnection::establish(url).unwrap().batch_execute(statement).unwrap();
}

fn name() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("countersign-store-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(future)
}

async fn numbers(store: &Store) -> Vec<i32> {
    let known = store.read(master_keys::list).await.unwrap();
    known.into_iter().map(|(number, _)| number).collect()
}

async fn insert(store: &Store, number: i32) -> Result<(), StoreError> {
    store.write(move |conn| master_keys::insert(conn, number, b"check", NOW)).await
}

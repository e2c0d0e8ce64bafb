//! The store by itself: units that share a commit, units that fail, and a schema from the future.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use diesel::connection::SimpleConnection;

use super::*;
use crate::types::Timestamp;

const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

/// A database in a folder of its own, which is removed in the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("countersign-store-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        Self(std::env::temp_dir().join(name))
    }

    fn file(&self) -> PathBuf {
        self.0.join("made/on/the/way/countersign.db")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(future)
}

async fn numbers(store: &Store) -> Vec<i32> {
    let known = store.read(master_keys::list).await.unwrap();
    known.into_iter().map(|(number, _)| number).collect()
}

#[test]
fn a_unit_that_fails_or_panics_takes_only_itself_along() {
    let scratch = Scratch::new();
    let store = Store::open(&scratch.file()).unwrap();
    block_on(async {
        let good = |number| store.write(move |conn| master_keys::insert(conn, number, b"check", NOW));
        let refused = store.write(|conn| {
            master_keys::insert(conn, 10, b"check", NOW)?;
            Err::<(), _>(StoreError::Exists)
        });
        let panicked = store.write(|conn| -> Result<(), StoreError> {
            master_keys::insert(conn, 11, b"check", NOW)?;
            panic!("a bug in a unit of work")
        });
        // Queued together, so that they share a commit.
        let (first, refused, panicked, second, twice) = tokio::join!(good(1), refused, panicked, good(2), good(1));
        assert!(first.is_ok() && second.is_ok());
        assert!(matches!(refused, Err(StoreError::Exists)));
        assert!(matches!(panicked, Err(StoreError::Database(_))));
        assert!(matches!(twice, Err(StoreError::Exists)));
        assert_eq!(numbers(&store).await, [1, 2]);
    });
}

#[test]
fn what_was_answered_is_there_after_the_next_start() {
    let scratch = Scratch::new();
    for number in 1..=3 {
        let store = Store::open(&scratch.file()).unwrap();
        block_on(store.write(move |conn| master_keys::insert(conn, number, b"check", NOW))).unwrap();
        assert_eq!(block_on(numbers(&store)), (1..=number).collect::<Vec<_>>());
    }
}

#[test]
fn a_unit_whose_caller_went_away_stands() {
    let scratch = Scratch::new();
    let store = Store::open(&scratch.file()).unwrap();
    block_on(async {
        let mut abandoned = Box::pin(store.write(|conn| master_keys::insert(conn, 1, b"check", NOW)));
        // Polled once, it is in the queue; then nobody waits for it any more.
        let _ = tokio::time::timeout(std::time::Duration::ZERO, &mut abandoned).await;
        drop(abandoned);
        store.write(|conn| master_keys::insert(conn, 2, b"check", NOW)).await.unwrap();
        assert_eq!(numbers(&store).await, [1, 2]);
    });
}

#[test]
fn a_lost_transaction_is_unavailable_for_all_who_shared_it_and_for_nobody_after() {
    let scratch = Scratch::new();
    let store = Store::open(&scratch.file()).unwrap();
    block_on(async {
        // What SQLite does by itself when the disk is full: the whole transaction is gone under everybody's feet.
        let broken = store.write(|conn| {
            conn.batch_execute("ROLLBACK")?;
            Ok(())
        });
        let beside = store.write(|conn| master_keys::insert(conn, 1, b"check", NOW));
        let (broken, beside) = tokio::join!(broken, beside);
        assert!(matches!(broken, Err(StoreError::Unavailable(_))));
        assert_eq!(beside.is_ok(), numbers(&store).await == [1], "the answer says what is there");
        store.write(|conn| master_keys::insert(conn, 2, b"check", NOW)).await.unwrap();
        assert!(numbers(&store).await.contains(&2));
    });
}

#[test]
fn every_commit_is_synced_and_foreign_keys_are_on() {
    let scratch = Scratch::new();
    drop(Store::open(&scratch.file()).unwrap());
    let mut conn = conn::open_sqlite(&scratch.file()).unwrap();
    let mut pragma = |name: &str| -> String {
        use diesel::RunQueryDsl;
        use diesel::dsl::sql;
        use diesel::sql_types::Text;
        let query = format!("SELECT CAST(value AS TEXT) FROM (SELECT {name} AS value FROM pragma_{name})");
        sql::<Text>(&query).get_result(&mut conn).unwrap()
    };
    assert_eq!(pragma("synchronous"), "2", "FULL");
    assert_eq!(pragma("journal_mode"), "wal");
    assert_eq!(pragma("foreign_keys"), "1");
}

#[test]
fn nobody_else_can_read_the_database() {
    use std::os::unix::fs::PermissionsExt;
    let scratch = Scratch::new();
    let store = Store::open(&scratch.file()).unwrap();
    block_on(store.write(|conn| master_keys::insert(conn, 1, b"check", NOW))).unwrap();
    let folder = scratch.file().parent().unwrap().to_owned();
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o077, 0, "{}", entry.path().display());
    }
}

#[test]
fn a_schema_from_a_newer_version_is_refused() {
    let scratch = Scratch::new();
    drop(Store::open(&scratch.file()).unwrap());
    assert_eq!(Store::migrate(&scratch.file()).unwrap(), Vec::<String>::new(), "it is up to date");
    let mut conn = conn::open_sqlite(&scratch.file()).unwrap();
    conn.batch_execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('99990101000000')").unwrap();
    let refused = Store::open(&scratch.file()).err().map(|error| error.to_string()).unwrap_or_default();
    assert!(refused.contains("99990101000000") && refused.contains("newer version"), "{refused}");
}

//! What only `PostgreSQL` has. Without a server there is nothing to test.

use std::thread::scope;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::dsl::sql;
use diesel::sql_types::Text;
use diesel::{Connection, PgConnection, RunQueryDsl};

use super::super::{Conn, Location, Postgres, Store, StoreError};
use super::{NOW, Scratch, block_on, insert, master_keys, numbers};
use crate::types::Secret;

fn setting(conn: &mut Conn, name: &str) -> Result<String, StoreError> {
    Ok(sql::<Text>(&format!("SELECT current_setting('{name}')")).get_result(conn)?)
}

/// Ends every connection to the database but our own.
fn cut(scratch: &Scratch) {
    let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
               WHERE datname = current_database() AND pid <> pg_backend_pid()";
    PgConnection::establish(scratch.postgres_url()).unwrap().batch_execute(cut).unwrap();
}

#[test]
fn a_connection_that_broke_is_made_again() {
    let Some(scratch) = Scratch::postgres() else { return };
    let store = scratch.open();
    block_on(async {
        for number in 0..20 {
            insert(&store, 2 * number).await.unwrap();
            cut(&scratch);
            // A transaction that could not begin has done nothing, so that it is safe to begin it elsewhere; so is a read.
            insert(&store, 2 * number + 1).await.unwrap();
            cut(&scratch);
            assert_eq!(numbers(&store).await.len(), 2 * usize::try_from(number).unwrap() + 2);
        }
    });
}

#[test]
fn a_transaction_whose_connection_broke_is_unavailable_and_leaves_nothing() {
    let Some(scratch) = Scratch::postgres() else { return };
    let store = scratch.open();
    block_on(async {
        let broken = store.write(|conn| {
            master_keys::insert(conn, 1, b"check", NOW)?;
            conn.batch_execute("SELECT pg_terminate_backend(pg_backend_pid())")?;
            Ok(())
        });
        assert!(matches!(broken.await, Err(StoreError::Unavailable(_))));
        assert_eq!(numbers(&store).await, Vec::<i32>::new());
        insert(&store, 2).await.unwrap();
        assert_eq!(numbers(&store).await, [2]);
    });
}

#[test]
fn sessions_are_durable_and_bounded_in_time() {
    let Some(scratch) = Scratch::postgres() else { return };
    drop(scratch.open());
    let database = scratch.postgres_url().rsplit_once('/').unwrap().1.to_owned();
    scratch.execute(&format!(
        "ALTER DATABASE \"{database}\" SET synchronous_commit = off; ALTER DATABASE \"{database}\" SET lock_timeout = '7s'"
    ));
    let store = scratch.open();
    for (name, value) in [("synchronous_commit", "on"), ("statement_timeout", "5s"), ("lock_timeout", "7s")] {
        let found = block_on(store.read(move |conn| setting(conn, name))).unwrap();
        assert_eq!(found, value, "{name}");
    }
    let isolation = block_on(store.write(|conn| setting(conn, "transaction_isolation"))).unwrap();
    assert_eq!(isolation, "serializable");
}

#[expect(clippy::print_stderr, reason = "whoever runs the tests is told what was not tried")]
fn tell_untried(error: &diesel::result::Error) {
    eprintln!("not tried in German: {error}");
}

/// A database whose messages are English, and one whose messages are not, where the server has that locale.
fn in_two_languages() -> impl Iterator<Item = Scratch> {
    let german = Scratch::postgres().filter(|scratch| {
        let name = scratch.postgres_url().rsplit_once('/').unwrap().1;
        let mut conn = PgConnection::establish(scratch.postgres_url()).unwrap();
        let set = conn.batch_execute(&format!("ALTER DATABASE \"{name}\" SET lc_messages = 'de_DE.UTF-8'"));
        if let Err(error) = &set {
            tell_untried(error);
        }
        set.is_ok()
    });
    Scratch::postgres().into_iter().chain(german)
}

#[test]
fn a_statement_that_waits_too_long_is_unavailable_in_every_language() {
    for scratch in in_two_languages() {
        let store = scratch.open();
        let (locked, lock) = (scratch.open(), "BEGIN; LOCK TABLE master_keys; SELECT pg_sleep(1); ROLLBACK");
        scope(|scope| {
            scope.spawn(|| block_on(locked.read(|conn| Ok(conn.batch_execute(lock)?))).unwrap());
            std::thread::sleep(Duration::from_millis(300));
            let waited = block_on(store.write_one(|conn| {
                conn.batch_execute("SET lock_timeout = '10ms'")?;
                master_keys::insert(conn, 1, b"check", NOW)
            }));
            assert!(matches!(waited, Err(StoreError::Unavailable(_))), "{waited:?}");
        });
    }
}

#[test]
fn a_statement_that_takes_too_long_is_unavailable() {
    for scratch in in_two_languages() {
        take_too_long(&scratch);
    }
}

fn take_too_long(scratch: &Scratch) {
    let store = scratch.open();
    let slow = block_on(store.write(|conn| {
        conn.batch_execute("SET LOCAL statement_timeout = '10ms'; SELECT pg_sleep(5)")?;
        Ok(())
    }));
    assert!(matches!(slow, Err(StoreError::Unavailable(_))), "{slow:?}");
    block_on(insert(&store, 1)).unwrap();
}

#[test]
fn a_deadlock_is_resolved_by_running_the_victim_again() {
    for scratch in in_two_languages() {
        deadlock(&scratch);
    }
}

fn deadlock(scratch: &Scratch) {
    let store = scratch.open();
    block_on(async {
        insert(&store, 1).await.unwrap();
        insert(&store, 2).await.unwrap();
        let touch = |first: i32, second: i32| {
            store.write(move |conn| {
                for number in [first, second] {
                    let touch = format!("UPDATE master_keys SET created_at = created_at + 1 WHERE number = {number}");
                    conn.batch_execute(&touch)?;
                    std::thread::sleep(Duration::from_millis(50));
                }
                Ok(())
            })
        };
        let (one, other) = tokio::join!(touch(1, 2), touch(2, 1));
        assert!(one.is_ok() && other.is_ok(), "{one:?} {other:?}");
    });
}

/// The password is in no sentence, whatever is wrong with the URL.
#[test]
fn a_database_that_cannot_be_reached_is_named_without_its_password() {
    for url in [
        "postgres://me:hunter2secret@127.0.0.1:1/x",
        "postgres://me:hunter2secret@127.0.0.1:notaport/x",
        "postgres://me:hunter2secret%zz@127.0.0.1:1/x",
        "postgres://me:hunter2secret@127.0.0.1:1/x?no_such_parameter=1",
    ] {
        let location = Location::Postgres(Postgres { url: Secret::new(url.to_owned()), connections: 1 });
        let refused = Store::open(&location).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(refused.starts_with("cannot open the database postgres://me:(password)@127.0.0.1:"), "{refused}");
        assert!(!refused.contains("hunter2"), "{refused}");
    }
}

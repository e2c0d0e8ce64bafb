//! What holds on both engines.

use std::thread::scope;

use super::{Location, NOW, Store, StoreError, block_on, engines, insert, master_keys, numbers, users};
use crate::types::{Id, Rng};

#[test]
fn a_unit_that_fails_or_panics_takes_only_itself_along() {
    for scratch in engines() {
        let store = scratch.open();
        block_on(async {
            let refused = store.write(|conn| {
                master_keys::insert(conn, 10, b"check", NOW)?;
                Err::<(), _>(StoreError::Exists)
            });
            let panicked = store.write(|conn| -> Result<(), StoreError> {
                master_keys::insert(conn, 11, b"check", NOW)?;
                panic!("a bug in a unit of work")
            });
            // Queued together: on the embedded engine they share a commit.
            let (first, refused, panicked, second) =
                tokio::join!(insert(&store, 1), refused, panicked, insert(&store, 2));
            assert!(first.is_ok() && second.is_ok());
            assert!(matches!(refused, Err(StoreError::Exists)));
            assert!(matches!(panicked, Err(StoreError::Database(_))));
            assert!(matches!(insert(&store, 1).await, Err(StoreError::Exists)));
            assert_eq!(numbers(&store).await, [1, 2]);
        });
    }
}

#[test]
fn what_was_answered_is_there_after_the_next_start() {
    for scratch in engines() {
        for number in 1..=3 {
            let store = scratch.open();
            block_on(insert(&store, number)).unwrap();
            assert_eq!(block_on(numbers(&store)), (1..=number).collect::<Vec<_>>());
        }
    }
}

#[test]
fn a_unit_whose_caller_went_away_stands() {
    for scratch in engines() {
        let store = scratch.open();
        block_on(async {
            let mut abandoned = Box::pin(insert(&store, 1));
            // Polled once, it is in the queue; then nobody waits for it any more.
            let _ = tokio::time::timeout(std::time::Duration::ZERO, &mut abandoned).await;
            drop(abandoned);
            insert(&store, 2).await.unwrap();
            while numbers(&store).await != [1, 2] {
                tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            }
        });
    }
}

/// Each reads all numbers and adds the next one: a unit that saw what another was about to change would take its number.
#[test]
fn units_of_work_run_as_if_one_after_the_other() {
    for scratch in engines() {
        let store = scratch.open();
        scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..10 {
                        add_next(&store);
                    }
                });
            }
        });
        assert_eq!(block_on(numbers(&store)), (1..=80).collect::<Vec<_>>());
    }
}

/// A unit that collided too often did nothing and says so: then its caller tries again, as a client would.
fn add_next(store: &Store) {
    let next = || {
        store.write(|conn| {
            let known = master_keys::list(conn)?;
            let next = known.last().map_or(1, |(number, _)| number + 1);
            master_keys::insert(conn, next, b"check", NOW)
        })
    };
    while let Err(error) = block_on(next()) {
        assert!(matches!(error, StoreError::Unavailable(_) | StoreError::Exists), "{error}");
    }
}

/// The same for units that hold a row first; and none of them fails.
#[test]
fn units_that_take_turns_wait_for_each_other() {
    for scratch in engines() {
        let store = scratch.open();
        let id = Id::from_bytes([7; 16]);
        block_on(store.write(move |conn| users::insert(conn, &person(id)))).unwrap();
        scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..10 {
                        let next = store.write_in_turn(None, move |conn| {
                            users::hold(conn, id)?.expect("they are there");
                            let next = master_keys::list(conn)?.last().map_or(1, |(number, _)| number + 1);
                            master_keys::insert(conn, next, b"check", NOW)
                        });
                        block_on(next).unwrap();
                    }
                });
            }
        });
        assert_eq!(block_on(numbers(&store)), (1..=80).collect::<Vec<_>>());
    }
}

fn person(id: Id) -> users::User {
    users::User { id, ..users::User::new("alice".to_owned(), String::new(), NOW, &Rng::system()) }
}

#[test]
fn two_that_start_together_on_nothing_both_start() {
    for scratch in engines() {
        scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| drop(scratch.open()));
            }
        });
        assert_eq!(Store::migrate(&scratch.0).unwrap(), Vec::<String>::new(), "it is up to date");
    }
}

#[test]
fn a_schema_from_a_newer_version_is_refused() {
    for scratch in engines() {
        drop(scratch.open());
        scratch.execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('99990101000000')");
        let refused = Store::open(&scratch.0).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(refused.contains("99990101000000") && refused.contains("newer version"), "{refused}");
    }
}

/// Both engines have the same tables, columns and migrations: the queries are the same.
#[test]
fn both_engines_have_migrations_of_the_same_names() {
    let names = |engine: &str| {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(engine);
        let mut names: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    assert_eq!(names("sqlite"), names("postgres"));
}

/// A caller who was told that its unit waited too long is told the truth: it does not run later.
#[test]
fn a_unit_that_waited_too_long_never_runs() {
    for mut scratch in engines() {
        if let Location::Postgres(postgres) = &mut scratch.0 {
            postgres.connections = 1;
        }
        let store = scratch.open();
        block_on(async {
            let long = store.write(|_| {
                std::thread::sleep(std::time::Duration::from_secs(3));
                Ok(())
            });
            let (long, late) = tokio::join!(long, async {
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                insert(&store, 1).await
            });
            assert!(long.is_ok());
            assert!(matches!(late, Err(StoreError::Unavailable(_))), "{late:?}");
            insert(&store, 2).await.unwrap();
            assert_eq!(numbers(&store).await, [2]);
        });
    }
}

//! What only the embedded engine has.

use diesel::connection::SimpleConnection;

use super::super::sqlite;
use super::{NOW, Scratch, StoreError, block_on, insert, master_keys, numbers};

#[test]
fn a_lost_transaction_is_unavailable_for_all_who_shared_it_and_for_nobody_after() {
    let scratch = Scratch::sqlite();
    let store = scratch.open();
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
        insert(&store, 2).await.unwrap();
        assert!(numbers(&store).await.contains(&2));
    });
}

#[test]
fn every_commit_is_synced_and_foreign_keys_are_on() {
    let scratch = Scratch::sqlite();
    drop(scratch.open());
    let mut conn = sqlite::open(&scratch.file()).unwrap();
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
    let scratch = Scratch::sqlite();
    let store = scratch.open();
    block_on(insert(&store, 1)).unwrap();
    let folder = scratch.file().parent().unwrap().to_owned();
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o077, 0, "{}", entry.path().display());
    }
}

/// The bound on grants costs what a person's live grants are, however many they had.
#[test]
fn live_grants_have_an_index_of_their_own() {
    use diesel::RunQueryDsl;

    #[derive(diesel::QueryableByName)]
    struct Step {
        #[diesel(sql_type = diesel::sql_types::Text)]
        detail: String,
    }

    let scratch = Scratch::sqlite();
    drop(scratch.open());
    let mut conn = sqlite::open(&scratch.file()).unwrap();
    let query =
        "EXPLAIN QUERY PLAN SELECT * FROM grants WHERE user_id = x'00' AND client_id = '' AND revoked_at IS NULL";
    let plan: Vec<Step> = diesel::sql_query(query).load(&mut conn).unwrap();
    let plan: Vec<String> = plan.into_iter().map(|step| step.detail).collect();
    assert_eq!(plan, ["SEARCH grants USING INDEX grants_unrevoked (user_id=? AND client_id=?)"]);
}

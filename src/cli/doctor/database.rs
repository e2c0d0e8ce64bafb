//! The database: it answers, its schema is known, it keeps what it acknowledges, and its clock agrees.

use crate::config::Database;
use crate::startup::{location, open_store};
use crate::store::{Examination, Store, StoreError};

use super::folder::can_make;
use super::{Examiner, Verdict};

/// Clocks that differ by more than this many milliseconds let codes and tokens expire early or late.
const TOLERATED_MS: u64 = 5_000;

/// The database as far as it could be opened.
pub(super) struct Opened {
    /// The number and the check value of every master key that the database knows; `None` where it cannot be read.
    pub master_keys: Option<Vec<(i32, Vec<u8>)>>,
    /// The store, where its schema is up to date.
    pub store: Option<Store>,
    /// The reason why there is no store.
    pub reason: &'static str,
}

pub(super) fn examine(examiner: &mut Examiner) -> Opened {
    match Store::examine(&location(&examiner.config)) {
        Ok(found) => {
            let detail = format!("{} at {}", found.engine, examiner.config.database.shown());
            examiner.note("database", Verdict::Ok, detail);
            for concern in &found.concerns {
                examiner.note("database", Verdict::Warning, concern);
            }
            clock(examiner, &found);
            let store = schema(examiner, &found);
            Opened { master_keys: Some(found.master_keys), store, reason: "the schema is not up to date" }
        }
        Err(StoreError::Missing(_)) if examiner.before_first_start => first_start(examiner),
        Err(error) => {
            let detail = format!("{error}; check database.url, or run `countersign migrate`");
            examiner.note("database", Verdict::Failed, detail);
            unopened(examiner, None)
        }
    }
}

/// No file is there: the first start can make it.
fn first_start(examiner: &mut Examiner) -> Opened {
    let shown = examiner.config.database.shown();
    let made = match &examiner.config.database {
        Database::Sqlite { path } => can_make(path),
        Database::Postgres { .. } => Ok(()),
    };
    let made = made.map(|()| ((), format!("{shown} is not there yet: the first start makes it")));
    examiner.keep("database", made.map_err(|reason| format!("{reason}; write another data_dir or database.url")));
    unopened(examiner, Some(Vec::new()))
}

fn unopened(examiner: &mut Examiner, master_keys: Option<Vec<(i32, Vec<u8>)>>) -> Opened {
    let reason = if master_keys.is_some() { "there is no database yet" } else { "the database cannot be opened" };
    examiner.skip(&["schema", "clock"], reason);
    Opened { master_keys, store: None, reason }
}

fn schema(examiner: &mut Examiner, found: &Examination) -> Option<Store> {
    if !found.pending.is_empty() {
        let detail = format!(
            "{} migrations are not applied yet: `countersign migrate` applies them, and so does the next start",
            found.pending.len()
        );
        examiner.note("schema", Verdict::Warning, detail);
        return None;
    }
    let opened = open_store(&examiner.config).map(|store| (store, "up to date".to_owned()));
    examiner.keep("schema", opened.map_err(|error| error.to_string()))
}

fn clock(examiner: &mut Examiner, found: &Examination) {
    let Some(theirs) = found.clock else {
        return examiner.note("clock", Verdict::Ok, "the database has no clock of its own");
    };
    let apart = theirs.millis().abs_diff(examiner.now.millis());
    if apart <= TOLERATED_MS {
        examiner.note("clock", Verdict::Ok, "agrees with the database's");
    } else {
        let detail =
            format!("it differs from the database's by {} s: synchronize both, for example with chrony", apart / 1000);
        examiner.note("clock", Verdict::Warning, detail);
    }
}

//! The database: it answers, its schema is known, it keeps what it acknowledges, and its clock agrees.

use crate::startup::{location, open_store};
use crate::store::{Examination, Store};

use super::{Examiner, Opened, Verdict};

/// Clocks that differ by more than this many milliseconds let codes and tokens expire early or late.
const TOLERATED_MS: u64 = 5_000;

pub(super) fn examine(examiner: &mut Examiner) -> Opened {
    let found = Store::examine(&location(&examiner.config));
    let url = examiner.config.database.url();
    let found = found.map_err(|error| format!("{error}; check database.url, or run `countersign migrate`"));
    let found = found.map(|found| {
        let detail = format!("{} at {url}", found.engine);
        (found, detail)
    });
    let Some(found) = examiner.keep("database", found) else {
        examiner.skip(&["schema", "clock"], "the database cannot be opened");
        return None;
    };
    for concern in &found.concerns {
        examiner.note("database", Verdict::Warning, concern);
    }
    clock(examiner, &found);
    schema(examiner, &found)
}

fn schema(examiner: &mut Examiner, found: &Examination) -> Opened {
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

//! The clients: what an operator allowed and rarely means.

use crate::oauth::private_scheme::warnings;
use crate::store::{Store, clients};

use super::{Examiner, Verdict};

pub(super) async fn examine(examiner: &mut Examiner, store: Option<&Store>) {
    let Some(store) = store else { return examiner.skip(&["clients"], "the database cannot be read") };
    match store.read(clients::list).await {
        Err(error) => examiner.note("clients", Verdict::Failed, error.to_string()),
        Ok(all) => {
            let found: Vec<String> = all.iter().flat_map(warnings).collect();
            if found.is_empty() {
                examiner.note("clients", Verdict::Ok, format!("{} in order", all.len()));
            }
            for warning in found {
                examiner.note("clients", Verdict::Warning, warning);
            }
        }
    }
}

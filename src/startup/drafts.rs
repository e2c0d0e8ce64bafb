//! Signing keys that are generated before their step is due, all at once.

use std::collections::{BTreeMap, BTreeSet};

use tokio::task::{JoinHandle, spawn_blocking};

use crate::keys::{Algorithm, KeyError, KeyState, StoredKey};

/// Keys in the making. At a first start each algorithm in use takes two, one that signs and one that is next, and whichever is
/// finished first does for either. Those that nobody takes are thrown away.
#[derive(Default)]
pub(super) struct Drafts(BTreeMap<Algorithm, Vec<JoinHandle<Result<StoredKey, KeyError>>>>);

impl Drafts {
    /// Begins two keys of each algorithm by `generate`, each on a thread of its own.
    pub(super) fn begin<F>(algorithms: BTreeSet<Algorithm>, generate: F) -> Self
    where
        F: Fn(Algorithm) -> Result<StoredKey, KeyError> + Clone + Send + 'static,
    {
        let draft = |algorithm| {
            let generate = generate.clone();
            spawn_blocking(move || generate(algorithm))
        };
        Self(algorithms.into_iter().map(|algorithm| (algorithm, vec![draft(algorithm), draft(algorithm)])).collect())
    }

    /// Takes a key of `algorithm`, if one was begun, as one that is in `state`; its times are for the caller to set.
    ///
    /// # Errors
    /// Those of generating it.
    pub(super) async fn take(&mut self, algorithm: Algorithm, state: KeyState) -> Option<Result<StoredKey, KeyError>> {
        let drafts = self.0.get_mut(&algorithm)?;
        let finished = drafts.iter().position(JoinHandle::is_finished);
        let draft = match finished {
            Some(at) => drafts.swap_remove(at),
            None => drafts.pop()?,
        };
        let made = draft.await.unwrap_or(Err(KeyError::Generate(algorithm)));
        Some(made.map(|key| StoredKey { state, ..key }))
    }
}

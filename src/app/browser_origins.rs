//! Origins whose pages are some public client: those of the operator's clients in memory, since they are few and have to be
//! known while the database is away; those of clients that registered themselves looked up, and remembered for a moment.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use crate::oauth::Client;
use crate::oauth::browser_origin::browser_origin;
use crate::store::{Store, StoreError, client_origins};
use crate::types::{Clock, Timestamp};

/// The time for which an answer of the database is remembered, yes or no.
const KEEP: Duration = Duration::from_secs(10);
/// Answers that are remembered at the same time.
const MOST: usize = 1024;
/// The longest origin that is looked up, in bytes: a host has 253 at most.
const MAX_ORIGIN: usize = 300;

/// See the module.
pub(super) struct BrowserOrigins {
    of_operator: RwLock<HashSet<String>>,
    looked_up: Mutex<HashMap<String, LookedUp>>,
}

#[derive(Clone, Copy)]
struct LookedUp {
    is_known: bool,
    at: Timestamp,
}

impl BrowserOrigins {
    pub(super) fn new(of_operator: HashSet<String>) -> Self {
        Self { of_operator: RwLock::new(of_operator), looked_up: Mutex::default() }
    }

    /// Replaces those of the operator's clients.
    pub(super) fn replace(&self, of_operator: HashSet<String>) {
        *self.of_operator.write().unwrap_or_else(PoisonError::into_inner) = of_operator;
    }

    /// Forgets what was looked up about the origins of a client that has just changed.
    pub(super) fn forget(&self, client: &Client) {
        let mut looked_up = self.looked_up();
        for origin in client.redirect_uris.iter().filter_map(|uri| browser_origin(uri)) {
            looked_up.remove(&origin);
        }
    }

    /// # Errors
    /// [`StoreError`].
    pub(super) async fn contains(&self, origin: &str, store: &Store, clock: &Clock) -> Result<bool, StoreError> {
        if self.of_operator.read().unwrap_or_else(PoisonError::into_inner).contains(origin) {
            return Ok(true);
        }
        // Anything but an origin as a browser writes it is nobody's.
        if origin.len() > MAX_ORIGIN || browser_origin(origin).as_deref() != Some(origin) {
            return Ok(false);
        }
        let at = clock.steady();
        let known = self.looked_up().get(origin).copied().filter(|known| at.since(known.at) < KEEP);
        if let Some(known) = known {
            return Ok(known.is_known);
        }
        let asked = origin.to_owned();
        let is_known = store.read(move |conn| client_origins::any(conn, &asked)).await?;
        self.remember(origin, LookedUp { is_known, at });
        Ok(is_known)
    }

    fn remember(&self, origin: &str, answer: LookedUp) {
        let mut looked_up = self.looked_up();
        if looked_up.len() >= MOST {
            looked_up.retain(|_, known| answer.at.since(known.at) < KEEP);
        }
        if looked_up.len() < MOST {
            looked_up.insert(origin.to_owned(), answer);
        }
    }

    fn looked_up(&self) -> MutexGuard<'_, HashMap<String, LookedUp>> {
        self.looked_up.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

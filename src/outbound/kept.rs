//! What was fetched, kept for a while: a bounded number of answers, each asked for once at a time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::types::Timestamp;

use super::{Outbound, OutboundError};

/// The least time between two requests to one address, whoever makes us ask.
pub const PAUSE: Duration = Duration::from_secs(10);
/// Answers that are kept at the same time.
const MOST: usize = 256;

/// Answers of others, read as `T` or with the reason why not.
pub struct Kept<T, E> {
    outbound: Outbound,
    all: Mutex<HashMap<String, Known<T, E>>>,
}

/// An answer with when somebody last asked for it.
struct Known<T, E> {
    place: Arc<Place<T, E>>,
    used_at: Timestamp,
}

/// Whoever holds the lock fetches; others wait for what comes of it.
struct Place<T, E>(tokio::sync::Mutex<Option<Fetched<T, E>>>);

struct Fetched<T, E> {
    at: Timestamp,
    answer: Result<Arc<T>, E>,
}

impl<T, E: Clone + From<OutboundError>> Kept<T, E> {
    /// Nothing is kept yet.
    #[must_use]
    pub fn new(outbound: Outbound) -> Self {
        Self { outbound, all: Mutex::default() }
    }

    /// The answer of an address, as it was at most `max_age` ago. What went wrong is told again for a while, too.
    ///
    /// # Errors
    /// That it could not be fetched, or what `read` says of it.
    pub async fn get(
        &self,
        uri: &str,
        now: Timestamp,
        max_age: Duration,
        read: impl FnOnce(&[u8]) -> Result<T, E>,
    ) -> Result<Arc<T>, E> {
        let place = self.place(uri, now);
        let mut fetched = place.0.lock().await;
        if let Some(known) = fetched.as_ref() {
            let max_age = if known.answer.is_ok() { max_age } else { PAUSE };
            // A clock that was set back keeps nothing for longer.
            if known.at <= now && now.since(known.at) < max_age {
                return known.answer.clone();
            }
        }
        let answer = self.outbound.get(uri).await.map_err(E::from).and_then(|body| read(&body)).map(Arc::new);
        *fetched = Some(Fetched { at: now, answer: answer.clone() });
        answer
    }

    /// The place of an address, which may take that of the one that nobody asked for longest.
    fn place(&self, uri: &str, now: Timestamp) -> Arc<Place<T, E>> {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST && !all.contains_key(uri) {
            let oldest = all.iter().min_by_key(|(_, known)| known.used_at).map(|(uri, _)| uri.clone());
            oldest.map(|oldest| all.remove(&oldest));
        }
        let new = || Known { place: Arc::new(Place(tokio::sync::Mutex::new(None))), used_at: now };
        let known = all.entry(uri.to_owned()).or_insert_with(new);
        known.used_at = now;
        Arc::clone(&known.place)
    }
}

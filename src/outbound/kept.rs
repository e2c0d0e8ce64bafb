//! Cache of fetched documents: a bounded number of answers, each asked for once at a time. Ages and pauses go by the
//! steady clock, so that a step of the wall clock neither prolongs nor ends any.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::types::Timestamp;

use super::{Outbound, OutboundError, Queue};

/// The least time between two requests to one address that answers, whoever makes us ask.
pub const PAUSE: Duration = Duration::from_secs(10);
/// The time for which all who waited for a place are told that there was none.
const BUSY: Duration = Duration::from_secs(1);
/// Answers that are kept at the same time.
const MOST: usize = 256;

/// Answers of others to the requests of one queue, read as `T` or with the reason why not.
pub struct Kept<T, E> {
    outbound: Outbound,
    queue: Queue,
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
    answer: Result<Arc<T>, Failed<E>>,
}

/// A reason why there is no answer, and how long it is told again.
#[derive(Clone)]
struct Failed<E> {
    error: E,
    pause: Duration,
}

impl<T, E: Clone + From<OutboundError>> Kept<T, E> {
    /// Nothing is kept yet.
    #[must_use]
    pub fn new(outbound: Outbound, queue: Queue) -> Self {
        Self { outbound, queue, all: Mutex::default() }
    }

    /// The answer of an address, as it was at most `max_age` ago. What is wrong with an answer is told again for a while, too.
    /// The queue decides if a host that did not answer is asked again.
    ///
    /// # Errors
    /// That it could not be fetched, or what `read` says of it.
    pub async fn get(
        &self,
        uri: &str,
        max_age: Duration,
        read: impl FnOnce(&[u8]) -> Result<T, E>,
    ) -> Result<Arc<T>, E> {
        let place = self.place(uri, self.outbound.clock.steady());
        let mut fetched = place.0.lock().await;
        let now = self.outbound.clock.steady();
        if let Some(known) = fetched.as_ref() {
            let max_age = known.answer.as_ref().map_or_else(|failed| failed.pause, |_| max_age);
            if now.since(known.at) < max_age {
                return known.answer.clone().map_err(|failed| failed.error);
            }
        }
        let answer = match self.outbound.get(self.queue, uri).await {
            Ok(body) => read(&body).map(Arc::new).map_err(|error| Failed { error, pause: PAUSE }),
            Err(error) => Err(Failed { pause: pause_after(&error), error: E::from(error) }),
        };
        // An answer is as old as its request, and a failure as new as it is.
        let at = if answer.is_ok() { now } else { self.outbound.clock.steady() };
        *fetched = Some(Fetched { at, answer: answer.clone() });
        answer.map_err(|failed| failed.error)
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

/// The time for which a failure is told again. A host that does not answer rests by itself.
fn pause_after(error: &OutboundError) -> Duration {
    match error {
        OutboundError::Timeout | OutboundError::Unreachable(_) | OutboundError::NotFound | OutboundError::Resting => {
            Duration::ZERO
        }
        OutboundError::Busy => BUSY,
        _ => PAUSE,
    }
}

//! Where keys stand, and what changed about them between two readings: for the log and the metadata.

use std::collections::{BTreeMap, BTreeSet};

use super::{Algorithm, KeyState, StoredKey};

/// Where each key stands, by its `kid`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing(BTreeMap<String, Place>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    algorithm: Algorithm,
    state: KeyState,
    revoked: bool,
}

/// Something that happened to a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyEvent {
    /// The key.
    pub kid: String,
    /// Its algorithm.
    pub algorithm: Algorithm,
    /// What happened.
    pub what: Happened,
    /// Whether the key was retired by hand, and nothing that it signed is believed any more.
    pub revoked: bool,
}

/// What can happen to a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happened {
    /// It was made, and is published.
    Created,
    /// It signs.
    Activated,
    /// It signs no more.
    Retired,
    /// It is published no more.
    Removed,
}

impl Happened {
    /// Its name in the log.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "key_created",
            Self::Activated => "key_activated",
            Self::Retired => "key_retired",
            Self::Removed => "key_removed",
        }
    }
}

impl Standing {
    /// Where these keys stand.
    #[must_use]
    pub fn of(stored: &[StoredKey]) -> Self {
        let place = |key: &StoredKey| {
            let StoredKey { algorithm, state, .. } = *key;
            (key.kid.clone(), Place { algorithm, state, revoked: key.revoked_at.is_some() })
        };
        Self(stored.iter().map(place).collect())
    }

    /// The algorithms that have a key in `state` or one before it, in the order of [`Algorithm`].
    pub(super) fn algorithms_up_to(&self, state: KeyState) -> Vec<Algorithm> {
        let reached = self.0.values().filter(|place| place.state <= state);
        reached.map(|place| place.algorithm).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// How many keys of an algorithm are in a state.
    #[must_use]
    pub fn count(&self, algorithm: Algorithm, state: KeyState) -> usize {
        self.0.values().filter(|place| (place.algorithm, place.state) == (algorithm, state)).count()
    }

    /// What happened to each key since `before`, in the order in which it happens to one. A key that is not there at all
    /// any more was removed as well.
    #[must_use]
    pub fn events_since(&self, before: &Self) -> Vec<KeyEvent> {
        let lost = before.0.iter().filter(|(kid, place)| place.state < KeyState::Gone && !self.0.contains_key(*kid));
        let event = |kid: &str, place: Place, what| KeyEvent {
            kid: kid.to_owned(),
            algorithm: place.algorithm,
            what,
            revoked: place.revoked,
        };
        let mut events: Vec<_> = lost.map(|(kid, place)| event(kid, *place, Happened::Removed)).collect();
        for (kid, place) in &self.0 {
            let happened = happened(before.0.get(kid), *place);
            events.extend(happened.into_iter().map(|what| event(kid, *place, what)));
        }
        events
    }
}

fn happened(before: Option<&Place>, now: Place) -> Vec<Happened> {
    let was_before = |state| before.is_none_or(|before| before.state < state);
    let is_newly = |state| now.state == state && was_before(state);
    let newly_revoked = now.revoked && before.is_some_and(|before| !before.revoked);
    let all = [
        (Happened::Created, before.is_none()),
        (Happened::Activated, is_newly(KeyState::Active)),
        (Happened::Retired, is_newly(KeyState::Retiring)),
        (Happened::Removed, is_newly(KeyState::Gone) || newly_revoked),
    ];
    all.into_iter().filter(|(_, it_did)| *it_did).map(|(what, _)| what).collect()
}

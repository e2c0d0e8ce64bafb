//! When a key moves on: the rule, and nothing that does it.
//!
//! 1. an algorithm in use has a key that is next, which is published at once;
//! 2. it is promoted when the key before it has signed for long enough, and never before every verifier can know it;
//! 3. the key before it is published until the last token that it signed has expired;
//! 4. then it is gone, and its public half is kept for as long as an `id_token_hint` by it may come back;
//! 5. when another algorithm is configured, its first key is published for as long as any other before it signs.
//!
//! Each algorithm in use goes through this by itself: the one that tokens are signed with, and those that clients may choose
//! beside it.
//!
//! Each step stands by itself: whoever is stopped between two of them goes on from there. A clock that is set back delays
//! a step, and undoes none. A key that was retired by a clock far ahead retires now, or it would stay for years.

use std::iter;
use std::time::Duration;

use super::{Algorithm, KeyState, MAX_RING_AGE, StoredKey};
use crate::types::Timestamp;

/// What verifiers allow for clocks that differ.
const LEEWAY: Duration = Duration::from_secs(60);

/// A key that retires further in the future than this was retired by a wrong clock.
const FAR_AHEAD: Duration = Duration::from_secs(3600);

/// How keys are to rotate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RotationPolicy {
    /// What tokens are to be signed with.
    pub algorithm: Algorithm,
    /// What clients may choose beside it.
    pub also: Vec<Algorithm>,
    /// How long a key signs.
    pub interval: Duration,
    /// How long a key is published before it signs.
    pub publish_ahead: Duration,
    /// The longest lifetime of a token that is signed now.
    pub token_ttl: Duration,
    /// How long after its last signature a key is still asked about an `id_token_hint`.
    pub hint_ttl: Duration,
}

/// What is to be done with the stored keys. A step that another node did meanwhile changes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Make a key: one that is next, or one that is active where nothing signs.
    Make(Algorithm, KeyState),
    /// Let the retiring of the key of this `kid`, which lies in the future, begin now.
    Redate(String),
    /// Note that the key of this `kid` may sign tokens of [`RotationPolicy::token_ttl`].
    Lengthen(String),
    /// Let the key `next` sign, and the one that signed until now retire.
    Promote {
        /// The `kid` of the one.
        next: String,
        /// The `kid` of the other, which may be of another algorithm.
        signing: Option<String>,
    },
    /// Let a key retire without a successor: its algorithm is not in use.
    Retire(String),
    /// Take a key out of the JWKS and erase its private half.
    Withdraw {
        /// Its `kid`.
        kid: String,
        /// The state that it is in.
        from: KeyState,
    },
    /// Remove what is left of a key.
    Forget(String),
}

/// The next thing that is due, if anything is: do it, read the keys again, and ask again.
#[must_use]
pub fn due(keys: &[StoredKey], policy: &RotationPolicy, now: Timestamp) -> Option<Step> {
    let signing = signing_key(keys, policy);
    // The first algorithm of a change stays in use until the second one signs.
    let in_use: Vec<Algorithm> = iter::once(policy.algorithm)
        .chain(signing.map(|key| key.algorithm))
        .chain(policy.also.iter().copied())
        .collect();
    let redated = keys.iter().find(|key| is_far_ahead(key, now)).map(|key| Step::Redate(key.kid.clone()));
    let lengthened = || keys.iter().find_map(|key| lengthen(key, policy));
    let begun = || in_use.iter().find_map(|algorithm| begin(keys, *algorithm, policy, now));
    let ended = || keys.iter().find_map(|key| end(key, in_use.contains(&key.algorithm), policy, now));
    redated.or_else(lengthened).or_else(|| first(keys, policy)).or_else(begun).or_else(ended)
}

/// The key that signs: that of the wanted algorithm, or until there is one whichever else is active; rather one that no
/// client chose.
#[must_use]
pub fn signing_key<'a>(keys: &'a [StoredKey], policy: &RotationPolicy) -> Option<&'a StoredKey> {
    let active = keys.iter().filter(|key| key.state == KeyState::Active);
    active.min_by_key(|key| rank(key.algorithm, policy.algorithm, &policy.also))
}

/// Of the algorithms that can sign, the one with the lowest rank does.
pub(super) fn rank(algorithm: Algorithm, wanted: Algorithm, also: &[Algorithm]) -> impl Ord + use<> {
    (algorithm != wanted, also.contains(&algorithm), algorithm)
}

/// The key that a next one of `algorithm` takes over from: the active one of the same algorithm, or the one that signed in its
/// place, unless clients may go on choosing that.
pub(super) fn replaced<'a>(
    keys: &'a [StoredKey],
    algorithm: Algorithm,
    policy: &RotationPolicy,
) -> Option<&'a StoredKey> {
    let own = keys.iter().find(|key| key.algorithm == algorithm && key.state == KeyState::Active);
    let stand_in = || signing_key(keys, policy).filter(|key| !policy.also.contains(&key.algorithm));
    own.or_else(|| stand_in().filter(|_| algorithm == policy.algorithm))
}

/// The key of an algorithm that is next.
pub(super) fn next_key(keys: &[StoredKey], algorithm: Algorithm) -> Option<&StoredKey> {
    keys.iter().find(|key| key.algorithm == algorithm && key.state == KeyState::Next)
}

impl RotationPolicy {
    /// When a key that is next has been published for long enough to sign.
    #[must_use]
    pub fn may_sign_at(&self, next: &StoredKey) -> Timestamp {
        next.created_at.plus(self.publish_ahead)
    }

    /// When a key that retires leaves the JWKS: no token that it signed is valid any more, on whatever node and under
    /// whatever configuration. Other nodes may have signed with it for as long as they use a ring.
    #[must_use]
    pub fn leaves_at(&self, key: &StoredKey) -> Timestamp {
        last_signature(key).plus(self.token_ttl.max(key.token_ttl)).plus(LEEWAY)
    }

    /// When nobody asks about a hint by this key any more: a session that began with its last signature has ended.
    #[must_use]
    pub fn is_forgotten_at(&self, key: &StoredKey) -> Timestamp {
        last_signature(key).plus(self.hint_ttl)
    }

    fn has_signed_long_enough(&self, key: &StoredKey, now: Timestamp) -> bool {
        now.since(key.activated_at.unwrap_or(key.created_at)) >= self.interval
    }
}

fn last_signature(key: &StoredKey) -> Timestamp {
    key.retired_at.unwrap_or(key.created_at).plus(MAX_RING_AGE)
}

fn is_far_ahead(key: &StoredKey, now: Timestamp) -> bool {
    key.state == KeyState::Retiring && key.retired_at.is_some_and(|retired_at| retired_at > now.plus(FAR_AHEAD))
}

/// A key remembers the longest lifetime that was ever configured while it could sign: a shorter one in a later
/// configuration does not shorten tokens that are out.
fn lengthen(key: &StoredKey, policy: &RotationPolicy) -> Option<Step> {
    let may_sign = matches!(key.state, KeyState::Next | KeyState::Active);
    (may_sign && key.token_ttl < policy.token_ttl).then(|| Step::Lengthen(key.kid.clone()))
}

/// At a first start every algorithm in use has a key that signs at once, the wanted one last: nobody has kept a JWKS yet.
fn first(keys: &[StoredKey], policy: &RotationPolicy) -> Option<Step> {
    if keys.iter().any(|key| key.state != KeyState::Active) {
        return None;
    }
    let missing = |algorithm: &&Algorithm| keys.iter().all(|key| key.algorithm != **algorithm);
    let last = iter::once(&policy.algorithm);
    let algorithm = policy.also.iter().filter(|also| **also != policy.algorithm).chain(last).find(missing);
    algorithm.map(|algorithm| Step::Make(*algorithm, KeyState::Active))
}

/// What makes keys of an algorithm that is in use, and lets them sign.
fn begin(keys: &[StoredKey], algorithm: Algorithm, policy: &RotationPolicy, now: Timestamp) -> Option<Step> {
    let anything_signs = signing_key(keys, policy).is_some();
    let Some(next) = next_key(keys, algorithm) else {
        let state = if anything_signs { KeyState::Next } else { KeyState::Active };
        return Some(Step::Make(algorithm, state));
    };
    let signing = replaced(keys, algorithm, policy);
    let is_time =
        signing.is_none_or(|signing| signing.algorithm != algorithm || policy.has_signed_long_enough(signing, now));
    let is_due = !anything_signs || is_time && policy.may_sign_at(next) <= now;
    let signing = signing.map(|key| key.kid.clone());
    is_due.then(|| Step::Promote { next: next.kid.clone(), signing })
}

/// What takes a key away. One that is next and not in use waits until it could have signed: a node that is configured
/// otherwise would only make another.
fn end(key: &StoredKey, in_use: bool, policy: &RotationPolicy, now: Timestamp) -> Option<Step> {
    let withdraw = || Step::Withdraw { kid: key.kid.clone(), from: key.state };
    match key.state {
        KeyState::Next => (!in_use && policy.may_sign_at(key) <= now).then(withdraw),
        KeyState::Active => (!in_use).then(|| Step::Retire(key.kid.clone())),
        KeyState::Retiring => (policy.leaves_at(key) <= now).then(withdraw),
        KeyState::Gone => (policy.is_forgotten_at(key) <= now).then(|| Step::Forget(key.kid.clone())),
    }
}

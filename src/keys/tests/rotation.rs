//! The schedule of keys, moment by moment.

use std::time::Duration;

use super::NOW;
use crate::keys::{
    Algorithm, KeyRefusal, KeyState, Revocation, RotationPolicy, Step, StoredKey, due, promotion, revocation,
};
use crate::types::Timestamp;

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);
const MS: Duration = Duration::from_millis(1);

pub(super) const POLICY: RotationPolicy = RotationPolicy {
    algorithm: Algorithm::Rs256,
    also: Vec::new(),
    interval: Duration::from_secs(90 * 86_400),
    publish_ahead: DAY,
    token_ttl: Duration::from_secs(300),
    hint_ttl: Duration::from_secs(30 * 86_400),
};

/// A key of which only the outside counts.
pub(super) fn key(kid: &str, algorithm: Algorithm, state: KeyState) -> StoredKey {
    StoredKey {
        kid: kid.to_owned(),
        algorithm,
        state,
        public_jwk: String::new(),
        sealed: vec![1],
        created_at: NOW,
        activated_at: (state >= KeyState::Active).then_some(NOW),
        retired_at: (state >= KeyState::Retiring).then_some(NOW),
        token_ttl: POLICY.token_ttl,
        revoked_at: None,
    }
}

fn rs256(kid: &str, state: KeyState) -> StoredKey {
    key(kid, Algorithm::Rs256, state)
}

/// An installation at rest, made at `NOW`, and what else it has.
fn at_rest(others: &[StoredKey]) -> Vec<StoredKey> {
    [&[rs256("one", KeyState::Active), rs256("two", KeyState::Next)], others].concat()
}

/// Nothing is due until `at`, and then `step` is.
#[track_caller]
fn assert_due_at(keys: &[StoredKey], policy: &RotationPolicy, at: Timestamp, step: &Step) {
    assert_eq!(due(keys, policy, at.minus(MS)), None, "a moment before");
    assert_eq!(due(keys, policy, at).as_ref(), Some(step));
    assert_eq!(due(keys, policy, at.minus(HOUR)), None, "the clock was set back");
}

fn promote(next: &str, signing: Option<&str>) -> Step {
    Step::Promote { next: next.to_owned(), signing: signing.map(str::to_owned) }
}

fn withdraw(kid: &str, from: KeyState) -> Step {
    Step::Withdraw { kid: kid.to_owned(), from }
}

#[test]
fn the_first_start_makes_a_key_that_signs_and_one_that_is_next() {
    let mut keys = Vec::new();
    assert_eq!(due(&keys, &POLICY, NOW), Some(Step::Make(Algorithm::Rs256, KeyState::Active)));
    keys.push(rs256("one", KeyState::Active));
    assert_eq!(due(&keys, &POLICY, NOW), Some(Step::Make(Algorithm::Rs256, KeyState::Next)));
    assert_eq!(due(&at_rest(&[]), &POLICY, NOW), None);
}

#[test]
fn a_key_signs_for_the_interval_and_the_next_one_takes_over() {
    assert_due_at(&at_rest(&[]), &POLICY, NOW.plus(POLICY.interval), &promote("two", Some("one")));
}

/// J14: however late it is, a key that nobody knows yet does not sign.
#[test]
fn j14_a_key_that_was_published_for_too_short_a_time_does_not_sign() {
    let mut keys = at_rest(&[]);
    keys[1].created_at = NOW.plus(POLICY.interval * 2);
    assert_due_at(&keys, &POLICY, NOW.plus(POLICY.interval * 2 + DAY), &promote("two", Some("one")));
}

/// J14: the lifetime of a token, a minute in which another node may not know yet, and a minute for clocks that differ.
#[test]
fn j14_a_key_that_retires_is_published_until_its_last_token_has_expired() {
    let keys = at_rest(&[rs256("old", KeyState::Retiring)]);
    let end = NOW.plus(Duration::from_secs(300 + 60 + 60));
    assert_due_at(&keys, &POLICY, end, &withdraw("old", KeyState::Retiring));
    assert_eq!(POLICY.leaves_at(&keys[2]), end);
}

#[test]
fn a_key_remembers_the_longest_lifetime_of_a_token_that_it_may_have_signed() {
    let longer = RotationPolicy { token_ttl: HOUR, ..POLICY };
    let mut keys = at_rest(&[rs256("old", KeyState::Retiring)]);
    for at in [0, 1] {
        assert_eq!(due(&keys, &longer, NOW), Some(Step::Lengthen(keys[at].kid.clone())));
        keys[at].token_ttl = HOUR;
    }
    assert_eq!(due(&keys, &longer, NOW), None, "the old one signs no more");
    assert_eq!(due(&keys, &POLICY, NOW), None, "a shorter lifetime changes nothing about what was signed");
    keys[2].token_ttl = HOUR;
    let end = NOW.plus(HOUR + Duration::from_secs(120));
    assert_due_at(&keys, &POLICY, end, &withdraw("old", KeyState::Retiring));
}

/// By a clock of the year 2039.
#[test]
fn a_key_that_was_retired_far_in_the_future_retires_now() {
    let mut keys = at_rest(&[rs256("old", KeyState::Retiring)]);
    keys[2].retired_at = Some(NOW.plus(DAY * 4000));
    assert_eq!(due(&keys, &POLICY, NOW), Some(Step::Redate("old".to_owned())));
    keys[2].retired_at = Some(NOW.plus(HOUR));
    assert_eq!(due(&keys, &POLICY, NOW), None, "a clock that was set back by little");
}

#[test]
fn what_is_left_of_a_key_is_kept_for_as_long_as_hints_by_it_come_back() {
    let keys = at_rest(&[rs256("old", KeyState::Gone)]);
    assert_due_at(&keys, &POLICY, NOW.plus(POLICY.hint_ttl + HOUR / 60), &Step::Forget("old".to_owned()));
}

/// The first key of another algorithm is announced like any other; until it signs, the ones before go on as they did.
#[test]
fn another_algorithm_signs_after_its_key_was_published_ahead() {
    let other = RotationPolicy { algorithm: Algorithm::Es256, ..POLICY };
    let mut keys = at_rest(&[]);
    assert_eq!(due(&keys, &other, NOW), Some(Step::Make(Algorithm::Es256, KeyState::Next)));
    keys.push(key("other", Algorithm::Es256, KeyState::Next));
    assert_due_at(&keys, &other, NOW.plus(DAY), &promote("other", Some("one")));
    let lost = [keys[0].clone(), keys[2].clone()];
    assert_eq!(due(&lost, &other, NOW), Some(Step::Make(Algorithm::Rs256, KeyState::Next)), "in use until then");

    let now = NOW.plus(DAY);
    (keys[0].state, keys[0].retired_at) = (KeyState::Retiring, Some(now));
    (keys[2].state, keys[2].activated_at) = (KeyState::Active, Some(now));
    assert_eq!(due(&keys, &other, now), Some(Step::Make(Algorithm::Es256, KeyState::Next)));
    keys.push(StoredKey { created_at: now, ..key("another", Algorithm::Es256, KeyState::Next) });
    assert_eq!(due(&keys, &other, now), Some(withdraw("two", KeyState::Next)), "it never signed");
    keys.remove(1);
    assert_due_at(&keys, &other, now.plus(Duration::from_secs(420)), &withdraw("one", KeyState::Retiring));
}

#[test]
fn what_an_algorithm_that_is_not_in_use_has_left_over_goes() {
    let others = [key("x", Algorithm::Es256, KeyState::Active), key("y", Algorithm::EdDsa, KeyState::Next)];
    assert_eq!(due(&at_rest(&others[..1]), &POLICY, NOW), Some(Step::Retire("x".to_owned())));
    // A node that is configured otherwise would make it again at once.
    assert_due_at(&at_rest(&others[1..]), &POLICY, NOW.plus(DAY), &withdraw("y", KeyState::Next));
}

#[test]
fn an_operator_promotes_a_key_that_verifiers_know_or_insists() {
    let keys = at_rest(&[]);
    let at = NOW.plus(DAY);
    let refused = promotion(&keys, Algorithm::Rs256, &POLICY, false, at.minus(MS));
    assert_eq!(refused, Err(KeyRefusal::Early { kid: "two".to_owned(), at }));
    assert_eq!(promotion(&keys, Algorithm::Rs256, &POLICY, false, at), Ok((&keys[1], Some(&keys[0]))));
    assert_eq!(promotion(&keys, Algorithm::Rs256, &POLICY, true, NOW), Ok((&keys[1], Some(&keys[0]))));
    assert_eq!(promotion(&[], Algorithm::Rs256, &POLICY, true, NOW), Err(KeyRefusal::NoKeys));
    let other = RotationPolicy { algorithm: Algorithm::Ps256, ..POLICY };
    assert_eq!(promotion(&keys, Algorithm::Ps256, &other, true, NOW), Err(KeyRefusal::NoNext(Algorithm::Ps256)));
}

#[test]
fn an_operator_takes_away_a_key_in_whatever_state_once() {
    let keys = at_rest(&[rs256("old", KeyState::Retiring), rs256("older", KeyState::Gone)]);
    for (at, successor) in [Some("two"), None, None, None].into_iter().enumerate() {
        let (kid, from, successor) = (keys[at].kid.clone(), keys[at].state, successor.map(str::to_owned));
        let expected = Revocation { kid, algorithm: Algorithm::Rs256, from, successor };
        assert_eq!(revocation(&keys, &keys[at].kid), Ok(expected));
    }
    let revoked = [StoredKey { revoked_at: Some(NOW), ..rs256("old", KeyState::Gone) }];
    assert_eq!(revocation(&revoked, "old"), Err(KeyRefusal::Revoked("old".to_owned())));
    assert_eq!(revocation(&keys, "x"), Err(KeyRefusal::Unknown("x".to_owned())));
}

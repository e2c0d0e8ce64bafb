//! The schedule of algorithms that clients may choose beside the one that everybody gets.

use std::time::Duration;

use super::NOW;
use super::rotation::{POLICY, key};
use crate::keys::{Algorithm, KeyState, RotationPolicy, Step, StoredKey, due, promotion, signing_key};

const DAY: Duration = Duration::from_secs(86_400);

fn with_es256() -> RotationPolicy {
    RotationPolicy { also: vec![Algorithm::Es256, Algorithm::Rs256], ..POLICY }
}

fn at_rest() -> Vec<StoredKey> {
    vec![key("one", Algorithm::Rs256, KeyState::Active), key("two", Algorithm::Rs256, KeyState::Next)]
}

fn promote(next: &str, signing: Option<&str>) -> Step {
    Step::Promote { next: next.to_owned(), signing: signing.map(str::to_owned) }
}

#[test]
fn at_a_first_start_every_algorithm_signs_at_once() {
    let (mut keys, policy) = (Vec::new(), with_es256());
    for (algorithm, state) in [
        (Algorithm::Es256, KeyState::Active),
        (Algorithm::Rs256, KeyState::Active),
        (Algorithm::Rs256, KeyState::Next),
        (Algorithm::Es256, KeyState::Next),
    ] {
        assert_eq!(due(&keys, &policy, NOW), Some(Step::Make(algorithm, state)));
        keys.push(key(&format!("key {}", keys.len()), algorithm, state));
    }
    assert_eq!(due(&keys, &policy, NOW), None);
    assert_eq!(signing_key(&keys, &policy).map(|key| key.algorithm), Some(Algorithm::Rs256));
}

#[test]
fn an_algorithm_that_is_added_later_is_published_ahead_and_takes_nothing_over() {
    let (mut keys, policy) = (at_rest(), with_es256());
    assert_eq!(due(&keys, &policy, NOW), Some(Step::Make(Algorithm::Es256, KeyState::Next)));
    keys.push(key("other", Algorithm::Es256, KeyState::Next));
    assert_eq!(due(&keys, &policy, NOW.plus(DAY).minus(Duration::from_millis(1))), None);
    assert_eq!(due(&keys, &policy, NOW.plus(DAY)), Some(promote("other", None)));
    let (next, replaced) = promotion(&keys, Algorithm::Es256, &policy, true, NOW).unwrap();
    assert_eq!((next.kid.as_str(), replaced), ("other", None));

    // From then on it rotates by itself.
    (keys[2].state, keys[2].activated_at) = (KeyState::Active, Some(NOW.plus(DAY)));
    keys.push(StoredKey { created_at: NOW.plus(DAY), ..key("another", Algorithm::Es256, KeyState::Next) });
    keys[0].activated_at = Some(NOW.plus(DAY * 80));
    assert_eq!(due(&keys, &policy, NOW.plus(POLICY.interval)), None);
    assert_eq!(due(&keys, &policy, NOW.plus(DAY + POLICY.interval)), Some(promote("another", Some("other"))));
}

#[test]
fn what_everybody_gets_changes_without_taking_away_what_clients_chose() {
    let mut keys = at_rest();
    let policy = RotationPolicy { algorithm: Algorithm::EdDsa, also: vec![Algorithm::Rs256], ..POLICY };
    assert_eq!(due(&keys, &policy, NOW), Some(Step::Make(Algorithm::EdDsa, KeyState::Next)));
    keys.push(key("new", Algorithm::EdDsa, KeyState::Next));
    assert_eq!(due(&keys, &policy, NOW.plus(DAY)), Some(promote("new", None)), "RS256 goes on beside it");

    // The algorithm that nobody chose stands in until another signs, and not one that clients chose.
    keys[2].state = KeyState::Active;
    keys.push(key("newer", Algorithm::EdDsa, KeyState::Next));
    let policy = RotationPolicy { algorithm: Algorithm::Es256, also: vec![Algorithm::Rs256], ..POLICY };
    assert_eq!(signing_key(&keys, &policy).map(|key| key.kid.as_str()), Some("new"));
    keys.push(key("newest", Algorithm::Es256, KeyState::Next));
    assert_eq!(due(&keys, &policy, NOW.plus(DAY)), Some(promote("newest", Some("new"))));
}

#[test]
fn an_algorithm_that_is_offered_no_more_retires() {
    let mut keys = at_rest();
    keys.push(key("other", Algorithm::Es256, KeyState::Active));
    assert_eq!(due(&keys, &POLICY, NOW), Some(Step::Retire("other".to_owned())));
}

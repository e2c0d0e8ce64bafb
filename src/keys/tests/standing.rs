use super::NOW;
use super::rotation::key;
use crate::keys::Happened::{Activated, Created, Removed, Retired};
use crate::keys::{Algorithm, Happened, KeyState, Standing, StoredKey};

fn rs256(kid: &str, state: KeyState) -> StoredKey {
    key(kid, Algorithm::Rs256, state)
}

fn events(before: &[StoredKey], after: &[StoredKey]) -> Vec<(String, Happened, bool)> {
    let events = Standing::of(after).events_since(&Standing::of(before));
    events.into_iter().map(|event| (event.kid, event.what, event.revoked)).collect()
}

#[test]
fn each_thing_that_happens_to_a_key_is_told_once() {
    let states = [KeyState::Next, KeyState::Active, KeyState::Retiring, KeyState::Gone];
    let lives = states.map(|state| [rs256("one", state)]);
    let told = |happened: &[Happened]| happened.iter().map(|what| ("one".to_owned(), *what, false)).collect::<Vec<_>>();
    assert_eq!(events(&[], &lives[0]), told(&[Created]));
    assert_eq!(events(&lives[0], &lives[1]), told(&[Activated]));
    assert_eq!(events(&lives[1], &lives[2]), told(&[Retired]));
    assert_eq!(events(&lives[2], &lives[3]), told(&[Removed]));
    assert_eq!(events(&lives[3], &[]), told(&[]), "it was gone");
    for life in &lives {
        assert_eq!(events(life, life), told(&[]));
    }
    assert_eq!(events(&[], &lives[1]), told(&[Created, Activated]));
    assert_eq!(events(&lives[1], &lives[3]), told(&[Removed]));
    assert_eq!(events(&lives[1], &[]), told(&[Removed]), "it was forgotten while nobody looked");
}

#[test]
fn a_key_that_was_retired_by_hand_is_told_as_such() {
    let revoked = [StoredKey { revoked_at: Some(NOW), ..rs256("one", KeyState::Gone) }];
    for before in [KeyState::Next, KeyState::Active, KeyState::Retiring, KeyState::Gone] {
        assert_eq!(events(&[rs256("one", before)], &revoked), [("one".to_owned(), Removed, true)], "{before:?}");
    }
    assert_eq!(events(&revoked, &revoked), []);
}

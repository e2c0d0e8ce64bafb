use std::time::Duration;

use serde_json::{Value, json};

use super::{ACTIVE, ALGORITHMS, MASTER, MAX_AGE, NOW, claims, ring_of, stored};
use crate::keys::{Algorithm, KeyError, KeyRing, KeyState, MAX_RING_AGE, SharedRing, StoredKey, VerifyError};
use crate::types::base64url;

fn header_of(token: &str) -> Value {
    serde_json::from_slice(&base64url::decode(token.split('.').next().unwrap()).unwrap()).unwrap()
}

/// The same key in another state.
fn in_state(key: &StoredKey, state: KeyState) -> StoredKey {
    StoredKey { state, ..key.clone() }
}

#[test]
fn every_algorithm_signs_and_verifies() {
    let ring = ring_of(&ACTIVE);
    assert_eq!(ring.algorithms(), ALGORITHMS);
    for key in ACTIVE.iter() {
        let token = ring.sign(key.algorithm, "at+jwt", &claims(), NOW).unwrap();
        let header = json!({ "alg": key.algorithm.as_str(), "typ": "at+jwt", "kid": key.kid });
        assert_eq!(header_of(&token), header);
        assert_eq!(ring.verify::<Value>(&token, "at+jwt"), Ok(claims()), "{:?}", key.algorithm);
    }
}

#[test]
fn an_algorithm_without_an_active_key_does_not_sign() {
    let ring = ring_of(&ACTIVE[2..]);
    assert_eq!(ring.algorithms(), [Algorithm::Es256, Algorithm::EdDsa]);
    let refused = ring.sign(Algorithm::Rs256, "JWT", &claims(), NOW);
    assert!(matches!(refused, Err(KeyError::NoKeyFor(Algorithm::Rs256))));
}

#[test]
fn a_stale_ring_does_not_sign_but_still_verifies() {
    let ring = ring_of(&ACTIVE[3..]);
    let sign = |now| ring.sign(Algorithm::EdDsa, "JWT", &claims(), now);
    let token = sign(NOW.plus(MAX_RING_AGE)).unwrap();
    let late = NOW.plus(MAX_RING_AGE + Duration::from_millis(1));
    assert!(matches!(sign(late), Err(KeyError::Stale)));
    assert!(sign(NOW.minus(Duration::from_secs(3600))).is_ok(), "a clock that was set back is not old");
    assert!(ring.verify::<Value>(&token, "JWT").is_ok());
}

#[test]
fn the_jwks_publishes_next_active_and_retiring_keys() {
    let [next, active, retiring, gone] = [KeyState::Next, KeyState::Active, KeyState::Retiring, KeyState::Gone]
        .map(|state| stored(Algorithm::Es256, state));
    let ring = ring_of(&[next.clone(), active.clone(), retiring.clone(), gone.clone()]);
    let body: Value = serde_json::from_str(&ring.jwks().body).unwrap();
    let mut published: Vec<_> =
        body["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap()).collect();
    published.sort_unstable();
    let mut expected = [&*next.kid, &*active.kid, &*retiring.kid];
    expected.sort_unstable();
    assert_eq!(published, expected);
    assert_eq!(ring.jwks().cache_control, "public, max-age=300");
}

#[test]
fn no_private_member_is_published() {
    let body: Value = serde_json::from_str(&ring_of(&ACTIVE).jwks().body).unwrap();
    for key in body["keys"].as_array().unwrap() {
        let members: Vec<_> = key.as_object().unwrap().keys().cloned().collect();
        assert!(members.iter().all(|name| ["kty", "n", "e", "crv", "x", "y", "kid", "use", "alg"].contains(&&**name)));
    }
}

#[test]
fn the_same_keys_are_the_same_document() {
    let (one, two) = (stored(Algorithm::Es256, KeyState::Active), stored(Algorithm::Es256, KeyState::Next));
    let first = ring_of(&[one.clone(), two.clone()]);
    let after_rotation = ring_of(&[in_state(&two, KeyState::Active), in_state(&one, KeyState::Retiring)]);
    assert_eq!(first.jwks(), after_rotation.jwks());
    let after_the_end = ring_of(&[in_state(&two, KeyState::Active), in_state(&one, KeyState::Gone)]);
    assert_ne!(first.jwks().etag, after_the_end.jwks().etag);
    let etag = &first.jwks().etag;
    assert!(etag.len() == 45 && etag.starts_with('"') && etag.ends_with('"'), "{etag}");
}

#[test]
fn the_oldest_key_comes_first() {
    let (older, mut newer) = (stored(Algorithm::Es256, KeyState::Active), stored(Algorithm::EdDsa, KeyState::Active));
    newer.created_at = NOW.plus(Duration::from_secs(1));
    let body: Value = serde_json::from_str(&ring_of(&[newer, older.clone()]).jwks().body).unwrap();
    assert_eq!(body["keys"][0]["kid"], older.kid.as_str());
}

#[test]
fn a_token_outlives_the_activity_of_its_key_but_not_its_end() {
    let (old, new) = (stored(Algorithm::Es256, KeyState::Active), stored(Algorithm::Es256, KeyState::Active));
    let token = ring_of(std::slice::from_ref(&old)).sign(Algorithm::Es256, "JWT", &claims(), NOW).unwrap();
    let ring_with = |state| ring_of(&[new.clone(), in_state(&old, state)]);
    assert!(ring_with(KeyState::Next).verify::<Value>(&token, "JWT").is_ok());
    assert!(ring_with(KeyState::Retiring).verify::<Value>(&token, "JWT").is_ok());
    assert_eq!(ring_with(KeyState::Gone).verify::<Value>(&token, "JWT"), Err(VerifyError::UnknownKey));
    assert!(ring_with(KeyState::Gone).verify_hint::<Value>(&token, "JWT").is_ok());
    assert_eq!(ring_of(&[new]).verify_hint::<Value>(&token, "JWT"), Err(VerifyError::UnknownKey));
}

#[test]
fn two_rings_that_share_a_key_do_not_take_it_from_each_other() {
    let key = [stored(Algorithm::Es256, KeyState::Active)];
    let (one, two) = (ring_of(&key), ring_of(&key));
    drop(two);
    assert!(one.sign(Algorithm::Es256, "JWT", &claims(), NOW).is_ok());
}

#[test]
fn a_shared_ring_gives_what_was_put_last() {
    let (old, new) = (stored(Algorithm::Es256, KeyState::Active), stored(Algorithm::Es256, KeyState::Active));
    let shared = SharedRing::new(ring_of(std::slice::from_ref(&old)));
    let held = shared.current();
    shared.replace(ring_of(&[new.clone(), in_state(&old, KeyState::Gone)]));
    let token = shared.current().sign(Algorithm::Es256, "JWT", &claims(), NOW).unwrap();
    assert_eq!(header_of(&token)["kid"], new.kid.as_str());
    assert!(
        held.sign(Algorithm::Es256, "JWT", &claims(), NOW).is_ok(),
        "work that began with the old ring ends with it"
    );
}

#[test]
fn debug_shows_ids_only() {
    let ring = KeyRing::open(&ACTIVE, &MASTER.seal_key(), NOW, MAX_AGE).unwrap();
    let debug = format!("{ring:?}");
    assert!(debug.contains(&ACTIVE[0].kid) && debug.len() < 500, "{debug}");
}

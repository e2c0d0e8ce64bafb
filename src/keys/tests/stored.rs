use super::{ACTIVE, ALGORITHMS, MASTER, MAX_AGE, NOW, stored};
use crate::keys::{Algorithm, KeyError, KeyRing, KeyState, MasterKey, SigningKey, StoredKey, new_stored_key};
use crate::types::Rng;

fn open(stored: &[StoredKey]) -> Result<KeyRing, KeyError> {
    KeyRing::open(stored, &MASTER.seal_key(), NOW, MAX_AGE)
}

#[test]
fn only_a_key_that_is_made_active_was_activated() {
    for state in [KeyState::Next, KeyState::Active] {
        let key = stored(Algorithm::Es256, state);
        assert_eq!(key.activated_at, (state == KeyState::Active).then_some(NOW));
        assert_eq!((key.state, key.created_at, key.retired_at), (state, NOW, None));
    }
}

#[test]
fn the_size_of_an_rsa_key_is_one_of_three() {
    for bits in [0, 1024, 2047, 8192] {
        let error = SigningKey::generate(Algorithm::Rs256, bits).unwrap_err();
        assert!(matches!(error, KeyError::RsaBits(found) if found == bits));
    }
    assert!(SigningKey::generate(Algorithm::Es256, 0).is_ok(), "other keys have one size");
    for (bits, length) in [(3072, 384), (4096, 512)] {
        let (key, _) = SigningKey::generate(Algorithm::Rs256, bits).unwrap();
        assert_eq!(key.sign(b"message").unwrap().len(), length);
    }
}

#[test]
fn a_private_key_is_for_its_own_algorithm_family() {
    let (_, p256) = SigningKey::generate(Algorithm::Es256, 0).unwrap();
    for algorithm in ALGORITHMS {
        assert_eq!(SigningKey::from_pkcs8(algorithm, &p256).is_ok(), algorithm == Algorithm::Es256);
        assert!(SigningKey::from_pkcs8(algorithm, b"").is_err());
    }
}

#[test]
fn another_master_key_opens_nothing() {
    let other = MasterKey::generate(&Rng::system()).seal_key();
    for key in ACTIVE.iter() {
        let error = KeyRing::open(std::slice::from_ref(key), &other, NOW, MAX_AGE).unwrap_err();
        assert!(matches!(&error, KeyError::WrongMasterKey { kid } if *kid == key.kid), "{error}");
    }
}

#[test]
fn a_private_half_cannot_be_moved_to_another_row() {
    let (mut one, two) = (stored(Algorithm::Es256, KeyState::Active), stored(Algorithm::Es256, KeyState::Active));
    one.sealed.clone_from(&two.sealed);
    assert!(matches!(open(&[one.clone()]), Err(KeyError::WrongMasterKey { .. })));
    let (_, pkcs8) = SigningKey::generate(Algorithm::Es256, 0).unwrap();
    one.sealed = MASTER.seal_key().seal(&Rng::system(), one.kid.as_bytes(), &pkcs8);
    assert!(matches!(open(&[one]), Err(KeyError::Mismatch { part: "private half", .. })));
}

#[test]
fn a_row_that_contradicts_itself_is_refused() {
    let (good, other) = (stored(Algorithm::Es256, KeyState::Active), stored(Algorithm::Es256, KeyState::Active));
    let part = |change: &dyn Fn(&mut StoredKey)| {
        let mut key = good.clone();
        change(&mut key);
        match open(&[key]) {
            Err(KeyError::Mismatch { part, .. }) => part,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(part(&|key| key.public_jwk.clone_from(&other.public_jwk)), "thumbprint");
    assert_eq!(part(&|key| key.kid.clone_from(&other.kid)), "thumbprint");
    assert_eq!(part(&|key| key.algorithm = Algorithm::EdDsa), "algorithm");
    assert_eq!(part(&|key| "{}".clone_into(&mut key.public_jwk)), "public half");
    // The public half of another key under this one's name.
    let renamed = other.public_jwk.replace(&other.kid, &good.kid);
    assert_eq!(part(&|key| key.public_jwk.clone_from(&renamed)), "thumbprint");
}

#[test]
fn each_algorithm_in_use_has_one_active_key() {
    assert!(matches!(open(&[]), Err(KeyError::NoActiveKey)));
    let next = stored(Algorithm::Es256, KeyState::Next);
    assert!(matches!(open(std::slice::from_ref(&next)), Err(KeyError::NoActiveKey)));
    let two = [stored(Algorithm::Es256, KeyState::Active), stored(Algorithm::Es256, KeyState::Active)];
    assert!(matches!(open(&two), Err(KeyError::TwoActive(Algorithm::Es256))));
    assert!(open(&[stored(Algorithm::Es256, KeyState::Active), next]).is_ok());
}

#[test]
fn a_key_that_is_gone_needs_no_private_half() {
    let mut gone = stored(Algorithm::Es256, KeyState::Gone);
    gone.sealed.clear();
    assert!(open(&[stored(Algorithm::Es256, KeyState::Active), gone]).is_ok());
}

#[test]
fn the_same_key_is_never_made_twice() {
    let make = || new_stored_key(Algorithm::EdDsa, 0, KeyState::Next, &MASTER.seal_key(), &Rng::system(), NOW).unwrap();
    assert_ne!(make().kid, make().kid);
}

use crate::keys::MasterKey;
use crate::types::Rng;

#[test]
fn equal_values_are_sealed_differently_and_open_the_same() {
    let (key, rng) = (MasterKey::generate(&Rng::system()).seal_key(), Rng::system());
    for plain in [&b""[..], b"x", &[7; 1200]] {
        let (one, two) = (key.seal(&rng, b"kid", plain), key.seal(&rng, b"kid", plain));
        assert_ne!(one, two);
        assert_eq!(one.len(), plain.len() + 28);
        assert_eq!(key.open(b"kid", &one).as_deref(), Some(plain));
        assert_eq!(key.open(b"kid", &two).as_deref(), Some(plain));
    }
}

#[test]
fn nothing_opens_that_was_changed_cut_or_moved() {
    let (key, rng) = (MasterKey::generate(&Rng::system()).seal_key(), Rng::system());
    let sealed = key.seal(&rng, b"kid", b"private");
    for index in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[index] ^= 1;
        assert_eq!(key.open(b"kid", &changed), None, "byte {index}");
        assert_eq!(key.open(b"kid", &sealed[..index]), None, "{index} bytes");
    }
    assert_eq!(key.open(b"other", &sealed), None);
    assert_eq!(MasterKey::generate(&rng).seal_key().open(b"kid", &sealed), None);
}

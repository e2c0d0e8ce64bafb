use crate::keys::{MasterKey, MasterKeyError};
use crate::types::{Rng, base64url};

const STANDARD: &str = "//79/Pv6+fj39vX08/Lx8O/u7ezr6uno5+bl5OPi4eA=";
const URL_SAFE: &str = "__79_Pv6-fj39vX08_Lx8O_u7ezr6uno5-bl5OPi4eA";
const HEX: &str = "fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0efeeedecebeae9e8e7e6e5e4e3e2e1e0";

#[test]
fn every_spelling_of_the_same_bytes_is_the_same_key() {
    let spellings = [
        STANDARD.to_owned(),
        STANDARD.trim_end_matches('=').to_owned(),
        URL_SAFE.to_owned(),
        format!("{URL_SAFE}="),
        HEX.to_owned(),
        HEX.to_uppercase(),
        format!("  {STANDARD}\r\n"),
    ];
    for spelling in spellings {
        let key = MasterKey::parse(&spelling).unwrap_or_else(|error| panic!("{spelling}: {error}"));
        assert_eq!(key.to_base64().expose(), STANDARD, "{spelling}");
    }
}

#[test]
fn anything_but_32_bytes_is_refused_without_being_repeated() {
    let short = &HEX[2..];
    let long = format!("{HEX}00");
    let no_hex = HEX.replace('e', "+");
    let more_bits = STANDARD.replace("eA=", "eB=");
    let dashed = STANDARD.replace("A=", "==");
    for text in ["", "correct horse battery staple", short, &long, &no_hex, &more_bits, &dashed, &STANDARD[1..]] {
        let error = MasterKey::parse(text).unwrap_err();
        assert!(matches!(error, MasterKeyError::Malformed), "{text}");
        let message = error.to_string();
        assert!(message.contains("openssl rand -base64 32"), "{message}");
        assert!(text.is_empty() || !message.contains(text), "{message}");
    }
}

#[test]
fn one_repeated_byte_is_refused_as_weak() {
    for text in ["00".repeat(32), "ab".repeat(32), "A".repeat(43)] {
        assert!(matches!(MasterKey::parse(&text), Err(MasterKeyError::Weak)), "{text}");
    }
}

#[test]
fn a_generated_key_reads_back_as_itself() {
    let key = MasterKey::generate(&Rng::system());
    let again = MasterKey::parse(key.to_base64().expose()).unwrap();
    assert_eq!(key.check_value(), again.check_value());
    assert_ne!(key.check_value(), MasterKey::generate(&Rng::system()).check_value());
}

/// Computed with another implementation of RFC 5869: whoever changes the derivation locks every deployment out.
#[test]
fn the_derivation_never_changes() {
    let key = MasterKey::parse(HEX).unwrap();
    assert_eq!(base64url::encode(key.check_value()), "8RIbDds_INQ_bZmZOpzkakWLwCz-UVKweLSg-1vSgew");
}

#[test]
fn each_purpose_has_a_key_of_its_own() {
    let key = MasterKey::parse(HEX).unwrap();
    let tags = [key.handle_key(), key.csrf_key()].map(|key| ring::hmac::sign(&key, b"message"));
    assert_ne!(tags[0].as_ref(), tags[1].as_ref());
    let sealed = key.seal_key().seal(&Rng::system(), b"", b"value");
    assert_eq!(key.flow_key().open(b"", &sealed), None);
    assert_ne!(key.derive("handle"), key.derive("csrf"));
    assert_ne!(key.derive(""), key.derive("check value"));
}

#[test]
fn debug_shows_no_key() {
    let key = MasterKey::parse(HEX).unwrap();
    assert_eq!(format!("{key:?} {:?}", key.seal_key()), "MasterKey(hidden) SealKey(hidden)");
}

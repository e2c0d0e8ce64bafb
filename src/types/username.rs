//! Usernames: the profile `UsernameCaseMapped` (RFC 8265 §3.3).

use super::identifier_class::first_disallowed;
use super::precis::{compose, decompose, follows_bidi_rule, map_width};

/// The longest username, in bytes of UTF-8.
pub const MAX_USERNAME: usize = 256;

/// The key that a username is stored, looked up and counted by: width, case, composition and space around it do not tell
/// people apart (§3.3.2).
#[must_use]
pub fn username_key(username: &str) -> String {
    compose(&map_width(username).trim().to_lowercase()).into_owned()
}

/// All keys that a username may be stored under, each once. The first is the key of versions that did not normalise, so that
/// two people whose names differed by composition alone keep their names. The last finds a name that such a version
/// stored decomposed.
#[must_use]
pub fn username_keys(username: &str) -> Vec<String> {
    let key = username_key(username);
    let (former, decomposed) = (username.trim().to_lowercase(), decompose(&key).into_owned());
    let mut keys = vec![former];
    for other in [key, decomposed] {
        if !keys.contains(&other) {
            keys.push(other);
        }
    }
    keys
}

/// Checks a new username, and returns it as it is shown: composed, with its case.
///
/// # Errors
/// One sentence that says which rule the name breaks.
pub fn new_username(typed: &str) -> Result<String, String> {
    let shown = compose(map_width(typed).trim()).into_owned();
    if shown.is_empty() || shown.len() > MAX_USERNAME || shown.chars().any(char::is_control) {
        return Err(format!("the username must be 1 to {MAX_USERNAME} bytes without control characters"));
    }
    // "username = userpart *(1*SP userpart)" (§3.1), where each part is of the IdentifierClass.
    let key = username_key(&shown);
    if let Some(refused) = key.split(' ').find_map(first_disallowed) {
        return Err(format!(
            "the username has the character U+{:04X} in it, write letters, digits and ASCII signs",
            u32::from(refused)
        ));
    }
    if !follows_bidi_rule(&key) {
        return Err("the username mixes letters of both directions of writing, write it in one".to_owned());
    }
    Ok(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_has_one_key_on_every_keyboard() {
        for (typed, key) in [
            ("Alice", "alice"),
            (" alice\u{3000}", "alice"),
            ("Ada Lovelace", "ada lovelace"),
            ("M\u{fc}ller", "m\u{fc}ller"),
            ("MU\u{308}LLER", "m\u{fc}ller"),
            ("\u{212b}ngstr\u{f6}m", "\u{e5}ngstr\u{f6}m"),
            ("\u{ff21}\u{ff4c}\u{ff49}\u{ff43}\u{ff45}", "alice"),
            ("\u{ff76}\u{ff9e}\u{ff7d}", "\u{30ac}\u{30b9}"),
            ("\u{1112}\u{1161}\u{11ab}", "\u{d55c}"),
            ("\u{3a3}\u{399}\u{3a3}", "\u{3c3}\u{3b9}\u{3c2}"),
        ] {
            assert_eq!(username_key(typed), key, "{typed}");
            assert_eq!(username_key(key), key, "the key of a key is the key");
        }
    }

    #[test]
    fn a_name_is_found_under_the_keys_of_older_versions() {
        assert_eq!(username_keys(" Alice "), ["alice"]);
        assert_eq!(username_keys("M\u{fc}ller"), ["m\u{fc}ller", "mu\u{308}ller"]);
        assert_eq!(username_keys("Mu\u{308}ller"), ["mu\u{308}ller", "m\u{fc}ller"]);
        assert_eq!(username_keys("\u{ff21}da"), ["\u{ff41}da", "ada"]);
    }

    #[test]
    fn a_new_name_is_of_the_identifier_class_and_shown_as_written() {
        for (typed, shown) in [
            ("Ada.Lovelace+x@example", "Ada.Lovelace+x@example"),
            (" Mu\u{308}ller ", "M\u{fc}ller"),
            ("Ada Lovelace", "Ada Lovelace"),
            ("stra\u{df}e", "stra\u{df}e"),
            ("\u{645}\u{631}\u{64a}\u{645}", "\u{645}\u{631}\u{64a}\u{645}"),
            ("\u{5d3}\u{5df} 7", "\u{5d3}\u{5df} 7"),
            ("ga\u{b7}la", ""),
            ("Paral\u{b7}lel", "Paral\u{b7}lel"),
            ("\u{4f50}\u{85e4}\u{30fb}\u{5b50}", "\u{4f50}\u{85e4}\u{30fb}\u{5b50}"),
            ("a\u{30fb}b", ""),
            ("", ""),
            (" \u{3000}", ""),
            ("a\u{7}b", ""),
            ("a\u{200b}b", ""),
            ("a\u{202e}b", ""),
            ("a\u{200d}b", ""),
            ("a\u{a0}b", ""),
            ("\u{fb01}nn", ""),
            ("\u{1f40e}", ""),
            ("\u{2026}", ""),
            ("\u{645}a", ""),
            ("a\u{5d3}", ""),
            ("\u{5d3}\u{661}1", ""),
            ("\u{661}\u{6f1}", ""),
        ] {
            assert_eq!(new_username(typed).unwrap_or_default(), shown, "{typed:?}");
        }
        assert!(new_username(&"x".repeat(257)).is_err() && new_username(&"x".repeat(256)).is_ok());
    }
}

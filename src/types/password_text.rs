//! Passwords as text: the profile `OpaqueString` (RFC 8265 §4.2).

use icu_properties::props::{EnumeratedProperty, GeneralCategory};

use super::Secret;
use super::precis::compose;

/// The longest password, in bytes of UTF-8 after preparation: a longer one is refused before it is hashed.
const MAX_PASSWORD: usize = 512;

/// Prepares a password for hashing: "any instances of non-ASCII space MUST be mapped to SPACE (U+0020)", and the rest is
/// composed (§4.2.2). Case, width and length stay. The profile's refusals are for [`check_password_text`], since a password
/// that an older version took has to go on working.
#[must_use]
pub fn opaque_password(password: &Secret) -> Secret {
    let typed = password.expose();
    if typed.is_ascii() {
        return password.clone();
    }
    let is_space = |c: char| !c.is_ascii() && GeneralCategory::for_char(c) == GeneralCategory::SpaceSeparator;
    let spaced: String = typed.chars().map(|c| if is_space(c) { ' ' } else { c }).collect();
    Secret::new(compose(&spaced))
}

/// Says whether a password is longer than any that was ever set. A keyboard that decomposes letters makes none too long.
#[must_use]
pub fn is_password_too_long(password: &Secret) -> bool {
    opaque_password(password).expose().len() > MAX_PASSWORD
}

/// Checks the characters of a new password: the `FreeformClass` has no control characters (RFC 8264 §4.3). Emoji sequences
/// stay allowed, although the class refuses their joiners and selectors.
///
/// # Errors
/// One sentence.
pub fn check_password_text(password: &Secret) -> Result<(), &'static str> {
    if password.expose().chars().any(char::is_control) {
        return Err("the password must not have control characters, such as a tab, in it");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opaque(text: &str) -> String {
        opaque_password(&Secret::new(text)).expose().to_owned()
    }

    /// The examples of §4.3, and what a keyboard makes of one password.
    #[test]
    fn a_password_is_the_same_on_every_keyboard_and_otherwise_as_typed() {
        for (typed, prepared) in [
            ("correct horse battery staple", "correct horse battery staple"),
            ("Correct Horse Battery Staple", "Correct Horse Battery Staple"),
            ("\u{3c0}\u{df}\u{e5}", "\u{3c0}\u{df}\u{e5}"),
            ("Jack of \u{2666}s", "Jack of \u{2666}s"),
            ("foo\u{1680}bar", "foo bar"),
            ("a\u{a0}b\u{202f}c\u{3000}d", "a b c d"),
            (" P\u{61}\u{308}sswo\u{308}rter ", " P\u{e4}ssw\u{f6}rter "),
            ("\u{1f468}\u{200d}\u{1f469}\u{fe0f}", "\u{1f468}\u{200d}\u{1f469}\u{fe0f}"),
            ("\u{ff41}\u{fb01}", "\u{ff41}\u{fb01}"),
            ("my cat is a \u{9}by", "my cat is a \u{9}by"),
        ] {
            assert_eq!(opaque(typed), prepared, "{typed:?}");
            assert_eq!(opaque(prepared), prepared, "{typed:?}");
        }
        assert!(check_password_text(&Secret::new("my cat is a \u{9}by")).is_err());
        assert!(check_password_text(&Secret::new("my cat is a \u{1f408}\u{200d}\u{2b1b}")).is_ok());
    }
}

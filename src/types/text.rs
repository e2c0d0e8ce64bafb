//! Characters that texts from outside must not have: control characters in requests, and in names whatever is invisible or
//! changes the direction of writing.

use std::borrow::Cow;

use icu_properties::props::{EnumeratedProperty, GeneralCategory};

/// Returns true if a text of a request has a control character other than white space, as JSON and forms of several lines have it. No
/// parameter needs one, and `PostgreSQL` stores no NUL: the edge refuses them for every endpoint and both engines.
#[must_use]
pub fn has_control(text: &str) -> bool {
    let is_plain = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    !is_plain && text.chars().any(|c| c.is_control() && !c.is_whitespace())
}

/// Returns true if a name can be shown as it is: it has no control character, no line separator, and no format character (`Cf`, the
/// controls of bidirectional text among them) but joiners where a script needs them.
#[must_use]
pub fn is_showable(text: &str) -> bool {
    hidden(text).next().is_none()
}

/// The text with an escape such as `\u{202e}` in place of each character that [`is_showable`] refuses.
#[must_use]
pub fn escape_hidden(text: &str) -> Cow<'_, str> {
    replace_hidden(text, |c| format!("\\u{{{:x}}}", u32::from(c)))
}

/// The same within JSON, whose strings have escapes of their own (RFC 8259 §7).
#[must_use]
pub fn escape_hidden_in_json(json: &str) -> Cow<'_, str> {
    let escape =
        |c: char| c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect::<Vec<_>>().concat();
    replace_hidden(json, escape)
}

/// Line breaks and tabs stay: they are the caller's own.
fn replace_hidden(text: &str, escape: impl Fn(char) -> String) -> Cow<'_, str> {
    let (mut escaped, mut from) = (String::new(), 0);
    for (at, c) in hidden(text).filter(|(_, c)| !matches!(c, '\n' | '\t')) {
        escaped.push_str(&text[from..at]);
        escaped.push_str(&escape(c));
        from = at + c.len_utf8();
    }
    if from == 0 {
        return Cow::Borrowed(text);
    }
    escaped.push_str(&text[from..]);
    Cow::Owned(escaped)
}

/// The characters that cannot be seen, each with the byte at which it stands.
fn hidden(text: &str) -> impl Iterator<Item = (usize, char)> + '_ {
    text.char_indices().filter(|&(at, c)| match c {
        ' '..='~' => false,
        '\u{200c}' | '\u{200d}' => {
            let after = text[at + c.len_utf8()..].chars().next();
            !text[..at].chars().next_back().is_some_and(is_joined) || !after.is_some_and(is_joined)
        }
        _ => is_hidden(c),
    })
}

fn is_hidden(c: char) -> bool {
    use GeneralCategory as G;
    matches!(GeneralCategory::for_char(c), G::Control | G::Format | G::LineSeparator | G::ParagraphSeparator)
}

/// Returns true if joiners (U+200C, U+200D) have a meaning beside a character: in scripts with joined or stacked letters, and in emoji.
const fn is_joined(c: char) -> bool {
    matches!(c,
        // Arabic, Syriac, the scripts of India, Tibetan, Burmese, Khmer, Mongolian and their neighbours.
        '\u{620}'..='\u{109f}' | '\u{1780}'..='\u{1cff}' | '\u{a800}'..='\u{abff}' | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}'
        | '\u{10a00}'..='\u{11fff}' | '\u{1e900}'..='\u{1eeff}'
        // Emoji, their variants and colours.
        | '\u{2190}'..='\u{2bff}' | '\u{fe0f}' | '\u{1f000}'..='\u{1faff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_nothing_that_cannot_be_seen() {
        for name in [
            "Photos",
            "Zoë's notes – 2",
            "\u{5d4}\u{5e2}\u{5e8}\u{5d5}\u{5ea}",
            "\u{645}\u{6cc}\u{200c}\u{62e}\u{648}\u{627}\u{647}\u{645}",
            "\u{915}\u{94d}\u{200d}\u{937}",
            "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467} family",
            "\u{2764}\u{fe0f}\u{200d}\u{1f525}",
            "\u{5199}\u{771f}",
        ] {
            assert!(is_showable(name), "{name:?}");
            assert_eq!(escape_hidden(name), name);
        }
        for (name, escaped) in [
            ("Photos\u{202e}gnp", "Photos\\u{202e}gnp"),
            ("\u{200b}", "\\u{200b}"),
            ("pay\u{200d}pal", "pay\\u{200d}pal"),
            ("\u{200c}\u{645}", "\\u{200c}\u{645}"),
            ("\u{645}\u{200c}\u{200c}\u{645}", "\u{645}\\u{200c}\\u{200c}\u{645}"),
            ("a\u{61c}b\u{2066}c\u{feff}d\u{ad}e", "a\\u{61c}b\\u{2066}c\\u{feff}d\\u{ad}e"),
            ("\u{1b}[2J\u{9b}1m\u{7f}", "\\u{1b}[2J\\u{9b}1m\\u{7f}"),
            ("a\u{2028}b\u{e0041}", "a\\u{2028}b\\u{e0041}"),
        ] {
            assert!(!is_showable(name), "{name:?}");
            assert_eq!(escape_hidden(name), escaped);
            let json = serde_json::to_string(name).unwrap();
            assert!(is_showable(&escape_hidden_in_json(&json)));
            assert_eq!(serde_json::from_str::<String>(&escape_hidden_in_json(&json)).unwrap(), name);
        }
        assert!(!is_showable("a\nb") && escape_hidden("a\nb") == "a\nb");
    }

    #[test]
    fn requests_have_no_control_characters_but_white_space() {
        for text in ["", "a b", "{\n\t\"userinfo\": {}\r\n}", "\u{85}", "\u{202e}"] {
            assert!(!has_control(text), "{text:?}");
        }
        for text in ["\0", "a\u{1b}", "\u{7f}", "\u{9b}"] {
            assert!(has_control(text), "{text:?}");
        }
    }
}

//! The `IdentifierClass` of RFC 8264 §4.2: the characters of a username.

use icu_properties::props::{EnumeratedProperty, GeneralCategory};

use super::precis::compatible;

/// Returns the first character that the class refuses. Joiners (U+200C, U+200D) are refused everywhere: their rule needs
/// tables of joining types, and a name without them reads the same.
pub(super) fn first_disallowed(text: &str) -> Option<char> {
    let chars: Vec<char> = text.chars().collect();
    (0..chars.len()).find(|&at| !is_allowed(&chars, at)).map(|at| chars[at])
}

/// The derivation of RFC 8264 §8, with the contextual rules of RFC 5892 appendix A.
fn is_allowed(chars: &[char], at: usize) -> bool {
    let c = chars[at];
    let has_any = |range: std::ops::RangeInclusive<char>| chars.iter().any(|c| range.contains(c));
    match c {
        // §9.11, ASCII7, and the allowed ones of §9.6, Exceptions.
        '!'..='~' | '\u{df}' | '\u{3c2}' | '\u{6fd}' | '\u{6fe}' | '\u{f0b}' | '\u{3007}' => true,
        // Middle dot: between two l, as in Catalan.
        '\u{b7}' => at > 0 && chars[at - 1] == 'l' && chars.get(at + 1) == Some(&'l'),
        // Greek lower numeral sign: before a Greek letter.
        '\u{375}' => matches!(chars.get(at + 1), Some('\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}')),
        // Hebrew geresh and gershayim: after a Hebrew letter.
        '\u{5f3}' | '\u{5f4}' => at > 0 && matches!(chars[at - 1], '\u{590}'..='\u{5ff}'),
        // Katakana middle dot: beside Japanese writing.
        '\u{30fb}' => {
            has_any('\u{3041}'..='\u{30fa}') || has_any('\u{30fc}'..='\u{30ff}') || has_any('\u{3400}'..='\u{9fff}')
        }
        // Arabic-Indic digits of one kind alone.
        '\u{660}'..='\u{669}' => !has_any('\u{6f0}'..='\u{6f9}'),
        '\u{6f0}'..='\u{6f9}' => !has_any('\u{660}'..='\u{669}'),
        // The refused ones of §9.6, Exceptions, and §9.9, old Hangul jamo.
        '\u{640}'
        | '\u{7fa}'
        | '\u{302e}'
        | '\u{302f}'
        | '\u{3031}'..='\u{3035}'
        | '\u{303b}'
        | '\u{1100}'..='\u{11ff}'
        | '\u{a960}'..='\u{a97f}'
        | '\u{d7b0}'..='\u{d7ff}' => false,
        _ => is_letter_or_digit(c) && compatible(c).chars().eq([c]),
    }
}

/// §9.1, `LetterDigits`.
fn is_letter_or_digit(c: char) -> bool {
    use GeneralCategory as G;
    matches!(
        GeneralCategory::for_char(c),
        G::LowercaseLetter
            | G::UppercaseLetter
            | G::OtherLetter
            | G::DecimalNumber
            | G::ModifierLetter
            | G::NonspacingMark
            | G::SpacingMark
    )
}

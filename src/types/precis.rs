//! Preparation of text that people type and servers compare (PRECIS, RFC 8264): the mappings, and the directionality rule.

use std::borrow::Cow;

use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use icu_properties::props::{BidiClass, EnumeratedProperty};

const NFC: ComposingNormalizerBorrowed<'static> = ComposingNormalizerBorrowed::new_nfc();
const NFD: DecomposingNormalizerBorrowed<'static> = DecomposingNormalizerBorrowed::new_nfd();
const NFKC: ComposingNormalizerBorrowed<'static> = ComposingNormalizerBorrowed::new_nfkc();

/// Unicode Normalization Form C: letters with their marks composed.
pub(super) fn compose(text: &str) -> Cow<'_, str> {
    NFC.normalize(text)
}

/// Unicode Normalization Form D, which the file names and the keyboards of some systems use.
pub(super) fn decompose(text: &str) -> Cow<'_, str> {
    NFD.normalize(text)
}

/// Compatibility normalization of one character.
pub(super) fn compatible(c: char) -> String {
    NFKC.normalize(c.encode_utf8(&mut [0; 4])).into_owned()
}

/// "Width mapping rule: map fullwidth and halfwidth code points to their decomposition mappings" (RFC 8265 §3.3.1).
pub(super) fn map_width(text: &str) -> Cow<'_, str> {
    let has_width = |c: char| matches!(c, '\u{3000}' | '\u{ff01}'..='\u{ffef}');
    if !text.contains(has_width) {
        return Cow::Borrowed(text);
    }
    let mapped = text.chars().map(|c| if has_width(c) { compatible(c) } else { c.to_string() });
    Cow::Owned(mapped.collect())
}

/// The Bidi Rule (RFC 5893 §2) where a text has right-to-left characters; any other text follows it.
pub(super) fn follows_bidi_rule(text: &str) -> bool {
    use BidiClass as B;
    let classes: Vec<BidiClass> = text.chars().map(BidiClass::for_char).collect();
    let is_rtl = |class: &BidiClass| matches!(*class, B::RightToLeft | B::ArabicLetter | B::ArabicNumber);
    if !classes.iter().any(is_rtl) {
        return true;
    }
    let neutral = [
        B::EuropeanNumber,
        B::EuropeanSeparator,
        B::CommonSeparator,
        B::EuropeanTerminator,
        B::OtherNeutral,
        B::BoundaryNeutral,
        B::NonspacingMark,
        B::WhiteSpace,
    ];
    let is_allowed = |class: &BidiClass| is_rtl(class) || neutral.contains(class);
    let has = |class| classes.contains(&class);
    let last = classes.iter().rev().find(|class| **class != B::NonspacingMark);
    matches!(classes.first(), Some(&(B::RightToLeft | B::ArabicLetter)))
        && classes.iter().all(is_allowed)
        && last.is_some_and(|class| is_rtl(class) || *class == B::EuropeanNumber)
        && !(has(B::EuropeanNumber) && has(B::ArabicNumber))
}

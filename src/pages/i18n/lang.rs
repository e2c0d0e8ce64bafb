//! Which language a page is in.

use super::{Messages, ar, de, en, es, fr, he};

/// A language the pages are written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lang {
    /// English, which is also the answer when nothing better was asked for.
    #[default]
    En,
    /// German.
    De,
    /// French.
    Fr,
    /// Spanish.
    Es,
    /// Arabic.
    Ar,
    /// Hebrew.
    He,
}

impl Lang {
    /// Every language, in the order of the picker. `OpenID` discovery calls this `ui_locales_supported`.
    pub const ALL: [Self; 6] = [Self::En, Self::De, Self::Fr, Self::Es, Self::Ar, Self::He];

    /// The language to answer in: the first known one of `explicit` (`lang` or `ui_locales`: tags, most wanted
    /// first, with spaces between; `OpenID` Connect Core §3.1.2.1), else the best of `accept_language` (RFC 9110
    /// §12.5.4), else English.
    #[must_use]
    pub fn negotiate(explicit: Option<&str>, accept_language: Option<&str>) -> Self {
        let chosen = explicit.and_then(|tags| tags.split_ascii_whitespace().find_map(Self::from_tag));
        chosen.or_else(|| accept_language.and_then(Self::accepted)).unwrap_or_default()
    }

    /// The language of a tag (BCP 47): only its primary subtag counts. `iw` is Hebrew's old code.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next()?;
        if primary.eq_ignore_ascii_case("iw") {
            return Some(Self::He);
        }
        Self::ALL.into_iter().find(|lang| lang.code().eq_ignore_ascii_case(primary))
    }

    /// The language's tag, for `lang` attributes and the `Content-Language` header.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
            Self::Fr => "fr",
            Self::Es => "es",
            Self::Ar => "ar",
            Self::He => "he",
        }
    }

    /// Every language's tag, in the order of the picker.
    #[must_use]
    pub fn tags() -> Vec<&'static str> {
        Self::ALL.into_iter().map(Self::code).collect()
    }

    /// The direction of writing, for `dir` attributes.
    #[must_use]
    pub const fn dir(self) -> &'static str {
        match self {
            Self::Ar | Self::He => "rtl",
            Self::En | Self::De | Self::Fr | Self::Es => "ltr",
        }
    }

    /// What the language calls itself, for the picker.
    #[must_use]
    pub const fn endonym(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::De => "Deutsch",
            Self::Fr => "Français",
            Self::Es => "Español",
            Self::Ar => "العربية",
            Self::He => "עברית",
        }
    }

    /// Its messages.
    pub(in crate::pages) const fn messages(self) -> &'static Messages {
        match self {
            Self::En => &en::MESSAGES,
            Self::De => &de::MESSAGES,
            Self::Fr => &fr::MESSAGES,
            Self::Es => &es::MESSAGES,
            Self::Ar => &ar::MESSAGES,
            Self::He => &he::MESSAGES,
        }
    }

    /// The known language of the highest weight; of equals the first. A weight of zero means "not this one".
    fn accepted(header: &str) -> Option<Self> {
        let mut best = None;
        let mut best_weight = 0;
        for (lang, weight) in header.split(',').filter_map(weighted) {
            if weight > best_weight {
                (best, best_weight) = (Some(lang), weight);
            }
        }
        best
    }
}

/// `de-AT;q=0.8` as a language and its weight in thousandths (RFC 9110 §12.4.2).
fn weighted(range: &str) -> Option<(Lang, u16)> {
    let (tag, weight) = match range.split_once(';') {
        None => (range, 1000),
        Some((tag, weight)) => (tag, thousandths(weight)?),
    };
    Some((Lang::from_tag(tag.trim())?, weight))
}

fn thousandths(weight: &str) -> Option<u16> {
    let (name, value) = weight.trim().split_once('=')?;
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    let in_form = name.eq_ignore_ascii_case("q") && fraction.len() <= 3 && fraction.bytes().all(|b| b.is_ascii_digit());
    match whole {
        "1" if in_form => Some(1000),
        "0" if in_form => format!("{fraction:0<3}").parse().ok(),
        _ => None,
    }
}

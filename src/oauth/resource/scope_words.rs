//! Words for the scopes of a resource: the consent page shows them to the person in place of the scope's name.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::oauth::Scope;
use crate::types::is_showable;

/// The longest words for one scope, in characters: a line or two on a phone.
const MAX_WORDS: usize = 200;

/// The words of all scopes of a resource.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ScopeWords(BTreeMap<String, BTreeMap<String, String>>);

impl ScopeWords {
    /// The words of a scope in a language, or those of no particular language.
    #[must_use]
    pub fn get(&self, scope: &str, language: &str) -> Option<&str> {
        let words = self.0.get(scope)?;
        words.get(language).or_else(|| words.get("")).map(String::as_str)
    }

    /// Says whether no scope has words.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Every scope with a language, which is empty for words of no particular one, and its words.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        self.0.iter().flat_map(|(scope, all)| {
            all.iter().map(move |(language, words)| (scope.as_str(), language.as_str(), words.as_str()))
        })
    }

    /// These words of the scopes in `kept`, and all of `newer` over them.
    #[must_use]
    pub fn replaced_by(mut self, newer: Self, kept: &Scope) -> Self {
        self.0.retain(|scope, _| kept.contains(scope));
        for (scope, words) in newer.0 {
            self.0.entry(scope).or_default().extend(words);
        }
        self
    }

    fn add(&mut self, scope: &str, language: &str, words: &str) -> Result<(), String> {
        let words = words.trim();
        if words.is_empty() || words.chars().count() > MAX_WORDS || !is_showable(words) {
            return Err(format!(
                "the words for '{scope}' must be 1 to {MAX_WORDS} characters on one line, all of them visible"
            ));
        }
        match self.0.entry(scope.to_owned()).or_default().insert(language.to_owned(), words.to_owned()) {
            None => Ok(()),
            Some(_) => Err(format!("the scope '{scope}' has words twice, write them once for each language")),
        }
    }
}

/// Reads the values of `--scope`: scopes separated by spaces, or one scope with words, `SCOPE=WORDS` or `SCOPE@LANGUAGE=WORDS`.
///
/// # Errors
/// One sentence that says what to write.
pub fn parse_scopes(typed: &[String], languages: &[&str]) -> Result<(Scope, ScopeWords), String> {
    let (mut names, mut all) = (Vec::new(), ScopeWords::default());
    for value in typed {
        let Some((name, words)) = value.split_once('=') else {
            names.push(value.clone());
            continue;
        };
        let (scope, language) = with_language(name.trim(), languages)?;
        if scope.is_empty() || scope.contains(' ') {
            return Err(format!(
                "'{}' must be one scope with its words, for example 'notes.read=Read your notes'",
                value.escape_debug()
            ));
        }
        all.add(scope, language, words)?;
        names.push(scope.to_owned());
    }
    let scope = Scope::parse(names.join(" ").trim());
    let scope = scope.map_err(|error| format!("{}: separate its values by spaces", error.description()))?;
    Ok((scope, all))
}

/// A scope may have an `@` in its name. A language follows the last one.
fn with_language<'a>(name: &'a str, languages: &[&str]) -> Result<(&'a str, &'a str), String> {
    match name.rsplit_once('@') {
        Some((scope, language)) if languages.contains(&language) => Ok((scope, language)),
        Some((_, language))
            if (2..=3).contains(&language.len()) && language.bytes().all(|b| b.is_ascii_alphabetic()) =>
        {
            Err(format!("the pages do not speak '{language}', write one of {}", languages.join(", ")))
        }
        _ => Ok((name, "")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LANGUAGES: [&str; 3] = ["en", "de", "he"];

    fn parse(typed: &[&str]) -> Result<(Scope, ScopeWords), String> {
        parse_scopes(&typed.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>(), &LANGUAGES)
    }

    #[test]
    fn scopes_have_words_for_any_language_and_for_one() {
        let (scope, words) = parse(&[
            "notes.read=Read your notes",
            "notes.read@de= Deine Notizen lesen ",
            "notes.write files.read",
            "at@home=x = y",
            "notes.write@he=לכתוב",
        ])
        .unwrap();
        assert_eq!(scope.to_string(), "notes.read notes.write files.read at@home");
        for (scope, language, expected) in [
            ("notes.read", "de", Some("Deine Notizen lesen")),
            ("notes.read", "en", Some("Read your notes")),
            ("notes.write", "he", Some("לכתוב")),
            ("notes.write", "en", None),
            ("files.read", "en", None),
            ("at@home", "de", Some("x = y")),
        ] {
            assert_eq!(words.get(scope, language), expected, "{scope} {language}");
        }
        let json = serde_json::to_string(&words).unwrap();
        assert_eq!(serde_json::from_str::<ScopeWords>(&json).unwrap(), words);
        let (kept, newer) = parse(&["notes.read=Look at notes", "files.read"]).unwrap();
        let replaced = words.replaced_by(newer, &kept);
        assert_eq!(replaced.get("notes.read", "en"), Some("Look at notes"));
        assert_eq!(
            (replaced.get("notes.read", "de"), replaced.get("at@home", "de")),
            (Some("Deine Notizen lesen"), None)
        );
    }

    #[test]
    fn words_that_no_page_could_show_are_refused() {
        let long = format!("notes.read={}", "x".repeat(201));
        for (typed, part) in [
            (&["notes.read="][..], "1 to 200 characters"),
            (&["notes.read=a\nb"], "one line"),
            (&[&long], "1 to 200 characters"),
            (&["=Read"], "for example 'notes.read=Read your notes'"),
            (&["notes.read notes.write=Both"], "for example"),
            (&["notes.read=a", "notes.read=b"], "twice"),
            (&["notes.read@fi=Lue"], "en, de, he"),
            (&["notes\"read=a"], "scope"),
        ] {
            let error = parse(typed).unwrap_err();
            assert!(error.contains(part), "{typed:?}: {error}");
        }
    }
}

//! Scope (RFC 6749 §3.3), in the order it was asked for.

use std::fmt;

use super::{ErrorCode, OAuthError};

/// The scope that asks for access beyond the browser session (OpenID Connect Core §11).
pub(super) const OFFLINE_ACCESS: &str = "offline_access";

/// More scope tokens than any client asks for.
const MAX_TOKENS: usize = 100;

/// A list of distinct scope tokens. Order does not matter to the protocol; keeping it makes answers predictable.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope(Vec<String>);

impl Scope {
    /// Reads a `scope` parameter: "a list of space-delimited, case-sensitive strings".
    ///
    /// # Errors
    /// `invalid_scope` for a character outside `scope-token` (RFC 6749 §3.3) or too many tokens.
    pub fn parse(text: &str) -> Result<Self, OAuthError> {
        let mut tokens: Vec<String> = Vec::new();
        for token in text.split(' ').filter(|token| !token.is_empty()) {
            if !token.chars().all(in_scope_token) {
                return Err(OAuthError::new(
                    ErrorCode::InvalidScope,
                    "scope has a character that is not allowed in it",
                ));
            }
            if tokens.len() == MAX_TOKENS {
                return Err(OAuthError::new(ErrorCode::InvalidScope, "scope has too many values"));
            }
            if !tokens.iter().any(|known| known == token) {
                tokens.push(token.to_owned());
            }
        }
        Ok(Self(tokens))
    }

    /// Whether the token is part of it.
    #[must_use]
    pub fn contains(&self, token: &str) -> bool {
        self.0.iter().any(|known| known == token)
    }

    /// Whether every token of `other` is part of it.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        other.0.iter().all(|token| self.contains(token))
    }

    /// The tokens to `keep`.
    #[must_use]
    pub fn filter(&self, keep: impl Fn(&str) -> bool) -> Self {
        Self(self.0.iter().filter(|token| keep(token)).cloned().collect())
    }

    /// The tokens that `allowed` lacks, for an error that names them.
    #[must_use]
    pub fn beyond(&self, allowed: &Self) -> Self {
        self.filter(|token| !allowed.contains(token))
    }

    /// The tokens that `allowed` has as well.
    #[must_use]
    pub fn within(&self, allowed: &Self) -> Self {
        self.filter(|token| allowed.contains(token))
    }

    /// The tokens of both.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        let mut tokens = self.0.clone();
        tokens.extend(other.beyond(self).0);
        Self(tokens)
    }

    /// With one token more, if it is not there.
    #[must_use]
    pub(super) fn with(mut self, token: &str) -> Self {
        if !self.contains(token) {
            self.0.push(token.to_owned());
        }
        self
    }

    /// Without one token.
    #[must_use]
    pub fn without(&self, token: &str) -> Self {
        self.filter(|known| known != token)
    }

    /// Whether it has no token.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The tokens.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether a request asks for a scope by name, and does not leave the choice to us.
    #[must_use]
    pub fn is_named(asked: Option<&str>) -> bool {
        asked.is_some_and(|text| !text.trim_matches(' ').is_empty())
    }
}

/// Whether a character may be in a `scope-token` (RFC 6749 §3.3).
pub(super) fn in_scope_token(c: char) -> bool {
    matches!(c, '\x21' | '\x23'..='\x5b' | '\x5d'..='\x7e')
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" "))
    }
}

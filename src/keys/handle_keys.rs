//! The keys of codes and refresh tokens, numbered: a grant keeps its number for life, whatever the master key is by then.

use std::collections::BTreeMap;

use ring::hmac;

/// Every handle key whose master key is configured.
pub struct HandleKeys(BTreeMap<i32, hmac::Key>);

impl HandleKeys {
    /// Collects keys by their numbers; the highest is the current one.
    #[must_use]
    pub fn new(keys: impl IntoIterator<Item = (i32, hmac::Key)>) -> Self {
        Self(keys.into_iter().collect())
    }

    /// The number of the key that new grants get; 0 when there is no key.
    #[must_use]
    pub fn current(&self) -> i32 {
        self.0.keys().next_back().copied().unwrap_or_default()
    }

    /// The key of a number, unless its master key is no longer configured.
    #[must_use]
    pub fn get(&self, number: i32) -> Option<&hmac::Key> {
        self.0.get(&number)
    }
}

//! The browsers in which a person signed in before, known by a cookie (OWASP, "Device cookies"). It opens nothing: it says
//! by what a wrong password is counted, so that whoever guesses elsewhere cannot keep the owner out.

use std::net::IpAddr;

use ring::hmac;

use crate::throttle::Source;
use crate::types::{Rng, Secret, base64url, username_key};

/// People of one browser who are remembered, the latest first: the four that [`DeviceKeys`] speaks of.
const MAX_PEOPLE: usize = 4;
/// An id, and the tag that says whose it is.
const ENTRY: usize = ID + 32;
const ID: usize = 16;

/// The keys of the tags; earlier ones still say whose an id is. A cookie is up to four random ids, each with a tag over it and
/// a username, so that nobody makes one or reads who is meant.
#[derive(Clone)]
pub struct DeviceKeys {
    current: hmac::Key,
    previous: Vec<hmac::Key>,
}

impl DeviceKeys {
    /// Wraps keys that were derived for this purpose.
    #[must_use]
    pub fn new(current: hmac::Key, previous: impl IntoIterator<Item = hmac::Key>) -> Self {
        Self { current, previous: previous.into_iter().collect() }
    }

    /// What a browser's attempt to sign in is counted by.
    #[must_use]
    pub fn source<'a>(&self, cookie: Option<&Secret>, username: &str, address: IpAddr) -> Source<'a> {
        match self.find(&decoded(cookie), username) {
            Some(id) => Source::Device { id, address },
            None => Source::Address(address),
        }
    }

    /// The cookie of a browser in which somebody has just signed in.
    #[must_use]
    pub fn remember(&self, cookie: Option<&Secret>, username: &str, rng: &Rng) -> Secret {
        Secret::new(base64url::encode(self.with(&decoded(cookie), username, rng)))
    }

    /// The id under which a browser knows a username.
    fn find(&self, cookie: &[u8], username: &str) -> Option<[u8; ID]> {
        let entry = cookie.chunks_exact(ENTRY).find(|entry| self.is_of(entry, username))?;
        entry.first_chunk().copied()
    }

    fn is_of(&self, entry: &[u8], username: &str) -> bool {
        let (id, tag) = entry.split_at(ID);
        let message = message(id, username);
        let mut keys = std::iter::once(&self.current).chain(&self.previous);
        keys.any(|key| hmac::verify(key, &message, tag).is_ok())
    }

    /// The cookie after a username signed in, under a new id.
    fn with(&self, cookie: &[u8], username: &str, rng: &Rng) -> Vec<u8> {
        let id: [u8; ID] = rng.bytes();
        let tag = hmac::sign(&self.current, &message(&id, username));
        let others = cookie.chunks_exact(ENTRY).filter(|entry| !self.is_of(entry, username)).take(MAX_PEOPLE - 1);
        [&id, tag.as_ref()].into_iter().chain(others).collect::<Vec<_>>().concat()
    }
}

fn message(id: &[u8], username: &str) -> Vec<u8> {
    [id, username_key(username).as_bytes()].concat()
}

/// What a cookie holds; nothing where it is none of ours.
fn decoded(cookie: Option<&Secret>) -> Vec<u8> {
    let bytes = cookie.and_then(|cookie| base64url::decode(cookie.expose()));
    bytes.filter(|bytes| bytes.len() <= MAX_PEOPLE * ENTRY).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> DeviceKeys {
        DeviceKeys::new(hmac(byte), [])
    }

    fn hmac(byte: u8) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, &[byte; 32])
    }

    #[test]
    fn a_browser_knows_those_who_signed_in_there_and_nobody_else() {
        let (key, rng) = (key(1), Rng::system());
        let alice = key.with(&[], "Alice ", &rng);
        assert!(key.find(&alice, "alice").is_some());
        assert_eq!(key.find(&alice, "bob"), None);
        assert_eq!(self::key(2).find(&alice, "alice"), None, "made with another key");
        let changed = DeviceKeys::new(hmac(2), [hmac(3), hmac(1)]);
        assert_eq!(changed.find(&alice, "alice"), key.find(&alice, "alice"), "made with an earlier key");
        let both = key.with(&alice, "bob", &rng);
        assert!(key.find(&both, "bob").is_some());
        assert_eq!(key.find(&both, "alice"), key.find(&alice, "alice"));
        assert_ne!(key.find(&key.with(&alice, "alice", &rng), "alice"), key.find(&alice, "alice"), "a new id");
    }

    #[test]
    fn the_latest_few_are_remembered_once_each() {
        let (key, rng) = (key(1), Rng::system());
        let mut cookie = Vec::new();
        for name in ["a", "b", "b", "c", "d", "e", "e"] {
            cookie = key.with(&cookie, name, &rng);
        }
        assert_eq!(cookie.len(), MAX_PEOPLE * ENTRY);
        let known = |name: &&str| key.find(&cookie, name).is_some();
        assert_eq!(["a", "b", "c", "d", "e"].iter().filter(|name| known(name)).count(), 4);
        assert!(!known(&"a"));
    }

    #[test]
    fn what_was_altered_is_nobodys() {
        let (key, rng) = (key(1), Rng::system());
        let cookie = key.with(&[], "alice", &rng);
        for at in 0..cookie.len() {
            let mut altered = cookie.clone();
            altered[at] ^= 1;
            assert_eq!(key.find(&altered, "alice"), None, "{at}");
        }
        assert_eq!(key.find(&cookie[..cookie.len() - 1], "alice"), None);
        assert_eq!(decoded(Some(&Secret::new("A".repeat(4000)))), Vec::<u8>::new());
        assert_eq!(decoded(Some(&Secret::new("not base64url!"))), Vec::<u8>::new());
    }
}

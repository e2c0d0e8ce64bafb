//! The sessions of a browser: a cookie for the one that is current, and another for the rest of them.

use crate::types::Secret;

/// Sessions that a browser may hold, the current one among them.
pub const MAX_SESSIONS: usize = 5;
/// A session's cookie: 256 random bits in base64url.
const COOKIE: usize = 43;
/// Stands between two of them; base64url has no such character.
const BETWEEN: char = '.';

/// The cookies of the sessions that a browser holds. What they are worth is in the database.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accounts {
    /// The current session.
    pub current: Option<Secret>,
    /// The others, the one that was current last first.
    pub others: Vec<Secret>,
}

impl Accounts {
    /// The cookies of a browser: those alone that can be ours, since it is sent back, and each session once.
    #[must_use]
    pub fn read(current: Option<Secret>, others: Option<&Secret>) -> Self {
        let current = current.filter(|cookie| is_cookie(cookie.expose()));
        let mut accounts = Self { current, others: Vec::new() };
        let bounded = others.map(Secret::expose).filter(|text| text.len() < (MAX_SESSIONS - 1) * (COOKIE + 1));
        for text in bounded.unwrap_or_default().split(BETWEEN).filter(|text| is_cookie(text)) {
            let cookie = Secret::new(text);
            if accounts.others.len() < MAX_SESSIONS - 1 && !accounts.all().any(|known| *known == cookie) {
                accounts.others.push(cookie);
            }
        }
        accounts
    }

    /// All of them, the current one first.
    #[must_use]
    pub fn all(&self) -> impl DoubleEndedIterator<Item = &Secret> {
        self.current.iter().chain(&self.others)
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.current.is_none() && self.others.is_empty()
    }

    /// The same with another current session; the one that was current is the first of the others.
    #[must_use]
    pub fn with_current(&self, cookie: Secret) -> Self {
        let others = self.all().filter(|known| **known != cookie).cloned().collect();
        Self { current: Some(cookie), others }
    }

    /// The same without those that have ended.
    #[must_use]
    pub fn without(&self, is_ended: impl Fn(&Secret) -> bool) -> Self {
        let others = self.others.iter().filter(|cookie| !is_ended(cookie)).cloned().collect();
        Self { current: self.current.clone().filter(|cookie| !is_ended(cookie)), others }
    }

    /// The value of the second cookie, if there is anything to be held.
    #[must_use]
    pub fn joined(&self) -> Option<Secret> {
        let texts: Vec<&str> = self.others.iter().map(Secret::expose).collect();
        (!texts.is_empty()).then(|| Secret::new(texts.join(&BETWEEN.to_string())))
    }
}

fn is_cookie(text: &str) -> bool {
    text.len() == COOKIE && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cookie(letter: char) -> Secret {
        Secret::new(letter.to_string().repeat(COOKIE))
    }

    fn joined(letters: &str) -> Secret {
        Accounts { current: None, others: letters.chars().map(cookie).collect() }.joined().expect("there are some")
    }

    #[test]
    fn what_was_joined_is_read_again() {
        let accounts = Accounts::read(Some(cookie('a')), Some(&joined("bcde")));
        assert_eq!(accounts.others, ["b", "c", "d", "e"].map(|letter| cookie(letter.chars().next().unwrap())));
        assert_eq!(accounts.joined(), Some(joined("bcde")));
        assert_eq!(Accounts::read(None, None).joined(), None);
    }

    #[test]
    fn garbage_and_what_is_too_much_is_left_out() {
        let read = |text: &str| Accounts::read(Some(cookie('a')), Some(&Secret::new(text))).others;
        let (b, c) = (cookie('b'), cookie('c'));
        let (b, c) = (b.expose(), c.expose());
        assert_eq!(read(&format!("{b}.x.{c}")), [cookie('b'), cookie('c')]);
        assert_eq!(read(&format!("{b}.{b}.{}", cookie('a').expose())), [cookie('b')], "each once");
        for garbage in ["", ".", "....", "%2e", &b[1..], &format!("{b}="), &"é".repeat(43), &"a".repeat(10_000)] {
            assert_eq!(read(garbage), [], "{garbage}");
        }
        assert_eq!(read(joined("bcdef").expose()), [], "longer than any of ours");
    }

    #[test]
    fn a_current_session_that_cannot_be_ours_is_none() {
        for garbage in ["", "a b", "é", "a;b", &"a".repeat(COOKIE + 1)] {
            assert_eq!(Accounts::read(Some(Secret::new(garbage)), None).current, None, "{garbage}");
        }
    }

    #[test]
    fn another_one_becomes_current() {
        let accounts = Accounts::read(Some(cookie('a')), Some(&joined("bc")));
        let chosen = accounts.with_current(cookie('c'));
        assert_eq!((chosen.current, chosen.others), (Some(cookie('c')), vec![cookie('a'), cookie('b')]));
        let left = accounts.without(|known| *known == cookie('a') || *known == cookie('b'));
        assert_eq!((left.current, left.others), (None, vec![cookie('c')]));
    }
}

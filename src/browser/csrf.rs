//! Tokens against cross-site request forgery: every form carries one, bound to the cookie of the browser that it was made for.
//!
//! The cookie stays when sessions begin, change and end, and so does the token: a page that was open meanwhile can be sent. The
//! sealed flow beside it says which session the page asked ([decision 25](../../docs/decisions/0025-one-cookie-for-forms.md)).

use ring::hmac;

use crate::types::{Secret, base64url};

/// The keys that form tokens are made with. Those of earlier keys are taken, so that a page which was open when the master key
/// changed can still be sent.
#[derive(Clone)]
pub struct CsrfKeys {
    current: hmac::Key,
    previous: Vec<hmac::Key>,
}

impl CsrfKeys {
    /// Wraps keys that were derived for this purpose.
    #[must_use]
    pub fn new(current: hmac::Key, previous: impl IntoIterator<Item = hmac::Key>) -> Self {
        Self { current, previous: previous.into_iter().collect() }
    }

    /// The token of a browser.
    #[must_use]
    pub fn token(&self, browser: &Secret) -> String {
        base64url::encode(hmac::sign(&self.current, &message(browser)))
    }

    /// Whether a form's token is that of the browser which sends it, compared in constant time.
    #[must_use]
    pub fn is_valid(&self, token: &str, browser: &Secret) -> bool {
        let message = message(browser);
        let made_by = |key: &hmac::Key, tag: &[u8]| hmac::verify(key, &message, tag).is_ok();
        let mut keys = std::iter::once(&self.current).chain(&self.previous);
        base64url::decode(token).is_some_and(|tag| keys.any(|key| made_by(key, &tag)))
    }
}

/// The zero byte ends the cookie, as in tokens that were made before anybody signed in by earlier versions.
fn message(browser: &Secret) -> Vec<u8> {
    [browser.expose().as_bytes(), b"\0"].concat()
}

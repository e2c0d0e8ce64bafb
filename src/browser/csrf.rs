//! Tokens against cross-site request forgery: every form carries one, bound to the cookies of the browser it was made for.

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

    /// The token of a browser, before sign-in and after: a new session makes a new token.
    #[must_use]
    pub fn token(&self, browser: &Secret, session: Option<&Secret>) -> String {
        base64url::encode(hmac::sign(&self.current, &message(browser, session)))
    }

    /// Whether a form's token is that of the browser which sends it, compared in constant time.
    #[must_use]
    pub fn is_valid(&self, token: &str, browser: &Secret, session: Option<&Secret>) -> bool {
        let message = message(browser, session);
        let made_by = |key: &hmac::Key, tag: &[u8]| hmac::verify(key, &message, tag).is_ok();
        let mut keys = std::iter::once(&self.current).chain(&self.previous);
        base64url::decode(token).is_some_and(|tag| keys.any(|key| made_by(key, &tag)))
    }
}

fn message(browser: &Secret, session: Option<&Secret>) -> Vec<u8> {
    let session = session.map(Secret::expose).unwrap_or_default();
    [browser.expose().as_bytes(), b"\0", session.as_bytes()].concat()
}

//! Tokens against cross-site request forgery: every form carries one, bound to the cookies of the browser it was made for.

use ring::hmac;

use crate::types::{Secret, base64url};

/// The key that form tokens are made with.
#[derive(Clone)]
pub struct CsrfKey(hmac::Key);

impl CsrfKey {
    /// Wraps a key that was derived for this purpose.
    #[must_use]
    pub const fn new(key: hmac::Key) -> Self {
        Self(key)
    }

    /// The token of a browser, before sign-in and after: a new session makes a new token.
    #[must_use]
    pub fn token(&self, browser: &Secret, session: Option<&Secret>) -> String {
        base64url::encode(hmac::sign(&self.0, &message(browser, session)))
    }

    /// Whether a form's token is that of the browser which sends it, compared in constant time.
    #[must_use]
    pub fn is_valid(&self, token: &str, browser: &Secret, session: Option<&Secret>) -> bool {
        base64url::decode(token).is_some_and(|tag| hmac::verify(&self.0, &message(browser, session), &tag).is_ok())
    }
}

fn message(browser: &Secret, session: Option<&Secret>) -> Vec<u8> {
    let session = session.map(Secret::expose).unwrap_or_default();
    [browser.expose().as_bytes(), b"\0", session.as_bytes()].concat()
}

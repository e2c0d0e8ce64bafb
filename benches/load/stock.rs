//! What requests use up, and what answers bring: tokens, codes, people.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::sync::Arc;

/// How a client authenticates.
#[derive(Debug)]
pub struct Credentials {
    /// Its id.
    pub id: String,
    /// The header of `client_secret_basic`.
    pub authorization: String,
}

/// A token, and the client that holds it.
#[derive(Clone)]
pub struct Held {
    /// The client.
    pub client: Arc<Credentials>,
    /// The token.
    pub token: String,
}

/// A code, the client that it was sent to, and the verifier that it kept.
pub struct HeldCode {
    /// The client.
    pub client: Arc<Credentials>,
    /// The code.
    pub code: String,
    /// The `code_verifier` (RFC 7636 §4.1).
    pub verifier: String,
}

/// All of it. A refresh token that was taken comes back as its successor; what is taken otherwise is gone.
#[derive(Default)]
pub struct Stock {
    refresh_tokens: RefCell<VecDeque<Held>>,
    codes: RefCell<VecDeque<HeldCode>>,
    access_tokens: RefCell<Vec<String>>,
    given_back: RefCell<Option<Held>>,
    turn: Cell<usize>,
}

impl Stock {
    /// Puts refresh tokens behind those that are there.
    pub fn add_refresh_tokens(&self, tokens: impl IntoIterator<Item = Held>) {
        self.refresh_tokens.borrow_mut().extend(tokens);
    }

    /// The refresh token that has been there for longest.
    pub fn take_refresh_token(&self) -> Option<Held> {
        self.refresh_tokens.borrow_mut().pop_front()
    }

    /// How many refresh tokens there are.
    pub fn refresh_tokens(&self) -> usize {
        self.refresh_tokens.borrow().len()
    }

    /// Takes the place of all codes: those that are left may have expired.
    pub fn set_codes(&self, codes: impl IntoIterator<Item = HeldCode>) {
        *self.codes.borrow_mut() = codes.into_iter().collect();
    }

    /// A code that nobody used.
    pub fn take_code(&self) -> Option<HeldCode> {
        self.codes.borrow_mut().pop_front()
    }

    /// Takes the place of all access tokens.
    pub fn set_access_tokens(&self, tokens: Vec<String>) {
        *self.access_tokens.borrow_mut() = tokens;
    }

    /// An access token, one after the other.
    pub fn access_token(&self) -> Option<String> {
        let tokens = self.access_tokens.borrow();
        tokens.get(self.turn() % tokens.len().max(1)).cloned()
    }

    /// Keeps a token that was revoked.
    pub fn note_given_back(&self, held: Held) {
        self.given_back.replace(Some(held));
    }

    /// The last token that was revoked.
    pub fn given_back(&self) -> Option<Held> {
        self.given_back.borrow().clone()
    }

    /// A number that is one higher each time.
    pub fn turn(&self) -> usize {
        self.turn.replace(self.turn.get() + 1)
    }
}

//! Notes about a request for its line in the request log, taken by the use cases that learn them.

use std::sync::{Arc, OnceLock};

/// The client that a request names, before anything proves that the request is the client's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NamedClient {
    /// A registered client, by its id.
    Registered(String),
    /// An id of no client. Its text may be a secret that slipped into the wrong field, so that only its length is kept, in
    /// bytes.
    Unknown(usize),
}

/// Notes about one request. All copies are the same notes, and the first note of a kind counts.
#[derive(Clone, Debug, Default)]
pub struct RequestNotes(Arc<Notes>);

#[derive(Debug, Default)]
struct Notes {
    client: OnceLock<NamedClient>,
    redirect_uri: OnceLock<String>,
}

impl RequestNotes {
    /// Notes the client that the request names.
    pub fn note_client(&self, id: &str, is_registered: bool) {
        let _ = self.0.client.get_or_init(|| {
            if is_registered { NamedClient::Registered(id.to_owned()) } else { NamedClient::Unknown(id.len()) }
        });
    }

    /// Notes a redirect URI that was asked for, as [`crate::oauth::redirect_uri::loggable`] shortens it.
    pub fn note_redirect_uri(&self, loggable: String) {
        let _ = self.0.redirect_uri.set(loggable);
    }

    /// The client that the request names.
    #[must_use]
    pub fn client(&self) -> Option<&NamedClient> {
        self.0.client.get()
    }

    /// The redirect URI that was asked for.
    #[must_use]
    pub fn redirect_uri(&self) -> Option<&str> {
        self.0.redirect_uri.get().map(String::as_str)
    }
}

//! Work: what is sent, and what must be in the answer.

use std::sync::Arc;

use hyper::{Request, StatusCode};

use crate::Outcome;
use crate::answer::Answer;
use crate::kind::Kind;
use crate::requests::{document, post, redeem, refresh, userinfo};
use crate::seed::{PASSWORD, PLAIN, Seeded, WITH_OPENID};
use crate::stock::{Credentials, Held, HeldCode, Stock};

/// A kind of work, and what it needs.
pub struct Work {
    /// The kind.
    pub kind: Kind,
    /// What its requests use up.
    pub stock: Stock,
    seeded: Arc<Seeded>,
    /// A document as it was first answered, with its entity tag.
    document: Option<(Vec<u8>, String)>,
}

/// One request of it.
pub enum Task {
    /// The document of this path; or its entity tag, whoever has it.
    Document(&'static str, Option<String>),
    /// Of the client.
    ClientCredentials(Arc<Credentials>),
    /// Of the token.
    Refresh(Held),
    /// Of the code.
    Code(HeldCode),
    /// Of the person.
    Password(String),
    /// Of the access token.
    Introspection(String),
    /// Of the refresh token.
    Revocation(Held),
    /// With the access token.
    Userinfo(String),
}

impl Work {
    /// Work that has nothing in stock yet.
    pub fn new(kind: Kind, seeded: Arc<Seeded>) -> Self {
        Self { kind, stock: Stock::default(), seeded, document: None }
    }

    /// The same, for a document that was answered before.
    pub fn with_document(self, answer: Answer) -> Self {
        Self { document: Some((answer.body, answer.etag.unwrap_or_default())), ..self }
    }

    /// The next request; none when what it needs is used up.
    pub fn next(&self) -> Option<Task> {
        self.next_of(self.kind)
    }

    fn next_of(&self, kind: Kind) -> Option<Task> {
        let etag = || self.document.as_ref().map(|(_, etag)| etag.clone());
        Some(match kind {
            Kind::Hello | Kind::Jwks | Kind::Discovery => Task::Document(kind.document()?, None),
            Kind::JwksKnown | Kind::DiscoveryKnown => Task::Document(kind.document()?, Some(etag()?)),
            Kind::ClientCredentials => Task::ClientCredentials(Arc::clone(self.one_of(&self.seeded.clients)?)),
            Kind::Refresh => Task::Refresh(self.stock.take_refresh_token()?),
            Kind::Code => Task::Code(self.stock.take_code()?),
            Kind::Password => Task::Password(self.one_of(&self.seeded.usernames)?.clone()),
            Kind::Introspection => Task::Introspection(self.stock.access_token()?),
            Kind::Revocation => Task::Revocation(self.stock.take_refresh_token()?),
            Kind::Userinfo => Task::Userinfo(self.stock.access_token()?),
            Kind::Mixed => {
                return self.next_of(match self.stock.turn() % 10 {
                    0 => Kind::Code,
                    3 => Kind::Introspection,
                    6 => Kind::Jwks,
                    _ => Kind::Refresh,
                });
            }
        })
    }

    fn one_of<'a, T>(&self, all: &'a [T]) -> Option<&'a T> {
        all.get(self.stock.turn() % all.len().max(1))
    }

    /// The request of a task.
    pub fn request(&self, task: &Task) -> Outcome<Request<String>> {
        let (tool, api) = (&self.seeded.tool.authorization, &self.seeded.api.authorization);
        match task {
            Task::Document(path, etag) => document(path, etag.as_deref()),
            Task::ClientCredentials(client) => {
                post("/token", &client.authorization, &[("grant_type", "client_credentials"), ("scope", PLAIN)])
            }
            Task::Refresh(held) => refresh(held),
            Task::Code(held) => redeem(held),
            Task::Password(username) => {
                let person = [("username", username.as_str()), ("password", PASSWORD)];
                post("/token", tool, &[&[("grant_type", "password"), ("scope", PLAIN)], &person[..]].concat())
            }
            Task::Introspection(token) => post("/introspect", api, &[("token", token)]),
            Task::Revocation(held) => post("/revoke", &held.client.authorization, &[("token", &held.token)]),
            Task::Userinfo(token) => userinfo(token),
        }
    }

    /// Checks an answer, and keeps what it brought.
    ///
    /// # Errors
    /// The status and the text of an answer that is not as it must be.
    pub fn accept(&self, task: Task, answer: &Answer) -> Outcome {
        let is_in_order = match task {
            Task::Document(path, etag) => self.is_document(path, etag.as_deref(), answer),
            Task::ClientCredentials(_) => answer.tokens(PLAIN).is_some_and(|tokens| tokens.refresh.is_none()),
            Task::Refresh(held) => self.keep_successor(held, answer),
            Task::Code(_) => answer.tokens(WITH_OPENID).is_some_and(|tokens| tokens.refresh.is_some()),
            Task::Password(_) => answer.tokens(PLAIN).is_some_and(|tokens| tokens.refresh.is_some()),
            Task::Introspection(_) => answer.contains("\"active\":true") && answer.contains("\"sub\":\""),
            Task::Revocation(held) => {
                self.stock.note_given_back(held);
                answer.status == StatusCode::OK
            }
            Task::Userinfo(_) => answer.contains("\"sub\":\"") && answer.contains("\"email\":\""),
        };
        if is_in_order { Ok(()) } else { Err(answer.refused(self.kind.name())) }
    }

    fn is_document(&self, path: &str, etag: Option<&str>, answer: &Answer) -> bool {
        match (etag, &self.document) {
            (Some(etag), _) => {
                answer.status == StatusCode::NOT_MODIFIED
                    && answer.etag.as_deref() == Some(etag)
                    && answer.body.is_empty()
            }
            (None, Some((body, _))) if self.kind != Kind::Mixed => {
                answer.status == StatusCode::OK && answer.body == *body
            }
            (None, _) => path == "/hello" || answer.contains("\"keys\":["),
        }
    }

    /// A refresh token that was used is followed by another one.
    fn keep_successor(&self, used: Held, answer: &Answer) -> bool {
        let successor = answer.tokens(PLAIN).and_then(|tokens| tokens.refresh);
        let Some(token) = successor.filter(|successor| *successor != used.token) else { return false };
        self.stock.add_refresh_tokens([Held { token, ..used }]);
        true
    }
}

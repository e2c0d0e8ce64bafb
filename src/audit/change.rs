//! What the command line does: it has no log of its own, so that its changes travel through the database to a running server.

use crate::oauth::Scope;
use crate::oauth::grant::{Grant, RevocationReason};
use crate::types::{Id, Timestamp};

use super::Did;
use super::line::{self, Facts, Source};

/// What a command of the command line changed.
#[derive(Clone, Debug)]
pub struct Change {
    did: Did,
    facts: Facts,
}

/// What a command changed something about.
#[derive(Clone, Copy, Debug)]
pub enum On<'a> {
    /// A person.
    User(Id),
    /// A client, by its id.
    Client(&'a str),
    /// A grant.
    Grant(&'a Grant),
    /// A role, by its name.
    Role(&'a str),
    /// A resource, by its URI.
    Resource(&'a str),
    /// A signing key, by its `kid`.
    Key(&'a str),
    /// All that there is.
    All,
}

impl Change {
    /// A command did this to something.
    #[must_use]
    pub fn new(did: Did, on: On<'_>) -> Self {
        let named = |name: &str| Some(name.to_owned());
        let facts = match on {
            On::User(id) => Facts::of(id),
            On::Client(id) => Facts { client: named(id), ..Facts::default() },
            On::Grant(grant) => Facts::of_grant(grant),
            On::Role(name) => Facts { role: named(name), ..Facts::default() },
            On::Resource(uri) => Facts { resource: named(uri), ..Facts::default() },
            On::Key(kid) => Facts { kid: named(kid), ..Facts::default() },
            On::All => Facts::default(),
        };
        Self { did, facts }
    }

    /// It was about this client, too.
    #[must_use]
    pub fn with_client(mut self, id: Option<&str>) -> Self {
        self.facts.client = id.map(str::to_owned);
        self
    }

    /// Adds the resource that the change was about.
    #[must_use]
    pub fn with_resource(mut self, uri: Option<&str>) -> Self {
        self.facts.resource = uri.map(str::to_owned);
        self
    }

    /// This is why.
    #[must_use]
    pub fn because(mut self, reason: RevocationReason) -> Self {
        self.facts.reason = Some(reason.as_str().to_owned());
        self
    }

    /// Adds the scope that the change was about.
    #[must_use]
    pub fn with_scope(mut self, scope: &Scope) -> Self {
        self.facts.scope = Some(scope.to_string());
        self
    }

    /// So many sessions ended with it.
    #[must_use]
    pub const fn sessions(mut self, count: usize) -> Self {
        self.facts.sessions = Some(count);
        self
    }

    /// So many grants ended with it.
    #[must_use]
    pub const fn grants(mut self, count: usize) -> Self {
        self.facts.grants = Some(count);
        self
    }

    /// These settings have another value now; the line says nothing of them where there are none.
    #[must_use]
    pub fn changed<S: AsRef<str>>(mut self, names: &[S]) -> Self {
        let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
        self.facts.changed = Some(names.join(" ")).filter(|names| !names.is_empty());
        self
    }

    /// Its name.
    #[must_use]
    pub const fn event(&self) -> &'static str {
        self.did.as_str()
    }

    /// The rest of it as a JSON object, for [`write_change`].
    ///
    /// # Panics
    /// Never: facts are plain data.
    #[must_use]
    pub fn detail(&self) -> String {
        serde_json::to_string(&self.facts).expect("facts are plain data")
    }
}

/// Writes the line of a change that another process made at `at`, as it was handed over.
pub fn write_change(event: &str, detail: &str, at: Timestamp, operator: Option<&str>) {
    let facts = serde_json::from_str(detail).unwrap_or_default();
    line::write(false, event, &facts, &Source::command(at, operator));
}

//! How a line is written: the one place that does.

use serde::{Deserialize, Serialize};

use crate::oauth::grant::Grant;
use crate::types::{Id, Timestamp};

use super::{Origin, TARGET};

/// Who did it: a request, or somebody at the command line.
#[derive(Default)]
pub(super) struct Source<'a> {
    origin: Option<&'a Origin>,
    at: Option<Timestamp>,
    operator: Option<&'a str>,
}

impl<'a> Source<'a> {
    /// A request, which is being answered.
    pub(super) fn request(origin: &'a Origin) -> Self {
        Self { origin: Some(origin), ..Self::default() }
    }

    /// A command that an account of the operating system ran earlier.
    pub(super) const fn command(at: Timestamp, operator: Option<&'a str>) -> Self {
        Self { origin: None, at: Some(at), operator }
    }
}

/// Makes [`Facts`], and [`write`], which writes each of them under its name.
macro_rules! facts {
    ($($(#[doc = $doc:literal])+ $name:ident: $kind:ty,)+) => {
        /// What a line can say besides its event.
        #[derive(Clone, Debug, Default, Serialize, Deserialize)]
        #[serde(default)]
        pub(super) struct Facts {
            $($(#[doc = $doc])+ #[serde(skip_serializing_if = "Option::is_none")] pub(super) $name: Option<$kind>,)+
        }

        /// Writes a line. What it says stands as JSON, or quoted: no text breaks out of it.
        pub(super) fn write(is_alarming: bool, event: &str, facts: &Facts, source: &Source<'_>) {
            let request_id = source.origin.map(|origin| origin.request_id.as_str());
            let address = source.origin.map(|origin| origin.address.to_string());
            let at = source.at.map(|at| at.to_string());
            let operator = source.operator;
            if is_alarming {
                tracing::warn!(target: TARGET, event, request_id, address, at, operator, $($name = &facts.$name),+);
            } else {
                tracing::info!(target: TARGET, event, request_id, address, at, operator, $($name = &facts.$name),+);
            }
        }
    };
}

facts! {
    /// The person.
    sub: String,
    /// The client.
    client: String,
    /// The grant.
    grant: String,
    /// The session: its `sid`, which clients see as well.
    session: String,
    /// The role, by its name.
    role: String,
    /// The resource, by its URI.
    resource: String,
    /// The signing key.
    kid: String,
    /// Its algorithm.
    algorithm: String,
    /// Whether somebody ended it before its time.
    revoked: bool,
    /// The kind of handle that was presented.
    handle: String,
    /// The kind of token that was given back.
    token: String,
    /// Which limit was used up.
    limit: String,
    /// What was asked for.
    scope: String,
    /// Why.
    reason: String,
    /// Which settings have another value now.
    changed: String,
    /// How many sessions ended.
    sessions: usize,
    /// How many grants ended.
    grants: usize,
    /// How many generations in a row were repeated late.
    late: u32,
}

impl Facts {
    /// About a person.
    pub(super) fn of(user: Id) -> Self {
        Self { sub: text(Some(user)), ..Self::default() }
    }

    /// About a grant.
    pub(super) fn of_grant(grant: &Grant) -> Self {
        Self { grant: text(Some(grant.id)), client: Some(grant.client_id.clone()), ..Self::of(grant.user_id) }
    }

    /// About a client.
    pub(super) fn of_client(id: &str) -> Self {
        Self { client: Some(id.to_owned()), ..Self::default() }
    }

    /// About a limit that a client may have used up.
    pub(super) fn of_limit(client: Option<&str>, limit: &str) -> Self {
        Self { client: client.map(str::to_owned), limit: Some(limit.to_owned()), ..Self::default() }
    }

    /// For a reason.
    pub(super) fn because(reason: &str) -> Self {
        Self { reason: Some(reason.to_owned()), ..Self::default() }
    }
}

/// An id as it is written.
pub(super) fn text(id: Option<Id>) -> Option<String> {
    id.map(|id| id.to_string())
}

//! A flow: an authorization request on its way through the pages. It travels sealed in the browser, bound to it by a cookie,
//! so that an unauthenticated request writes nothing and nobody can alter what was asked for.

use std::time::Duration;

use crate::oauth::{OAuthError, Params};
use crate::types::{Id, Rng, Timestamp};

/// How long a person may take from the application's link to the last click.
pub const MAX_AGE: Duration = Duration::from_secs(3600);
/// Age up to which a request may begin again: a tab that is restored after a holiday still leads on.
pub const MAX_RESTART_AGE: Duration = Duration::from_secs(30 * 86_400);

/// An authorization request on its way.
#[derive(Clone, Debug)]
pub struct Flow {
    /// Its id: what was decided about it is remembered under this.
    pub id: Id,
    /// When it began.
    pub started_at: Timestamp,
    /// The session whose person signed in on its way: that answers `prompt=login` and `max_age`, whatever clocks say.
    pub signed_in: Option<Id>,
    /// Whose session answers.
    pub answering: Answering,
    /// The SHA-256 of what the consent page showed, where the flow is from one: Allow counts for that alone.
    pub shown: Option<[u8; 32]>,
    /// The request as it came, its request object resolved.
    pub request: CarriedRequest,
}

/// The request that a flow carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CarriedRequest {
    /// Its query.
    pub query: String,
    /// The time from which on the request must not begin again: its request object has expired then (RFC 9101 §4).
    pub expires_at: Option<Timestamp>,
}

/// Which of a browser's sessions answers a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Answering {
    /// Nobody said: the current one, unless the request itself names somebody.
    #[default]
    Unsaid,
    /// The one with this `sid`: its person chose it, signed in for the request, or is asked to consent.
    Session(Id),
    /// None of them: another account is to be used.
    Another,
}

/// Flow that was opened, by what may become of it.
#[derive(Clone, Debug)]
pub enum OpenedFlow {
    /// The flow began in this browser, less than [`MAX_AGE`] ago: it goes on.
    Current(Flow),
    /// The flow began in another browser, or earlier: its request may begin again, and nothing else of it counts.
    Restartable(Flow),
    /// The flow is older than [`MAX_RESTART_AGE`], or its request object has expired: only its application counts.
    Stale(Flow),
}

/// A flow that cannot be opened: it is incomplete, was altered, or is another server's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the flow cannot be opened")]
pub struct UnreadableFlow;

impl Flow {
    /// Begins with a request as it came.
    #[must_use]
    pub fn new(request: CarriedRequest, now: Timestamp, rng: &Rng) -> Self {
        Self {
            id: Id::new(now, rng),
            started_at: now,
            signed_in: None,
            answering: Answering::Unsaid,
            shown: None,
            request,
        }
    }

    /// The parameters of the request.
    ///
    /// # Errors
    /// `invalid_request`, when it did not come from [`Flow::new`] with parameters that were read before.
    pub fn params(&self) -> Result<Params, OAuthError> {
        Params::parse(self.request.query.as_bytes())
    }

    /// Judges a flow by its age, and by whether it began in the browser that brings it.
    pub(super) fn judge(self, is_own: bool, now: Timestamp) -> OpenedFlow {
        let age = now.since(self.started_at);
        if is_own && age <= MAX_AGE {
            OpenedFlow::Current(self)
        } else if age > MAX_RESTART_AGE || self.request.expires_at.is_some_and(|expires_at| now >= expires_at) {
            OpenedFlow::Stale(self)
        } else {
            OpenedFlow::Restartable(self)
        }
    }
}

//! A flow: an authorization request on its way through the pages. It travels sealed in the browser, bound to it by a cookie,
//! so that an unauthenticated request writes nothing and nobody can alter what was asked for.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::keys::SealKey;
use crate::oauth::{OAuthError, Params};
use crate::types::{Id, Rng, Secret, Timestamp, base64url};

/// How long a person may take from the application's link to the last click.
pub const MAX_AGE: Duration = Duration::from_secs(3600);
/// The longest authorization request that is carried, in bytes.
pub const MAX_QUERY: usize = 8192;

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
    /// The request as it came, its request object resolved.
    pub query: String,
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

/// Why a flow cannot go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FlowError {
    /// It is not ours, was altered, or began in another browser.
    #[error("the flow is not this browser's")]
    Foreign,
    /// It began too long ago.
    #[error("the flow is too old")]
    Expired,
}

#[derive(Serialize, Deserialize)]
struct Sealed {
    id: [u8; 16],
    at: i64,
    signed_in: Option<[u8; 16]>,
    #[serde(default)]
    answering: SealedAnswering,
    query: String,
}

/// Missing in a flow of an earlier version.
#[derive(Default, Serialize, Deserialize)]
enum SealedAnswering {
    #[default]
    Unsaid,
    Session([u8; 16]),
    Another,
}

/// The keys that flows are sealed under. Earlier keys open as well, so that a flow goes on when the master key changes.
#[derive(Clone)]
pub struct FlowKeys {
    current: SealKey,
    previous: Vec<SealKey>,
}

impl FlowKeys {
    /// Wraps keys that were derived for this purpose.
    #[must_use]
    pub fn new(current: SealKey, previous: impl IntoIterator<Item = SealKey>) -> Self {
        Self { current, previous: previous.into_iter().collect() }
    }

    pub(super) const fn current(&self) -> &SealKey {
        &self.current
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &SealKey> {
        std::iter::once(&self.current).chain(&self.previous)
    }

    /// Seals a flow for a browser.
    ///
    /// # Panics
    /// Never: a flow is plain data.
    #[must_use]
    pub fn seal(&self, flow: &Flow, browser: &Secret, rng: &Rng) -> String {
        let sealed = Sealed {
            id: *flow.id.as_bytes(),
            at: flow.started_at.millis(),
            signed_in: flow.signed_in.map(|sid| *sid.as_bytes()),
            answering: match flow.answering {
                Answering::Unsaid => SealedAnswering::Unsaid,
                Answering::Session(sid) => SealedAnswering::Session(*sid.as_bytes()),
                Answering::Another => SealedAnswering::Another,
            },
            query: flow.query.clone(),
        };
        let plain = serde_json::to_vec(&sealed).expect("a flow is plain data");
        base64url::encode(self.current.seal(rng, browser.expose().as_bytes(), &plain))
    }

    /// Opens a flow that came back from a browser.
    ///
    /// # Errors
    /// [`FlowError`].
    pub fn open(&self, text: &str, browser: &Secret, now: Timestamp) -> Result<Flow, FlowError> {
        let sealed = base64url::decode(text).ok_or(FlowError::Foreign)?;
        let opened = self.all().find_map(|key| key.open(browser.expose().as_bytes(), &sealed));
        let plain = opened.ok_or(FlowError::Foreign)?;
        let sealed: Sealed = serde_json::from_slice(&plain).map_err(|_| FlowError::Foreign)?;
        let flow = Flow {
            id: Id::from_bytes(sealed.id),
            started_at: Timestamp::from_millis(sealed.at),
            signed_in: sealed.signed_in.map(Id::from_bytes),
            answering: match sealed.answering {
                SealedAnswering::Unsaid => Answering::Unsaid,
                SealedAnswering::Session(sid) => Answering::Session(Id::from_bytes(sid)),
                SealedAnswering::Another => Answering::Another,
            },
            query: sealed.query,
        };
        if now.since(flow.started_at) > MAX_AGE { Err(FlowError::Expired) } else { Ok(flow) }
    }
}

impl Flow {
    /// Begins with a request as it came.
    #[must_use]
    pub fn new(query: String, now: Timestamp, rng: &Rng) -> Self {
        Self { id: Id::new(now, rng), started_at: now, signed_in: None, answering: Answering::Unsaid, query }
    }

    /// The parameters of the request.
    ///
    /// # Errors
    /// `invalid_request`, when it did not come from [`Flow::new`] with parameters that were read before.
    pub fn params(&self) -> Result<Params, OAuthError> {
        Params::parse(self.query.as_bytes())
    }
}

//! Flows as they travel: sealed, with the hash of the browser's cookie inside, so that a flow of another browser can be told
//! from one that was altered.

use serde::{Deserialize, Serialize};

use crate::keys::SealKey;
use crate::types::{Id, Rng, Secret, Timestamp, base64url};

use super::flow::{Answering, CarriedRequest, Flow, OpenedFlow, UnreadableFlow};

/// The associated data of a flow. No cookie has a zero byte, so that it is never that of an earlier version's flow.
const PURPOSE: &[u8] = b"\0flow";

#[derive(Serialize, Deserialize)]
struct Sealed {
    id: [u8; 16],
    at: i64,
    /// The SHA-256 of the browser's cookie. An earlier version had the cookie as associated data instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    browser: Option<[u8; 32]>,
    signed_in: Option<[u8; 16]>,
    #[serde(default)]
    answering: SealedAnswering,
    /// Missing in a flow of an earlier version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    shown: Option<[u8; 32]>,
    query: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<i64>,
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
            browser: Some(browser.sha256()),
            signed_in: flow.signed_in.map(|sid| *sid.as_bytes()),
            answering: match flow.answering {
                Answering::Unsaid => SealedAnswering::Unsaid,
                Answering::Session(sid) => SealedAnswering::Session(*sid.as_bytes()),
                Answering::Another => SealedAnswering::Another,
            },
            shown: flow.shown,
            query: flow.request.query.clone(),
            expires_at: flow.request.expires_at.map(Timestamp::millis),
        };
        let plain = serde_json::to_vec(&sealed).expect("a flow is plain data");
        base64url::encode(self.current.seal(rng, PURPOSE, &plain))
    }

    /// Opens a flow that a browser brings, with the cookie that it brings along.
    ///
    /// # Errors
    /// [`UnreadableFlow`].
    pub fn open(&self, text: &str, browser: Option<&Secret>, now: Timestamp) -> Result<OpenedFlow, UnreadableFlow> {
        let bytes = base64url::decode(text).ok_or(UnreadableFlow)?;
        let open = |bound_to: &[u8]| self.all().find_map(|key| key.open(bound_to, &bytes));
        let earlier = || open(browser?.expose().as_bytes());
        let plain = open(PURPOSE).or_else(earlier).ok_or(UnreadableFlow)?;
        let sealed: Sealed = serde_json::from_slice(&plain).map_err(|_| UnreadableFlow)?;
        // A flow of an earlier version has opened with the cookie.
        let is_own = sealed.browser.is_none_or(|bound_to| browser.is_some_and(|cookie| cookie.sha256() == bound_to));
        Ok(Flow::from(sealed).judge(is_own, now))
    }
}

impl From<Sealed> for Flow {
    fn from(sealed: Sealed) -> Self {
        Self {
            id: Id::from_bytes(sealed.id),
            started_at: Timestamp::from_millis(sealed.at),
            signed_in: sealed.signed_in.map(Id::from_bytes),
            answering: match sealed.answering {
                SealedAnswering::Unsaid => Answering::Unsaid,
                SealedAnswering::Session(sid) => Answering::Session(Id::from_bytes(sid)),
                SealedAnswering::Another => Answering::Another,
            },
            shown: sealed.shown,
            request: CarriedRequest { query: sealed.query, expires_at: sealed.expires_at.map(Timestamp::from_millis) },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::flow::{MAX_AGE, MAX_RESTART_AGE};
    use super::*;

    fn keys() -> FlowKeys {
        FlowKeys::new(crate::keys::MasterKey::generate(&Rng::system()).flow_key(), [])
    }

    fn cookie(text: &str) -> Secret {
        Secret::new(text)
    }

    fn flow(expires_at: Option<Timestamp>) -> Flow {
        let request = CarriedRequest { query: "client_id=web".to_owned(), expires_at };
        Flow::new(request, Timestamp::from_seconds(1_000_000), &Rng::system())
    }

    fn name(opened: &Result<OpenedFlow, UnreadableFlow>) -> &'static str {
        match opened {
            Ok(OpenedFlow::Current(_)) => "current",
            Ok(OpenedFlow::Restartable(_)) => "restartable",
            Ok(OpenedFlow::Stale(_)) => "stale",
            Err(UnreadableFlow) => "unreadable",
        }
    }

    #[test]
    fn a_flow_goes_on_in_its_browser_begins_again_elsewhere_and_ends() {
        let (keys, flow) = (keys(), flow(None));
        let sealed = keys.seal(&flow, &cookie("mine"), &Rng::system());
        let second = Duration::from_secs(1);
        for (browser, age, expected) in [
            (Some("mine"), Duration::ZERO, "current"),
            (Some("mine"), MAX_AGE, "current"),
            (Some("mine"), MAX_AGE + second, "restartable"),
            (Some("other"), Duration::ZERO, "restartable"),
            (Some(""), Duration::ZERO, "restartable"),
            (None, Duration::ZERO, "restartable"),
            (None, MAX_RESTART_AGE, "restartable"),
            (Some("mine"), MAX_RESTART_AGE + second, "stale"),
            (None, MAX_RESTART_AGE + second, "stale"),
        ] {
            let browser = browser.map(cookie);
            let opened = keys.open(&sealed, browser.as_ref(), flow.started_at.plus(age));
            assert_eq!(name(&opened), expected, "{browser:?} after {age:?}");
        }
    }

    #[test]
    fn a_request_with_an_expired_object_begins_no_more() {
        let (keys, now) = (keys(), Timestamp::from_seconds(1_000_000));
        let flow = flow(Some(now.plus(Duration::from_secs(60))));
        let sealed = keys.seal(&flow, &cookie("mine"), &Rng::system());
        let at = |seconds, browser: &str| {
            name(&keys.open(&sealed, Some(&cookie(browser)), now.plus(Duration::from_secs(seconds))))
        };
        assert_eq!((at(59, "other"), at(60, "other"), at(60, "mine")), ("restartable", "stale", "current"));
    }

    /// A flow of an earlier version has the cookie as associated data, and no hash inside.
    #[test]
    fn a_flow_of_an_earlier_version_opens_in_its_own_browser_alone() {
        let (keys, rng, now) = (keys(), Rng::system(), Timestamp::from_seconds(1_000_000));
        let id = [1_u8; 16];
        let plain = serde_json::json!({"id": id, "at": now.millis(), "signed_in": null, "query": "client_id=web"});
        let sealed = base64url::encode(keys.current.seal(&rng, b"mine", plain.to_string().as_bytes()));
        let open = |browser: Option<&str>, now| name(&keys.open(&sealed, browser.map(cookie).as_ref(), now));
        assert_eq!(open(Some("mine"), now), "current");
        assert_eq!(open(Some("mine"), now.plus(MAX_AGE + Duration::from_secs(1))), "restartable");
        assert_eq!((open(Some("other"), now), open(None, now)), ("unreadable", "unreadable"));
    }

    #[test]
    fn a_flow_that_was_altered_cannot_be_opened() {
        let (keys, flow) = (keys(), flow(None));
        let sealed = base64url::decode(keys.seal(&flow, &cookie("mine"), &Rng::system())).unwrap();
        for at in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[at] ^= 1;
            let opened = keys.open(&base64url::encode(altered), Some(&cookie("mine")), flow.started_at);
            assert_eq!(name(&opened), "unreadable", "{at}");
        }
    }
}

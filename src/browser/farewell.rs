//! What the page after signing out tells of. It travels sealed to the browser that signed out, as a flow does, so that the page
//! can be shown again and nobody makes one that loads what was never signed out of.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::types::{Id, Rng, Secret, Timestamp, base64url};

use super::FlowKeys;

/// How long the page tells of it.
const MAX_AGE: Duration = Duration::from_secs(600);
/// What sets it apart from a flow under the same key.
const PURPOSE: &[u8] = b"\0farewell";
/// Clients that it tells of: as many as an address has room for.
const MOST: usize = 50;

/// Sessions that ended together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Farewell {
    /// Each `sid` with a client that its session was used at.
    pub used_at: Vec<(Id, String)>,
    /// The client that the person came from, and goes back to.
    pub client_id: Option<String>,
    /// Its address for that, as it is registered, and `state`.
    pub back: Option<(String, Option<String>)>,
}

#[derive(Serialize, Deserialize)]
struct Sealed {
    at: i64,
    used_at: Vec<(String, String)>,
    client_id: Option<String>,
    back: Option<(String, Option<String>)>,
}

impl FlowKeys {
    /// Seals it for a browser.
    ///
    /// # Panics
    /// Never: it is plain data.
    #[must_use]
    pub fn seal_farewell(&self, farewell: &Farewell, browser: &Secret, now: Timestamp, rng: &Rng) -> String {
        let used_at = farewell.used_at.iter().take(MOST).map(|(sid, client)| (sid.to_string(), client.clone()));
        let sealed = Sealed {
            at: now.millis(),
            used_at: used_at.collect(),
            client_id: farewell.client_id.clone(),
            back: farewell.back.clone(),
        };
        let plain = serde_json::to_vec(&sealed).expect("it is plain data");
        base64url::encode(self.current().seal(rng, &bound_to(browser), &plain))
    }

    /// Opens what came back from a browser; nothing where it is another's, was altered, or is old.
    #[must_use]
    pub fn open_farewell(&self, text: &str, browser: &Secret, now: Timestamp) -> Option<Farewell> {
        let sealed = base64url::decode(text)?;
        let plain = self.all().find_map(|key| key.open(&bound_to(browser), &sealed))?;
        let Sealed { at, used_at, client_id, back } = serde_json::from_slice(&plain).ok()?;
        let used_at = used_at.into_iter().filter_map(|(sid, client)| Some((Id::parse(&sid)?, client))).collect();
        (now.since(Timestamp::from_millis(at)) <= MAX_AGE).then_some(Farewell { used_at, client_id, back })
    }
}

fn bound_to(browser: &Secret) -> Vec<u8> {
    [browser.expose().as_bytes(), PURPOSE].concat()
}

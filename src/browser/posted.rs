//! A request that came as a form from another site, carried on by a redirect. The form brings no cookies along
//! (`SameSite=Lax`), the redirect does. The request travels sealed, since it may hold an ID token or a signed request, which
//! must not stand in an address.

use std::time::Duration;

use crate::types::{Rng, Timestamp, base64url};

use super::FlowKeys;

/// Lifetime of the address: the browser follows the redirect at once, and the person may reload the page.
const MAX_AGE: Duration = Duration::from_secs(600);
/// Sets a request apart from what else is sealed under the same key.
const PURPOSE: &[u8] = b"\0posted";
/// Bytes of the time in front of the request.
const TIME: usize = size_of::<i64>();

impl FlowKeys {
    /// Seals the parameters of a request, as a query. No browser is named: its cookie did not come along.
    #[must_use]
    pub fn seal_posted(&self, query: &str, now: Timestamp, rng: &Rng) -> String {
        let plain = [&now.millis().to_be_bytes()[..], query.as_bytes()].concat();
        base64url::encode(self.current().seal(rng, PURPOSE, &plain))
    }

    /// Opens parameters that were sealed; `None` where they were altered, or are old.
    #[must_use]
    pub fn open_posted(&self, text: &str, now: Timestamp) -> Option<String> {
        let sealed = base64url::decode(text)?;
        let plain = self.all().find_map(|key| key.open(PURPOSE, &sealed))?;
        let (time, query) = plain.split_at_checked(TIME)?;
        let sealed_at = Timestamp::from_millis(i64::from_be_bytes(time.try_into().ok()?));
        let query = String::from_utf8(query.to_vec()).ok()?;
        (now.since(sealed_at) <= MAX_AGE).then_some(query)
    }
}

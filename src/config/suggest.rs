//! Did you mean …? Of keys, which have sections.

use crate::types::slip::{edit_distance, tolerated};

/// What to do about a name that resembles no key.
pub(super) const WHERE_KEYS_ARE: &str = "see `countersign config show` for those that exist";

/// The candidate that `typed` is most likely a slip of; `None` if none is near. Both are keys with dots.
pub(super) fn closest<'a>(typed: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .filter_map(|candidate| Some((slip(typed, candidate)?, candidate)))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// How far apart two keys are, if one may be a slip of the other: few letters differ, or only the section is wrong.
fn slip(typed: &str, candidate: &str) -> Option<usize> {
    let name = |key: &str| key.rsplit('.').next().map(str::to_owned);
    let distance = edit_distance(typed, candidate);
    (distance <= tolerated(typed) || name(typed) == name(candidate)).then_some(distance)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_its_key_and_anything_else_finds_none() {
        let keys = ["issuer", "name", "tokens.access_ttl", "tokens.refresh_ttl", "session.ttl", "log.level"];
        let closest = |typed| closest(typed, keys.into_iter());
        assert_eq!(closest("tokens.acess_tl"), Some("tokens.access_ttl"));
        assert_eq!(closest("token.access_ttl"), Some("tokens.access_ttl"));
        assert_eq!(closest("access_ttl"), Some("tokens.access_ttl"));
        assert_eq!(closest("session.refresh_ttl"), Some("tokens.refresh_ttl"));
        assert_eq!(closest("log_level"), Some("log.level"));
        assert_eq!(closest("isuer"), Some("issuer"));
        assert_eq!(closest("port"), None);
        assert_eq!(closest("trusted_proxies"), None);
    }
}

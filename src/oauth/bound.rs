//! The bound on the grants of one person with one client ("limit the number of access tokens granted per user", RFC 6819
//! §4.4.1.11): whoever asks for one code after the other fills no table.

use crate::types::{Id, Timestamp};

use super::grant::GrantState;
use super::redeem::RedeemPolicy;

/// How many grants of a person with a client may be live, and when one is.
#[derive(Clone, Copy, Debug)]
pub struct Bound {
    /// How many, at least 1.
    pub limit: usize,
    /// When one is.
    pub policy: RedeemPolicy,
}

/// A grant that ends because a newer one needs its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Evicted {
    /// Which.
    pub id: Id,
    /// Whether it was of use until then: one that had expired is missed by nobody.
    pub was_live: bool,
}

/// Codes may take one of so many places, and one at least, before they make room for each other: any page can have a browser
/// ask for codes, and none of them is to end what somebody uses.
const PLACES_A_CODE: usize = 10;

/// Which of `grants`, those of a person and client that were not revoked, end so that there is room for one more: those that
/// have expired, then codes that were never redeemed where there are many, then those that were unused for longest.
#[must_use]
pub fn make_room(mut grants: Vec<(Id, GrantState)>, bound: &Bound, now: Timestamp) -> Vec<Evicted> {
    let too_many = (grants.len() + 1).saturating_sub(bound.limit);
    let is_live = |grant: &GrantState| bound.policy.is_live(grant, now);
    let is_code = |grant: &GrantState| grant.generation == 0;
    let codes = grants.iter().filter(|(_, grant)| is_code(grant) && is_live(grant)).count();
    let are_many = codes > (bound.limit / PLACES_A_CODE).max(1);
    let rank = |grant: &GrantState| match is_live(grant) {
        false => 0,
        true if are_many && is_code(grant) => 1,
        true => 2,
    };
    grants.sort_by_key(|(id, grant)| (rank(grant), grant.rotated_at, *id));
    grants.iter().take(too_many).map(|(id, grant)| Evicted { id: *id, was_live: is_live(grant) }).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);
    const DAY: Duration = Duration::from_secs(86_400);

    fn bound(limit: usize) -> Bound {
        let (code_ttl, retry_window) = (Duration::from_secs(60), Duration::from_secs(60));
        Bound { limit, policy: RedeemPolicy { code_ttl, idle_ttl: 7 * DAY, retry_window } }
    }

    /// A grant that was used so many seconds ago, with an id that is as good as its name.
    fn used(name: u8, generation: u32, seconds_ago: u64) -> (Id, GrantState) {
        let at = NOW.minus(Duration::from_secs(seconds_ago));
        (Id::from_bytes([name; 16]), GrantState::new(generation, at, 30 * DAY))
    }

    fn evicted(grants: &[(Id, GrantState)], limit: usize) -> Vec<(u8, bool)> {
        let evicted = make_room(grants.to_vec(), &bound(limit), NOW);
        evicted.into_iter().map(|evicted| (evicted.id.as_bytes()[0], evicted.was_live)).collect()
    }

    #[test]
    fn below_the_bound_nothing_ends() {
        assert_eq!(evicted(&[], 1), []);
        assert_eq!(evicted(&[used(1, 1, 5), used(2, 1, 9)], 3), []);
    }

    #[test]
    fn the_one_that_was_unused_for_longest_makes_room() {
        let grants = [used(1, 4, 50), used(2, 0, 55), used(3, 1, 40)];
        assert_eq!(evicted(&grants, 3), [(2, true)], "a code that was never redeemed is one of them");
        assert_eq!(evicted(&grants, 2), [(2, true), (1, true)], "the bound was lowered");
        assert_eq!(evicted(&grants, 1), [(2, true), (1, true), (3, true)]);
    }

    #[test]
    fn many_codes_end_nothing_that_is_in_use() {
        let mut grants: Vec<_> = (0..20).map(|name| used(name, 1, 9000)).collect();
        grants.extend([used(20, 0, 10), used(21, 0, 9)]);
        assert_eq!(evicted(&grants, 22), [(0, true)], "two of 22 places are not many");
        grants.push(used(22, 0, 8));
        assert_eq!(evicted(&grants, 23), [(20, true)], "the oldest code");
        let codes: Vec<_> = (1..=3).map(|name| used(name, 0, 10 - u64::from(name))).collect();
        assert_eq!(evicted(&[&codes[..], &[used(9, 7, 600_000)]].concat(), 4), [(1, true)]);
    }

    #[test]
    fn what_has_expired_goes_before_what_is_in_use() {
        let grants = [used(1, 1, 6 * 86_400), used(2, 0, 61), used(3, 1, 8 * 86_400), used(4, 0, 59)];
        assert_eq!(evicted(&grants, 4), [(3, false)]);
        assert_eq!(evicted(&grants, 3), [(3, false), (2, false)]);
        assert_eq!(evicted(&grants, 2), [(3, false), (2, false), (1, true)]);
    }
}

//! What a genuine handle is worth: the rule at the heart of rotation, a pure function of the row, the policy and the time.
//!
//! Counters order handles, never timestamps. State decides before time does, so that a clock step revives nothing.

use std::time::Duration;

use crate::types::Timestamp;

use super::grant::{GrantState, Repeats, RevocationReason};

/// A repeat this soon after its rotation is concurrency (two tabs, a retry on the wire) and is not counted.
pub const CONCURRENCY: Duration = Duration::from_secs(3);

/// So many consecutive generations repeated late are one follower too many.
pub const SHADOW_LIMIT: u32 = 3;

/// The lifetimes that apply to a grant.
#[derive(Clone, Copy, Debug)]
pub struct RedeemPolicy {
    /// How long an unused authorization code lives.
    pub code_ttl: Duration,
    /// How long a refresh token lives unused.
    pub idle_ttl: Duration,
    /// How long the previous refresh token answers with the same successor.
    pub retry_window: Duration,
}

impl RedeemPolicy {
    /// When a grant is over if nobody uses it before.
    #[must_use]
    pub fn end_of(&self, grant: &GrantState) -> Timestamp {
        let unused = if grant.generation == 0 { self.code_ttl } else { self.idle_ttl };
        grant.expires_at.min(grant.rotated_at.plus(unused))
    }

    /// Whether the current handle of a grant is still worth something.
    #[must_use]
    pub fn is_live(&self, grant: &GrantState, now: Timestamp) -> bool {
        grant.revoked.is_none() && now < self.end_of(grant)
    }
}

/// What to do with a genuine handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is the current one: make its successor.
    Rotate,
    /// It is the previous one, and its successor is unused: answer with the same successor, and remember `repeats`.
    Repeat {
        /// The count to store, unless it is the one stored.
        repeats: Repeats,
    },
    /// The grant ends here.
    Revoke(RevocationReason),
    /// The grant was revoked before.
    Revoked,
    /// Its time is over.
    Expired,
}

/// Decides about a genuine handle of `generation`.
///
/// | generation | outcome |
/// |---|---|
/// | the row's | `Rotate` |
/// | the one before, a refresh token, within the window | `Repeat` (its successor is unused, or the row would be further) |
/// | that, late, for the third generation in a row | `Revoke(Shadowed)` |
/// | any older | `Revoke(Reuse)` |
/// | newer than the row's | `Revoke(Ahead)` |
#[must_use]
pub fn decide(generation: u32, grant: &GrantState, policy: &RedeemPolicy, now: Timestamp) -> Outcome {
    if grant.revoked.is_some() {
        return Outcome::Revoked;
    }
    if now >= policy.end_of(grant) {
        return Outcome::Expired;
    }
    if generation == grant.generation {
        return Outcome::Rotate;
    }
    if generation > grant.generation {
        return Outcome::Revoke(RevocationReason::Ahead);
    }
    let unused_for = now.since(grant.rotated_at);
    let is_previous_refresh_token = generation > 0 && generation + 1 == grant.generation;
    if !is_previous_refresh_token || unused_for > policy.retry_window {
        return Outcome::Revoke(RevocationReason::Reuse);
    }
    let repeats = count_repeat(grant, unused_for);
    if repeats.count >= SHADOW_LIMIT {
        return Outcome::Revoke(RevocationReason::Shadowed);
    }
    Outcome::Repeat { repeats }
}

fn count_repeat(grant: &GrantState, since_rotation: Duration) -> Repeats {
    let known = grant.repeats;
    if since_rotation <= CONCURRENCY || known.generation == grant.generation {
        return known;
    }
    let follows_on = known.count > 0 && known.generation + 1 == grant.generation;
    Repeats { generation: grant.generation, count: if follows_on { known.count + 1 } else { 1 } }
}

#[cfg(test)]
mod tests;

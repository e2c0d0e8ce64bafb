//! Histories: deeds of nodes and operators, and steps of the clock, in any order.

use proptest::prelude::*;

use crate::keys::Algorithm;

/// A step of a history; nodes are 0 and 1.
#[derive(Clone, Debug)]
pub(super) enum Action {
    /// Seconds, in either direction.
    Time(i64),
    /// A node does what is due and reads the keys.
    Reload(usize),
    /// A node is killed after so many steps, and started again later.
    Crash(usize, usize),
    /// A node is started again with other tokens and perhaps another algorithm.
    Restart(usize, u64, Algorithm),
    /// A node signs, if its ring is fresh.
    Sign(usize),
    /// An operator promotes the next key, early or not.
    Promote(usize, bool),
    /// An operator takes away one of the keys.
    Revoke(usize, prop::sample::Index),
}

fn algorithm() -> impl Strategy<Value = Algorithm> {
    prop_oneof![6 => Just(Algorithm::Rs256), 1 => Just(Algorithm::Es256)]
}

/// A history whose clock makes these steps.
pub(super) fn actions(time: impl Strategy<Value = i64> + 'static) -> impl Strategy<Value = Vec<Action>> {
    let node = || 0..2_usize;
    let action = prop_oneof![
        8 => time.prop_map(Action::Time),
        8 => node().prop_map(Action::Reload),
        6 => node().prop_map(Action::Sign),
        2 => (node(), 0..4_usize).prop_map(|(node, steps)| Action::Crash(node, steps)),
        1 => (node(), 1..90_u64, algorithm()).prop_map(|(node, ttl, by)| Action::Restart(node, ttl, by)),
        1 => (node(), any::<bool>()).prop_map(|(node, early)| Action::Promote(node, early)),
        1 => (node(), any::<prop::sample::Index>()).prop_map(|(node, at)| Action::Revoke(node, at)),
    ];
    prop::collection::vec(action, 0..120)
}

/// Seconds by which a clock goes on.
pub(super) fn forward() -> impl Strategy<Value = i64> {
    prop_oneof![4 => 0..30_i64, 2 => 0..100_i64, 1 => 0..2000_i64]
}

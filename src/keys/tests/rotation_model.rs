//! Any interleaving of two nodes, restarts with another configuration, crashes between steps, operators and clocks that go
//! either way keeps the promises of rotation.

mod action;

use std::time::Duration;

use proptest::prelude::*;

use super::NOW;
use super::rotation::key;
use crate::keys::{
    Algorithm, KeyState, MAX_RING_AGE, Revocation, RotationPolicy, Step, StoredKey, due, promotion, revocation,
    signing_key,
};
use crate::types::Timestamp;
use action::{Action, actions, forward};

const MINUTE: Duration = Duration::from_secs(60);

/// Everything is short, so that all of it happens at about the same time.
const POLICY: RotationPolicy = RotationPolicy {
    algorithm: Algorithm::Rs256,
    also: Vec::new(),
    interval: Duration::from_secs(100),
    publish_ahead: Duration::from_secs(70),
    token_ttl: Duration::from_secs(30),
    hint_ttl: Duration::from_secs(600),
};

#[derive(Clone)]
struct Node {
    policy: RotationPolicy,
    /// The key that its ring signs with, and when the ring was read.
    ring: Option<(String, Timestamp)>,
}

struct World {
    now: Timestamp,
    keys: Vec<StoredKey>,
    made: usize,
    nodes: [Node; 2],
    /// Of each token: the key, when it was signed, and how long it lives.
    tokens: Vec<(String, Timestamp, Duration)>,
    went_back: bool,
}

impl World {
    fn new(also: &[Algorithm]) -> Self {
        let node = Node { policy: RotationPolicy { also: also.to_vec(), ..POLICY }, ring: None };
        let nodes = [node.clone(), node];
        let mut world = Self { now: NOW, keys: vec![], made: 0, nodes, tokens: vec![], went_back: false };
        world.reload(0);
        world.reload(1);
        world
    }

    fn act(&mut self, action: &Action) {
        match *action {
            Action::Time(seconds) => {
                self.went_back |= seconds < 0;
                self.now = Timestamp::from_millis(self.now.millis() + seconds * 1000);
            }
            Action::Reload(node) => self.reload(node),
            Action::Crash(node, steps) => {
                self.nodes[node].ring = None;
                self.keep(node, steps);
            }
            Action::Restart(node, ttl, algorithm) => {
                let also = self.nodes[node].policy.also.clone();
                self.nodes[node].policy =
                    RotationPolicy { token_ttl: Duration::from_secs(ttl), algorithm, also, ..POLICY };
                self.reload(node);
            }
            Action::Sign(node) => self.sign(node),
            Action::Promote(node, early) => {
                let policy = &self.nodes[node].policy;
                let promoted = promotion(&self.keys, policy.algorithm, policy, early, self.now);
                let kids = promoted.map(|(next, signing)| (next.kid.clone(), signing.map(|key| key.kid.clone())));
                if let Ok((next, signing)) = kids {
                    self.perform(node, &Step::Promote { next, signing });
                }
            }
            Action::Revoke(node, at) => {
                let kid = self.keys[at.index(self.keys.len())].kid.clone();
                if let Ok(revocation) = revocation(&self.keys, &kid) {
                    self.revoke(node, &revocation);
                }
            }
        }
        let also = &self.nodes[0].policy.also;
        let active: Vec<Algorithm> =
            self.keys.iter().filter(|key| key.state == KeyState::Active).map(|key| key.algorithm).collect();
        let (offered, signing): (Vec<Algorithm>, Vec<Algorithm>) =
            active.into_iter().partition(|algorithm| also.contains(algorithm));
        let at_rest = usize::from(!also.contains(&Algorithm::Rs256));
        assert!((at_rest..=1).contains(&signing.len()), "{signing:?} sign");
        assert_eq!(offered.len(), also.len(), "{offered:?} are offered");
    }

    fn reload(&mut self, node: usize) {
        self.keep(node, 32);
        let wanted = self.nodes[node].policy.algorithm;
        let signing = signing_key(&self.keys, &self.nodes[node].policy).expect("something signs");
        let next = self.keys.iter().filter(|key| key.state == KeyState::Next);
        let next: Vec<Algorithm> = next.map(|key| key.algorithm).collect();
        for algorithm in [wanted, signing.algorithm] {
            assert_eq!(next.iter().filter(|of| **of == algorithm).count(), 1, "one key is next");
        }
        self.nodes[node].ring = Some((signing.kid.clone(), self.now));
    }

    /// What a node does until it is done, or is killed.
    fn keep(&mut self, node: usize, most: usize) {
        for left in (0..most).rev() {
            let Some(step) = due(&self.keys, &self.nodes[node].policy, self.now) else { return };
            self.assert_in_order(&step, node);
            self.perform(node, &step);
            assert!(left > 0 || most < 32, "it comes to no end: {step:?}");
        }
    }

    fn sign(&mut self, node: usize) {
        let Node { policy, ring: Some((kid, read_at)) } = &self.nodes[node] else { return };
        if self.now.since(*read_at) <= MAX_RING_AGE {
            self.tokens.push((kid.clone(), self.now, policy.token_ttl));
        }
    }

    /// What the schedule, and no operator, may do now.
    fn assert_in_order(&self, step: &Step, node: usize) {
        let find = |kid: &str| self.keys.iter().find(|key| key.kid == kid).expect("it is there");
        match step {
            Step::Promote { next, signing: Some(_) } => {
                assert!(find(next).created_at.plus(POLICY.publish_ahead) <= self.now, "nobody knows {next} yet");
            }
            Step::Withdraw { kid, from: KeyState::Retiring } => {
                let retired = find(kid).retired_at.expect("it retires");
                for (_, signed, ttl) in self.tokens.iter().filter(|(signer, ..)| signer == kid) {
                    // Where the clock went back, a token counts from when its key retired.
                    let signed = if self.went_back { *signed.min(&retired) } else { *signed };
                    assert!(signed.plus(*ttl).plus(MINUTE) <= self.now, "{kid} left before its tokens");
                }
            }
            Step::Withdraw { kid, from } => {
                assert!(*from == KeyState::Next && find(kid).algorithm != self.nodes[node].policy.algorithm);
            }
            _ => {}
        }
    }

    /// What the store does with a step.
    fn perform(&mut self, node: usize, step: &Step) {
        let ttl = self.nodes[node].policy.token_ttl;
        match step {
            Step::Make(algorithm, state) => self.make(*algorithm, *state, ttl),
            Step::Redate(kid) => self.key(kid).retired_at = Some(self.now),
            Step::Lengthen(kid) => self.key(kid).token_ttl = ttl,
            Step::Promote { next, signing } => {
                if let Some(signing) = signing {
                    self.move_key(signing, KeyState::Active, KeyState::Retiring);
                }
                self.move_key(next, KeyState::Next, KeyState::Active);
            }
            Step::Retire(kid) => self.move_key(kid, KeyState::Active, KeyState::Retiring),
            Step::Withdraw { kid, from } => self.move_key(kid, *from, KeyState::Gone),
            Step::Forget(kid) => self.keys.retain(|key| key.kid != *kid),
        }
    }

    fn revoke(&mut self, node: usize, revocation: &Revocation) {
        let Revocation { kid, algorithm, from, successor } = revocation;
        self.move_key(kid, *from, KeyState::Gone);
        self.key(kid).revoked_at = Some(self.now);
        match successor {
            Some(next) => self.move_key(next, KeyState::Next, KeyState::Active),
            None if *from == KeyState::Active => {
                self.make(*algorithm, KeyState::Active, self.nodes[node].policy.token_ttl);
            }
            None => {}
        }
    }

    fn make(&mut self, algorithm: Algorithm, state: KeyState, token_ttl: Duration) {
        self.made += 1;
        let activated_at = (state == KeyState::Active).then_some(self.now);
        let kid = format!("key {}", self.made);
        self.keys.push(StoredKey { created_at: self.now, activated_at, token_ttl, ..key(&kid, algorithm, state) });
    }

    fn key(&mut self, kid: &str) -> &mut StoredKey {
        self.keys.iter_mut().find(|key| key.kid == kid).expect("it is there")
    }

    fn move_key(&mut self, kid: &str, from: KeyState, to: KeyState) {
        let now = self.now;
        let key = self.key(kid);
        assert!(key.state == from && (from < to || key.revoked_at.is_none()), "{kid} moves from {from:?} to {to:?}");
        key.state = to;
        match to {
            KeyState::Next => panic!("no key becomes next"),
            KeyState::Active => key.activated_at = Some(now),
            KeyState::Retiring | KeyState::Gone => key.retired_at = key.retired_at.or(Some(now)),
        }
    }
}

proptest! {
    #[test]
    fn the_promises_of_rotation_hold(actions in actions(forward())) {
        let mut world = World::new(&[]);
        for action in &actions {
            world.act(action);
        }
    }

    #[test]
    fn they_hold_where_clients_choose_among_others(actions in actions(forward()), with_default in any::<bool>()) {
        let also = [Algorithm::EdDsa, Algorithm::Rs256];
        let mut world = World::new(&also[..=usize::from(with_default)]);
        for action in &actions {
            world.act(action);
        }
    }

    #[test]
    fn a_clock_that_goes_back_breaks_none_of_them(
        actions in actions(prop_oneof![3 => forward(), 1 => forward().prop_map(|seconds| -seconds)])
    ) {
        let mut world = World::new(&[]);
        for action in &actions {
            world.act(action);
        }
    }
}

//! Any interleaving of presenting, retrying, replaying, revoking and time passing keeps the promises of rotation.

use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::oauth::grant::Revocation;

const POLICY: RedeemPolicy = RedeemPolicy {
    code_ttl: Duration::from_secs(60),
    idle_ttl: Duration::from_secs(7 * 86_400),
    retry_window: Duration::from_secs(60),
};
const START: Timestamp = Timestamp::from_seconds(1_800_000_000);

fn fresh() -> GrantState {
    GrantState {
        generation: 0,
        rotated_at: START,
        repeats: Repeats::default(),
        expires_at: START.plus(Duration::from_secs(30 * 86_400)),
        revoked: None,
    }
}

/// What the store does with an outcome.
fn apply(grant: &mut GrantState, outcome: Outcome, now: Timestamp) {
    match outcome {
        Outcome::Rotate => {
            grant.generation += 1;
            grant.rotated_at = now;
        }
        Outcome::Repeat { repeats } => grant.repeats = repeats,
        Outcome::Revoke(reason) => grant.revoked = Some(Revocation { at: now, reason }),
        Outcome::Revoked | Outcome::Expired => {}
    }
}

fn present(grant: &mut GrantState, generation: u32, now: Timestamp) -> Outcome {
    let outcome = decide(generation, grant, &POLICY, now);
    apply(grant, outcome, now);
    outcome
}

#[derive(Clone, Debug)]
enum Step {
    /// Present the handle so many generations behind the current one.
    Present {
        behind: u32,
    },
    /// A handle that a restored database has not seen.
    PresentAhead,
    Revoke,
    /// Milliseconds; clocks go back as well.
    Time(i64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => Just(Step::Present { behind: 0 }),
        4 => Just(Step::Present { behind: 1 }),
        1 => (2u32..5).prop_map(|behind| Step::Present { behind }),
        1 => Just(Step::PresentAhead),
        1 => Just(Step::Revoke),
        6 => (-5_000i64..70_000).prop_map(Step::Time),
        1 => (0i64..9 * 86_400_000).prop_map(Step::Time),
    ];
    prop::collection::vec(step, 0..60)
}

proptest! {
    #[test]
    fn the_promises_hold(steps in steps()) {
        let (mut grant, mut now) = (fresh(), START);
        for step in steps {
            let before = grant;
            let generation = match step {
                Step::Time(millis) => {
                    now = Timestamp::from_millis(now.millis() + millis);
                    continue;
                }
                Step::Revoke => {
                    grant.revoked = Some(Revocation { at: now, reason: RevocationReason::Administrator });
                    continue;
                }
                Step::Present { behind } => grant.generation.saturating_sub(behind),
                Step::PresentAhead => grant.generation + 1,
            };
            let outcome = present(&mut grant, generation, now);

            // A revoked grant stays revoked, and nothing changes it.
            if before.revoked.is_some() {
                prop_assert_eq!(outcome, Outcome::Revoked);
                prop_assert_eq!(before, grant);
                continue;
            }
            match outcome {
                // One successor: only the current handle makes one, and it is then no longer current.
                Outcome::Rotate => {
                    prop_assert_eq!(generation, before.generation);
                    prop_assert_eq!(grant.generation, before.generation + 1);
                }
                // A repeat answers with the row's current handle: it never moves the row, nor its times.
                Outcome::Repeat { repeats } => {
                    prop_assert!(generation >= 1);
                    prop_assert_eq!(generation + 1, before.generation);
                    prop_assert!(now.since(before.rotated_at) <= POLICY.retry_window);
                    prop_assert_eq!((grant.generation, grant.rotated_at, grant.expires_at),
                        (before.generation, before.rotated_at, before.expires_at));
                    prop_assert!(repeats.count < SHADOW_LIMIT);
                }
                Outcome::Revoke(RevocationReason::Ahead) => prop_assert!(generation > before.generation),
                Outcome::Revoke(RevocationReason::Reuse) => prop_assert!(generation < before.generation),
                Outcome::Revoke(reason) => prop_assert_eq!(reason, RevocationReason::Shadowed),
                Outcome::Expired => prop_assert_eq!(before, grant),
                Outcome::Revoked => prop_assert!(false, "nothing revoked it"),
            }
        }
    }

    /// Two tabs that refresh together, each with what both know, stay signed in however long they do.
    #[test]
    fn two_tabs_stay_signed_in(gaps in prop::collection::vec((3_001i64..600_000, 0i64..=3_000), 1..120)) {
        let (mut grant, mut now) = (GrantState { generation: 1, ..fresh() }, START);
        for (pause, apart) in gaps {
            now = Timestamp::from_millis(now.millis() + pause);
            let shared = grant.generation;
            for (tab, delay) in [("first", 0), ("second", apart)] {
                now = Timestamp::from_millis(now.millis() + delay);
                let outcome = present(&mut grant, shared, now);
                prop_assert!(matches!(outcome, Outcome::Rotate | Outcome::Repeat { .. }), "{} tab: {:?}", tab, outcome);
            }
        }
    }
}

fn at(seconds: u64) -> Timestamp {
    START.plus(Duration::from_secs(seconds))
}

#[test]
fn a_code_has_no_retry_window() {
    let mut grant = fresh();
    present(&mut grant, 0, at(1));
    assert_eq!(grant.generation, 1);
    assert_eq!(decide(0, &grant, &POLICY, at(1)), Outcome::Revoke(RevocationReason::Reuse));
}

#[test]
fn a_code_expires_unused() {
    assert_eq!(decide(0, &fresh(), &POLICY, at(59)), Outcome::Rotate);
    assert_eq!(decide(0, &fresh(), &POLICY, at(60)), Outcome::Expired);
}

#[test]
fn a_shadow_five_seconds_behind_is_out_at_its_third() {
    let (mut grant, mut now) = (GrantState { generation: 1, ..fresh() }, START);
    let mut outcomes = Vec::new();
    for _ in 0..3 {
        let shared = grant.generation;
        present(&mut grant, shared, now);
        now = now.plus(Duration::from_secs(5));
        let shadow = present(&mut grant, shared, now);
        // Within one generation any number of repeats counts once.
        if let Outcome::Repeat { .. } = shadow {
            assert_eq!(decide(shared, &grant, &POLICY, now), shadow);
        }
        outcomes.push(shadow);
    }
    assert!(matches!(outcomes[..2], [Outcome::Repeat { .. }, Outcome::Repeat { .. }]));
    assert_eq!(outcomes[2], Outcome::Revoke(RevocationReason::Shadowed));
}

#[test]
fn a_quiet_generation_ends_the_count() {
    let mut grant = GrantState { generation: 5, repeats: Repeats { generation: 3, count: 2 }, ..fresh() };
    let outcome = decide(4, &grant, &POLICY, at(5));
    assert_eq!(outcome, Outcome::Repeat { repeats: Repeats { generation: 5, count: 1 } });
    apply(&mut grant, outcome, at(5));
    assert_eq!(grant.repeats.count, 1);
}

#[test]
fn neither_idle_nor_absolute_expiry_is_extended_by_a_retry() {
    let mut grant = GrantState { generation: 2, ..fresh() };
    present(&mut grant, 1, at(50));
    assert_eq!(decide(2, &grant, &POLICY, at(7 * 86_400)), Outcome::Expired);
    grant.rotated_at = at(30 * 86_400 - 1);
    assert_eq!(decide(2, &grant, &POLICY, at(30 * 86_400)), Outcome::Expired);
}

#[test]
fn the_previous_handle_is_reuse_after_the_window() {
    let grant = GrantState { generation: 2, ..fresh() };
    assert!(matches!(decide(1, &grant, &POLICY, at(60)), Outcome::Repeat { .. }));
    assert_eq!(decide(1, &grant, &POLICY, at(61)), Outcome::Revoke(RevocationReason::Reuse));
}

#[test]
fn a_clock_that_was_set_back_revives_nothing_and_ends_nothing() {
    let grant = GrantState { generation: 3, rotated_at: at(100), ..fresh() };
    assert_eq!(decide(1, &grant, &POLICY, at(0)), Outcome::Revoke(RevocationReason::Reuse));
    assert_eq!(decide(3, &grant, &POLICY, at(0)), Outcome::Rotate);
}

//! Budgets for many keys in bounded memory.

use std::time::Duration;

use crate::types::{SteadyClock, Timestamp};

/// Keys that share a set, in which the one that owes least makes room.
const WAYS: usize = 8;

/// A budget: so many at once, and one more whenever `refill` has passed.
#[derive(Clone, Copy)]
pub(super) struct Limit {
    /// How many there are when nothing was taken lately.
    pub burst: u32,
    /// How long until there is one more.
    pub refill: Duration,
}

/// A budget for each key (the generic cell rate algorithm). Keys are hashes with a random key of this process.
///
/// The memory is bounded: a new key takes the place of the one in its set that owes least. To have an emptied budget
/// forgotten, one would have to empty about as many others as there is room for, since nobody can choose a set.
pub(super) struct Buckets {
    limit: Limit,
    clock: SteadyClock,
    sets: Vec<Option<Box<[Bucket; WAYS]>>>,
}

#[derive(Clone, Copy)]
struct Bucket {
    key: u64,
    /// When the budget will be full again, by the steady clock.
    full_at: Timestamp,
    /// Whether somebody was told that it is empty.
    reported: bool,
}

impl Bucket {
    const fn full(key: u64) -> Self {
        Self { key, full_at: Timestamp::from_millis(0), reported: false }
    }
}

impl Buckets {
    /// Budgets for about `capacity` keys. The memory for a set is taken when it is first needed.
    pub fn new(limit: Limit, capacity: usize) -> Self {
        Self { limit, clock: SteadyClock::default(), sets: vec![None; capacity.div_ceil(WAYS)] }
    }

    /// How long until a key has one to take; zero where it has one now.
    pub fn wait(&mut self, key: u64, now: Timestamp) -> Duration {
        let now = self.clock.at(now);
        let set = self.sets[self.place(key)].as_deref().into_iter().flatten();
        let owed = set.filter(|bucket| bucket.key == key).map(|bucket| bucket.full_at.since(now)).next();
        (owed.unwrap_or_default().min(self.window()) + self.limit.refill).saturating_sub(self.window())
    }

    /// Takes one, whether there is one or not; nobody owes more than a whole budget.
    pub fn take(&mut self, key: u64, now: Timestamp) {
        let now = self.clock.at(now);
        let (refill, window) = (self.limit.refill, self.window());
        let bucket = self.bucket(key);
        let owed = bucket.full_at.since(now).min(window);
        bucket.reported &= !owed.is_zero();
        bucket.full_at = now.plus((owed + refill).min(window));
    }

    /// Gives one back.
    pub fn give_back(&mut self, key: u64) {
        let refill = self.limit.refill;
        let bucket = self.bucket(key);
        bucket.full_at = bucket.full_at.minus(refill);
    }

    /// Whether a key is found empty for the first time since its budget was full.
    pub fn report(&mut self, key: u64) -> bool {
        !std::mem::replace(&mut self.bucket(key).reported, true)
    }

    fn window(&self) -> Duration {
        self.limit.refill * self.limit.burst
    }

    fn place(&self, key: u64) -> usize {
        usize::try_from(key % self.sets.len() as u64).expect("it is below a length")
    }

    /// The bucket of a key, which it gets if it has none.
    fn bucket(&mut self, key: u64) -> &mut Bucket {
        let place = self.place(key);
        let set = self.sets[place].get_or_insert_with(|| Box::new([Bucket::full(0); WAYS]));
        let known = set.iter().position(|bucket| bucket.key == key);
        let at = known.unwrap_or_else(|| (0..WAYS).min_by_key(|&at| set[at].full_at).unwrap_or_default());
        if known.is_none() {
            set[at] = Bucket::full(key);
        }
        &mut set[at]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);
    const LIMIT: Limit = Limit { burst: 10, refill: Duration::from_secs(30) };

    fn emptied(buckets: &mut Buckets, key: u64) {
        for _ in 0..LIMIT.burst {
            assert!(buckets.wait(key, NOW).is_zero());
            buckets.take(key, NOW);
        }
    }

    #[test]
    fn a_budget_empties_and_fills_again_one_by_one() {
        let mut buckets = Buckets::new(LIMIT, 100);
        emptied(&mut buckets, 7);
        assert_eq!(buckets.wait(7, NOW), LIMIT.refill);
        assert_eq!(buckets.wait(8, NOW), Duration::ZERO);
        let later = NOW.plus(Duration::from_millis(29_999));
        assert_eq!(buckets.wait(7, later), Duration::from_millis(1));
        let later = NOW.plus(LIMIT.refill);
        assert_eq!(buckets.wait(7, later), Duration::ZERO);
        buckets.take(7, later);
        assert_eq!(buckets.wait(7, later), LIMIT.refill);
        buckets.give_back(7);
        assert_eq!(buckets.wait(7, later), Duration::ZERO);
    }

    #[test]
    fn nobody_owes_more_than_a_budget() {
        let mut buckets = Buckets::new(LIMIT, 100);
        for _ in 0..1000 {
            buckets.take(7, NOW);
        }
        assert_eq!(buckets.wait(7, NOW), LIMIT.refill);
    }

    #[test]
    fn a_clock_that_is_set_back_changes_no_budget() {
        for back in [5 * 60, 86_400].map(Duration::from_secs) {
            let mut buckets = Buckets::new(LIMIT, 100);
            emptied(&mut buckets, 7);
            buckets.take(8, NOW);
            buckets.give_back(8);
            let now = NOW.minus(back);
            assert_eq!(buckets.wait(7, now), LIMIT.refill, "an empty one refills as before");
            assert_eq!(buckets.wait(7, now.plus(LIMIT.refill)), Duration::ZERO);
            let left = (0..100).take_while(|_| {
                let free = buckets.wait(8, now.plus(LIMIT.refill)).is_zero();
                buckets.take(8, now.plus(LIMIT.refill));
                free
            });
            assert_eq!(left.count(), 10, "a full one stays full");
        }
    }

    #[test]
    fn an_empty_budget_is_reported_once_until_it_was_full_again() {
        let mut buckets = Buckets::new(LIMIT, 100);
        emptied(&mut buckets, 7);
        assert!(buckets.report(7));
        buckets.take(7, NOW.plus(LIMIT.refill));
        assert!(!buckets.report(7));
        buckets.take(7, NOW.plus(buckets.window() * 2));
        assert!(buckets.report(7));
    }

    /// Fresh keys make room for each other, and no count that matters is forgotten for them.
    #[test]
    fn a_flood_of_keys_forgets_no_emptied_budget() {
        let mut buckets = Buckets::new(LIMIT, 64);
        let key = |n: u64| n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        for n in 0..4 {
            emptied(&mut buckets, key(n));
        }
        for n in 1000..50_000 {
            buckets.take(key(n), NOW);
        }
        for n in 0..4 {
            assert_eq!(buckets.wait(key(n), NOW), LIMIT.refill, "{n}");
        }
        assert_eq!(buckets.sets.len() * WAYS, 64, "there are no more of them");
    }
}

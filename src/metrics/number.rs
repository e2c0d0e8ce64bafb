//! Counters, gauges and histograms: atomic numbers.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

/// A number that only grows.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// One more.
    pub fn increment(&self) {
        self.add(1);
    }

    /// So many more.
    pub fn add(&self, more: u64) {
        self.0.fetch_add(more, Ordering::Relaxed);
    }

    /// The number.
    #[must_use]
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A number that goes up and down.
#[derive(Debug, Default)]
pub struct Gauge(AtomicI64);

impl Gauge {
    /// So many more, or fewer.
    pub fn add(&self, change: i64) {
        self.0.fetch_add(change, Ordering::Relaxed);
    }

    /// The number.
    #[must_use]
    pub fn get(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// What a histogram tells apart.
pub(super) struct Scale {
    /// The upper ends of its buckets; above the last is one more.
    pub bounds: &'static [u64],
    /// How many of what is recorded make one of what is shown.
    pub unit: u64,
}

const MICROS: u64 = 1_000;
const MILLIS: u64 = 1_000_000;
const SECOND: u64 = 1_000_000_000;

/// Durations, from a tenth of a millisecond to ten seconds; recorded in nanoseconds.
static SECONDS: Scale = Scale {
    bounds: &[
        100 * MICROS,
        250 * MICROS,
        500 * MICROS,
        MILLIS,
        2500 * MICROS,
        5 * MILLIS,
        10 * MILLIS,
        25 * MILLIS,
        50 * MILLIS,
        100 * MILLIS,
        250 * MILLIS,
        500 * MILLIS,
        SECOND,
        2500 * MILLIS,
        5 * SECOND,
        10 * SECOND,
    ],
    unit: SECOND,
};

/// Numbers of things, from one to 256.
static SIZES: Scale = Scale { bounds: &[1, 2, 4, 8, 16, 32, 64, 128, 256], unit: 1 };

/// How often what was observed fell into which bucket, and the sum of it.
pub struct Histogram {
    scale: &'static Scale,
    counts: Box<[AtomicU64]>,
    sum: AtomicU64,
}

impl Histogram {
    /// A histogram of durations.
    #[must_use]
    pub fn of_durations() -> Self {
        Self::new(&SECONDS)
    }

    /// A histogram of numbers of things.
    #[must_use]
    pub fn of_sizes() -> Self {
        Self::new(&SIZES)
    }

    fn new(scale: &'static Scale) -> Self {
        let counts = (0..=scale.bounds.len()).map(|_| AtomicU64::new(0)).collect();
        Self { scale, counts, sum: AtomicU64::new(0) }
    }

    /// Records a duration.
    pub fn observe(&self, duration: Duration) {
        self.record(u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX));
    }

    /// Records a number of things.
    pub fn observe_size(&self, size: usize) {
        self.record(u64::try_from(size).unwrap_or(u64::MAX));
    }

    fn record(&self, value: u64) {
        let bucket = self.scale.bounds.iter().position(|bound| value <= *bound).unwrap_or(self.scale.bounds.len());
        self.counts[bucket].fetch_add(1, Ordering::Relaxed);
        self.sum.fetch_add(value, Ordering::Relaxed);
    }

    /// How often something was observed.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.counts.iter().map(|count| count.load(Ordering::Relaxed)).sum()
    }

    pub(super) fn scale(&self) -> &'static Scale {
        self.scale
    }

    /// What each bucket holds together with those below it; the last is all.
    pub(super) fn cumulated(&self) -> impl Iterator<Item = u64> {
        self.counts.iter().scan(0, |sum, count| {
            *sum += count.load(Ordering::Relaxed);
            Some(*sum)
        })
    }

    pub(super) fn sum(&self) -> u64 {
        self.sum.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_observation_falls_into_the_first_bucket_that_holds_it() {
        let sizes = Histogram::of_sizes();
        for size in [0, 1, 2, 3, 256, 257, 100_000] {
            sizes.observe_size(size);
        }
        assert_eq!(sizes.cumulated().collect::<Vec<_>>(), [2, 3, 4, 4, 4, 4, 4, 4, 5, 7]);
        assert_eq!((sizes.count(), sizes.sum()), (7, 100_519));

        let durations = Histogram::of_durations();
        durations.observe(Duration::from_micros(100));
        durations.observe(Duration::from_nanos(100_001));
        durations.observe(Duration::from_secs(11));
        assert_eq!(durations.cumulated().take(2).collect::<Vec<_>>(), [1, 2]);
        assert_eq!((durations.cumulated().last(), durations.count()), (Some(3), 3));
    }

    #[test]
    fn bounds_rise() {
        for scale in [&SECONDS, &SIZES] {
            assert!(scale.bounds.is_sorted_by(|a, b| a < b));
        }
    }
}

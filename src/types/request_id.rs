//! The name of a request, by which its log line, its audit lines and its error page are found.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use super::Rng;

/// The id of a request: 16 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestId([u8; 16]);

/// Names requests. Where they begin is random, so that no two processes give the same ones; nothing rests on their being hard
/// to guess.
pub struct RequestIds(AtomicU64);

/// An odd number, so that it leads through all numbers; a large one, so that names next to each other do not look alike.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

impl RequestIds {
    /// Those of a process.
    #[must_use]
    pub fn new(rng: &Rng) -> Self {
        Self(AtomicU64::new(u64::from_ne_bytes(rng.bytes())))
    }

    /// The next one.
    pub fn next(&self) -> RequestId {
        RequestId::of(self.0.fetch_add(STEP, Ordering::Relaxed))
    }
}

impl RequestId {
    fn of(number: u64) -> Self {
        let mut digits = [0; 16];
        for (pair, byte) in digits.chunks_exact_mut(2).zip(number.to_be_bytes()) {
            pair.copy_from_slice(&[digit(byte >> 4), digit(byte & 0xf)]);
        }
        Self(digits)
    }

    /// Its digits.
    ///
    /// # Panics
    /// Never: they are ASCII.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("hexadecimal digits are ASCII")
    }
}

fn digit(nibble: u8) -> u8 {
    b"0123456789abcdef"[usize::from(nibble)]
}

impl fmt::Display for RequestId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_two_are_alike() {
        let rng = Rng::system();
        let (one, other) = (RequestIds::new(&rng), RequestIds::new(&rng));
        let all = (0..1000).flat_map(|_| [one.next().to_string(), other.next().to_string()]);
        assert_eq!(all.collect::<HashSet<_>>().len(), 2000);
    }

    #[test]
    fn it_is_a_number_of_sixteen_digits() {
        assert_eq!(RequestId::of(0x0123_4567_89ab_cdef).as_str(), "0123456789abcdef");
        assert_eq!(RequestId::of(0).to_string(), "0000000000000000");
    }
}

//! Row ids.

use std::fmt;

use uuid::Uuid;

use super::{Rng, Timestamp};

/// A `UUIDv7` (RFC 9562 §5.7) in 16 bytes: rows are appended in order, so cost stays flat as a table grows.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id([u8; 16]);

impl Id {
    /// A new id, made at `now`.
    #[must_use]
    pub fn new(now: Timestamp, rng: &Rng) -> Self {
        let millis = u64::try_from(now.millis()).unwrap_or(0);
        Self(uuid::Builder::from_unix_timestamp_millis(millis, &rng.bytes()).into_uuid().into_bytes())
    }

    /// An id from its bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// An id from a stored column; `None` unless it has 16 bytes.
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        Some(Self(bytes.try_into().ok()?))
    }

    /// An id from its hyphenated form.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let id = Self(Uuid::try_parse(text).ok()?.into_bytes());
        (id.to_string() == text).then_some(id)
    }

    /// The time that it was made at, to the millisecond.
    #[must_use]
    pub fn made_at(&self) -> Timestamp {
        let millis = self.0[..6].iter().fold(0, |millis, &byte| millis << 8 | i64::from(byte));
        Timestamp::from_millis(millis)
    }

    /// Its bytes, as stored.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Uuid::from_bytes(self.0).fmt(f)
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

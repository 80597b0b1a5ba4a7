//! Moments and durations.
//!
//! A [`Timestamp`] is stored and compared in whole seconds, as every standard we speak counts them.
//! It remembers its milliseconds only so that ids minted within one second still sort by time.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::{Add, Sub};

/// A duration in whole seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Seconds(pub i64);

impl Seconds {
    /// So many minutes.
    pub const fn minutes(n: i64) -> Self {
        Self(n * 60)
    }
    /// So many hours.
    pub const fn hours(n: i64) -> Self {
        Self(n * 3600)
    }
    /// So many days of 24 hours.
    pub const fn days(n: i64) -> Self {
        Self(n * 86_400)
    }
    /// The number of seconds, for a header or a claim.
    pub const fn get(self) -> i64 {
        self.0
    }
}

/// A moment, in seconds since 1970-01-01T00:00:00Z (a NumericDate, RFC 7519 section 2).
#[derive(Clone, Copy)]
pub struct Timestamp {
    millis: i64,
}

impl Timestamp {
    /// From stored or received whole seconds.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self { millis: seconds.saturating_mul(1000) }
    }
    /// From a clock.
    pub const fn from_millis(millis: i64) -> Self {
        Self { millis }
    }
    /// Whole seconds, as stored and as claimed in tokens.
    pub const fn seconds(self) -> i64 {
        self.millis.div_euclid(1000)
    }
    /// Milliseconds, for minting time-ordered ids only.
    pub const fn millis(self) -> i64 {
        self.millis
    }
    /// Seconds from `earlier` to this moment; negative when this is the earlier one.
    pub const fn since(self, earlier: Timestamp) -> Seconds {
        Seconds(self.seconds() - earlier.seconds())
    }
}

impl PartialEq for Timestamp {
    fn eq(&self, other: &Self) -> bool {
        self.seconds() == other.seconds()
    }
}
impl Eq for Timestamp {}
impl Hash for Timestamp {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.seconds().hash(state);
    }
}
impl PartialOrd for Timestamp {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Timestamp {
    fn cmp(&self, other: &Self) -> Ordering {
        self.seconds().cmp(&other.seconds())
    }
}
impl Add<Seconds> for Timestamp {
    type Output = Timestamp;
    fn add(self, rhs: Seconds) -> Timestamp {
        Timestamp { millis: self.millis.saturating_add(rhs.0.saturating_mul(1000)) }
    }
}
impl Sub<Seconds> for Timestamp {
    type Output = Timestamp;
    fn sub(self, rhs: Seconds) -> Timestamp {
        Timestamp { millis: self.millis.saturating_sub(rhs.0.saturating_mul(1000)) }
    }
}
impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Timestamp({})", self.seconds())
    }
}
impl serde::Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_i64(self.seconds())
    }
}
impl<'de> serde::Deserialize<'de> for Timestamp {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        i64::deserialize(d).map(Timestamp::from_seconds)
    }
}

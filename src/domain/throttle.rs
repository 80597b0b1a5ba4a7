//! Slowing down guesses without locking anybody out (NIST SP 800-63B-4 section 3.2.2, decisions.md 29).
//!
//! Only failures count. After a few free ones each further failure doubles the wait, up to a bound, which leaves a guesser about a hundred
//! tries on the first day; a success, or quiet, resets the count. What ends it is the count of tries in a row, which quiet does not reset
//! (docs/decisions/0013).

use crate::types::{Seconds, Timestamp};

/// What is counted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ThrottleKey(String);

impl ThrottleKey {
    /// Failures for one sign-in name, whoever tries.
    pub fn name(key: &str) -> Self {
        Self(format!("name:{key}"))
    }
    /// Failures for one sign-in name from one place: an address range, or a browser its owner has used before.
    /// Whoever guesses elsewhere does not use these up, so the owner is never locked out.
    pub fn name_from(key: &str, place: &str) -> Self {
        Self(format!("name-from:{place} {key}"))
    }
    /// Failures from one address range: IPv4 /32, IPv6 /64.
    pub fn address(range: &str) -> Self {
        Self(format!("address:{range}"))
    }
    /// Asks of one person, or tries at one thing that is not a sign-in.
    pub fn asking(what: &str) -> Self {
        Self(format!("ask:{what}"))
    }
    /// Whether it counts tries for a name, which a success forgets.
    pub fn is_for_name(&self) -> bool {
        self.0.starts_with("name")
    }
    /// As stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How one kind of key is slowed down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ThrottleRule {
    /// Failures that cost nothing.
    pub free: i64,
    /// The longest wait.
    pub longest: Seconds,
}

/// The state of one key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Throttle {
    /// Failures in a row.
    pub failures: i64,
    /// When the last one was.
    pub last_failure_at: Option<Timestamp>,
}

/// After this much quiet the count starts again.
const QUIET: Seconds = Seconds::days(1);

impl Throttle {
    /// Until when tries are refused; `None` when they are not.
    pub fn blocked_until(&self, rule: ThrottleRule, now: Timestamp) -> Option<Timestamp> {
        let last = self.last_failure_at?;
        let beyond = self.failures - rule.free;
        if beyond < 0 || now.since(last) >= QUIET {
            return None;
        }
        let wait = Seconds((1_i64 << beyond.min(20)).min(rule.longest.0));
        Some(last + wait).filter(|until| *until > now)
    }
    /// Failures in a row once one more is added.
    pub fn failures_after_another(&self, now: Timestamp) -> i64 {
        if self.last_failure_at.is_some_and(|last| now.since(last) < QUIET) { self.failures + 1 } else { 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: ThrottleRule = ThrottleRule { free: 5, longest: Seconds::minutes(15) };

    #[test]
    fn nist_3_2_2_waits_double_and_never_exceed_the_bound() {
        let at = Timestamp::from_seconds(1_000_000);
        let waits: Vec<i64> =
            (3..20).map(|n| Throttle { failures: n, last_failure_at: Some(at) }.blocked_until(RULE, at).map_or(0, |until| until.since(at).0)).collect();
        assert_eq!(waits, [0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900, 900]);
    }

    #[test]
    fn waits_leave_a_guesser_about_a_hundred_tries_a_day() {
        let mut now = Timestamp::from_seconds(1_000_000);
        let end = now + Seconds::days(1);
        let (mut state, mut tries) = (Throttle::default(), 0);
        while now < end {
            match state.blocked_until(RULE, now) {
                Some(until) => now = until,
                None => {
                    tries += 1;
                    state = Throttle { failures: state.failures_after_another(now), last_failure_at: Some(now) };
                }
            }
        }
        assert!((50..=115).contains(&tries), "{tries}");
    }

    #[test]
    fn a_quiet_day_forgets() {
        let at = Timestamp::from_seconds(1_000_000);
        let state = Throttle { failures: 50, last_failure_at: Some(at) };
        assert!(state.blocked_until(RULE, at + Seconds::hours(23)).is_none(), "the longest wait is over");
        assert_eq!(state.failures_after_another(at + Seconds::days(1)), 1);
    }
}

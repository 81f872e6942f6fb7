//! How often a binding may be tried: a person's own failures here, those of an exam number in the store.
//!
//! Both count what did not match, whether or not anybody has the number, so that refusing tells nothing. A person is
//! free again after an hour; a number only when an office has looked at it, because whoever guesses at one number may
//! do it from many accounts.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::time::Millis;

/// Failures of one person within [`SECONDS`]: then no more until the first of them is older.
const PER_PERSON: usize = 5;
/// An hour.
const SECONDS: i64 = 3_600;
/// Failures of one exam number on one day: then it is locked until staff frees it.
pub const PER_NUMBER: i64 = 20;

/// When a person's attempts at one kind of thing failed, oldest first, none older than an hour when the last was added.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failures(Vec<Millis>);

impl Failures {
    /// Nothing to remember.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn add(&mut self, now: Millis) {
        self.0.retain(|at| at.plus_seconds(SECONDS) > now);
        self.0.push(now);
    }

    /// From when the person may try again; `None` when they may now.
    pub(super) fn until(&self, now: Millis) -> Option<Millis> {
        let decisive = self.0.len().checked_sub(PER_PERSON).and_then(|at| self.0.get(at))?;
        Some(decisive.plus_seconds(SECONDS)).filter(|until| *until > now)
    }
}

/// One more failure of an exam number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedAttempt {
    /// Twelve digits, whoever they belong to.
    pub exam_no: String,
    /// The business day.
    pub day: Date,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_failures_within_an_hour_end_when_the_first_is_an_hour_old() {
        let at = |seconds: i64| Millis(0).plus_seconds(seconds);
        let mut failures = Failures::default();
        for seconds in [0, 600, 1_200, 1_800] {
            failures.add(at(seconds));
        }
        assert_eq!(failures.until(at(1_800)), None, "four are no lock");
        failures.add(at(2_400));
        assert_eq!(failures.until(at(2_400)), Some(at(3_600)));
        assert_eq!(failures.until(at(3_599)), Some(at(3_600)));
        assert_eq!(failures.until(at(3_600)), None, "the first no longer counts");
        failures.add(at(3_600));
        assert_eq!(failures.until(at(3_600)), Some(at(4_200)), "the last five count");
        assert_eq!(failures.0.len(), 5, "older ones are forgotten");
    }
}

//! What the account keeps about a person: remark, tags, blacklist; and what they have had of its mass messages.
//!
//! Leaving takes remark and tags away (K); the blacklist, what was received this month and what was subscribed stay.

use super::notices::Grants;
use super::quota;

/// Mass messages that a person receives in a month from a service account (protocol §9).
pub(crate) const MASS_A_MONTH: u32 = 4;

/// The account's side of one person.
#[derive(Debug, Clone, Default)]
pub(crate) struct Standing {
    pub(crate) remark: String,
    pub(crate) tags: Vec<u32>,
    pub(crate) blacklisted: bool,
    pub(crate) grants: Grants,
    mass: ((i16, i8), u32),
}

impl Standing {
    /// The person no longer follows.
    pub(crate) fn leave(&mut self) {
        self.remark.clear();
        self.tags.clear();
    }

    /// Mass messages received this month.
    pub(crate) fn received(&self, now: i64) -> u32 {
        if self.mass.0 == quota::month(now) { self.mass.1 } else { 0 }
    }

    /// Has this month's number of mass messages been received?
    pub(crate) fn is_full(&self, now: i64) -> bool {
        self.received(now) >= MASS_A_MONTH
    }

    /// One more mass message.
    pub(crate) fn receive(&mut self, now: i64) {
        self.mass = (quota::month(now), self.received(now) + 1);
    }
}

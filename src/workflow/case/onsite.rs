//! What the offices wrote down after Z1: the check on site, and the province's last word.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Case, Stage};
use crate::{
    inbound::{Conclusion, Onsite},
    time::Millis,
};

/// One line of an office on one of its days. A later one corrects or continues it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnsiteRecord {
    /// The day that it is about: one of the place's, unless the schedule has lost the place.
    pub day: Date,
    /// It is the last one of the place's, as far as was known then.
    #[serde(default)]
    pub is_last: bool,
    /// What happened.
    pub outcome: Onsite,
    /// Who wrote it; never shown to the candidate (AMB-25).
    pub staff: String,
    /// When. Business time.
    pub at: Millis,
}

/// The day that a record is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OnsiteDay {
    /// One of the place's, unless the schedule has lost the place.
    pub date: Date,
    /// The last one of them.
    pub is_last: bool,
}

/// What the province office concluded. A later one corrects it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Concluded {
    /// The conclusion.
    pub conclusion: Conclusion,
    /// Who; never shown to the candidate (AMB-25).
    pub staff: String,
    /// When. Business time.
    pub at: Millis,
}

impl Case {
    /// Whether it stands on its place's list of a day: whoever may still come on it, and whoever it was written down of.
    pub fn is_listed_on(&self, day: Date) -> bool {
        self.stage == Stage::Submitted || self.onsite.iter().any(|record| record.day == day)
    }

    /// When an office wrote down that the candidate did not come on the last day either: nobody is awaited any more (Zx),
    /// until somebody writes something else.
    pub fn missed_at(&self) -> Option<Millis> {
        let last = self.onsite.last().filter(|_| self.stage == Stage::Submitted)?;
        (last.is_last && last.outcome == Onsite::Absent).then_some(last.at)
    }

    /// Whether the last record takes back what the one before it said: that all was passed, or that nobody came that day.
    pub fn is_onsite_corrected(&self) -> bool {
        let mut records = self.onsite.iter().rev();
        let (last, before) = (records.next(), records.next());
        last.zip(before).is_some_and(|(last, before)| match before.outcome {
            Onsite::Passed => true,
            Onsite::Absent => before.day == last.day,
            Onsite::Papers(_) => false,
        })
    }
}

//! What a test asks of the account rather than of a person: switches and quota meters.

use super::Mock;
use crate::model::strict::{Strict, StrictChange};
use crate::testing::{self, Quota};

impl Mock {
    /// Where the platform is strict now.
    pub fn strict(&self) -> Strict {
        self.platform.state().strict.clone()
    }

    /// Turns the switches that are named; the others stay.
    pub fn set_strict(&self, change: StrictChange) -> Strict {
        testing::change_strict(&self.platform, change)
    }

    /// Every path that counts by the day, with what is used of it.
    pub fn quotas(&self) -> Vec<Quota> {
        testing::meters(&self.platform)
    }
}

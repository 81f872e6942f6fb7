//! What was submitted to the offices, and what they said of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    inbound::{Level, Part, PhotoSlot, Reason, StoredPhoto},
    time::Millis,
};

/// One submission to the offices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Round {
    /// 1, 2, … over both kinds.
    pub number: u32,
    /// What was submitted.
    pub part: Part,
    /// The pictures as submitted; none once they were taken away.
    pub photos: BTreeMap<PhotoSlot, StoredPhoto>,
    /// When.
    pub submitted_at: Millis,
    /// The offices' decisions, city first.
    pub decisions: Vec<Decided>,
    /// It belongs to an application that its candidate has taken back.
    pub withdrawn: bool,
}

/// One office's decision on one round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// Which office.
    pub level: Level,
    /// Who; never shown to the candidate (AMB-25).
    pub staff: String,
    /// When.
    pub at: Millis,
    /// `None` when approved.
    pub rejected: Option<Rejected>,
    /// How it may be taken back.
    pub revocable: Revocable,
}

/// What taking a decision back asks of it: nothing else may have happened to the case, its person may not have been
/// answered since, and its notices may not be due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revocable {
    /// ULID: the decision's row, and what its pushes name.
    pub id: String,
    /// The version of the case that it left.
    pub case: i64,
    /// The version of the person's session that it left.
    pub session: i64,
    /// When its pushes are due.
    pub until: Millis,
}

/// Why a round was not approved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejected {
    /// Which part.
    pub part: Part,
    /// Which of the common reasons, in their order; none where only the opinion says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Reason>,
    /// Word for word.
    pub opinion: String,
}

impl Decided {
    /// The verdict on one part of what was submitted: what a rejection does not name counts as passed at this level.
    pub fn passes(&self, part: Part) -> bool {
        !self.rejected.as_ref().is_some_and(|rejected| rejected.part.includes(part))
    }
}

impl Round {
    /// When it came to the office that has it now: the city's by its submission, the province's by the city's decision.
    pub fn at_office_since(&self) -> Millis {
        self.decisions.last().map_or(self.submitted_at, |decided| decided.at)
    }
}

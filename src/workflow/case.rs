//! PURE. One application: the case and its state machine, in the words of the procedure.
//!
//! [`Case`] is what a case *is*; [`Stage`] where it stands; [`super::transition::apply`] the only way to move it.
//! Both tracks share the head and the tail; [`Track`] (of the recorded document) decides the middle (procedure, head
//! table). A case is one candidate's application in one batch; earlier rounds stay in it, readable, for the offices.

mod onsite;
mod round;
mod stage;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    inbound::{PhotoSlot, StoredPhoto},
    time::Millis,
    validation::document_type::Track,
    workflow::{candidate::Candidate, prediction::SubstitutionChoice},
};

pub use onsite::{Concluded, OnsiteDay, OnsiteRecord};
pub use round::{Decided, Rejected, Revocable, Round};
pub use stage::Stage;

/// One application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "four facts, each of which can be true without the others")]
pub struct Case {
    /// ULID.
    pub id: String,
    /// Eight digits that people can speak; unique.
    pub number: String,
    /// The batch, `2026-06`.
    pub batch: String,
    /// The candidate.
    pub exam_no: String,
    /// Who holds the candidate's binding, or held it last.
    pub open_id: String,
    /// Written by compare-and-swap; 0 before it is stored.
    pub version: i64,
    /// Which middle part.
    pub track: Track,
    /// Where it stands.
    pub stage: Stage,
    /// The chosen place of the first review.
    pub place: Option<Place>,
    /// E.164.
    pub phone: Option<String>,
    /// Chosen 课程顶替, where not the default ones.
    pub substitutions: SubstitutionChoice,
    /// What the population source said, kept for the batch (AMB-9).
    pub population: Option<Population>,
    /// When the candidate was told that the source does not answer yet: once for each time it is asked.
    #[serde(default)]
    pub told_unavailable: Option<Millis>,
    /// The document photos in their slots.
    pub documents: BTreeMap<PhotoSlot, StoredPhoto>,
    /// At least one document photo was replaced since the last submission (AMB-3).
    pub documents_changed: bool,
    /// The portrait.
    pub portrait: Option<StoredPhoto>,
    /// When it was taken (AMB-19). Business time.
    pub portrait_at: Option<Millis>,
    /// It waits for the second confirmation (AMB-11): it was taken before that one, or a new code was asked for since.
    #[serde(default)]
    pub portrait_early: bool,
    /// The documents are approved for this batch (AMB-4).
    pub documents_ok: bool,
    /// The portrait is approved for this batch.
    pub portrait_ok: bool,
    /// The number of the round in review or last reviewed; 0 before the first submission.
    pub round: u32,
    /// Every submission, oldest first; never changed but for their decisions.
    pub rounds: Vec<Round>,
    /// When 「申请」 submitted it.
    pub submitted_at: Option<Millis>,
    /// What the office wrote down on site, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub onsite: Vec<OnsiteRecord>,
    /// What the province office concluded, oldest first: a later one corrects it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub concluded: Vec<Concluded>,
}

/// A place of the schedule, by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// 广州市
    pub city: String,
    /// 天河区
    pub district: String,
}

/// The population source's opinion on name and number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Population {
    /// They agree.
    pub matched: bool,
    /// The source's reason when they do not.
    pub reason: String,
    /// When it answered.
    pub at: Millis,
}

impl Case {
    /// A new application at P2.
    pub fn open(id: String, number: String, batch: &str, open_id: &str, candidate: &Candidate) -> Self {
        Self {
            id,
            number,
            batch: batch.to_owned(),
            exam_no: candidate.exam_no.clone(),
            open_id: open_id.to_owned(),
            version: 0,
            track: candidate.track(),
            stage: Stage::Entered,
            place: None,
            phone: None,
            substitutions: SubstitutionChoice::default(),
            population: None,
            told_unavailable: None,
            documents: BTreeMap::new(),
            documents_changed: false,
            portrait: None,
            portrait_at: None,
            portrait_early: false,
            documents_ok: false,
            portrait_ok: false,
            round: 0,
            rounds: Vec::new(),
            submitted_at: None,
            onsite: Vec::new(),
            concluded: Vec::new(),
        }
    }

    /// Whether its candidate has taken it back.
    pub fn is_withdrawn(&self) -> bool {
        self.stage == Stage::Withdrawn
    }

    /// Forgets what its candidate gave and what the offices said of it; the rounds stay, without their pictures.
    pub(super) fn forget(&mut self) {
        self.phone = None;
        self.documents.clear();
        self.documents_changed = false;
        self.documents_ok = false;
        self.portrait = None;
        self.portrait_at = None;
        self.portrait_early = false;
        self.portrait_ok = false;
        for round in &mut self.rounds {
            round.photos.clear();
            round.withdrawn = true;
        }
    }

    /// Every picture it names: those in its slots and those of all rounds.
    pub fn photos(&self) -> impl Iterator<Item = &StoredPhoto> {
        let submitted = self.rounds.iter().flat_map(|round| round.photos.values());
        self.documents.values().chain(&self.portrait).chain(submitted)
    }

    /// Whether it names the picture of this name.
    pub fn names_photo(&self, name: &str) -> bool {
        self.photos().any(|photo| photo.name == name)
    }

    /// The latest decision on what the present application submitted, with its level.
    pub fn last_decision(&self) -> Option<&Decided> {
        let mut rounds = self.rounds.iter().rev().filter(|round| !round.withdrawn);
        rounds.find_map(|round| round.decisions.last())
    }
}

//! PURE. One application: the case and its state machine, in the words of the procedure.
//!
//! [`Case`] is what a case *is*; [`Stage`] where it stands; [`super::transition::apply`] the only way to move it.
//! Both tracks share the head and the tail; [`Track`] (of the recorded document) decides the middle (procedure, head
//! table). A case is one candidate's application in one batch; earlier rounds stay in it, readable, for the offices.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    inbound::{Level, Part, PhotoSlot, StoredPhoto},
    time::Millis,
    validation::document_type::Track,
    workflow::{candidate::Candidate, prediction::SubstitutionChoice},
};

/// Where a case stands. The comment gives the procedure's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// P2: entered, no prediction yet.
    Entered,
    /// P3: the registry has not answered yet.
    Predicting,
    /// P3-: prediction not passed.
    PredictionFailed,
    /// P4: prediction passed, the place is missing.
    PlaceWanted,
    /// P4: prediction passed, the place is chosen, the phone is missing.
    PhoneWanted,
    /// P5: place and phone given, 「申请」 may be pressed.
    Ready,
    /// A1: waiting for the population source.
    Verifying,
    /// A2, B8: the three document photos are wanted.
    DocumentsWanted,
    /// A3: document photos at the city office.
    DocumentsAtCity,
    /// A4: document photos at the province office.
    DocumentsAtProvince,
    /// A5+: document photos approved.
    DocumentsApproved,
    /// A5-: document photos not approved.
    DocumentsRejected,
    /// A6, B1: data to be confirmed.
    DataToConfirm,
    /// A6 after 「信息有误」: stopped until the record is corrected (AMB-12).
    DataDisputed,
    /// A7, B2: the standard to be read.
    StandardToRead,
    /// A8, B3: code shown, nobody has claimed it.
    ScanAwaited,
    /// A9, B4: data to be confirmed again.
    DataToReconfirm,
    /// A10, B5: the standard to be read again.
    StandardToReread,
    /// A11, B6: the camera is open.
    Capturing,
    /// A12, B7: a portrait is there, not submitted.
    Captured,
    /// A13: portrait at the city office.
    PortraitAtCity,
    /// A13-: portrait not approved.
    PortraitRejected,
    /// B9: portrait and document photos, one bundle, at the city office.
    BundleAtCity,
    /// B10: the bundle at the province office.
    BundleAtProvince,
    /// B11-: a part of the bundle, or both, not approved.
    BundleRejected,
    /// A14, B11+: all approved, 「申请」 submits.
    Approved,
    /// Z1: submitted.
    Submitted,
    /// Taken back by the candidate before Z1 (AMB-26).
    Withdrawn,
}

impl Stage {
    /// Every stage, in the order of the procedure.
    pub const ALL: [Self; 28] = [
        Self::Entered,
        Self::Predicting,
        Self::PredictionFailed,
        Self::PlaceWanted,
        Self::PhoneWanted,
        Self::Ready,
        Self::Verifying,
        Self::DocumentsWanted,
        Self::DocumentsAtCity,
        Self::DocumentsAtProvince,
        Self::DocumentsApproved,
        Self::DocumentsRejected,
        Self::DataToConfirm,
        Self::DataDisputed,
        Self::StandardToRead,
        Self::ScanAwaited,
        Self::DataToReconfirm,
        Self::StandardToReread,
        Self::Capturing,
        Self::Captured,
        Self::PortraitAtCity,
        Self::PortraitRejected,
        Self::BundleAtCity,
        Self::BundleAtProvince,
        Self::BundleRejected,
        Self::Approved,
        Self::Submitted,
        Self::Withdrawn,
    ];

    /// The name in the database, in dialogs (`case = "…"`) and in the offices' lists.
    pub fn name(self) -> &'static str {
        match self {
            Self::Entered => "entered",
            Self::Predicting => "predicting",
            Self::PredictionFailed => "prediction_failed",
            Self::PlaceWanted => "place_wanted",
            Self::PhoneWanted => "phone_wanted",
            Self::Ready => "ready",
            Self::Verifying => "verifying",
            Self::DocumentsWanted => "documents_wanted",
            Self::DocumentsAtCity => "documents_at_city",
            Self::DocumentsAtProvince => "documents_at_province",
            Self::DocumentsApproved => "documents_approved",
            Self::DocumentsRejected => "documents_rejected",
            Self::DataToConfirm => "data_to_confirm",
            Self::DataDisputed => "data_disputed",
            Self::StandardToRead => "standard_to_read",
            Self::ScanAwaited => "scan_awaited",
            Self::DataToReconfirm => "data_to_reconfirm",
            Self::StandardToReread => "standard_to_reread",
            Self::Capturing => "capturing",
            Self::Captured => "captured",
            Self::PortraitAtCity => "portrait_at_city",
            Self::PortraitRejected => "portrait_rejected",
            Self::BundleAtCity => "bundle_at_city",
            Self::BundleAtProvince => "bundle_at_province",
            Self::BundleRejected => "bundle_rejected",
            Self::Approved => "approved",
            Self::Submitted => "submitted",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Whether 毕业预测 may still move a case that stands here.
    pub fn is_predictable(self) -> bool {
        matches!(self, Self::Entered | Self::Predicting | Self::PredictionFailed) || self.is_predicted()
    }

    /// P4 and P5: the prediction passed, and nothing was applied for yet.
    pub fn is_predicted(self) -> bool {
        matches!(self, Self::PlaceWanted | Self::PhoneWanted | Self::Ready)
    }

    /// Whether a case that stands here when the window closes ends with it: what it still lacks, only its candidate
    /// could give. Offices finish what was submitted in time (AMB-20).
    pub fn ends_with_window(self) -> bool {
        self.reviewed_at().is_none() && !matches!(self, Self::Approved | Self::Submitted)
    }

    /// Whether a portrait may come: from the moment that a way to take it was shown until it is submitted.
    pub fn takes_portrait(self) -> bool {
        matches!(
            self,
            Self::ScanAwaited
                | Self::DataToReconfirm
                | Self::StandardToReread
                | Self::Capturing
                | Self::Captured
        )
    }

    /// The level that a review in this stage needs, if reviewers are to act on it.
    pub fn reviewed_at(self) -> Option<Level> {
        match self {
            Self::DocumentsAtCity | Self::PortraitAtCity | Self::BundleAtCity => Some(Level::City),
            Self::DocumentsAtProvince | Self::BundleAtProvince => Some(Level::Province),
            _ => None,
        }
    }

    /// What a review in this stage is of.
    pub fn reviewed_part(self) -> Option<Part> {
        match self {
            Self::DocumentsAtCity | Self::DocumentsAtProvince => Some(Part::Documents),
            Self::PortraitAtCity => Some(Part::Portrait),
            Self::BundleAtCity | Self::BundleAtProvince => Some(Part::Both),
            _ => None,
        }
    }
}

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
}

/// Why a round was not approved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejected {
    /// Which part.
    pub part: Part,
    /// Word for word.
    pub opinion: String,
}

impl Decided {
    /// The verdict on one part of what was submitted: what a rejection does not name counts as passed at this level.
    pub fn passes(&self, part: Part) -> bool {
        !self.rejected.as_ref().is_some_and(|rejected| rejected.part.includes(part))
    }
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

//! Where a case stands, in the words of the procedure, and what follows from that.

use serde::{Deserialize, Serialize};

use crate::inbound::{Level, Part};

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
    /// Z1, Z2: submitted, to be checked on site.
    Submitted,
    /// Z3: the check on site is passed, the province office decides.
    OnsitePassed,
    /// Z4: 毕业审核通过.
    Graduated,
    /// Z4-: 毕业审核不通过.
    NotGraduated,
    /// Taken back by the candidate before Z1 (AMB-26).
    Withdrawn,
}

impl Stage {
    /// Every stage, in the order of the procedure.
    pub const ALL: [Self; 31] = [
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
        Self::OnsitePassed,
        Self::Graduated,
        Self::NotGraduated,
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
            Self::OnsitePassed => "onsite_passed",
            Self::Graduated => "graduated",
            Self::NotGraduated => "not_graduated",
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
        self.reviewed_at().is_none() && self != Self::Approved && !self.is_submitted()
    }

    /// Z1 to Z4: the application is with the offices for good, and nothing of it is the candidate's to change.
    pub fn is_submitted(self) -> bool {
        matches!(self, Self::Submitted | Self::OnsitePassed | Self::Graduated | Self::NotGraduated)
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

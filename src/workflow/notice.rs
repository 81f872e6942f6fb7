//! PURE. Who is told what: events of a transition become names of notices.
//!
//! The words are in `dialogs/notices.toml` under the same names. Only what happened *elsewhere* (an office, the
//! population source, the camera page) is pushed: what the person did in the chat is answered there.

use super::{case::Stage, command::Event, reminder};
use crate::inbound::Level;

/// One push to plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Planned {
    /// The name in `notices.toml`.
    pub name: &'static str,
    /// Worth a template message when no window is open.
    pub important: bool,
}

/// To whoever held a candidate that an office has freed: no event of a case, which stays as it is.
pub const UNBOUND: Planned = Planned { name: "unbound", important: true };

/// To whoever was with an agent that has ended the session.
pub const PEOPLE_LEFT: Planned = Planned { name: "people_left", important: false };

/// To whoever left a message that an office has answered.
pub const INQUIRY_ANSWERED: Planned = Planned { name: "inquiry_answered", important: true };

/// To whoever asked to have pictures deleted, once none is kept.
pub const PHOTOS_DELETED: Planned = Planned { name: "photos_deleted", important: true };

/// To whoever asked for that, when an office has settled it otherwise.
pub const DELETION_ANSWERED: Planned = Planned { name: "deletion_answered", important: true };

/// To whoever took a first picture on the camera page: it waits there, and may be handed in from the chat, too.
pub const PORTRAIT_RECEIVED: Planned = Planned { name: "portrait_received", important: false };

/// Every notice there is, with the stages that a case may stand at when it is sent; `check` demands words for each, and
/// that the words it offers are understood there.
pub const NOTICES: [(&str, &[Stage]); 37] = [
    ("population_matched", &[Stage::DataToConfirm]),
    ("population_mismatched", &[Stage::DocumentsWanted]),
    ("population_unavailable", &[Stage::Verifying]),
    ("prediction_passed", &[Stage::PlaceWanted, Stage::PhoneWanted, Stage::Ready]),
    ("prediction_failed", &[Stage::PredictionFailed]),
    ("prediction_impossible", &[Stage::Entered]),
    ("page_opened", &[Stage::DataToReconfirm]),
    ("portrait_received", &[Stage::Captured]),
    ("portrait_submitted", &[Stage::PortraitAtCity]),
    ("documents_passed_city", &[Stage::DocumentsAtProvince]),
    ("documents_approved", &[Stage::DocumentsApproved]),
    ("documents_rejected", &[Stage::DocumentsRejected]),
    ("portrait_approved", &[Stage::Approved]),
    ("portrait_approved_late", &[Stage::Approved]),
    ("portrait_rejected", &[Stage::PortraitRejected]),
    ("portrait_finished", &[Stage::DocumentsWanted]),
    ("bundle_submitted", &[Stage::BundleAtCity]),
    ("bundle_passed_city", &[Stage::BundleAtProvince]),
    ("bundle_approved", &[Stage::Approved]),
    ("bundle_approved_late", &[Stage::Approved]),
    ("bundle_rejected", &[Stage::BundleRejected]),
    ("application_submitted", &[Stage::Submitted]),
    ("onsite_passed", &[Stage::OnsitePassed]),
    ("onsite_papers", &[Stage::Submitted]),
    ("onsite_absent", &[Stage::Submitted]),
    ("graduated", &[Stage::Graduated]),
    ("not_graduated", &[Stage::NotGraduated]),
    ("onsite_soon", &[Stage::Submitted]),
    ("window_opens", &[]),
    ("window_closes", &reminder::MISSING),
    ("apply_waits", &[Stage::Approved]),
    ("reviews_late", &[]),
    ("unbound", &[]),
    ("people_left", &[]),
    ("inquiry_answered", &[]),
    ("photos_deleted", &[]),
    ("deletion_answered", &[]),
];

/// The names of all notices.
pub fn names() -> impl Iterator<Item = &'static str> {
    NOTICES.iter().map(|(name, _)| *name)
}

/// The notice of an event that happened outside the chat, if anybody is to be told.
pub fn plan(event: &Event) -> Option<Planned> {
    let (name, important) = match event {
        Event::PopulationMatched => ("population_matched", true),
        Event::PopulationMismatched => ("population_mismatched", true),
        Event::PopulationUnavailable => ("population_unavailable", false),
        Event::PredictionPassed => ("prediction_passed", true),
        Event::PredictionFailed => ("prediction_failed", true),
        Event::PredictionImpossible => ("prediction_impossible", true),
        Event::PageOpened => ("page_opened", false),
        Event::PortraitSubmitted => ("portrait_submitted", false),
        Event::DocumentsApproved(Level::City) => ("documents_passed_city", true),
        Event::DocumentsApproved(Level::Province) => ("documents_approved", true),
        Event::DocumentsRejected(_) => ("documents_rejected", true),
        Event::PortraitApproved { late: false } => ("portrait_approved", true),
        Event::PortraitApproved { late: true } => ("portrait_approved_late", true),
        Event::PortraitRejected => ("portrait_rejected", true),
        Event::PortraitFinished => ("portrait_finished", false),
        Event::BundleSubmitted => ("bundle_submitted", false),
        Event::BundlePassedCity => ("bundle_passed_city", true),
        Event::BundleApproved { late: false } => ("bundle_approved", true),
        Event::BundleApproved { late: true } => ("bundle_approved_late", true),
        Event::BundleRejected => ("bundle_rejected", true),
        Event::ApplicationSubmitted => ("application_submitted", true),
        Event::OnsitePassed => ("onsite_passed", true),
        Event::OnsitePapersMissing => ("onsite_papers", true),
        Event::OnsiteAbsent => ("onsite_absent", true),
        Event::Graduated => ("graduated", true),
        Event::NotGraduated => ("not_graduated", true),
        Event::VerificationWanted
        | Event::CodeWanted
        | Event::CodeEnded
        | Event::DocumentsSubmitted
        | Event::PhotosDropped
        | Event::DecisionTakenBack => return None,
    };
    Some(Planned { name, important })
}

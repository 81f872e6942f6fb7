//! PURE. Who is told what: events of a transition become names of notices.
//!
//! The words are in `dialogs/notices.toml` under the same names. Only what happened *elsewhere* (an office, the
//! population source, the camera page) is pushed: what the person did in the chat is answered there.

use super::command::Event;
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

/// Every notice there is; `check` demands words for each.
pub const NOTICES: [&str; 16] = [
    "population_matched",
    "population_mismatched",
    "population_unavailable",
    "prediction_passed",
    "prediction_failed",
    "prediction_impossible",
    "page_opened",
    "portrait_submitted",
    "documents_passed_city",
    "documents_approved",
    "documents_rejected",
    "portrait_approved",
    "portrait_approved_late",
    "portrait_rejected",
    "application_submitted",
    "unbound",
];

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
        Event::ApplicationSubmitted => ("application_submitted", true),
        Event::VerificationWanted
        | Event::CodeWanted
        | Event::CodeEnded
        | Event::DocumentsSubmitted
        | Event::PhotosDropped => return None,
    };
    Some(Planned { name, important })
}

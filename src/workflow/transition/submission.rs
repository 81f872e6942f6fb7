//! What a candidate submits to the offices: document photos, the portrait, or both as one bundle.

use std::collections::BTreeMap;

use super::{
    super::{
        case::{Case, Round, Stage},
        command::{Event, Moment, Refusal},
    },
    DOCUMENT_SLOTS, Moved, bundle, first, moved, opened, to,
};
use crate::{
    inbound::{Part, PhotoSlot, PhotoSource, StoredPhoto},
    validation::document_type::Track,
};

/// A2 and B8: exactly three photos (AMB-24), after a rejection at least one of them a new one (AMB-3).
pub(super) fn submit_documents(case: &Case, now: Moment) -> Moved {
    if case.stage != Stage::DocumentsWanted {
        return Err(first(case));
    }
    opened(now)?;
    if DOCUMENT_SLOTS.iter().any(|slot| !case.documents.contains_key(slot)) {
        return Err(Refusal::PhotosMissing);
    }
    if !case.documents_changed {
        return Err(Refusal::NothingReplaced);
    }
    if case.track == Track::NonId {
        return moved(bundle::submit(case, now), vec![Event::BundleSubmitted]);
    }
    let mut case = with_round(case, Part::Documents, case.documents.clone(), now);
    case.stage = Stage::DocumentsAtCity;
    moved(case, vec![Event::DocumentsSubmitted])
}

/// A12 and B7: 「我已摄像完成，下一步」.
pub(super) fn finish(case: &Case, now: Moment) -> Moved {
    match case.stage {
        _ if is_captured(case) => {}
        // Whether the second confirmation came before the new code, nobody can tell: it comes once more.
        Stage::ScanAwaited if case.portrait_early => {
            return to(case, Stage::DataToReconfirm, vec![Event::CodeEnded]);
        }
        stage if stage.takes_portrait() && !case.portrait_early => {
            return Err(Refusal::NoPortrait);
        }
        _ => return Err(first(case)),
    }
    opened(now)?;
    let case = &Case { portrait_early: false, ..case.clone() };
    if case.track == Track::NonId {
        return bundle::finish(case, now);
    }
    let mut case = with_round(case, Part::Portrait, portrait(case).collect(), now);
    case.stage = Stage::PortraitAtCity;
    moved(case, vec![Event::PortraitSubmitted, Event::CodeEnded])
}

/// Whether a portrait waits to be submitted and nothing else is wanted for that. A new code may be under way meanwhile:
/// what the page took, it took after the second confirmation.
pub fn is_captured(case: &Case) -> bool {
    let source = case.portrait.as_ref().map(|photo| photo.source);
    let by_page = matches!(source, Some(PhotoSource::CameraPage | PhotoSource::PageFile));
    case.stage == Stage::Captured || (case.stage.takes_portrait() && case.portrait_early && by_page)
}

pub(super) fn portrait(case: &Case) -> impl Iterator<Item = (PhotoSlot, StoredPhoto)> + use<> {
    case.portrait.clone().map(|photo| (PhotoSlot::Portrait, photo)).into_iter()
}

/// Every submission is a round of its own; earlier ones stay readable (procedure §5).
pub(super) fn with_round(
    case: &Case,
    part: Part,
    photos: BTreeMap<PhotoSlot, StoredPhoto>,
    now: Moment,
) -> Case {
    let mut case = case.clone();
    case.round += 1;
    case.documents_changed &= !part.includes(Part::Documents);
    let (number, decisions) = (case.round, vec![]);
    case.rounds.push(Round { number, part, photos, submitted_at: now.at, decisions, withdrawn: false });
    case
}

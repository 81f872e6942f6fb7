//! The second track: portrait and document photos go to both levels as one bundle, with a verdict per part (AMB-5).
//!
//! What a rejection does not name stands: it goes into the next bundle as it is. What it names is done again, the
//! portrait by the whole chain (AMB-4), the document photos with at least one of them replaced (AMB-3).

use super::{
    super::{
        case::{Case, Stage},
        command::{Event, Moment},
    },
    DOCUMENT_SLOTS, Moved, moved, submission, to,
};
use crate::{inbound::Part, validation::document_type::Track};

/// B9: the bundle of everything there is, as a round of its own.
pub(super) fn submit(case: &Case, now: Moment) -> Case {
    let photos = case.documents.clone().into_iter().chain(submission::portrait(case)).collect();
    Case { stage: Stage::BundleAtCity, ..submission::with_round(case, Part::Both, photos, now) }
}

/// B7 leads to the document photos, and past them when only the portrait had to be taken again.
pub(super) fn finish(case: &Case, now: Moment) -> Moved {
    if documents_follow(case) {
        return to(case, Stage::DocumentsWanted, vec![Event::PortraitFinished, Event::CodeEnded]);
    }
    moved(submit(case, now), vec![Event::BundleSubmitted, Event::CodeEnded])
}

/// Whether the document photos are to come after the portrait: not when the office was content with those it has.
pub fn documents_follow(case: &Case) -> bool {
    let whole = DOCUMENT_SLOTS.iter().all(|slot| case.documents.contains_key(slot));
    case.track == Track::NonId && !(whole && stands(case, Part::Documents))
}

/// B11-: to the part that the opinion is about; both are done again from the start.
pub(super) fn next(case: &Case) -> Moved {
    let stage = if may_retake(case) { Stage::DataToConfirm } else { Stage::DocumentsWanted };
    to(case, stage, vec![])
}

/// Whether the portrait may be taken again, beside the documents or after a rejection: not when the office was content
/// with it.
pub fn may_retake(case: &Case) -> bool {
    let here = matches!(case.stage, Stage::DocumentsWanted | Stage::BundleRejected);
    here && case.track == Track::NonId && !stands(case, Part::Portrait)
}

/// Whether the office that sent the bundle back found nothing wrong with this part.
fn stands(case: &Case, part: Part) -> bool {
    case.last_decision().is_some_and(|decided| decided.rejected.is_some() && decided.passes(part))
}

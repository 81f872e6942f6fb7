//! A reviewer's decision on what was submitted: whose turn it is, what an opinion must be, where the case goes.

use super::{
    super::{
        case::{Case, Decided, Rejected, Stage},
        command::{Event, Moment, Refusal},
    },
    Moved, moved,
};
use crate::inbound::{Decision, Level, Part, ReviewAct};

/// The shortest opinion of a rejection, in characters (procedure §5).
const OPINION_MIN: usize = 4;
/// The longest: in Chinese, with the words around it, it still fits one message of the platform's, 2,047 bytes.
const OPINION_MAX: usize = 500;

/// One action moves exactly one stage; a second one on the same round is refused (procedure §5).
pub(super) fn review(case: &Case, act: ReviewAct, now: Moment) -> Moved {
    let submitted = match (case.stage.reviewed_at(), case.rounds.last()) {
        _ if act.round != case.round => return Err(Refusal::StaleRound),
        (Some(level), Some(round)) if level == act.level => round.part,
        (Some(_), _) => return Err(Refusal::WrongLevel),
        (None, _) => return Err(Refusal::StaleRound),
    };
    let rejected = match act.decision {
        Decision::Approve => None,
        Decision::Reject { part, opinion } => Some(judged(submitted, part, &opinion)?),
    };
    let passed = rejected.is_none();
    let mut case = case.clone();
    if let Some(round) = case.rounds.last_mut() {
        round.decisions.push(Decided { level: act.level, staff: act.staff, at: now.at, rejected });
    }
    let event = decide(&mut case, act.level, passed, now);
    moved(case, vec![event])
}

fn judged(submitted: Part, part: Part, opinion: &str) -> Result<Rejected, Refusal> {
    let opinion = opinion.trim();
    match opinion.chars().count() {
        ..OPINION_MIN => return Err(Refusal::OpinionMissing),
        OPINION_MIN..=OPINION_MAX => {}
        _ => return Err(Refusal::OpinionTooLong),
    }
    if !submitted.includes(part) {
        return Err(Refusal::WrongPart);
    }
    Ok(Rejected { part, opinion: opinion.to_owned() })
}

/// City first; a city rejection never reaches the province (AMB-2). The portrait alone needs the city only.
fn decide(case: &mut Case, level: Level, passed: bool, now: Moment) -> Event {
    let (stage, event) = match (case.stage, passed) {
        (Stage::PortraitAtCity, true) => {
            case.portrait_ok = true;
            (Stage::Approved, Event::PortraitApproved { late: now.is_late() })
        }
        (Stage::PortraitAtCity, false) => (Stage::PortraitRejected, Event::PortraitRejected),
        (Stage::BundleAtCity, true) => (Stage::BundleAtProvince, Event::BundlePassedCity),
        (Stage::BundleAtProvince, true) => {
            (case.portrait_ok, case.documents_ok) = (true, true);
            (Stage::Approved, Event::BundleApproved { late: now.is_late() })
        }
        (Stage::BundleAtCity | Stage::BundleAtProvince, false) => {
            (Stage::BundleRejected, Event::BundleRejected)
        }
        (Stage::DocumentsAtCity, true) => (Stage::DocumentsAtProvince, Event::DocumentsApproved(level)),
        (_, true) => {
            case.documents_ok = true;
            (Stage::DocumentsApproved, Event::DocumentsApproved(level))
        }
        (_, false) => (Stage::DocumentsRejected, Event::DocumentsRejected(level)),
    };
    case.stage = stage;
    event
}

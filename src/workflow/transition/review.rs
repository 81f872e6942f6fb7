//! A reviewer's decision on what was submitted: whose turn it is, what an opinion must be, where the case goes.

use super::{
    super::{
        case::{Case, Decided, Rejected, Revocable, Stage},
        command::{Event, Moment, Refusal},
        reason::{self, Reason},
    },
    Moved, moved,
};
use crate::inbound::{Decision, Level, Part, ReviewAct, TakeBackAct};

/// The shortest opinion of a rejection, in characters (procedure §5).
const OPINION_MIN: usize = 4;
/// The longest: in Chinese, with the words around it, it still fits one message of the platform's, 2,047 bytes.
const OPINION_MAX: usize = 500;

/// One action moves exactly one stage; a second one on the same round is refused (procedure §5).
pub(super) fn review(case: &Case, act: ReviewAct, revocable: Revocable, now: Moment) -> Moved {
    let submitted = match (case.stage.reviewed_at(), case.rounds.last()) {
        _ if act.round != case.round => return Err(Refusal::StaleRound),
        (Some(level), Some(round)) if level == act.level => round.part,
        (Some(_), _) => return Err(Refusal::WrongLevel),
        (None, _) => return Err(Refusal::StaleRound),
    };
    let rejected = match act.decision {
        Decision::Approve => None,
        Decision::Reject { part, reasons, opinion } => Some(judged(submitted, part, &reasons, &opinion)?),
    };
    let passed = rejected.is_none();
    let mut case = case.clone();
    if let Some(round) = case.rounds.last_mut() {
        let (level, staff) = (act.level, act.staff);
        round.decisions.push(Decided { level, staff, at: now.at, rejected, revocable });
    }
    let event = decide(&mut case, act.level, passed, now);
    moved(case, vec![event])
}

/// The case as it was before its last decision, as long as nobody has been told of that and nothing came after it.
pub(super) fn take_back(case: &Case, act: &TakeBackAct, session: i64, now: Moment) -> Moved {
    let Some(round) = case.rounds.last().filter(|round| !round.withdrawn) else {
        return Err(Refusal::NothingDecided);
    };
    let Some(decided) = round.decisions.last() else { return Err(Refusal::NothingDecided) };
    let revocable = &decided.revocable;
    if act.version != case.version || revocable.case != case.version {
        return Err(Refusal::MovedOn);
    }
    if act.staff != decided.staff {
        return Err(Refusal::NotYours);
    }
    if now.at >= revocable.until {
        return Err(Refusal::TooLate);
    }
    if session != revocable.session {
        return Err(Refusal::Answered);
    }
    let mut before = Case { stage: awaiting(round.part, decided.level), ..case.clone() };
    if decided.rejected.is_none() && is_last(round.part, decided.level) {
        before.portrait_ok &= !round.part.includes(Part::Portrait);
        before.documents_ok &= !round.part.includes(Part::Documents);
    }
    if let Some(round) = before.rounds.last_mut() {
        round.decisions.pop();
    }
    moved(before, vec![Event::DecisionTakenBack])
}

/// Where a submission waits for a level.
fn awaiting(submitted: Part, level: Level) -> Stage {
    match (submitted, level) {
        (Part::Portrait, _) => Stage::PortraitAtCity,
        (Part::Documents, Level::City) => Stage::DocumentsAtCity,
        (Part::Documents, Level::Province) => Stage::DocumentsAtProvince,
        (Part::Both, Level::City) => Stage::BundleAtCity,
        (Part::Both, Level::Province) => Stage::BundleAtProvince,
    }
}

/// Whether no office comes after this one: the portrait alone is the city's.
fn is_last(submitted: Part, level: Level) -> bool {
    submitted == Part::Portrait || level == Level::Province
}

fn judged(submitted: Part, part: Part, reasons: &[Reason], opinion: &str) -> Result<Rejected, Refusal> {
    let reasons = reason::sorted(reasons);
    let opinion = worded(&reason::opinion(&reasons, opinion))?;
    if !submitted.includes(part) {
        return Err(Refusal::WrongPart);
    }
    if !reasons.iter().all(|reason| part.includes(reason.part())) {
        return Err(Refusal::WrongReason);
    }
    Ok(Rejected { part, reasons, opinion })
}

/// What an office tells a candidate word for word: not too little to act on, not too long for a phone.
pub(super) fn worded(opinion: &str) -> Result<String, Refusal> {
    let opinion = opinion.trim();
    match opinion.chars().count() {
        ..OPINION_MIN => Err(Refusal::OpinionMissing),
        OPINION_MIN..=OPINION_MAX => Ok(opinion.to_owned()),
        _ => Err(Refusal::OpinionTooLong),
    }
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

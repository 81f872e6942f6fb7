//! After Z1: what an office writes down on site (Z2), and what the province office concludes (Z3, Z4).
//!
//! A record stands until the next step: the office that wrote it may write another, the province its conclusion. Every
//! line stays. Nothing is done to a case that its writer has not seen: the version they looked at must be the present one.

use super::{
    super::{
        case::{Case, Concluded, OnsiteDay, OnsiteRecord, Stage},
        command::{Event, Moment, Refusal},
    },
    Moved, moved, review,
};
use crate::inbound::{ConcludeAct, Conclusion, Onsite, OnsiteAct};

/// How the check went on a day of the place's.
pub(super) fn record(case: &Case, act: OnsiteAct, day: OnsiteDay, now: Moment) -> Moved {
    match case.stage {
        Stage::Submitted | Stage::OnsitePassed => {}
        Stage::Graduated | Stage::NotGraduated => return Err(Refusal::Concluded),
        _ => return Err(Refusal::NotSubmitted),
    }
    if act.version != case.version {
        return Err(Refusal::MovedOn);
    }
    let outcome = match act.outcome {
        Onsite::Papers(missing) => Onsite::Papers(review::worded(&missing)?),
        outcome => outcome,
    };
    let passed_already = case.stage == Stage::OnsitePassed && outcome == Onsite::Passed;
    let says_so = |last: &OnsiteRecord| last.day == day.date && last.outcome == outcome;
    if passed_already || case.onsite.last().is_some_and(says_so) {
        return Err(Refusal::SameRecord);
    }
    let (stage, event) = match outcome {
        Onsite::Passed => (Stage::OnsitePassed, Event::OnsitePassed),
        Onsite::Papers(_) => (Stage::Submitted, Event::OnsitePapersMissing),
        Onsite::Absent => (Stage::Submitted, Event::OnsiteAbsent),
    };
    let mut case = Case { stage, ..case.clone() };
    case.onsite.push(OnsiteRecord {
        day: day.date,
        is_last: day.is_last,
        outcome,
        staff: act.staff,
        at: now.at,
    });
    moved(case, vec![event])
}

/// 毕业审核通过 or 不通过.
pub(super) fn conclude(case: &Case, act: ConcludeAct, now: Moment) -> Moved {
    match case.stage {
        Stage::OnsitePassed | Stage::Graduated | Stage::NotGraduated => {}
        Stage::Submitted => return Err(Refusal::OnsiteFirst),
        _ => return Err(Refusal::NotSubmitted),
    }
    if act.version != case.version {
        return Err(Refusal::MovedOn);
    }
    let conclusion = match act.conclusion {
        Conclusion::Failed(opinion) => Conclusion::Failed(review::worded(&opinion)?),
        Conclusion::Passed => Conclusion::Passed,
    };
    if case.concluded.last().is_some_and(|last| last.conclusion == conclusion) {
        return Err(Refusal::SameRecord);
    }
    let (stage, event) = match conclusion {
        Conclusion::Passed => (Stage::Graduated, Event::Graduated),
        Conclusion::Failed(_) => (Stage::NotGraduated, Event::NotGraduated),
    };
    let mut case = Case { stage, ..case.clone() };
    case.concluded.push(Concluded { conclusion, staff: act.staff, at: now.at });
    moved(case, vec![event])
}

//! The rounds of a case: what was submitted when, who decided what, and why.

use jiff::tz::TimeZone;
use serde::Serialize;

use super::photos::{path, slot_words};
use crate::{
    office::words,
    workflow::{
        case::{Case, Decided, Round},
        reason,
    },
};

/// One submission.
#[derive(Serialize)]
pub(super) struct RoundShown {
    number: u32,
    part: &'static str,
    at: String,
    is_withdrawn: bool,
    decisions: Vec<Decision>,
    photos: Vec<Link>,
}

#[derive(Serialize)]
struct Link {
    words: &'static str,
    path: String,
}

/// One office's word on it.
#[derive(Serialize)]
struct Decision {
    level: &'static str,
    staff: String,
    at: String,
    is_approved: bool,
    /// Which part was not approved.
    part: &'static str,
    reasons: String,
    opinion: String,
}

/// The newest first.
pub(super) fn rounds(case: &Case, zone: &TimeZone) -> Vec<RoundShown> {
    case.rounds.iter().rev().map(|round| shown(case, round, zone)).collect()
}

fn shown(case: &Case, round: &Round, zone: &TimeZone) -> RoundShown {
    let link =
        |slot: &_| Link { words: slot_words(*slot, case.track), path: path(case, round.number, *slot) };
    RoundShown {
        number: round.number,
        part: words::part(round.part),
        at: words::moment(round.submitted_at, zone),
        is_withdrawn: round.withdrawn,
        decisions: round.decisions.iter().map(|decided| decision(decided, zone)).collect(),
        photos: round.photos.keys().map(link).collect(),
    }
}

fn decision(decided: &Decided, zone: &TimeZone) -> Decision {
    let rejected = decided.rejected.as_ref();
    Decision {
        level: words::level(decided.level),
        staff: decided.staff.clone(),
        at: words::moment(decided.at, zone),
        is_approved: rejected.is_none(),
        part: rejected.map_or("", |rejected| words::part(rejected.part)),
        reasons: rejected.map(|rejected| reason::codes(&rejected.reasons)).unwrap_or_default(),
        opinion: rejected.map(|rejected| rejected.opinion.clone()).unwrap_or_default(),
    }
}

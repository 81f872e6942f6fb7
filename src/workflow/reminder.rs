//! PURE. Who is reminded of what, and from when until when.
//!
//! Nothing is planned ahead: [`due`] says what is due at a time, the store finds whom it is for and has not been told yet
//! of this occasion. So what an office moves, a day or the end of the window, moves its reminders, and who binds or submits
//! meanwhile is reminded of what is still to come.

use jiff::{
    ToSpan as _,
    civil::{Date, DateTime, Weekday},
    tz::TimeZone,
};

use super::{
    batch::{Batch, Window},
    case::{Case, Place as PlaceName, Stage},
    notice::Planned,
    promise,
    quiet::Quiet,
    schedule::{self, Schedule},
};
use crate::{
    inbound::Level,
    time::{Millis, at_civil},
};

/// So long before it closes, the window is closing soon: time enough for a review and a day to spare.
const CLOSING_DAYS: i64 = 2;
/// Who has come to a step so lately knows of it.
const STEP_SECONDS: i64 = 6 * 3600;
/// An approval is left to itself for so long.
const APPROVED_SECONDS: i64 = 24 * 3600;
/// Who has just written is in the middle of it.
const SILENCE_SECONDS: i64 = 3600;

/// What a reminder is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A day of the check on site is tomorrow.
    OnsiteSoon,
    /// The window has opened.
    WindowOpens,
    /// The window closes soon, and a step is missing.
    WindowCloses,
    /// All is approved, and 「申请」 was not pressed.
    ApplyWaits,
    /// Cases have waited for longer than the batch promises; to the office.
    ReviewsLate,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 5] =
        [Self::OnsiteSoon, Self::WindowOpens, Self::WindowCloses, Self::ApplyWaits, Self::ReviewsLate];

    /// The name in the database and in `notices.toml`.
    pub fn name(self) -> &'static str {
        match self {
            Self::OnsiteSoon => "onsite_soon",
            Self::WindowOpens => "window_opens",
            Self::WindowCloses => "window_closes",
            Self::ApplyWaits => "apply_waits",
            Self::ReviewsLate => "reviews_late",
        }
    }

    /// The push.
    pub fn planned(self) -> Planned {
        Planned { name: self.name(), important: true }
    }
}

/// One reminder that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// What about.
    pub kind: Kind,
    /// What tells it from others of its kind: whoever was reminded of it is not again.
    pub occasion: String,
    /// For whom.
    pub who: Who,
}

/// For whom a reminder is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// Holders of cases of the batch.
    Cases {
        /// Where these stand.
        stage: Stage,
        /// The place that they chose; `None` for any.
        place: Option<PlaceName>,
        /// They have stood there since then, or longer.
        entered: Millis,
        /// Their holders have written nothing since then.
        silent: Millis,
        /// Not those who were told this since they stand there.
        unless: Option<Kind>,
    },
    /// Who bound a candidate before then, has written nothing since, and has submitted nothing in the batch.
    Bound(Millis),
    /// Offices of this level with cases that have stood before them since then, or longer.
    Offices(Level, Millis),
}

/// What all reminders depend on.
#[derive(Debug, Clone, Copy)]
pub struct Calendar<'c> {
    /// The present batch.
    pub batch: &'c Batch,
    /// Its places.
    pub schedule: &'c Schedule,
    /// When nobody is reminded.
    pub quiet: Quiet,
    /// Where dates are read.
    pub zone: &'c TimeZone,
}

/// Where a case waits for its candidate while the window is open. Not where only others can go on, where the record must
/// be corrected first or where the prediction said no: that cannot be made good in two days.
pub const MISSING: [Stage; 17] = [
    Stage::Entered,
    Stage::PlaceWanted,
    Stage::PhoneWanted,
    Stage::Ready,
    Stage::DocumentsWanted,
    Stage::DocumentsApproved,
    Stage::DocumentsRejected,
    Stage::DataToConfirm,
    Stage::StandardToRead,
    Stage::ScanAwaited,
    Stage::DataToReconfirm,
    Stage::StandardToReread,
    Stage::Capturing,
    Stage::Captured,
    Stage::PortraitRejected,
    Stage::BundleRejected,
    Stage::Approved,
];

/// Everything that is due at a time, in an order in which nobody is told twice of the same step.
pub fn due(calendar: &Calendar<'_>, now: Millis) -> Vec<Due> {
    let local = now.civil(calendar.zone);
    if calendar.quiet.is_quiet(local) {
        return Vec::new();
    }
    let mut due = onsite(calendar, local, now);
    if calendar.batch.window(local) == Window::Open {
        due.extend(in_window(calendar, local, now));
    }
    due.extend(late(calendar, local, now));
    due
}

/// From the eve of each day until its office hours end.
fn onsite(calendar: &Calendar<'_>, local: DateTime, now: Millis) -> Vec<Due> {
    let mut due = Vec::new();
    for place in &calendar.schedule.places {
        for day in &place.days {
            let Some(eve) = schedule::eve(*day).filter(|eve| *eve <= local && !place.is_over(*day, local))
            else {
                continue;
            };
            let place = Some(PlaceName { city: place.city.clone(), district: place.district.clone() });
            let entered = at_civil(eve, calendar.zone);
            let who = Who::Cases { stage: Stage::Submitted, place, entered, silent: now, unless: None };
            due.push(Due { kind: Kind::OnsiteSoon, occasion: day.to_string(), who });
        }
    }
    due
}

/// Whether the holder of a submitted case is to be told of this day of its place: it is the first one whose eve was still
/// to come when the candidate, or an office by what it wrote down, last had a reason to look at the days.
pub fn is_told_of(day: &str, case: &Case, schedule: &Schedule, zone: &TimeZone) -> bool {
    let place = case.place.as_ref().and_then(|place| schedule.place(&place.city, &place.district));
    let (Some(place), Ok(day)) = (place, day.parse::<Date>()) else { return false };
    let noted = case.onsite.last().map(|record| record.at);
    let Some(looked) = noted.max(case.submitted_at) else { return false };
    let eve = schedule::eve(day);
    eve.is_some() && place.reminder(looked.civil(zone)) == eve
}

fn in_window(calendar: &Calendar<'_>, local: DateTime, now: Millis) -> Vec<Due> {
    let batch = calendar.batch;
    let of = |kind, who| Due { kind, occasion: batch.id.clone(), who };
    let silent = now.minus_seconds(SILENCE_SECONDS);
    let closing = batch.closes.saturating_sub(CLOSING_DAYS.days());
    let mut due = Vec::new();
    if local < closing {
        due.push(of(Kind::WindowOpens, Who::Bound(at_civil(batch.opens, calendar.zone))));
    } else {
        let entered = now.minus_seconds(STEP_SECONDS);
        due.extend(MISSING.map(|stage| {
            of(Kind::WindowCloses, Who::Cases { stage, place: None, entered, silent, unless: None })
        }));
    }
    let (stage, entered) = (Stage::Approved, now.minus_seconds(APPROVED_SECONDS));
    let unless = Some(Kind::WindowCloses);
    due.push(of(Kind::ApplyWaits, Who::Cases { stage, place: None, entered, silent, unless }));
    due
}

/// Once a working day, at nine.
fn late(calendar: &Calendar<'_>, local: DateTime, now: Millis) -> Vec<Due> {
    let is_off = matches!(local.weekday(), Weekday::Saturday | Weekday::Sunday);
    if is_off || local.time() < schedule::REMINDED_AT {
        return Vec::new();
    }
    let Some(since) = promise::kept_since(calendar.batch, now, calendar.zone) else { return Vec::new() };
    let of = |level| Due {
        kind: Kind::ReviewsLate,
        occasion: local.date().to_string(),
        who: Who::Offices(level, since),
    };
    vec![of(Level::City), of(Level::Province)]
}

#[cfg(test)]
mod tests;

//! What comes after the rounds: the records of the check on site and the province's conclusions.

use jiff::tz::TimeZone;
use serde::Serialize;

use crate::{
    inbound::{Conclusion, Onsite},
    office::words,
    time::date_with_weekday,
    workflow::case::{Case, Concluded, OnsiteRecord},
};

/// One record.
#[derive(Serialize)]
pub(super) struct End {
    /// How it looks: `well`, `warn` or `stop`.
    class: &'static str,
    words: &'static str,
    /// The day on site; none of a conclusion.
    day: Option<String>,
    /// What is missing, or why not, as the candidate read it.
    text: Option<String>,
    staff: String,
    at: String,
}

/// The records of the check on site, the newest first.
pub(super) fn onsite(case: &Case, zone: &TimeZone) -> Vec<End> {
    case.onsite.iter().rev().map(|record| recorded(record, zone)).collect()
}

/// The conclusions, the newest first: it corrects those before.
pub(super) fn concluded(case: &Case, zone: &TimeZone) -> Vec<End> {
    case.concluded.iter().rev().map(|concluded| said(concluded, zone)).collect()
}

fn recorded(record: &OnsiteRecord, zone: &TimeZone) -> End {
    let (class, words, text) = match &record.outcome {
        Onsite::Passed => ("well", "初审通过", None),
        Onsite::Papers(missing) => ("warn", "需补材料", Some(missing.clone())),
        Onsite::Absent => ("stop", "未到", None),
    };
    let day = Some(date_with_weekday(record.day));
    End { class, words, day, text, staff: record.staff.clone(), at: words::moment(record.at, zone) }
}

fn said(concluded: &Concluded, zone: &TimeZone) -> End {
    let (class, words, text) = match &concluded.conclusion {
        Conclusion::Passed => ("well", "毕业审核通过", None),
        Conclusion::Failed(opinion) => ("stop", "毕业审核不通过", Some(opinion.clone())),
    };
    let (staff, at) = (concluded.staff.clone(), words::moment(concluded.at, zone));
    End { class, words, day: None, text, staff, at }
}

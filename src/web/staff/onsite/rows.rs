//! A line of a day's list: who comes, with what, and what was written down.

use jiff::civil::Date;
use serde::Serialize;

use crate::{
    inbound::Onsite,
    mask,
    office::{
        onsite::{Appointment, Bring},
        words as office,
    },
    time::date_with_weekday,
    workflow::case::{Case, Stage},
};

/// One person of the list.
#[derive(Serialize)]
pub(super) struct Row {
    /// Eight digits, and as people say them.
    pub(super) number: String,
    pub(super) shown: String,
    /// What the record is of.
    pub(super) version: i64,
    pub(super) name: String,
    pub(super) exam_no: String,
    /// Type and number, the middle masked: the ends are compared with the document on the counter.
    pub(super) document: String,
    pub(super) bring: Vec<String>,
    /// What was written down last.
    pub(super) state: Option<State>,
    pub(super) standing: Standing,
    /// What is missing, as typed and not stored.
    pub(super) typed: String,
    /// What has just been done is here.
    pub(super) is_last: bool,
}

/// What can be written down.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Standing {
    /// Everything.
    Awaited,
    /// The check is passed: what corrects that.
    Passed,
    /// Nothing: the province has had its last word.
    Concluded,
    /// Nothing: nobody holds the candidate, so that nobody can be told.
    Unbound,
}

/// A record as words.
#[derive(Serialize)]
pub(super) struct State {
    /// A class of `.tag`.
    pub(super) class: &'static str,
    pub(super) words: &'static str,
    pub(super) missing: Option<String>,
    /// The day, when it is of another.
    pub(super) day: Option<String>,
}

impl Row {
    pub(super) fn of(appointment: &Appointment, day: Date) -> Self {
        let case = &appointment.case;
        let candidate = appointment.candidate.as_deref();
        Self {
            number: case.number.clone(),
            shown: office::number(&case.number),
            version: case.version,
            name: candidate.map_or_else(|| "没有绑定微信".to_owned(), |candidate| candidate.name.clone()),
            exam_no: case.exam_no.clone(),
            document: candidate
                .map(|candidate| {
                    let number = mask::document_for_owner(candidate.document_type, &candidate.document_no);
                    format!("{} {number}", candidate.document_type.label())
                })
                .unwrap_or_default(),
            bring: appointment.bring.map(bring).unwrap_or_default(),
            state: state(case, day),
            standing: match case.stage {
                Stage::Graduated | Stage::NotGraduated => Standing::Concluded,
                _ if candidate.is_none() => Standing::Unbound,
                Stage::OnsitePassed => Standing::Passed,
                _ => Standing::Awaited,
            },
            typed: String::new(),
            is_last: false,
        }
    }
}

fn bring(bring: Bring) -> Vec<String> {
    let mut things =
        vec![format!("{}原件和复印件", bring.document), format!("毕业生登记表 {} 份", bring.forms)];
    if bring.prior_credential {
        things.push("前置学历证书原件和复印件".to_owned());
    }
    things
}

fn state(case: &Case, day: Date) -> Option<State> {
    let record = case.onsite.last()?;
    let (class, words, missing) = match &record.outcome {
        Onsite::Passed => ("well", office::stage(case.stage), None),
        Onsite::Papers(missing) => ("warn", "需补材料", Some(missing.clone())),
        Onsite::Absent => ("stop", "未到", None),
    };
    let day = (record.day != day).then(|| date_with_weekday(record.day));
    Some(State { class, words, missing, day })
}

/// How the day stands.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Counts {
    pub(super) all: usize,
    pub(super) passed: usize,
    pub(super) papers: usize,
    pub(super) absent: usize,
    /// Nothing is written down of that day.
    pub(super) left: usize,
}

impl Counts {
    pub(super) fn of(people: &[Appointment], day: Date) -> Self {
        let mut counts = Self { all: people.len(), ..Self::default() };
        for one in people {
            *match outcome(&one.case, day) {
                Some(Onsite::Passed) => &mut counts.passed,
                Some(Onsite::Papers(_)) => &mut counts.papers,
                Some(Onsite::Absent) => &mut counts.absent,
                None => &mut counts.left,
            } += 1;
        }
        counts
    }
}

/// What the last record of a day says.
pub(super) fn outcome(case: &Case, day: Date) -> Option<&Onsite> {
    case.onsite.iter().rev().find(|record| record.day == day).map(|record| &record.outcome)
}

#[cfg(test)]
impl Row {
    /// Somebody with a record.
    pub(super) fn sample() -> Self {
        let state = State {
            class: "warn",
            words: "需补材料",
            missing: Some("<样例>".into()),
            day: Some("6月15日（周一）".into()),
        };
        Self {
            number: "12345678".into(),
            shown: "1234-5678".into(),
            version: 7,
            name: "<样例>".into(),
            exam_no: "010112345678".into(),
            document: "身份证 440103********0037".into(),
            bring: vec!["毕业生登记表 2 份".into()],
            state: Some(state),
            standing: Standing::Awaited,
            typed: "<样例>".into(),
            is_last: true,
        }
    }
}

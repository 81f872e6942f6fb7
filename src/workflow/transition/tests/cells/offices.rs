//! What the offices do besides deciding.

use jiff::civil::Date;

use super::{Cell, LATE, NOON, SESSION, when};
use crate::{
    inbound::{ConcludeAct, Conclusion, Onsite, OnsiteAct, TakeBackAct},
    workflow::{
        case::{Case, OnsiteDay, OnsiteRecord},
        command::Command,
    },
};

/// A decision taken back: by whom, when, and whether nothing came after it.
pub(super) fn taken_back() -> Vec<Cell> {
    let by = |staff: &'static str, back: i64, session: i64| {
        move |case: &Case| {
            Command::TakeBack(TakeBackAct { staff: staff.into(), version: case.version - back }, session)
        }
    };
    let reviewer = || by("reviewer", 0, SESSION);
    let mut cells = vec![
        when("take_back", reviewer()),
        when("take_back by another", by("another", 0, SESSION)),
        when("take_back of an earlier version", by("reviewer", 1, SESSION)),
        when("take_back once answered", by("reviewer", 0, SESSION + 1)),
        Cell { seconds: 9, ..when("take_back after 9 seconds", reviewer()) },
        Cell { seconds: 10, ..when("take_back after 10 seconds", reviewer()) },
    ];
    let late = |(name, window)| when(format!("take_back ({name})"), reviewer()).at(window);
    cells.extend(LATE.map(late));
    cells
}

/// What comes after the submission; on site the window does not matter.
pub(super) fn on_site() -> Vec<Cell> {
    let papers = |missing: &str| Onsite::Papers(missing.into());
    let failed = |opinion: &str| Conclusion::Failed(opinion.into());
    let mut cells = vec![
        recorded("record_onsite passed", 0, Onsite::Passed),
        recorded("record_onsite papers", 0, papers(" 登记表没有盖章 ")),
        recorded("record_onsite papers with 3 characters", 0, papers("登记表 ")),
        recorded("record_onsite papers with 501 characters", 0, papers(&"长".repeat(501))),
        recorded("record_onsite absent", 0, Onsite::Absent),
        recorded("record_onsite an earlier version", 1, Onsite::Absent),
        recorded("record_onsite absent again", 0, Onsite::Absent).given(|case| {
            let (staff, at) = ("office".into(), NOON.at);
            case.onsite.push(OnsiteRecord {
                day: DAY.date,
                is_last: false,
                outcome: Onsite::Absent,
                staff,
                at,
            });
        }),
        concluded("conclude passed", 0, Conclusion::Passed),
        concluded("conclude failed", 0, failed("缺少一门实践考核")),
        concluded("conclude failed with 3 characters", 0, failed("不通过")),
        concluded("conclude an earlier version", 1, Conclusion::Passed),
    ];
    for (name, window) in LATE {
        cells.push(recorded(&format!("record_onsite passed ({name})"), 0, Onsite::Passed).at(window));
        cells.push(concluded(&format!("conclude passed ({name})"), 0, Conclusion::Passed).at(window));
    }
    cells
}

/// A day of the place's.
const DAY: OnsiteDay = OnsiteDay { date: Date::constant(2026, 6, 15), is_last: false };

fn recorded(name: &str, back: i64, outcome: Onsite) -> Cell {
    when(name, move |case| {
        let (staff, version) = ("office".into(), case.version - back);
        Command::RecordOnsite(OnsiteAct { staff, version, outcome: outcome.clone() }, DAY)
    })
}

fn concluded(name: &str, back: i64, conclusion: Conclusion) -> Cell {
    when(name, move |case| {
        let (staff, version) = ("province".into(), case.version - back);
        Command::Conclude(ConcludeAct { staff, version, conclusion: conclusion.clone() })
    })
}

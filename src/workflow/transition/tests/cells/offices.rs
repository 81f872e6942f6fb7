//! What the offices do besides deciding.

use super::{Cell, LATE, SESSION, when};
use crate::{
    inbound::TakeBackAct,
    workflow::{case::Case, command::Command},
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

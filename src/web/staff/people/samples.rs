//! Both pages with everything that they can show.

use super::{
    CaseLine, Line, PeoplePage,
    person::{Asked, PersonPage},
};
use crate::web::staff::tests::rendered;

/// Template and HTML.
pub(in crate::web::staff) fn pages() -> Vec<(&'static str, String)> {
    vec![
        people(true, vec![line(true), line(false)]),
        people(true, Vec::new()),
        people(false, Vec::new()),
        person(Some(line(true)), None),
        person(Some(line(true)), Some("unbind")),
        person(Some(line(false)), Some("unlock")),
        person(None, Some("unlock")),
        person(None, None),
    ]
}

fn line(is_known: bool) -> Line {
    let case = CaseLine {
        number: "12345678".into(),
        shown: "1234-5678".into(),
        batch: "2026-06".into(),
        place: "<样例>".into(),
        stage: "可以申请",
    };
    let known = |text: &str| if is_known { text.to_owned() } else { String::new() };
    Line {
        key: "00".into(),
        name: known("<样例>"),
        exam_no: known("01********01"),
        document_no: known("440***********0037"),
        bound_at: known("2026-06-15 09:30"),
        cases: if is_known { vec![case] } else { Vec::new() },
    }
}

fn people(has_looked: bool, found: Vec<Line>) -> (&'static str, String) {
    rendered(&PeoplePage {
        typed: "<样例>".into(),
        has_looked,
        more: !found.is_empty(),
        locked: found.is_empty().then(|| "00".to_owned()),
        may_export: has_looked,
        found,
    })
}

fn person(person: Option<Line>, asked: Option<&'static str>) -> (&'static str, String) {
    rendered(&PersonPage {
        key: "00".into(),
        person,
        is_locked: true,
        may_unbind: true,
        reason_min: 4,
        reason_max: 200,
        asked: asked.map(|act| Asked { act, reason: "<样例>".into() }),
    })
}

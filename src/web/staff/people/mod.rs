//! Finding a candidate, and what the offices may do about who holds one.
//!
//! What somebody looks for is posted, so that it stands in no address and no history; a candidate's own page is named by
//! the blind index of the number. What is shown is masked; whoever needs more opens the application.

mod person;

#[cfg(test)]
pub(super) mod samples;

use axum::{extract::State, response::Response};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::{
    desk::Desk,
    form::Form,
    frame::{self, Section, View},
    gate::SignedIn,
};
use crate::{
    office::{
        Act, LookError,
        people::{self, Person},
        words,
    },
    store::FoundCase,
    web::{Site, WebError},
};

pub(super) fn routes(desk: Desk) -> Desk {
    desk.get("/staff/people", Act::FindPeople, page)
        .post("/staff/people", Act::FindPeople, find)
        .get("/staff/people/{key}", Act::FindPeople, person::page)
        .post("/staff/people/{key}/unbind", Act::Unbind, person::unbind)
        .post("/staff/people/{key}/unlock", Act::Unbind, person::unlock)
}

#[derive(Serialize)]
pub(super) struct PeoplePage {
    typed: String,
    /// Whether somebody was looked for.
    has_looked: bool,
    found: Vec<Line>,
    /// There are more than are shown.
    more: bool,
    /// The page of a number that nobody is known to have, and that is locked.
    locked: Option<String>,
    may_export: bool,
}

impl View for PeoplePage {
    const TEMPLATE: &'static str = "staff/people.html";
    const SECTION: Section = Section::People;
}

/// A candidate with every application, masked.
#[derive(Serialize)]
struct Line {
    key: String,
    name: String,
    exam_no: String,
    document_no: String,
    /// Since when somebody is bound; empty when nobody is.
    bound_at: String,
    cases: Vec<CaseLine>,
}

/// An application.
#[derive(Serialize)]
struct CaseLine {
    /// As it stands in addresses.
    number: String,
    shown: String,
    batch: String,
    place: String,
    stage: &'static str,
}

#[derive(Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    who: String,
}

/// The empty form.
pub(super) async fn page(signed_in: SignedIn) -> Response {
    let view = PeoplePage {
        typed: String::new(),
        has_looked: false,
        found: Vec::new(),
        more: false,
        locked: None,
        may_export: signed_in.role.may(Act::Export),
    };
    frame::show(&signed_in, &view, None)
}

/// Whom the form means.
pub(super) async fn find(
    State(site): State<Site>,
    signed_in: SignedIn,
    Form(Typed { who }): Form<Typed>,
) -> Result<Response, WebError> {
    let typed = who.trim();
    if typed.is_empty() {
        return Ok(page(signed_in).await);
    }
    let (store, now) = (&site.runner.store, site.runner.clock.business());
    let people = match people::look_up(store, &signed_in.staff, typed, now).await {
        Ok(people) => people,
        Err(LookError::Role) => return Ok(frame::denied(&signed_in)),
        Err(LookError::Store(error)) => return Err(error.into()),
    };
    let number = people::exam_no(typed, now).filter(|_| people.lines.is_empty());
    let key = number.filter(|_| signed_in.role.may(Act::Unbind)).map(|number| store.exam_key(&number));
    let locked = match key {
        Some(key) if store.is_key_locked(&key).await? => Some(key),
        _ => None,
    };
    let zone = site.runner.world.load().zone.clone();
    let view = PeoplePage {
        typed: typed.to_owned(),
        has_looked: true,
        found: lines(people.lines, &zone),
        more: people.more,
        locked,
        may_export: signed_in.role.may(Act::Export),
    };
    Ok(frame::show(&signed_in, &view, None))
}

/// One line a candidate: theirs come one after the other.
fn lines(people: Vec<Person>, zone: &TimeZone) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for person in people {
        let case = person.case.as_ref().map(case_line);
        match lines.last_mut() {
            Some(line) if line.key == person.key => line.cases.extend(case),
            _ => lines.push(Line {
                key: person.key,
                name: person.name,
                exam_no: person.exam_no,
                document_no: person.document_no,
                bound_at: person.bound_at.map(|at| words::moment(at, zone)).unwrap_or_default(),
                cases: case.into_iter().collect(),
            }),
        }
    }
    lines
}

fn case_line(case: &FoundCase) -> CaseLine {
    CaseLine {
        number: case.number.clone(),
        shown: words::number(&case.number),
        batch: case.batch.clone(),
        place: words::place(case.place.as_ref()),
        stage: words::stage(case.stage),
    }
}

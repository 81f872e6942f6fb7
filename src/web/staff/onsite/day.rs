//! A place's list of a day: who comes, and what is written down of each.
//!
//! A record is of the last day that has come, 「未到」 of the last that is over; a page of another day shows and does not
//! write, so that nothing lands on a day that nobody looked at.

use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse as _, Redirect, Response},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{
    DayLink, days, declined, own,
    rows::{Counts, Row, outcome},
};
use crate::{
    inbound::Onsite,
    office::{
        Act,
        onsite::{self, Appointment, Appointments},
        refused,
    },
    time::date_with_weekday,
    web::{
        Site, WebError,
        staff::{
            address,
            form::Form,
            frame::{self, Notice, Section, View},
            gate::SignedIn,
        },
    },
};

/// Lines of a page.
const PAGE: usize = 50;

#[derive(Serialize)]
pub(in crate::web::staff) struct DayPage {
    /// The page's own address.
    here: String,
    print: String,
    place: String,
    day: String,
    hours: String,
    address: String,
    days: Vec<DayLink>,
    counts: Counts,
    /// 「初审通过」 and 「需补材料」 of this day can be written now.
    may_record: bool,
    /// 「未到」 can.
    may_be_absent: bool,
    /// Why not, where something cannot.
    why_not: Option<&'static str>,
    /// What was searched.
    q: String,
    /// Only those of whom nothing is written down.
    left: bool,
    rows: Vec<Row>,
    found: usize,
    page: usize,
    pages: usize,
    before: Option<String>,
    next: Option<String>,
}

impl View for DayPage {
    const TEMPLATE: &'static str = "staff/onsite-day.html";
    const SECTION: Section = Section::Onsite;
}

#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    left: bool,
    /// From 1 on.
    #[serde(default)]
    page: usize,
    /// The number of the application that has just been written down.
    #[serde(default)]
    done: String,
}

/// What a form says.
#[derive(Deserialize)]
pub(super) struct Given {
    case: String,
    version: i64,
    outcome: String,
    #[serde(default)]
    missing: String,
    // The list as it was, to come back to it.
    #[serde(default)]
    q: String,
    #[serde(default)]
    left: bool,
    #[serde(default)]
    page: usize,
}

pub(super) async fn page(
    State(site): State<Site>,
    signed_in: SignedIn,
    Path((place, day)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let q = Some(asked.q).filter(|q| is_number(q)).unwrap_or_default();
    shown(&site, &signed_in, (&place, &day), &Asked { q, ..asked }, None).await
}

/// What is looked for.
#[derive(Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    q: String,
    #[serde(default)]
    left: bool,
}

/// The same list, of those who are looked for: posted, so that no name and no number of a person stands in an address.
pub(super) async fn find(
    State(site): State<Site>,
    signed_in: SignedIn,
    Path((place, day)): Path<(String, String)>,
    Form(Wanted { q, left }): Form<Wanted>,
) -> Result<Response, WebError> {
    let asked = Asked { q: q.trim().to_owned(), left, ..Asked::default() };
    shown(&site, &signed_in, (&place, &day), &asked, None).await
}

/// Whether it is the number of an application, which says nothing of a person.
fn is_number(q: &str) -> bool {
    let digits = q.replace('-', "");
    digits.len() == 8 && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// What was not written down: why, of whom, and what had been typed.
struct Refused<'a> {
    words: String,
    number: &'a str,
    typed: &'a str,
}

async fn shown(
    site: &Site,
    signed_in: &SignedIn,
    (place, day): (&str, &str),
    asked: &Asked,
    refused: Option<Refused<'_>>,
) -> Result<Response, WebError> {
    let Ok(day) = day.parse::<Date>() else { return Ok(frame::missing(signed_in)) };
    let list = onsite::appointments(&site.runner, &signed_in.staff, place, Some(day)).await;
    let list = match list {
        Ok(list) => list,
        Err(error) => return declined(signed_in, error),
    };
    let mut view = view(&list, asked, site.runner.clock.business().civil(&site.runner.world.load().zone));
    let changed = refused.as_ref().map_or(asked.done.as_str(), |refused| refused.number);
    if let Some(row) = view.rows.iter_mut().find(|row| row.number == changed) {
        row.is_last = true;
        if let Some(refused) = &refused {
            refused.typed.clone_into(&mut row.typed);
        }
    }
    let notice = match refused {
        Some(refused) => Some(Notice::refused(refused.words)),
        None => done(&list, changed).map(Notice::done),
    };
    Ok(frame::show(signed_in, &view, notice))
}

/// What stands written down of somebody now; they need not be on the page any more.
fn done(list: &Appointments, number: &str) -> Option<String> {
    let row = Row::of(list.people.iter().find(|one| one.case.number == number)?, list.day);
    let state = row.state?;
    Some(format!("已记录：{} {}，{}。考生会收到通知。", row.shown, row.name, state.words))
}

fn view(list: &Appointments, asked: &Asked, now: jiff::civil::DateTime) -> DayPage {
    let (place, day) = (&list.place, list.day);
    let here = address::onsite_day(&place.city, &place.district, day);
    let is_found = |one: &&Appointment| is_asked_for(one, asked.q.trim());
    let is_left = |one: &&Appointment| !asked.left || outcome(&one.case, day).is_none();
    let found: Vec<&Appointment> = list.people.iter().filter(is_found).filter(is_left).collect();
    let pages = found.len().div_ceil(PAGE).max(1);
    let page = asked.page.clamp(1, pages);
    // What was posted has no second page: its address would have to say what is looked for.
    let has_pages = asked.q.is_empty() || is_number(&asked.q);
    let to =
        |page: usize| (has_pages && (1..=pages).contains(&page)).then(|| address_of(&here, asked, page, ""));
    let (begun, past) = (place.begun_day(now), place.past_day(now));
    DayPage {
        print: format!("{here}/print"),
        place: place.key().replace('/', ""),
        day: date_with_weekday(day),
        hours: place.hours.text(),
        address: place.address.clone(),
        days: days(place, now, Some(day)),
        counts: Counts::of(&list.people, day),
        may_record: begun == Some(day),
        may_be_absent: past == Some(day),
        why_not: match (begun, past) {
            (begun, _) if begun.is_none_or(|begun| begun < day) => Some("这一天还没有到，只能看。"),
            (Some(begun), past) if begun == day && past != Some(day) => {
                Some("今天还没有下班，考生还可能来：“未到”下班以后再记。")
            }
            (Some(begun), past) if begun > day && past == Some(day) => {
                Some("这一天已经过去，只能记“未到”。考生今天来了，请到今天的名单里记。")
            }
            (Some(begun), _) if begun > day => {
                Some("这一天已经过去，只能看。要更正，请到最近一天的名单里再记一次。")
            }
            _ => None,
        },
        q: asked.q.clone(),
        left: asked.left,
        rows: found.iter().skip((page - 1) * PAGE).take(PAGE).map(|one| Row::of(one, day)).collect(),
        found: found.len(),
        page,
        pages,
        before: to(page - 1),
        next: to(page + 1),
        here,
    }
}

/// By any number of theirs, or a part of it, or by the name.
fn is_asked_for(one: &Appointment, q: &str) -> bool {
    let digits = q.replace(['-', ' '], "");
    let holds = |text: &str| text.contains(q) || (!digits.is_empty() && text.contains(&digits));
    let candidate = one.candidate.as_deref();
    q.is_empty()
        || holds(&one.case.number)
        || holds(&one.case.exam_no)
        || candidate.is_some_and(|candidate| {
            candidate.name.contains(q) || candidate.document_no.ends_with(q.to_uppercase().as_str())
        })
}

fn address_of(here: &str, asked: &Asked, page: usize, done: &str) -> String {
    let page = page.to_string();
    let given = |text| Some(text).filter(|text: &&str| !text.is_empty());
    let fields = [
        ("q", given(asked.q.as_str()).filter(|q| is_number(q))),
        ("left", asked.left.then_some("true")),
        ("page", Some(page.as_str()).filter(|page| !["0", "1"].contains(page))),
        ("done", given(done)),
    ];
    address::with(here, &fields)
}

/// Writes down what happened, and comes back to the same line.
pub(super) async fn record(
    State(site): State<Site>,
    signed_in: SignedIn,
    Path((place, day)): Path<(String, String)>,
    Form(given): Form<Given>,
) -> Result<Response, WebError> {
    let asked = Asked { q: given.q.clone(), left: given.left, page: given.page, done: String::new() };
    match written_down(&site, &signed_in, (&place, &day), &given).await? {
        Ok(here) => {
            let to = address_of(&here, &asked, asked.page, &given.case);
            Ok(Redirect::to(&format!("{to}#c-{}", given.case)).into_response())
        }
        Err(words) => {
            let refused = Refused { words, number: &given.case, typed: &given.missing };
            shown(&site, &signed_in, (&place, &day), &asked, Some(refused)).await
        }
    }
}

/// The list's address, or why nothing was written down.
async fn written_down(
    site: &Site,
    signed_in: &SignedIn,
    (place, day): (&str, &str),
    given: &Given,
) -> Result<Result<String, String>, WebError> {
    let outcome = match given.outcome.as_str() {
        "passed" => Onsite::Passed,
        "papers" => Onsite::Papers(given.missing.clone()),
        "absent" => Onsite::Absent,
        _ => return Ok(Err("请选择初审通过、需补材料或未到。什么都没有改。".to_owned())),
    };
    let Some(case) = own(site, signed_in, &given.case, Act::RecordOnsite).await? else {
        return Ok(Err("没有这份申请。什么都没有改。".to_owned()));
    };
    let world = site.runner.world.load_full();
    let now = site.runner.clock.business().civil(&world.zone);
    let of_case = case.place.as_ref();
    let of_case = of_case.and_then(|place| world.schedule.place(&place.city, &place.district));
    let Some(of_case) = of_case.filter(|of_case| of_case.key().replace('/', "") == place) else {
        return Ok(Err("这份申请不在这个办理地点。什么都没有改。".to_owned()));
    };
    // The page may have stood open over night.
    let of_day = if outcome == Onsite::Absent { of_case.past_day(now) } else { of_case.begun_day(now) };
    if let Some(of_day) = of_day.filter(|of_day| of_day.to_string() != day) {
        let of_day = date_with_weekday(of_day);
        return Ok(Err(format!("现在记的是 {of_day} 的结果，请到那一天的名单里记。什么都没有改。")));
    }
    match onsite::record(&site.runner, &signed_in.staff, &case.id, given.version, outcome).await {
        Ok(_) => {
            let day = of_day.unwrap_or_else(|| now.date());
            Ok(Ok(address::onsite_day(&of_case.city, &of_case.district, day)))
        }
        Err(error) => match refused::onsite(&error, &signed_in.staff, &case) {
            Some(words) => Ok(Err(words)),
            None => Err(super::failed(error)),
        },
    }
}

#[cfg(test)]
impl DayPage {
    /// With something of everything.
    pub(in crate::web::staff) fn sample() -> Self {
        let day = DayLink {
            words: "6月15日（周一）".into(),
            href: "/staff/onsite/x/2026-06-15".into(),
            mark: Some("今天"),
            is_here: true,
        };
        Self {
            here: "/staff/onsite/x/2026-06-15".into(),
            print: "/staff/onsite/x/2026-06-15/print".into(),
            place: "<样例>市天河区".into(),
            day: "6月15日（周一）".into(),
            hours: "9:15–11:30".into(),
            address: "<样例>".into(),
            days: vec![day],
            counts: Counts { all: 1, papers: 1, ..Counts::default() },
            may_record: true,
            may_be_absent: true,
            why_not: Some("今天还没有下班。"),
            q: "<样例>".into(),
            left: true,
            rows: vec![Row::sample(), Row { standing: super::rows::Standing::Passed, ..Row::sample() }],
            found: 2,
            page: 2,
            pages: 3,
            before: Some("/staff/onsite/x/2026-06-15".into()),
            next: Some("/staff/onsite/x/2026-06-15?page=3".into()),
        }
    }
}

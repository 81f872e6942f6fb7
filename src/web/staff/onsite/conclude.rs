//! 毕业审核: the applications whose check on site is passed, and the province's last word on each.

use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse as _, Redirect, Response},
};
use serde::{Deserialize, Serialize};

use super::own;
use crate::{
    inbound::Conclusion,
    office::{Act, batches, onsite, queue, refused, words as office},
    store::{CaseFilter, CaseSummary},
    time::Millis,
    turn::World,
    web::{
        Site, WebError,
        staff::{
            address,
            form::Form,
            frame::{self, Notice, Section, View},
            gate::SignedIn,
            refused::unseen,
            words,
        },
    },
    workflow::case::Stage,
};

pub(super) const LIST: &str = "/staff/onsite/conclude";

#[derive(Serialize)]
pub(in crate::web::staff) struct ConcludePage {
    /// Those that were concluded, to be corrected.
    ended: bool,
    /// The batches to choose from, the present one first; none where there is only that.
    batches: Vec<BatchChoice>,
    /// One that is not the present one: its conclusions stand.
    batch: String,
    cities: Vec<City>,
    city: String,
    rows: Vec<Row>,
    /// How many stand there in all.
    count: i64,
    after: String,
    next: Option<String>,
    first: Option<String>,
}

impl View for ConcludePage {
    const TEMPLATE: &'static str = "staff/conclude.html";
    const SECTION: Section = Section::Onsite;
}

#[derive(Serialize)]
struct BatchChoice {
    /// Empty of the present one.
    id: String,
    name: String,
    is_chosen: bool,
}

#[derive(Serialize)]
struct City {
    name: String,
    is_chosen: bool,
}

#[derive(Serialize)]
struct Row {
    number: String,
    shown: String,
    href: String,
    version: i64,
    name: String,
    place: String,
    stage: &'static str,
    /// A class of `.tag`.
    class: &'static str,
    since: String,
    waits: Option<String>,
    may_pass: bool,
    /// An opinion that was typed and not stored.
    typed: String,
    is_last: bool,
}

#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    ended: bool,
    #[serde(default)]
    batch: String,
    #[serde(default)]
    city: String,
    #[serde(default)]
    after: String,
    /// The number of the application that was concluded, and how.
    #[serde(default)]
    done: String,
    #[serde(default)]
    passed: bool,
}

#[derive(Deserialize)]
pub(super) struct Given {
    version: i64,
    outcome: String,
    #[serde(default)]
    opinion: String,
    // The list as it was, to come back to it.
    #[serde(default)]
    ended: bool,
    #[serde(default)]
    city: String,
    #[serde(default)]
    after: String,
}

pub(super) async fn page(
    State(site): State<Site>,
    signed_in: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    // Whatever a link says: only a number is repeated.
    let is_number = asked.done.len() == 8 && asked.done.bytes().all(|byte| byte.is_ascii_digit());
    let notice = is_number.then(|| {
        let how = if asked.passed { "毕业审核通过" } else { "毕业审核不通过" };
        Notice::done(format!("已记录：{} {how}。考生会收到通知。", office::number(&asked.done)))
    });
    shown(&site, &signed_in, &asked, ("", ""), notice).await
}

/// `last` is the application that a form was about, with the opinion typed.
async fn shown(
    site: &Site,
    signed_in: &SignedIn,
    asked: &Asked,
    last: (&str, &str),
    notice: Option<Notice>,
) -> Result<Response, WebError> {
    let world = site.runner.world.load_full();
    let (store, now) = (&site.runner.store, site.runner.clock.now());
    let stages =
        if asked.ended { vec![Stage::Graduated, Stage::NotGraduated] } else { vec![Stage::OnsitePassed] };
    let filter = CaseFilter {
        batch: if asked.batch.is_empty() { world.batch.id.clone() } else { asked.batch.clone() },
        city: Some(asked.city.clone()).filter(|city| !city.is_empty()),
        stages,
        after: asked.after.parse().ok(),
        ..CaseFilter::default()
    };
    let counts = match queue::counts(store, &signed_in.role, &filter).await {
        Ok(counts) => counts,
        Err(error) => return unseen(signed_in, error),
    };
    let found = match queue::list(store, &signed_in.role, &filter, now.wire).await {
        Ok(found) => found,
        Err(error) => return unseen(signed_in, error),
    };
    let known = batches::latest_first(&store.batch_rows().await?)?;
    let batch = |(id, name): (&str, &str)| BatchChoice {
        id: id.to_owned(),
        name: name.to_owned(),
        is_chosen: id == asked.batch,
    };
    let city = |name: &str| City { name: name.to_owned(), is_chosen: name == asked.city };
    let rows = found.cases.iter().map(|case| row(case, &world, now.business, last));
    let next = found.next.map(|next| address_of(asked, &next.to_string(), &[]));
    let view = ConcludePage {
        ended: asked.ended,
        batches: words::batches(&known, &world.batch).into_iter().map(batch).collect(),
        batch: asked.batch.clone(),
        cities: world.schedule.cities().into_iter().map(city).collect(),
        city: asked.city.clone(),
        rows: rows.collect(),
        count: counts.stages.iter().map(|(_, n)| n).sum(),
        after: asked.after.clone(),
        next,
        first: (!asked.after.is_empty()).then(|| address_of(asked, "", &[])),
    };
    Ok(frame::show(signed_in, &view, notice))
}

fn row(case: &CaseSummary, world: &World, now: Millis, last: (&str, &str)) -> Row {
    let is_last = last.0 == case.number;
    let place = case.city.clone().zip(case.district.clone());
    Row {
        number: case.number.clone(),
        shown: office::number(&case.number),
        href: address::case(&case.number),
        version: case.version,
        name: case.name.clone().unwrap_or_else(|| "没有绑定微信".to_owned()),
        place: place.map_or_else(String::new, |(city, district)| city + &district),
        stage: office::stage(case.stage),
        class: match case.stage {
            Stage::Graduated => "well",
            Stage::NotGraduated => "stop",
            _ => "",
        },
        since: office::moment(case.entered_at, &world.zone),
        waits: (case.stage == Stage::OnsitePassed)
            .then(|| words::span(now.as_seconds() - case.entered_at.as_seconds())),
        may_pass: case.stage != Stage::Graduated,
        typed: if is_last { last.1.to_owned() } else { String::new() },
        is_last,
    }
}

fn address_of(asked: &Asked, after: &str, more: &[(&str, Option<&str>)]) -> String {
    let given = |text| Some(text).filter(|text: &&str| !text.is_empty());
    let fields = [
        ("ended", asked.ended.then_some("true")),
        ("batch", given(asked.batch.as_str())),
        ("city", given(asked.city.as_str())),
        ("after", given(after)),
    ];
    address::with(LIST, &[&fields[..], more].concat())
}

pub(super) async fn conclude(
    State(site): State<Site>,
    signed_in: SignedIn,
    Path(number): Path<String>,
    Form(Given { version, outcome, opinion, ended, city, after }): Form<Given>,
) -> Result<Response, WebError> {
    let asked = Asked { ended, city, after, ..Asked::default() };
    let conclusion = match outcome.as_str() {
        "passed" => Conclusion::Passed,
        "failed" => Conclusion::Failed(opinion.clone()),
        _ => return Ok(frame::unreadable(&signed_in)),
    };
    let Some(case) = own(&site, &signed_in, &number, Act::Conclude).await? else {
        return Ok(frame::missing(&signed_in));
    };
    match onsite::conclude(&site.runner, &signed_in.staff, &case.id, version, conclusion).await {
        Ok(_) => {
            let passed = (outcome == "passed").then_some("true");
            let done = [("done", Some(number.as_str())), ("passed", passed)];
            Ok(Redirect::to(&address_of(&asked, &asked.after, &done)).into_response())
        }
        Err(error) => match refused::onsite(&error, &signed_in.staff, &case) {
            Some(words) => {
                let notice = Some(Notice::refused(words));
                shown(&site, &signed_in, &asked, (&number, &opinion), notice).await
            }
            None => Err(super::failed(error)),
        },
    }
}

#[cfg(test)]
impl ConcludePage {
    /// With something of everything.
    pub(in crate::web::staff) fn sample() -> Self {
        let row = |class, waits: Option<&str>| Row {
            number: "12345678".into(),
            shown: "1234-5678".into(),
            href: "/staff/cases/12345678".into(),
            version: 7,
            name: "<样例>".into(),
            place: "<样例>市天河区".into(),
            stage: "初审通过，待省审",
            class,
            since: "2026-06-15 09:30".into(),
            waits: waits.map(str::to_owned),
            may_pass: waits.is_some(),
            typed: "<样例>".into(),
            is_last: true,
        };
        Self {
            ended: false,
            batches: vec![BatchChoice { id: "2025-12".into(), name: "<样例>".into(), is_chosen: false }],
            batch: String::new(),
            cities: vec![City { name: "<样例>市".into(), is_chosen: true }],
            city: "<样例>市".into(),
            rows: vec![row("", Some("2 小时")), row("well", None)],
            count: 2,
            after: "x".into(),
            next: Some("/staff/onsite/conclude?after=x".into()),
            first: Some(LIST.into()),
        }
    }
}

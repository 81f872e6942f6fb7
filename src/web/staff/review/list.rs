//! The queue.

use axum::{
    extract::{Query, State},
    response::{IntoResponse as _, Redirect, Response},
};
use serde::Serialize;

use super::{
    asked::{Asked, EVERY_STAGE},
    done::{self, Decided},
    number_of, seen,
};
use crate::{
    inbound::Part,
    office::{
        Act, Role, batches,
        queue::{self, Counts},
        words,
    },
    store::{CaseFilter, CaseSummary},
    time::Millis,
    turn::World,
    web::{
        Site, WebError,
        staff::{
            frame::{self, Notice, Section, View},
            gate::SignedIn,
            words::{self as shared, span},
        },
    },
    workflow::{batch::Batch, case::Stage, promise},
};

#[derive(Serialize)]
pub(super) struct QueuePage {
    pub(super) decided: Option<Decided>,
    /// Something waits for this account to decide, and it may.
    pub(super) may_review: bool,
    pub(super) tabs: Vec<Tab>,
    /// What is reviewed, as asked for.
    pub(super) kind: String,
    /// The question as a form's field.
    pub(super) query: String,
    pub(super) filters: Vec<Filter>,
    pub(super) rows: Vec<Row>,
    /// What the office has promised, in working days.
    pub(super) promise: Option<u8>,
    pub(super) first: Option<String>,
    pub(super) next: Option<String>,
}

impl View for QueuePage {
    const TEMPLATE: &'static str = "staff/queue.html";
    const SECTION: Section = Section::Review;
}

/// A kind of review with how many wait.
#[derive(Serialize)]
pub(super) struct Tab {
    pub(super) words: &'static str,
    /// Of the asked city and district; none where the list is narrowed by what is not counted.
    pub(super) count: Option<i64>,
    pub(super) path: String,
    pub(super) is_here: bool,
}

/// A condition to choose.
#[derive(Serialize)]
pub(super) struct Filter {
    pub(super) name: &'static str,
    pub(super) words: &'static str,
    pub(super) choices: Vec<Choice>,
}

/// An option of a filter.
#[derive(Serialize)]
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) words: String,
    pub(super) is_chosen: bool,
}

/// A case.
#[derive(Serialize)]
pub(super) struct Row {
    pub(super) shown_number: String,
    pub(super) path: String,
    /// Masked: the whole name is for whoever opens the case.
    pub(super) name: String,
    pub(super) stage: &'static str,
    pub(super) place: String,
    pub(super) round: u32,
    pub(super) since: String,
    pub(super) age: String,
    /// It has waited for longer than was promised.
    pub(super) is_late: bool,
    pub(super) held_by: Option<String>,
    pub(super) is_mine: bool,
}

/// The page.
pub(super) async fn page(
    State(site): State<Site>,
    signed_in: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let number = number_of(&asked.number);
    if !number.is_empty() {
        return find(&site, &signed_in, &asked, &number).await;
    }
    let notice = match asked.said.as_str() {
        "empty" => Some(Notice::done("没有别的申请等您审核了。")),
        _ => None,
    };
    shown(&site, &signed_in, asked, notice).await
}

/// A case that is looked for: opened if there is one.
async fn find(site: &Site, signed_in: &SignedIn, asked: &Asked, number: &str) -> Result<Response, WebError> {
    let Some(area) = signed_in.role.area() else { return Ok(frame::missing(signed_in)) };
    if let Some((case, _)) = site.runner.store.case_within(&area, number).await? {
        return Ok(Redirect::to(&asked.same_path(&case.number, "")).into_response());
    }
    let words =
        format!("没有编号是“{}”的申请，或者它不在您能看的范围里。编号是 8 位数字。", asked.number.trim());
    shown(site, signed_in, asked.clone(), Some(Notice::refused(words))).await
}

async fn shown(
    site: &Site,
    signed_in: &SignedIn,
    asked: Asked,
    notice: Option<Notice>,
) -> Result<Response, WebError> {
    let (store, role, me) = (&site.runner.store, &signed_in.role, &signed_in.staff.name);
    let (world, now) = (site.runner.world.load_full(), site.runner.clock.now());
    let filter = asked.filter(role, &world.batch.id, now.business, me);
    // What the tabs tell, whichever is open: counting every stage would read all of the batch.
    let tabs_tell = CaseFilter { stages: queue::waiting(role.level(), None), ..filter.clone() };
    let (listed, counted, batches) = tokio::join!(
        queue::list(store, role, &filter, now.wire),
        queue::counts(store, role, &tabs_tell),
        store.batch_rows(),
    );
    let batches = batches::latest_first(&batches?)?;
    let (Some(listed), Some(counts)) = (seen(listed)?, seen(counted)?) else {
        return Ok(frame::missing(signed_in));
    };
    let decided = done::decided(site, &signed_in.staff, &asked).await?;
    let at_begin = Asked { after: String::new(), ..asked.clone() };
    let view = QueuePage {
        decided,
        may_review: role.may(Act::Review) && filter.batch == world.batch.id,
        tabs: tabs(&at_begin, role, &counts),
        query: asked.query(),
        filters: filters(&asked, role, &world, &batches),
        rows: listed.cases.iter().map(|case| row(case, &asked, &world, now.business, me)).collect(),
        promise: world.batch.review_promise_working_days,
        first: Some(at_begin.queue_path("", "")).filter(|_| !asked.after.is_empty()),
        next: listed.next.map(|next| Asked { after: next.to_string(), ..asked.clone() }.queue_path("", "")),
        kind: asked.kind,
    };
    Ok(frame::show(signed_in, &view, notice))
}

fn tabs(asked: &Asked, role: &Role, counts: &Counts) -> Vec<Tab> {
    let parts = [None, Some(Part::Portrait), Some(Part::Documents), Some(Part::Both)];
    let has_any = |part: &Option<Part>| !queue::waiting(role.level(), *part).is_empty();
    // Only batch, city and district are counted by: with another filter the tab would say more than the list shows.
    let is_counted = [&asked.days, &asked.rounds, &asked.holder].iter().all(|filter| filter.is_empty());
    let tab = |part: Option<Part>| {
        let kind = part.map_or("", Part::name);
        let to = Asked { kind: kind.to_owned(), stage: String::new(), ..asked.clone() };
        Tab {
            words: part.map_or("全部待审", words::part),
            count: is_counted.then(|| counts.waiting(role.level(), part)),
            path: to.queue_path("", ""),
            is_here: asked.stage.is_empty() && asked.kind == kind,
        }
    };
    parts.into_iter().filter(has_any).map(tab).collect()
}

type Known<'k> = Vec<(&'k str, &'k str)>;

/// What a list may be asked for; an office of one city is not asked for the city.
fn filters(asked: &Asked, role: &Role, world: &World, batches: &[Batch]) -> Vec<Filter> {
    let filter = |name, words, chosen: &str, known: Known<'_>| {
        let choice = |(value, words): (&str, &str)| Choice {
            value: value.to_owned(),
            words: words.to_owned(),
            is_chosen: value == chosen,
        };
        Filter { name, words, choices: known.into_iter().map(choice).collect() }
    };
    let ages = vec![("", "不限"), ("1", "1 天以上"), ("2", "2 天以上"), ("3", "3 天以上"), ("5", "5 天以上")];
    let rounds = vec![("", "不限"), ("first", "第一次提交"), ("repeated", "再次提交")];
    let holders = vec![("", "不限"), ("free", "别人没在看"), ("mine", "我正在看")];
    let orders = vec![("", "等得最久的在前"), ("newest", "最新的在前")];
    let mut filters = vec![filter("stage", "状态", &asked.stage, stages())];
    let batches = shared::batches(batches, &world.batch);
    if !batches.is_empty() {
        filters.insert(0, filter("batch", "批次", &asked.batch, batches));
    }
    let own_city = if let Role::City(city) = role { Some(city) } else { None };
    if own_city.is_none() {
        filters.push(filter("city", "城市", &asked.city, named(world.schedule.cities())));
    }
    let places = world.schedule.in_city(own_city.unwrap_or(&asked.city));
    let districts: Vec<&str> = places.map(|place| place.district.as_str()).collect();
    if !districts.is_empty() {
        filters.push(filter("district", "区县", &asked.district, named(districts)));
    }
    filters.extend([
        filter("days", "等了多久", &asked.days, ages),
        filter("rounds", "轮次", &asked.rounds, rounds),
        filter("holder", "谁在看", &asked.holder, holders),
        filter("order", "排列", &asked.order, orders),
    ]);
    filters
}

fn stages() -> Known<'static> {
    let known = Stage::ALL.map(|stage| (stage.name(), words::stage(stage)));
    [("", "等待审核的"), (EVERY_STAGE, "所有状态")].into_iter().chain(known).collect()
}

fn named(names: Vec<&str>) -> Known<'_> {
    [("", "不限")].into_iter().chain(names.into_iter().map(|name| (name, name))).collect()
}

fn row(case: &CaseSummary, asked: &Asked, world: &World, now: Millis, me: &str) -> Row {
    let since = case.entered_at;
    let promise = world.batch.review_promise_working_days;
    let promised = promise.map(|days| promise::working_days_before(now, days, &world.zone));
    Row {
        shown_number: words::number(&case.number),
        path: asked.case_path(case, ""),
        name: case.name.clone().unwrap_or_else(|| "未绑定".to_owned()),
        stage: words::stage(case.stage),
        place: [&case.city, &case.district].map(|name| name.clone().unwrap_or_default()).concat(),
        round: case.round,
        since: words::moment(since, &world.zone),
        age: span(now.since(since) / 1000),
        is_late: case.stage.reviewed_at().is_some() && promised.is_some_and(|promised| since < promised),
        is_mine: case.held_by.as_deref() == Some(me),
        held_by: case.held_by.clone(),
    }
}

//! The first page: how the batch goes, in the places that the account sees.
//!
//! Every figure is of [`Overviews`](crate::office::overview::Overviews) and at most a few seconds old; what counts a list leads to it, for whoever may
//! open that.

use axum::{
    extract::State,
    response::{IntoResponse as _, Redirect, Response},
};
use jiff::{
    ToSpan as _,
    civil::{Date, Time},
};
use serde::Serialize;

use super::{
    address, broadcasts,
    charts::{self, Column, Part},
    desk::Desk,
    frame::{self, Section, View},
    gate::SignedIn,
    refused::unseen,
    words,
};
use crate::{
    inbound::Reason,
    office::{
        Act,
        deliveries::{reasons, words as delivery},
        overview::{Load, Overview, Phase, Waiting},
        words as office,
    },
    store::OutboxState,
    time::{Millis, at_civil, date_with_weekday},
    turn::World,
    web::{Site, WebError},
};

/// Colours of a queue's ages: less than a day, one to two, two to three, more.
const AGES: [&str; 4] = ["age0", "age1", "age2", "age3"];

#[derive(Serialize)]
pub(super) struct OverviewPage {
    /// 「2026年上半年」.
    pub(super) batch: String,
    /// What is possible in it now.
    pub(super) window: &'static str,
    pub(super) clock: Vec<Instant>,
    /// When the figures were right.
    pub(super) at: String,
    /// Where the queue is, for whoever may open it.
    pub(super) queue: Option<&'static str>,
    pub(super) may_review: bool,
    pub(super) may_retry: bool,
    pub(super) handed_in: i64,
    pub(super) hours: Vec<Column>,
    /// The working days that a review is promised within.
    pub(super) promise: Option<u8>,
    pub(super) waiting: Vec<Queue>,
    pub(super) waiting_all: i64,
    pub(super) late_all: i64,
    pub(super) funnel: Vec<Step>,
    pub(super) rejections: Vec<Line>,
    pub(super) days: Vec<Line>,
    pub(super) places: Vec<PlaceLine>,
    pub(super) submitted: i64,
    pub(super) ended_badly: Vec<Line>,
}

impl View for OverviewPage {
    const TEMPLATE: &'static str = "staff/overview.html";
    const SECTION: Section = Section::Overview;
}

/// An instant of the batch.
#[derive(Serialize)]
pub(super) struct Instant {
    pub(super) words: &'static str,
    pub(super) at: String,
    /// 「还有 2 天」; `None` when it is over.
    pub(super) left: Option<String>,
}

/// The cases that wait in one stage.
#[derive(Serialize)]
pub(super) struct Queue {
    pub(super) words: &'static str,
    /// The list of all, and of those who have waited for three days.
    pub(super) list: String,
    pub(super) oldest_list: String,
    pub(super) bar: Vec<Part>,
    pub(super) counts: Vec<i64>,
    pub(super) all: i64,
    /// For how long the oldest waits.
    pub(super) oldest: String,
    pub(super) late: Option<i64>,
}

/// A step of the way.
#[derive(Serialize)]
pub(super) struct Step {
    pub(super) words: &'static str,
    pub(super) bar: Vec<Part>,
    /// So many stand there.
    pub(super) here: i64,
    /// So many are beyond it.
    pub(super) beyond: i64,
}

/// A number with its bar.
#[derive(Serialize)]
pub(super) struct Line {
    pub(super) words: String,
    /// Beside the words, small.
    pub(super) note: String,
    pub(super) bar: Vec<Part>,
    pub(super) count: i64,
    pub(super) href: Option<String>,
}

/// What a place has to expect.
#[derive(Serialize)]
pub(super) struct PlaceLine {
    pub(super) words: String,
    pub(super) days: Vec<DayLink>,
    pub(super) submitted: i64,
    pub(super) each_day: i64,
    pub(super) bar: Vec<Part>,
}

/// One of a place's days.
#[derive(Serialize)]
pub(super) struct DayLink {
    pub(super) words: String,
    pub(super) href: Option<String>,
}

pub(super) fn routes(desk: Desk) -> Desk {
    desk.get("/staff", Act::OwnAccount, page)
}

/// The page; whoever has no overview comes to the announcements, or to the own account.
async fn page(State(site): State<Site>, signed_in: SignedIn) -> Result<Response, WebError> {
    if signed_in.staff.must_change || !signed_in.role.may(Act::SeeOverview) {
        let announces = !signed_in.staff.must_change && signed_in.role.may(Act::Announce);
        let to = if announces { broadcasts::LIST } else { "/staff/account" };
        return Ok(Redirect::to(to).into_response());
    }
    let world = site.runner.world.load_full();
    let now = site.runner.clock.now();
    match site.overviews.of(&site.runner.store, &signed_in.role, &world, now).await {
        Ok(overview) => Ok(frame::show(&signed_in, &view(&signed_in, &overview, &world), None)),
        Err(error) => unseen(&signed_in, error),
    }
}

fn view(signed_in: &SignedIn, overview: &Overview, world: &World) -> OverviewPage {
    let may = |act| signed_in.role.may(act);
    let waiting = queues(&overview.waiting, overview.at);
    OverviewPage {
        batch: world.batch.name.clone(),
        window: office::window(world.batch.window(overview.at.civil(&world.zone))),
        clock: clock(world, overview.at),
        at: office::moment(overview.at, &world.zone),
        queue: may(Act::SeeCases).then_some("/staff/queue"),
        may_review: may(Act::Review),
        may_retry: may(Act::Retry),
        handed_in: overview.handed_in.iter().sum(),
        hours: charts::columns(&overview.handed_in),
        promise: world.batch.review_promise_working_days,
        waiting_all: waiting.iter().map(|queue| queue.all).sum(),
        late_all: waiting.iter().filter_map(|queue| queue.late).sum(),
        waiting,
        funnel: funnel(&overview.funnel),
        rejections: rejections(&overview.rejections),
        days: days(&overview.load),
        places: places(&overview.load, may(Act::RecordOnsite)),
        submitted: overview.load.iter().map(|load| load.submitted).sum(),
        ended_badly: ended_badly(overview, may(Act::Retry)),
    }
}

fn clock(world: &World, now: Millis) -> Vec<Instant> {
    let batch = &world.batch;
    let instants =
        [("申请开始", batch.opens), ("申请截止", batch.closes), ("照片审核截止", batch.portrait_review_ends)];
    // A last day is over at its end.
    let days = [
        ("补填前置学历截止", batch.prior_credential_due, 1),
        ("开始领毕业证书", batch.collection_begins, 0),
        ("领毕业证书截止", batch.collection_ends, 1),
    ];
    let left = |at: Millis| (at.0 > now.0).then(|| words::span(at.as_seconds() - now.as_seconds()));
    let instant = |(words, at)| {
        let at = at_civil(at, &world.zone);
        Instant { words, at: office::moment(at, &world.zone), left: left(at) }
    };
    let day = |(words, day, after): (_, Option<Date>, i64)| {
        let day = day?;
        let over = day.saturating_add(after.days()).to_datetime(Time::midnight());
        Some(Instant { words, at: day.to_string(), left: left(at_civil(over, &world.zone)) })
    };
    instants.into_iter().map(instant).chain(days.into_iter().filter_map(day)).collect()
}

fn queues(waiting: &[Waiting], now: Millis) -> Vec<Queue> {
    let all = |waiting: &Waiting| waiting.counts.iter().sum::<i64>();
    let most = waiting.iter().map(all).max().unwrap_or(0);
    let queue = |waiting: &Waiting| {
        let parts: Vec<_> = AGES.into_iter().zip(waiting.counts.iter().copied()).collect();
        Queue {
            words: office::stage(waiting.stage),
            list: address::queue(waiting.stage, None),
            oldest_list: address::queue(waiting.stage, Some("3")),
            bar: charts::bar(&parts, most),
            counts: waiting.counts.clone(),
            all: all(waiting),
            oldest: words::span(now.as_seconds() - waiting.oldest.as_seconds()),
            late: waiting.late,
        }
    };
    waiting.iter().map(queue).collect()
}

/// Who stands at a step, and who is beyond it; those who took their application back are beyond none.
fn funnel(phases: &[(Phase, i64)]) -> Vec<Step> {
    let begun: i64 = phases.iter().filter(|(phase, _)| *phase != Phase::Withdrawn).map(|(_, n)| n).sum();
    let mut beyond = begun;
    let step = |&(phase, here): &(Phase, i64)| {
        let is_on_the_way = phase != Phase::Withdrawn;
        beyond -= if is_on_the_way { here } else { beyond };
        Step {
            words: office::phase(phase),
            bar: charts::bar(&[("one", here), ("rest", beyond)], begun.max(here)),
            here,
            beyond,
        }
    };
    phases.iter().map(step).collect()
}

fn lines(rows: Vec<(String, String, i64, Option<String>)>) -> Vec<Line> {
    let most = rows.iter().map(|(_, _, count, _)| *count).max().unwrap_or(0);
    rows.into_iter()
        .map(|(words, note, count, href)| {
            let bar = charts::bar(&[("one", count)], most);
            Line { words, note, bar, count, href }
        })
        .collect()
}

fn rejections(counts: &[(String, i64)]) -> Vec<Line> {
    let worded = counts.iter().map(|(code, count)| {
        let words = Reason::parse(code).map_or_else(|| "其他原因".to_owned(), |it| it.wording().to_owned());
        (words, code.clone(), *count, None)
    });
    lines(worded.collect())
}

/// How many are expected on each day, if those of a place come evenly on its days.
fn days(load: &[Load]) -> Vec<Line> {
    let mut days: Vec<(Date, i64)> = Vec::new();
    for place in load {
        for day in &place.days {
            match days.iter_mut().find(|(known, _)| known == day) {
                Some((_, expected)) => *expected += place.each_day(),
                None => days.push((*day, place.each_day())),
            }
        }
    }
    days.sort_by_key(|(day, _)| *day);
    lines(days.into_iter().map(|(day, n)| (date_with_weekday(day), String::new(), n, None)).collect())
}

fn places(load: &[Load], may_open: bool) -> Vec<PlaceLine> {
    let most = load.iter().map(Load::each_day).max().unwrap_or(0);
    let line = |load: &Load| {
        let day = |day: &Date| DayLink {
            words: date_with_weekday(*day),
            href: may_open.then(|| address::onsite_day(&load.place.city, &load.place.district, *day)),
        };
        PlaceLine {
            words: office::place(Some(&load.place)),
            days: load.days.iter().map(day).collect(),
            submitted: load.submitted,
            each_day: load.each_day(),
            bar: charts::bar(&[("one", load.each_day())], most),
        }
    };
    load.iter().map(line).collect()
}

fn ended_badly(overview: &Overview, may_retry: bool) -> Vec<Line> {
    let line = |ended: &crate::store::Ended| {
        let note = match ended.state {
            OutboxState::InDoubt => delivery::state(OutboxState::InDoubt),
            _ => delivery::state(OutboxState::GivenUp),
        };
        let href = may_retry.then(|| address::deliveries(Some((ended.state, &ended.reason)), None));
        (reasons::why(&ended.reason), note.to_owned(), ended.count, href)
    };
    lines(overview.ended_badly.iter().map(line).collect())
}

#[cfg(test)]
impl OverviewPage {
    /// With something of everything.
    pub(super) fn sample() -> Self {
        let waiting = |stage, late| Waiting { stage, oldest: Millis(0), counts: vec![5, 3, 0, 1], late };
        let stages = crate::office::queue::waiting(None, None);
        let load = |count| Load {
            place: crate::workflow::case::Place { city: "<样例>市".into(), district: "天河区".into() },
            days: vec![jiff::civil::date(2026, 6, 15), jiff::civil::date(2026, 6, 18)],
            submitted: count,
        };
        let load = [load(12), load(5)];
        Self {
            batch: "<样例>".into(),
            window: "正在申请",
            clock: vec![Instant { words: "申请开始", at: "2026-06-12 09:30".into(), left: None }],
            at: "2026-06-15 09:30".into(),
            queue: Some("/staff/queue"),
            may_review: true,
            may_retry: true,
            handed_in: 7,
            hours: charts::columns(&[0, 1, 6]),
            promise: Some(2),
            waiting: queues(&[waiting(stages[0], Some(3)), waiting(stages[1], None)], Millis(90_000_000)),
            waiting_all: 18,
            late_all: 3,
            funnel: funnel(&Phase::ALL.map(|phase| (phase, 3))),
            rejections: rejections(&[("P03".into(), 4), ("X99".into(), 1)]),
            days: days(&load),
            places: places(&load, true),
            submitted: 17,
            ended_badly: lines(vec![("考生没有关注公众号".into(), "已放弃".into(), 2, None)]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_took_an_application_back_is_on_no_step() {
        let phases =
            [(Phase::Prediction, 4), (Phase::Review, 2), (Phase::Concluded, 1), (Phase::Withdrawn, 9)];
        let steps = funnel(&phases);
        let counts: Vec<(i64, i64)> = steps.iter().map(|step| (step.here, step.beyond)).collect();
        assert_eq!(counts, [(4, 3), (2, 1), (1, 0), (9, 0)]);
        assert!(steps.iter().all(|step| step.bar.iter().all(|part| part.x + part.width <= 100.0)));
    }

    #[test]
    fn a_day_expects_those_of_every_place_that_has_it() {
        let place = |district: &str| crate::workflow::case::Place {
            city: "广州市".to_owned(),
            district: district.to_owned(),
        };
        let day = |day| jiff::civil::date(2026, 6, day);
        let load = [
            Load { place: place("天河区"), days: vec![day(15), day(18)], submitted: 5 },
            Load { place: place("越秀区"), days: vec![day(15)], submitted: 4 },
        ];
        let expected: Vec<(String, i64)> =
            days(&load).into_iter().map(|line| (line.words, line.count)).collect();
        assert_eq!(expected, [("6月15日（周一）".to_owned(), 7), ("6月18日（周四）".to_owned(), 3)]);
    }
}

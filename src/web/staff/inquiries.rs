//! What people leave for the offices: the list, and one of them with its words, to be answered or closed.

use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse as _, Redirect, Response},
};
use serde::{Deserialize, Serialize};

use super::{
    address,
    desk::Desk,
    form::Form,
    frame::{self, Notice, Section, View},
    gate::SignedIn,
    sign_in::Nothing,
    words,
};
use crate::{
    mask,
    office::{
        Act,
        inquiries::{self, ANSWER_MAX, InquiryError},
        refused, words as office,
    },
    store::{InquiryFilter, InquiryState, InquirySummary, InquiryWords, Order},
    time::Millis,
    turn::World,
    validation::message,
    web::{Site, WebError},
};

const LIST: &str = "/staff/inquiries";
/// How many others of the same person are named.
const OTHERS: u32 = 10;

pub(super) fn routes(desk: Desk) -> Desk {
    desk.get(LIST, Act::AnswerInquiries, page)
        .get("/staff/inquiries/{id}", Act::AnswerInquiries, open)
        .post("/staff/inquiries/{id}/answer", Act::AnswerInquiries, answer)
        .post("/staff/inquiries/{id}/close", Act::AnswerInquiries, close)
}

#[derive(Serialize)]
pub(super) struct InquiriesPage {
    /// Also those that have ended.
    all: bool,
    rows: Vec<Row>,
    /// On all pages.
    count: i64,
    next: Option<String>,
    first: Option<String>,
}

impl View for InquiriesPage {
    const TEMPLATE: &'static str = "staff/inquiries.html";
    const SECTION: Section = Section::Inquiries;
}

#[derive(Serialize)]
struct Row {
    id: String,
    at: String,
    /// For how long it has waited, while it does.
    waits: Option<String>,
    number: Option<String>,
    place: String,
    state: &'static str,
    is_open: bool,
    /// Who ended it, and when.
    ended: Option<String>,
}

#[derive(Serialize)]
pub(super) struct InquiryPage {
    row: Row,
    name: Option<String>,
    exam_no: Option<String>,
    /// The application's page, for whoever may open it.
    case: Option<String>,
    text: String,
    /// What was answered.
    answer: Option<String>,
    answer_max: usize,
    /// What was typed and not sent.
    typed: String,
    others: Vec<Row>,
}

impl View for InquiryPage {
    const TEMPLATE: &'static str = "staff/inquiry.html";
    const SECTION: Section = Section::Inquiries;
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    all: bool,
    after: Option<String>,
    #[serde(default)]
    done: String,
}

async fn page(
    State(site): State<Site>,
    signed_in: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let order = if asked.all { Order::NewestFirst } else { Order::OldestFirst };
    let filter =
        InquiryFilter { all: asked.all, order, after: asked.after.clone(), ..InquiryFilter::default() };
    let found = match inquiries::list(&site.runner.store, &signed_in.staff, filter).await {
        Ok(found) => found,
        Err(error) => return declined(&signed_in, error),
    };
    let (world, now) = (site.runner.world.load(), site.runner.clock.business());
    let all = asked.all.then_some("true");
    let view = InquiriesPage {
        all: asked.all,
        rows: found.rows.iter().map(|row| line(row, &world, now)).collect(),
        count: found.all,
        next: found.next.map(|next| address::with(LIST, &[("all", all), ("after", Some(&next))])),
        first: asked.after.is_some().then(|| address::with(LIST, &[("all", all)])),
    };
    let notice = match asked.done.as_str() {
        "answered" => Some(Notice::done("已回复，马上通知考生。")),
        "closed" => Some(Notice::done("已结束这条留言，没有发消息给考生。")),
        _ => None,
    };
    Ok(frame::show(&signed_in, &view, notice))
}

fn line(inquiry: &InquirySummary, world: &World, now: Millis) -> Row {
    let is_open = inquiry.state == InquiryState::Open;
    let ended = inquiry.ended_by.as_deref().zip(inquiry.ended_at);
    Row {
        id: inquiry.id.clone(),
        at: office::moment(inquiry.created_at, &world.zone),
        waits: is_open.then(|| words::span(now.as_seconds() - inquiry.created_at.as_seconds())),
        number: inquiry.case_number.as_deref().map(office::number),
        place: office::place(inquiry.place.as_ref()),
        state: office::inquiry(inquiry.state),
        is_open,
        ended: ended.map(|(by, at)| format!("{by}　{}", office::moment(at, &world.zone))),
    }
}

async fn open(
    State(site): State<Site>,
    signed_in: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    shown(&site, &signed_in, &id, "", None).await
}

async fn shown(
    site: &Site,
    signed_in: &SignedIn,
    id: &str,
    typed: &str,
    notice: Option<Notice>,
) -> Result<Response, WebError> {
    let (store, now) = (&site.runner.store, site.runner.clock.business());
    let (summary, said) = match inquiries::read(store, &signed_in.staff, id, now).await {
        Ok(found) => found,
        Err(error) => return declined(signed_in, error),
    };
    let filter = InquiryFilter {
        all: true,
        open_id: Some(summary.open_id.clone()),
        order: Order::NewestFirst,
        limit: OTHERS,
        ..InquiryFilter::default()
    };
    let others = match inquiries::list(store, &signed_in.staff, filter).await {
        Ok(others) => others.rows,
        Err(error) => return declined(signed_in, error),
    };
    let world = site.runner.world.load();
    let others = others.iter().filter(|other| other.id != summary.id);
    let others = others.map(|other| line(other, &world, now)).collect();
    let may_see = signed_in.role.may(Act::SeeCases);
    let view = of(line(&summary, &world, now), &summary, &said, others, typed, may_see);
    Ok(frame::show(signed_in, &view, notice))
}

fn of(
    row: Row,
    summary: &InquirySummary,
    said: &InquiryWords,
    others: Vec<Row>,
    typed: &str,
    may_see: bool,
) -> InquiryPage {
    InquiryPage {
        row,
        name: said.name.as_deref().map(mask::name),
        exam_no: said.exam_no.as_deref().map(mask::exam_no),
        case: summary.case_number.as_deref().filter(|_| may_see).map(address::case),
        text: message::plain(&said.text),
        answer: said.answer.as_deref().map(message::plain),
        answer_max: ANSWER_MAX,
        typed: typed.to_owned(),
        others,
    }
}

#[derive(Deserialize)]
struct Answer {
    text: String,
}

async fn answer(
    State(site): State<Site>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    Form(Answer { text }): Form<Answer>,
) -> Result<Response, WebError> {
    let answered = inquiries::answer(&site.runner, &signed_in.staff, &id, &text).await;
    let words = match answered {
        Ok(()) => return Ok(to("answered")),
        Err(error) => match refused::inquiry(&error) {
            Some(words) => words,
            None => return declined(&signed_in, error),
        },
    };
    shown(&site, &signed_in, &id, &text, Some(Notice::refused(words))).await
}

async fn close(
    State(site): State<Site>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    _: Form<Nothing>,
) -> Result<Response, WebError> {
    let now = site.runner.clock.business();
    match inquiries::close(&site.runner.store, &signed_in.staff, &id, now).await {
        Ok(()) => Ok(to("closed")),
        Err(error) => match refused::inquiry(&error) {
            Some(words) => shown(&site, &signed_in, &id, "", Some(Notice::refused(words))).await,
            None => declined(&signed_in, error),
        },
    }
}

fn to(done: &str) -> Response {
    Redirect::to(&address::with(LIST, &[("done", Some(done))])).into_response()
}

fn declined(signed_in: &SignedIn, error: InquiryError) -> Result<Response, WebError> {
    match error {
        InquiryError::Role => Ok(frame::denied(signed_in)),
        InquiryError::Run(error) => Err(error.into()),
        InquiryError::Store(error) => Err(error.into()),
        InquiryError::Unknown | InquiryError::Empty | InquiryError::TooLong(_) | InquiryError::Ended => {
            Ok(frame::missing(signed_in))
        }
    }
}

#[cfg(test)]
mod samples {
    use super::*;

    fn row(is_open: bool) -> Row {
        Row {
            id: "01A".into(),
            at: "2026-06-15 09:30".into(),
            waits: is_open.then(|| "2 小时".into()),
            number: Some("1234-5678".into()),
            place: "<样例>市天河区".into(),
            state: "等着回复",
            is_open,
            ended: (!is_open).then(|| "<样例>　2026-06-15 10:30".into()),
        }
    }

    impl InquiriesPage {
        /// With something of everything.
        pub(in crate::web::staff) fn sample() -> Self {
            let (next, first) = (Some("/staff/inquiries?after=01A".into()), Some(LIST.into()));
            Self { all: true, rows: vec![row(true), row(false)], count: 2, next, first }
        }
    }

    impl InquiryPage {
        /// One that waits or was answered, of somebody who has left another.
        pub(in crate::web::staff) fn sample(is_open: bool) -> Self {
            Self {
                row: row(is_open),
                name: Some("陈**".into()),
                exam_no: None,
                case: Some("/staff/cases/12345678".into()),
                text: "<样例>\n第二行".into(),
                answer: (!is_open).then(|| "<样例>\n第二行".into()),
                answer_max: ANSWER_MAX,
                typed: "<样例>".into(),
                others: vec![row(false)],
            }
        }
    }
}

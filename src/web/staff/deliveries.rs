//! Pushes that ended badly and jobs that were given up: why, and 「再发一次」. What one says is a page of its own, which
//! the audit remembers.

mod jobs;

use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse as _, Redirect, Response},
};
use serde::{Deserialize, Serialize};

#[cfg(test)]
pub(super) use jobs::JobsPage;

use super::{
    address,
    desk::Desk,
    form::Form,
    frame::{self, Notice, Section, View},
    gate::SignedIn,
};
use crate::{
    office::{
        Act,
        deliveries::{self, AT_ONCE, EndedFilter, RetryError, reasons, words as delivery},
        refused, words as office,
    },
    store::{Ended, OutboxState, OutboxSummary},
    web::{Site, WebError},
};

const LIST: &str = "/staff/deliveries";

pub(super) fn routes(desk: Desk) -> Desk {
    desk.get(LIST, Act::Retry, page)
        .post("/staff/deliveries/again", Act::Retry, all_again)
        .get("/staff/deliveries/jobs", Act::Retry, jobs::page)
        .post("/staff/deliveries/jobs/{id}/again", Act::Retry, jobs::again)
        .get("/staff/deliveries/{id}", Act::Retry, look)
        .post("/staff/deliveries/{id}/again", Act::Retry, again)
}

#[derive(Serialize)]
pub(super) struct DeliveriesPage {
    /// What one may choose from.
    reasons: Vec<ReasonLine>,
    /// What is chosen.
    chosen: Option<ReasonLine>,
    rows: Vec<Row>,
    all: i64,
    /// How many one press takes.
    at_once: u32,
    next: Option<String>,
    /// To the first page, from any other.
    first: Option<String>,
}

impl View for DeliveriesPage {
    const TEMPLATE: &'static str = "staff/deliveries.html";
    const SECTION: Section = Section::Deliveries;
}

#[derive(Clone, Serialize)]
struct ReasonLine {
    /// State and reason, as the address has them.
    why: String,
    words: String,
    count: i64,
    is_chosen: bool,
    /// The person may have it already.
    is_doubt: bool,
}

#[derive(Serialize)]
struct Row {
    id: String,
    at: String,
    /// Of the application, and its page.
    number: Option<String>,
    case: Option<String>,
    words: String,
    state: &'static str,
    why: String,
    attempts: i64,
    is_doubt: bool,
}

/// What one push says.
#[derive(Serialize)]
pub(super) struct PushPage {
    row: Row,
    text: String,
}

impl View for PushPage {
    const TEMPLATE: &'static str = "staff/push.html";
    const SECTION: Section = Section::Deliveries;
}

/// What is listed, and what has just been done.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    why: Option<String>,
    after: Option<String>,
    #[serde(default)]
    done: String,
    #[serde(default)]
    queued: usize,
    #[serde(default)]
    left_out: usize,
}

async fn page(
    State(site): State<Site>,
    signed_in: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let notice = match asked.done.as_str() {
        "one" => Some("已排队再发一次，几秒后看得到结果。".to_owned()),
        "all" => Some(told(asked.queued, asked.left_out)),
        _ => None,
    };
    shown(&site, &signed_in, &asked, notice.map(Notice::done)).await
}

fn told(queued: usize, left_out: usize) -> String {
    let rest = if left_out > 0 {
        format!("另有 {left_out} 条不能再发：考生的绑定已经解除，或别人刚刚处理过。")
    } else {
        String::new()
    };
    format!("已排队再发 {queued} 条，几秒后看得到结果。{rest}")
}

async fn shown(
    site: &Site,
    signed_in: &SignedIn,
    asked: &Asked,
    notice: Option<Notice>,
) -> Result<Response, WebError> {
    let (store, staff) = (&site.runner.store, &signed_in.staff);
    let why = asked.why.as_deref().and_then(read);
    let filter = EndedFilter {
        state: why.map(|(state, _)| state),
        reason: why.map(|(_, reason)| reason.to_owned()),
        after: asked.after.clone(),
    };
    let counts = match deliveries::counts(store, staff).await {
        Ok(counts) => counts,
        Err(error) => return declined(signed_in, error),
    };
    let found = match deliveries::ended_badly(store, staff, &filter).await {
        Ok(found) => found,
        Err(error) => return declined(signed_in, error),
    };
    let world = site.runner.world.load();
    let reasons: Vec<ReasonLine> = counts.iter().map(|ended| reason(ended, why)).collect();
    let view = DeliveriesPage {
        chosen: reasons.iter().find(|reason| reason.is_chosen).cloned(),
        all: counts.iter().map(|ended| ended.count).sum(),
        reasons,
        rows: found.rows.iter().map(|row| line(row, &office::moment(row.created_at, &world.zone))).collect(),
        at_once: AT_ONCE,
        next: found.next.map(|next| address::deliveries(why, Some(&next))),
        first: asked.after.is_some().then(|| address::deliveries(why, None)),
    };
    Ok(frame::show(signed_in, &view, notice))
}

fn reason(ended: &Ended, chosen: Option<(OutboxState, &str)>) -> ReasonLine {
    ReasonLine {
        why: format!("{} {}", ended.state.name(), ended.reason),
        words: format!("{}：{}", delivery::state(ended.state), reasons::why(&ended.reason)),
        count: ended.count,
        is_chosen: chosen == Some((ended.state, ended.reason.as_str())),
        is_doubt: ended.state == OutboxState::InDoubt,
    }
}

fn line(row: &OutboxSummary, at: &str) -> Row {
    Row {
        id: row.id.clone(),
        at: at.to_owned(),
        number: row.case_number.as_deref().map(office::number),
        case: row.case_number.as_deref().map(address::case),
        words: delivery::event(&row.event).to_owned(),
        state: delivery::state(row.state),
        why: reasons::why(row.reason.as_deref().unwrap_or_default()),
        attempts: row.attempts,
        is_doubt: row.doubts > 0 || row.state == OutboxState::InDoubt,
    }
}

/// `given_up refused 45009`; anything else is no filter.
fn read(why: &str) -> Option<(OutboxState, &str)> {
    let (state, reason) = why.split_once(' ')?;
    let ended = [OutboxState::GivenUp, OutboxState::InDoubt];
    Some((ended.into_iter().find(|ended| ended.name() == state)?, reason))
}

async fn look(
    State(site): State<Site>,
    signed_in: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    let store = &site.runner.store;
    let now = site.runner.clock.business();
    let notice = match deliveries::look(store, &signed_in.staff, &id, now).await {
        Ok(notice) => notice,
        Err(error) => return declined(&signed_in, error),
    };
    let Some(row) = store.outbox_row(&id).await? else { return Ok(frame::missing(&signed_in)) };
    let text = delivery::content(&notice.body);
    let at = office::moment(row.created_at, &site.runner.world.load().zone);
    Ok(frame::show(&signed_in, &PushPage { row: line(&row, &at), text }, None))
}

/// Where the list was, to come back to it.
#[derive(Deserialize)]
struct Back {
    #[serde(default)]
    why: String,
}

async fn again(
    State(site): State<Site>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    Form(Back { why }): Form<Back>,
) -> Result<Response, WebError> {
    let why = Some(why).filter(|why| !why.is_empty());
    let now = site.runner.clock.business();
    match deliveries::send_again(&site.runner.store, &signed_in.staff, &id, now).await {
        Ok(()) => Ok(to_list(LIST, &[("why", why.as_deref()), ("done", Some("one"))])),
        Err(error) => match refused::retry(&error) {
            Some(words) => {
                let asked = Asked { why, ..Asked::default() };
                shown(&site, &signed_in, &asked, Some(Notice::refused(words))).await
            }
            None => declined(&signed_in, error),
        },
    }
}

/// All for one reason; `known` says that whoever asks knows that some may arrive twice.
#[derive(Deserialize)]
struct AllAgain {
    why: String,
    #[serde(default)]
    known: bool,
}

async fn all_again(
    State(site): State<Site>,
    signed_in: SignedIn,
    Form(AllAgain { why, known }): Form<AllAgain>,
) -> Result<Response, WebError> {
    let Some((state, reason)) = read(&why) else { return Ok(frame::unreadable(&signed_in)) };
    if state == OutboxState::InDoubt && !known {
        let words = "不知道送到没有的，再发可能让考生收到两遍。请先勾选“我知道”。什么都没有发。";
        let asked = Asked { why: Some(why), ..Asked::default() };
        return shown(&site, &signed_in, &asked, Some(Notice::refused(words))).await;
    }
    let now = site.runner.clock.business();
    let sent = deliveries::send_all_again(&site.runner.store, &signed_in.staff, state, reason, now).await;
    match sent {
        Ok(sent) => {
            let (queued, left_out) = (sent.queued.to_string(), sent.left_out.to_string());
            // What one press did not take is listed on.
            let why = sent.more.then_some(why.as_str());
            let counts = [("queued", Some(queued.as_str())), ("left_out", Some(left_out.as_str()))];
            Ok(to_list(LIST, &[&[("why", why), ("done", Some("all"))], &counts[..]].concat()))
        }
        Err(error) => declined(&signed_in, error),
    }
}

fn to_list(list: &str, fields: &[(&str, Option<&str>)]) -> Response {
    Redirect::to(&address::with(list, fields)).into_response()
}

/// What no list can be shown beside.
fn declined(signed_in: &SignedIn, error: RetryError) -> Result<Response, WebError> {
    match error {
        RetryError::Role => Ok(frame::denied(signed_in)),
        RetryError::Unknown | RetryError::Needless(_) | RetryError::Unbound => Ok(frame::missing(signed_in)),
        RetryError::Store(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Row {
        fn sample() -> Self {
            Self {
                id: "01A".into(),
                at: "2026-06-15 09:30".into(),
                number: Some("1234-5678".into()),
                case: Some("/staff/cases/12345678".into()),
                words: "<样例>".into(),
                state: "已放弃",
                why: "考生没有关注公众号".into(),
                attempts: 3,
                is_doubt: true,
            }
        }
    }

    impl DeliveriesPage {
        /// With something of everything.
        pub(in crate::web::staff) fn sample() -> Self {
            let ended = Ended { state: OutboxState::InDoubt, reason: "unanswered".into(), count: 120 };
            let chosen = reason(&ended, Some((OutboxState::InDoubt, "unanswered")));
            Self {
                reasons: vec![chosen.clone()],
                chosen: Some(chosen),
                rows: vec![Row::sample()],
                all: 120,
                at_once: AT_ONCE,
                next: Some("/staff/deliveries?after=01A".into()),
                first: Some("/staff/deliveries".into()),
            }
        }
    }

    impl PushPage {
        /// A push.
        pub(in crate::web::staff) fn sample() -> Self {
            Self { row: Row::sample(), text: "<样例>\n第二行".into() }
        }
    }

    #[test]
    fn a_filter_is_a_state_that_ended_badly_and_a_reason() {
        let rows = [
            ("given_up refused 45009", Some((OutboxState::GivenUp, "refused 45009"))),
            ("in_doubt ", Some((OutboxState::InDoubt, ""))),
            ("delivered told", None),
            ("in_doubt", None),
            ("", None),
        ];
        for (why, expected) in rows {
            assert_eq!(read(why), expected, "{why}");
        }
    }
}

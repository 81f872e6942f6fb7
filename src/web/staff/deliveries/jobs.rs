//! Jobs that were given up: 「再做一次」.

use axum::{
    extract::{Path, Query, State},
    response::Response,
};
use serde::{Deserialize, Serialize};

use super::{declined, to_list};
use crate::{
    office::{
        deliveries::{self, RetryError, reasons, words as delivery},
        words as office,
    },
    store::JobSummary,
    web::{
        Site, WebError,
        staff::{
            address,
            form::Form,
            frame::{self, Notice, Section, View},
            gate::SignedIn,
            sign_in::Nothing,
        },
    },
};

const LIST: &str = "/staff/deliveries/jobs";

#[derive(Serialize)]
pub(in crate::web::staff) struct JobsPage {
    rows: Vec<Row>,
    next: Option<String>,
    /// To the first page, from any other.
    first: Option<&'static str>,
}

impl View for JobsPage {
    const TEMPLATE: &'static str = "staff/jobs.html";
    const SECTION: Section = Section::Deliveries;
}

#[derive(Serialize)]
struct Row {
    id: String,
    at: String,
    /// Of the application, and its page.
    number: Option<String>,
    case: Option<String>,
    words: &'static str,
    why: String,
    attempts: i64,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    after: Option<String>,
    #[serde(default)]
    done: bool,
}

pub(super) async fn page(
    State(site): State<Site>,
    signed_in: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let notice = asked.done.then(|| Notice::done("已排队再做一次，几秒后看得到结果。"));
    shown(&site, &signed_in, &asked, notice).await
}

async fn shown(
    site: &Site,
    signed_in: &SignedIn,
    asked: &Asked,
    notice: Option<Notice>,
) -> Result<Response, WebError> {
    let found = deliveries::failed_jobs(&site.runner.store, &signed_in.staff, asked.after.as_deref()).await;
    let found = match found {
        Ok(found) => found,
        Err(error) => return declined(signed_in, error),
    };
    let world = site.runner.world.load();
    let line = |job: &JobSummary| Row {
        id: job.id.clone(),
        at: office::moment(job.created_at, &world.zone),
        number: job.case_number.as_deref().map(office::number),
        case: job.case_number.as_deref().map(address::case),
        words: delivery::job(&job.kind),
        why: reasons::why(job.reason.as_deref().unwrap_or_default()),
        attempts: job.attempts,
    };
    let view = JobsPage {
        rows: found.rows.iter().map(line).collect(),
        next: found.next.map(|next| address::with(LIST, &[("after", Some(&next))])),
        first: asked.after.is_some().then_some(LIST),
    };
    Ok(frame::show(signed_in, &view, notice))
}

pub(super) async fn again(
    State(site): State<Site>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    _: Form<Nothing>,
) -> Result<Response, WebError> {
    let now = site.runner.clock.business();
    match deliveries::do_again(&site.runner.store, &signed_in.staff, &id, now).await {
        Ok(()) => Ok(to_list(LIST, &[("done", Some("true"))])),
        Err(RetryError::Unknown) => {
            let words = "这项工作已经不在放弃的里面，或这份申请另有一项在做。什么都没有改。";
            shown(&site, &signed_in, &Asked::default(), Some(Notice::refused(words))).await
        }
        Err(error) => declined(&signed_in, error),
    }
}

#[cfg(test)]
impl JobsPage {
    /// With something of everything.
    pub(in crate::web::staff) fn sample() -> Self {
        let row = Row {
            id: "01A".into(),
            at: "2026-06-15 09:30".into(),
            number: None,
            case: None,
            words: "检查照片",
            why: "<样例>".into(),
            attempts: 3,
        };
        Self { rows: vec![row], next: Some("/staff/deliveries/jobs?after=01A".into()), first: Some(LIST) }
    }
}

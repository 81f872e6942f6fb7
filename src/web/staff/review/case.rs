//! One case, everything on one screen.

use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
};
use serde::{Deserialize, Serialize};

use super::{
    asked::Asked,
    done::{self, Decided},
    ends::{self, End},
    number_of,
    photos::{self, Compared, Photo},
    rounds::{self, RoundShown},
    seen,
    sheet::{self, Fact},
    typed::{self, ToDecide, Typed},
};
use crate::{
    office::{
        Act,
        queue::{self, Opened},
        words,
    },
    store::CaseLease,
    time::time_text,
    web::{
        Site, WebError,
        staff::{
            form::Form,
            frame::{self, Notice, Section, View},
            gate::SignedIn,
        },
    },
    workflow::case::Case,
};

#[derive(Serialize)]
pub(super) struct CasePage {
    pub(super) decided: Option<Decided>,
    pub(super) number: String,
    pub(super) shown_number: String,
    pub(super) stage: &'static str,
    pub(super) batch: String,
    /// What is in review, and whose turn it is; nothing when nobody is to decide.
    pub(super) awaits: Option<String>,
    pub(super) facts: Vec<Fact>,
    pub(super) photos: Vec<Photo>,
    /// What may stand side by side.
    pub(super) compared: Vec<Compared>,
    pub(super) rounds: Vec<RoundShown>,
    /// The check on site.
    pub(super) onsite: Vec<End>,
    /// The province's conclusion, and what it corrects.
    pub(super) concluded: Vec<End>,
    /// What this account may decide now.
    pub(super) to_decide: Option<ToDecide>,
    /// It is of a batch that is not the present one: nobody decides on it any more.
    pub(super) is_past: bool,
    /// Another account has it open.
    pub(super) held: Option<Held>,
    /// Until when it is this account's, in milliseconds of the server's clock.
    pub(super) until: Option<i64>,
    /// It may decide on cases at all: then there is a next one.
    pub(super) may_review: bool,
    /// An opinion that was typed and has no field any more.
    pub(super) unsent: String,
    /// The list's question and the case's place in it, as a form's field.
    pub(super) asked: String,
    /// Back to the list.
    pub(super) back: String,
}

impl View for CasePage {
    const TEMPLATE: &'static str = "staff/case.html";
    const SECTION: Section = Section::Review;
}

/// Who has it open.
#[derive(Serialize)]
pub(super) struct Held {
    pub(super) staff: String,
    /// `9:40`.
    pub(super) until: String,
}

/// The page; opening it takes the case's lease.
pub(super) async fn page(
    State(site): State<Site>,
    signed_in: SignedIn,
    Path(number): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let notice = match asked.said.as_str() {
        "back" => Some(Notice::done("已收回，考生不会收到通知。请重新决定。")),
        _ => None,
    };
    shown(&site, &signed_in, &number, &asked, &Typed::default(), notice).await
}

#[derive(Deserialize)]
pub(super) struct Asking {
    #[serde(default)]
    asked: String,
}

/// The page with the whole phone.
pub(super) async fn phone(
    State(site): State<Site>,
    signed_in: SignedIn,
    Path(number): Path<String>,
    Form(Asking { asked }): Form<Asking>,
) -> Result<Response, WebError> {
    let now = site.runner.clock.now();
    let opened = queue::view_phone(&site.runner.store, &signed_in.staff, &number_of(&number), now).await;
    let Some(opened) = seen(opened)?.flatten() else { return Ok(frame::missing(&signed_in)) };
    let mut view = view(&site, &signed_in, &opened, &Asked::read(&asked), &Typed::default(), None);
    sheet::show_phone(&mut view.facts, &opened.case);
    Ok(frame::show(&signed_in, &view, None))
}

/// The page as it is now, with what was typed on it.
pub(super) async fn shown(
    site: &Site,
    signed_in: &SignedIn,
    number: &str,
    asked: &Asked,
    typed: &Typed,
    notice: Option<Notice>,
) -> Result<Response, WebError> {
    let now = site.runner.clock.now();
    let opened = queue::view(&site.runner.store, &signed_in.staff, &number_of(number), now).await;
    let Some(opened) = seen(opened)?.flatten() else { return Ok(frame::missing(signed_in)) };
    let decided = done::decided(site, &signed_in.staff, asked).await?;
    let view = view(site, signed_in, &opened, asked, typed, decided);
    Ok(frame::show(signed_in, &view, notice))
}

/// The same when an act was refused: the status says so, too.
pub(super) async fn refused(
    site: &Site,
    signed_in: &SignedIn,
    number: &str,
    typed: &Typed,
    words: String,
) -> Result<Response, WebError> {
    let asked = Asked::read(&typed.asked);
    let mut page = shown(site, signed_in, number, &asked, typed, Some(Notice::refused(words))).await?;
    if page.status() == StatusCode::OK {
        *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(page)
}

fn view(
    site: &Site,
    signed_in: &SignedIn,
    opened: &Opened,
    asked: &Asked,
    typed: &Typed,
    decided: Option<Decided>,
) -> CasePage {
    let world = site.runner.world.load();
    let case = &*opened.case;
    let (until, held) = match &opened.lease {
        Some(CaseLease::Mine { until }) => (Some(until.0), None),
        Some(CaseLease::Other { staff, until }) => {
            // Leases are kept in wire time, people read business time.
            let now = site.runner.clock.now();
            let until = now.business.plus_seconds(until.since(now.wire) / 1000).civil(&world.zone);
            (None, Some(Held { staff: staff.clone(), until: time_text(until.time()) }))
        }
        None => (None, None),
    };
    let is_past = case.batch != world.batch.id;
    let to_decide = until.filter(|_| !is_past).and_then(|_| typed::to_decide(case, typed));
    CasePage {
        decided,
        shown_number: words::number(&case.number),
        number: case.number.clone(),
        stage: words::stage(case.stage),
        batch: case.batch.clone(),
        awaits: awaits(case),
        facts: sheet::facts(case, opened.candidate.as_ref(), &world.plans, &world.zone),
        photos: photos::photos(case),
        compared: photos::compared(case),
        rounds: rounds::rounds(case, &world.zone),
        onsite: ends::onsite(case, &world.zone),
        concluded: ends::concluded(case, &world.zone),
        unsent: if to_decide.is_none() { typed.opinion.trim().to_owned() } else { String::new() },
        to_decide,
        is_past,
        held,
        until,
        may_review: signed_in.role.may(Act::Review),
        asked: asked.query_at(&asked.at),
        back: asked.queue_path("", ""),
    }
}

/// 「第 2 轮 毕业证照片，等市考办审核」.
fn awaits(case: &Case) -> Option<String> {
    let (level, part) = (case.stage.reviewed_at()?, case.stage.reviewed_part()?);
    Some(format!("第 {} 轮 {}，等{}审核", case.round, words::part(part), words::level(level)))
}

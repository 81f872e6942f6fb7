//! What is deleted when, what was, and what is kept longer. `sure` asks before anything goes for good; `handover` gives
//! portraits away.

mod handover;
mod sure;
#[cfg(test)]
pub(super) use sure::SurePage;

use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse as _, Redirect, Response},
};
use jiff::{ToSpan as _, civil::Date};
use serde::{Deserialize, Serialize};

use super::{
    deletions::{self, RequestView},
    desk::Desk,
    form::Form,
    frame::{self, Notice, Section, View},
    gate::SignedIn,
    sign_in::Nothing,
};
use crate::{
    office::{
        self, Act, Who, acts,
        retention::{self, BatchPlan, Held, Plan, REASON_MAX, RetentionError},
        words,
    },
    runner::RunError,
    store::{Handover, Hold, StoreError},
    time::{Millis, date_text},
    web::{Site, WebError},
};

/// A deletion that is as near as this is told apart.
const SOON_DAYS: i64 = 60;
const PATH: &str = "/staff/retention";

#[derive(Serialize)]
pub(super) struct RetentionPage {
    pub(super) batches: Vec<BatchView>,
    pub(super) holds: Vec<HoldView>,
    pub(super) handovers: Vec<HandoverView>,
    pub(super) deleted: Vec<DeletedView>,
    /// What people asked for, the oldest first.
    pub(super) requests: Vec<RequestView>,
    /// Hands portraits over, and confirms it.
    pub(super) may_confirm: bool,
    /// Portraits of one archive at most.
    pub(super) archive: u64,
    /// Every batch with anything kept: id and name.
    pub(super) choices: Vec<(String, String)>,
    /// What stood in the form that was refused.
    pub(super) given: Lay,
    pub(super) first_day: String,
    pub(super) last_day: String,
    pub(super) reason_max: usize,
    pub(super) documents_days: u16,
    pub(super) undecided_days: u16,
    pub(super) audit_days: u16,
}

#[derive(Serialize)]
pub(super) struct BatchView {
    pub(super) name: String,
    pub(super) id: String,
    pub(super) ends: String,
    pub(super) has_ended: bool,
    /// Cases that an office owes a word.
    pub(super) waiting: i64,
    pub(super) is_held: bool,
    pub(super) lines: Vec<GoingView>,
    /// Pictures of cases that are held.
    pub(super) held: i64,
    pub(super) to_hand_over: i64,
    pub(super) written_out: i64,
}

#[derive(Serialize)]
pub(super) struct GoingView {
    pub(super) what: &'static str,
    pub(super) pictures: i64,
    pub(super) on: String,
    /// The date moves when the offices finish earlier.
    pub(super) at_the_latest: bool,
    pub(super) is_due: bool,
    pub(super) is_soon: bool,
}

#[derive(Serialize)]
pub(super) struct HoldView {
    pub(super) id: String,
    pub(super) batch: String,
    pub(super) case: Option<String>,
    pub(super) reason: String,
    pub(super) until: String,
    pub(super) by: String,
}

#[derive(Serialize)]
pub(super) struct HandoverView {
    pub(super) id: String,
    pub(super) batch: String,
    pub(super) by: String,
    pub(super) at: String,
    pub(super) left: i64,
    /// They go into one archive.
    pub(super) fits: bool,
    pub(super) confirmed: Option<(String, String)>,
}

#[derive(Serialize)]
pub(super) struct DeletedView {
    pub(super) at: String,
    pub(super) batch: String,
    pub(super) what: &'static str,
    pub(super) cases: i64,
    pub(super) pictures: i64,
}

impl View for RetentionPage {
    const TEMPLATE: &'static str = "staff/retention.html";
    const SECTION: Section = Section::Retention;
}

pub(super) fn routes(desk: Desk) -> Desk {
    desk.get(PATH, Act::SeeRetention, page)
        .post("/staff/retention/holds", Act::SeeRetention, lay)
        .post("/staff/retention/holds/{id}/end", Act::SeeRetention, end)
        .post("/staff/retention/delete", Act::SeeRetention, sure::delete)
        .post("/staff/retention/requests/{id}/settle", Act::SeeRetention, deletions::settle)
        .post_within("/staff/retention/handovers", Act::Conclude, handover::BOUNDS, handover::write_out)
        .post_within(
            "/staff/retention/handovers/{id}/archive",
            Act::Conclude,
            handover::BOUNDS,
            handover::archive,
        )
        .post("/staff/retention/handovers/{id}/confirm", Act::Conclude, sure::confirm)
}

#[derive(Deserialize)]
struct Done {
    #[serde(default)]
    done: String,
    #[serde(default)]
    missing: String,
}

async fn page(
    State(site): State<Site>,
    signed_in: SignedIn,
    Query(Done { done, missing }): Query<Done>,
) -> Result<Response, WebError> {
    let missing = handover::without_portrait(&missing);
    let notice = match done.as_str() {
        "written" => Some("已选出要移交的毕业证照片，请在“移交毕业证照片”里下载。"),
        "nothing" => Some("没有可以移交的毕业证照片。"),
        "hold" => Some("已暂缓。到期以后照常删除。"),
        "end" => Some("暂缓已结束，照常按期限删除。"),
        "delete" => Some("能删的照片已经从申请里取走，文件马上删除。请告诉考生。"),
        "none" => Some("这份申请没有可以删除的照片。"),
        "settle" => Some("已办结，您的回复正在发给考生。"),
        "confirm" => Some("已确认移交，本系统里的这些毕业证照片开始删除。"),
        _ => None,
    };
    let notice = notice.map(|words| Notice::done(format!("{words}{missing}")));
    shown(&site, &signed_in, Lay::default(), notice).await
}

async fn shown(
    site: &Site,
    signed_in: &SignedIn,
    given: Lay,
    notice: Option<Notice>,
) -> Result<Response, WebError> {
    let (world, now) = (site.runner.world.load_full(), site.runner.clock.business());
    let who = Who::Staff(&signed_in.staff);
    let plan = retention::plan(&site.runner.store, who, world.terms, &world.zone, now).await;
    let Plan { batches, holds, handovers, deleted } = plan.map_err(failed)?;
    let requests =
        office::deletions::list(&site.runner.store, who, &world.zone, now).await.map_err(failed)?;
    let today = now.date(&world.zone);
    let day = |at: Millis| at.date(&world.zone).to_string();
    let moment = |at: Millis| words::moment(at, &world.zone);
    let days = |days: i64| today.saturating_add(days.days()).to_string();
    let view = RetentionPage {
        choices: batches.iter().map(|plan| (plan.batch.id.clone(), plan.batch.name.clone())).collect(),
        batches: batches.iter().map(|plan| batch_view(plan, now, &day)).collect(),
        requests: requests.into_iter().map(|request| deletions::view(request, &moment)).collect(),
        holds: holds.into_iter().map(|hold| hold_view(hold, &day)).collect(),
        handovers: handovers.into_iter().map(|handover| handover_view(handover, &moment)).collect(),
        deleted: deleted
            .into_iter()
            .map(|deleted| DeletedView {
                at: moment(deleted.at),
                what: deleted.what.as_ref().map_or("无主的照片文件", |(_, kind)| words::kept(*kind)),
                batch: deleted.what.map(|(batch, _)| batch).unwrap_or_default(),
                cases: deleted.cases,
                pictures: deleted.pictures,
            })
            .collect(),
        may_confirm: signed_in.role.may(Act::Conclude),
        archive: retention::ARCHIVE,
        given,
        first_day: days(0),
        last_day: days(retention::HOLD_DAYS - 1),
        reason_max: REASON_MAX,
        documents_days: world.terms.documents,
        undecided_days: world.terms.undecided,
        audit_days: world.terms.audit,
    };
    Ok(frame::show(signed_in, &view, notice))
}

fn batch_view(plan: &BatchPlan, now: Millis, day: &dyn Fn(Millis) -> String) -> BatchView {
    let standing = &plan.standing;
    let lines = plan.lines.iter().map(|line| GoingView {
        what: words::kept(line.kind),
        pictures: line.pictures,
        on: if line.at <= now { String::new() } else { day(line.at) },
        at_the_latest: standing.waiting > 0 && line.at > standing.ends_at,
        is_due: line.at <= now,
        is_soon: line.at > now && line.at <= now.plus_seconds(SOON_DAYS * 24 * 3600),
    });
    BatchView {
        name: plan.batch.name.clone(),
        id: plan.batch.id.clone(),
        ends: day(standing.ends_at),
        has_ended: standing.ends_at <= now,
        waiting: standing.waiting,
        is_held: plan.is_held,
        lines: lines.collect(),
        held: plan.held,
        to_hand_over: plan.to_hand_over,
        written_out: plan.written_out,
    }
}

fn hold_view(hold: Hold, day: &dyn Fn(Millis) -> String) -> HoldView {
    HoldView {
        case: hold.case.map(|(_, number)| words::number(&number)),
        // The last day on which nothing is deleted.
        until: day(hold.until.minus_seconds(1)),
        by: acts::actor(&hold.staff).to_owned(),
        id: hold.id,
        batch: hold.batch,
        reason: hold.reason,
    }
}

fn handover_view(handover: Handover, moment: &dyn Fn(Millis) -> String) -> HandoverView {
    HandoverView {
        by: acts::actor(&handover.staff).to_owned(),
        at: moment(handover.created_at),
        left: handover.portraits,
        fits: handover.portraits <= retention::ARCHIVE as i64,
        confirmed: handover.confirmed.map(|(by, at)| (acts::actor(&by).to_owned(), moment(at))),
        id: handover.id,
        batch: handover.batch,
    }
}

/// The form that lays a hold.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Lay {
    pub(super) batch: String,
    #[serde(default)]
    pub(super) case: String,
    pub(super) until: String,
    pub(super) reason: String,
}

async fn lay(
    State(site): State<Site>,
    signed_in: SignedIn,
    Form(given): Form<Lay>,
) -> Result<Response, WebError> {
    let (world, now) = (site.runner.world.load_full(), site.runner.clock.business());
    let Ok(until) = given.until.parse::<Date>() else {
        return refused(&site, &signed_in, given, RetentionError::Until).await;
    };
    let held = Held { batch: &given.batch, case: given.case.trim(), reason: &given.reason, until };
    let id = site.runner.ids.fresh(site.runner.clock.wire()).id(0);
    let who = Who::Staff(&signed_in.staff);
    match retention::hold(&site.runner.store, who, held, id, &world.zone, now).await {
        Ok(()) => Ok(done("hold")),
        Err(error) => refused(&site, &signed_in, given, error).await,
    }
}

async fn end(
    State(site): State<Site>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    _: Form<Nothing>,
) -> Result<Response, WebError> {
    let now = site.runner.clock.business();
    match retention::end_hold(&site.runner.store, Who::Staff(&signed_in.staff), &id, now).await {
        Ok(()) => Ok(done("end")),
        Err(error) => refused(&site, &signed_in, Lay::default(), error).await,
    }
}

pub(super) fn done(what: &str) -> Response {
    Redirect::to(&format!("{PATH}?done={what}")).into_response()
}

pub(super) async fn refused(
    site: &Site,
    signed_in: &SignedIn,
    given: Lay,
    error: RetentionError,
) -> Result<Response, WebError> {
    let words = match error {
        RetentionError::Reason(error) => office::refused::reason(&error, "原因"),
        RetentionError::Answer(error) => office::refused::reason(&error, "回复"),
        RetentionError::Until => {
            let today = site.runner.clock.business().date(&site.runner.world.load().zone);
            let last = today.saturating_add((retention::HOLD_DAYS - 1).days());
            format!("没有暂缓：最后一天要在今天到 {}年{} 之间。", last.year(), date_text(last))
        }
        RetentionError::NoBatch => "没有暂缓：没有这个批次。".to_owned(),
        RetentionError::NoCase => "什么都没有改：没有这个编号的申请，请核对批次和 8 位编号。".to_owned(),
        RetentionError::UnderWay => "没有删除：批次还没有结束，或考办还没有给结论，办理期间依法要保留。\
             还没提交的申请，考生可以在微信里回复「撤回申请」，照片和电话马上删除。"
            .to_owned(),
        RetentionError::Held => {
            "没有删除：这份申请或整个批次正在暂缓删除。请先核对暂缓的原因，结束暂缓后再删除。".to_owned()
        }
        RetentionError::HandOver => {
            "没有删除：只剩毕业证照片，要先移交制证，确认收到以后自动删除。".to_owned()
        }
        RetentionError::Contended => "什么都没有改：这份申请或考生刚刚有变化，请再试一次。".to_owned(),
        RetentionError::Large => format!(
            "没有下载：这一次超过 {} 张，是在服务器上导出的，请在那里取。什么都没有改。",
            retention::ARCHIVE
        ),
        RetentionError::Over => "已经处理过了，什么都没有改。".to_owned(),
        RetentionError::Role => return Ok(frame::denied(signed_in)),
        error => return Err(failed(error)),
    };
    shown(site, signed_in, given, Some(Notice::refused(words))).await
}

fn failed(error: RetentionError) -> WebError {
    match error {
        RetentionError::Store(error) | RetentionError::Run(RunError::Store(error)) => error.into(),
        error => StoreError::Unreadable { place: "retention", reason: error.to_string() }.into(),
    }
}

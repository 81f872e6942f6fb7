//! Who has a case open: the next one of the queue, one by its number, and giving it back. The leases are the console's: a
//! system and a person keep each other from the same work.

use std::time::Duration;

use axum::{
    Json as Answer,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    caller::Caller,
    case::CaseSaid,
    decide::find,
    extract::Query,
    paging,
    problem::{Kind, Problem},
    said::{Moment, PartName, Word},
    wanted::{OrderName, RoundsName, Wanted, stages},
};
use crate::{
    office::{
        Act, ReviewError, lease,
        queue::{self, Opened},
        refused,
    },
    store::{CaseFilter, CaseLease},
    time::Millis,
    web::Site,
};

/// Which of those that wait for this key.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// 只要审核这一部分的
    #[param(inline, required = false)]
    part: Option<PartName>,
    /// 办理地点的市
    #[param(inline, required = false)]
    city: Option<Word>,
    /// 办理地点的区县
    #[param(inline, required = false)]
    district: Option<Word>,
    /// 等了至少几天
    #[param(minimum = 1, maximum = 365, required = false)]
    days: Option<u16>,
    /// first 第一次提交，repeated 再次提交
    #[param(inline, required = false)]
    rounds: Option<RoundsName>,
    /// oldest 等得最久的在前（默认），newest 新的在前
    #[serde(default)]
    #[param(inline, required = false)]
    order: OrderName,
    /// 从哪里接着取：上一份的 cursor，不想先审那一份时用；后面没有了，再从头取
    #[param(required = false)]
    cursor: Option<String>,
}

/// 取到的下一份申请
#[derive(Serialize, ToSchema)]
pub(super) struct NextCase {
    /// 申请；密钥没有 `cases:read` 就没有考生和各轮
    case: CaseSaid,
    /// 到这时候为止归这把密钥
    until: Moment,
    /// 跳过这一份、取后面的时要用
    cursor: String,
}

/// 归这把密钥的申请
#[derive(Serialize, ToSchema)]
pub(super) struct HeldCase {
    /// 申请；密钥没有 `cases:read` 就没有考生和各轮
    case: CaseSaid,
    /// 到这时候为止归这把密钥
    until: Moment,
}

/// 取下一份要审核的申请
///
/// 别人没有在看的第一份，归这把密钥十分钟，别的密钥和后台的人这时不能审核它；审核以后就放开。看过会记进审计。没有等这把密钥审核的，回答 204。
#[utoipa::path(post, path = "/api/v1/cases/next", tag = "审核", operation_id = "next_case", params(Asked),
    responses((status = 200, description = "申请", body = NextCase), (status = 204, description = "没有等审核的了")))]
pub(super) async fn next(
    State(site): State<Site>,
    caller: Caller,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let batch = site.runner.world.load().batch.id.clone();
    let (store, now) = (&site.runner.store, site.runner.clock.now());
    let Asked { part, city, district, days, rounds, order, cursor } = asked;
    let wanted = Wanted { batch, city, district, days, rounds, order, cursor };
    let filter = wanted.filter(now.business)?;
    let nothing = || Ok(StatusCode::NO_CONTENT.into_response());
    let Some(stages) = stages(caller.role(), Vec::new(), part, true) else { return nothing() };
    let filter = CaseFilter { stages, ..filter };
    let Some(found) = queue::next(store, caller.account(), &filter, now.wire).await? else {
        return nothing();
    };
    let HeldCase { case, until } = held(&site, &caller, &found.number).await?;
    let cursor = paging::cursor(&found.cursor().to_string());
    Ok(Answer(NextCase { case, until, cursor }).into_response())
}

/// 占住一份申请
///
/// 等这把密钥审核的申请，归它十分钟；已经归它的，再算十分钟。别人正在看就不行。看过会记进审计。
#[utoipa::path(post, path = "/api/v1/cases/{number}/hold", tag = "审核", operation_id = "hold_case",
    params(("number" = String, Path, description = "申请编号", example = "12345678")),
    responses((status = 200, description = "申请", body = HeldCase)))]
pub(super) async fn hold(
    State(site): State<Site>,
    caller: Caller,
    Path(number): Path<String>,
) -> Result<Answer<HeldCase>, Problem> {
    let case = find(&site, &caller, &number, Act::Review).await?;
    held(&site, &caller, &case.number).await.map(Answer)
}

/// 放开一份申请
///
/// 不审核了，让别人来。没有归这把密钥的，什么都不做。
#[utoipa::path(post, path = "/api/v1/cases/{number}/release", tag = "审核", operation_id = "release_case",
    params(("number" = String, Path, description = "申请编号", example = "12345678")),
    responses((status = 204, description = "已经不归这把密钥")))]
pub(super) async fn release(
    State(site): State<Site>,
    caller: Caller,
    Path(number): Path<String>,
) -> Result<StatusCode, Problem> {
    let case = find(&site, &caller, &number, Act::Review).await?;
    lease::release(&site.runner.store, caller.account(), &case.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Opens a case for this key, as the console does: it is the key's then, and the look is in the audit.
async fn held(site: &Site, caller: &Caller, number: &str) -> Result<HeldCase, Problem> {
    let (store, staff, now) = (&site.runner.store, caller.account(), site.runner.clock.now());
    let opened = queue::open(store, staff, number, now.wire).await?;
    let opened = opened.ok_or_else(|| Problem::of(Kind::NotFound))?;
    let until = match &opened.lease {
        Some(CaseLease::Mine { until }) => *until,
        Some(CaseLease::Other { staff, until }) => return Err(taken(staff, until.since(now.wire))),
        None => return Err(nothing_to_decide(caller, &opened)),
    };
    let zone = site.runner.world.load().zone.clone();
    // Leases are kept in wire time, people read business time.
    let until = Moment::new(Millis(now.business.0 + until.since(now.wire)), &zone);
    let said = CaseSaid::new(&opened.case, opened.candidate.as_ref(), &zone);
    if !caller.reads_cases() {
        return Ok(HeldCase { case: said.without_history(), until });
    }
    queue::note_view(store, staff, &opened.case, now.business).await?;
    Ok(HeldCase { case: said, until })
}

fn taken(staff: &str, wait: i64) -> Problem {
    let words = format!("{staff} 正在看这份申请。对方做完、离开，或者十分钟没有动静以后再取。");
    Problem::new(Kind::Conflict, words).after(Duration::from_millis(wait.max(0).unsigned_abs()))
}

/// In the words that a decision would be refused with.
fn nothing_to_decide(caller: &Caller, opened: &Opened) -> Problem {
    let is_elsewhere = opened.case.stage.reviewed_at().is_some();
    let error = ReviewError::Refused(if is_elsewhere { "wrong_level" } else { "stale_round" });
    let words = refused::review(&error, caller.account(), &opened.case);
    Problem::of_review(error, words)
}

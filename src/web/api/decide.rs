//! Decisions on what was submitted.

use axum::{
    Json as Answer,
    extract::{Path, State},
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    caller::Caller,
    case::CaseSaid,
    extract::Json,
    problem::{Kind, Problem},
    said::{PartName, ReasonCode, Words, whole},
};
use crate::{
    inbound::Decision,
    office::{self, Act, ReviewError, look, refused},
    web::Site,
    workflow::case::Case,
};
use std::{sync::Arc, time::Duration};

/// 通过
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Approve {
    /// 看的是第几轮；已经不是这一轮，就不做
    #[serde(deserialize_with = "whole")]
    #[schema(minimum = 1, maximum = 1_000_000)]
    round: u32,
}

/// 不通过
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Reject {
    /// 看的是第几轮；已经不是这一轮，就不做
    #[serde(deserialize_with = "whole")]
    #[schema(minimum = 1, maximum = 1_000_000)]
    round: u32,
    /// 哪一部分不通过
    part: PartName,
    /// 常见的原因；考生看到的是它们的说法
    #[serde(default)]
    reasons: Vec<ReasonCode>,
    /// 另外要说的，接在原因的说法后面，原样发给考生；有 reasons 就可以不写。连同原因的说法，一共 4 到 500 个字
    opinion: Option<Words>,
}

/// 收回
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TakeBack {
    /// 做决定以后申请的版本
    #[serde(deserialize_with = "whole")]
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64)]
    version: i64,
}

/// 审核通过
///
/// 密钥的角色决定是市考办还是省考办。10 秒以内可以收回，之后考生收到通知。
#[utoipa::path(post, path = "/api/v1/cases/{number}/approve", tag = "审核", operation_id = "approve_case",
    params(("number" = String, Path, description = "申请编号", example = "12345678")), request_body = Approve,
    responses((status = 200, description = "审核以后的申请", body = CaseSaid)))]
pub(super) async fn approve(
    State(site): State<Site>,
    caller: Caller,
    Path(number): Path<String>,
    Json(Approve { round }): Json<Approve>,
) -> Result<Answer<CaseSaid>, Problem> {
    decide(&site, &caller, &number, round, Decision::Approve).await
}

/// 审核不通过
///
/// 原因和意见至少写一样，考生会读到。10 秒以内可以收回，之后考生收到通知。
#[utoipa::path(post, path = "/api/v1/cases/{number}/reject", tag = "审核", operation_id = "reject_case",
    params(("number" = String, Path, description = "申请编号", example = "12345678")), request_body = Reject,
    responses((status = 200, description = "审核以后的申请", body = CaseSaid)))]
pub(super) async fn reject(
    State(site): State<Site>,
    caller: Caller,
    Path(number): Path<String>,
    Json(asked): Json<Reject>,
) -> Result<Answer<CaseSaid>, Problem> {
    let reasons = asked.reasons.into_iter().map(|ReasonCode(reason)| reason).collect();
    let opinion = asked.opinion.map(|Words(opinion)| opinion).unwrap_or_default();
    let decision = Decision::Reject { part: asked.part.0, reasons, opinion };
    decide(&site, &caller, &number, asked.round, decision).await
}

async fn decide(
    site: &Site,
    caller: &Caller,
    number: &str,
    round: u32,
    decision: Decision,
) -> Result<Answer<CaseSaid>, Problem> {
    let case = find(site, caller, number, Act::Review).await?;
    let decided = office::decide(&site.runner, caller.account(), &case, round, decision).await;
    told(site, caller, &case, decided).await
}

/// 收回审核
///
/// 只有做决定的密钥能收回，而且要在 10 秒以内、考生还没有收到通知、申请没有别的变化。
#[utoipa::path(post, path = "/api/v1/cases/{number}/take-back", tag = "审核", operation_id = "take_back",
    params(("number" = String, Path, description = "申请编号", example = "12345678")), request_body = TakeBack,
    responses((status = 200, description = "收回以后的申请", body = CaseSaid)))]
pub(super) async fn take_back(
    State(site): State<Site>,
    caller: Caller,
    Path(number): Path<String>,
    Json(TakeBack { version }): Json<TakeBack>,
) -> Result<Answer<CaseSaid>, Problem> {
    let case = find(&site, &caller, &number, Act::Review).await?;
    let taken = office::take_back(&site.runner, caller.account(), &case.id, version).await;
    told(&site, &caller, &case, taken).await
}

/// A case that the key may do this to.
pub(super) async fn find(site: &Site, caller: &Caller, number: &str, act: Act) -> Result<Arc<Case>, Problem> {
    let found = look::find(&site.runner, caller.who(), number, act).await?;
    found.map(|(case, _)| case).ok_or_else(|| Problem::of(Kind::NotFound))
}

/// The case as a decision left it, or why there is none.
async fn told(
    site: &Site,
    caller: &Caller,
    case: &Case,
    decided: Result<Arc<Case>, ReviewError>,
) -> Result<Answer<CaseSaid>, Problem> {
    let now = decided.map_err(|error| {
        let words = refused::review(&error, caller.account(), case);
        let wait = match &error {
            ReviewError::Held { until, .. } => Some(until.since(site.runner.clock.wire())),
            _ => None,
        };
        let problem = Problem::of_review(error, words);
        match wait {
            Some(wait) => problem.after(Duration::from_millis(wait.max(0).unsigned_abs())),
            None => problem,
        }
    })?;
    shown(site, caller, &now).await
}

/// A case that has just been changed, with its candidate.
pub(super) async fn shown(site: &Site, caller: &Caller, case: &Case) -> Result<Answer<CaseSaid>, Problem> {
    let area = caller.role().area().ok_or_else(|| Problem::of(Kind::Forbidden))?;
    let candidate =
        site.runner.store.case_within(&area, &case.id).await?.and_then(|(_, candidate)| candidate);
    let world = site.runner.world.load();
    let said = CaseSaid::new(case, candidate.as_ref(), &world.zone);
    Ok(Answer(if caller.reads_cases() { said } else { said.without_history() }))
}

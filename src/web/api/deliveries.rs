//! Pushes that did not arrive.

use axum::{
    Json as Answer,
    extract::State,
    http::{StatusCode, Uri},
    response::Response,
};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    caller::Caller,
    extract::{Query, RowId},
    paging,
    problem::Problem,
    said::Moment,
};
use crate::{
    office::deliveries::{self, EndedFilter, reasons, words},
    store::{OutboxState, OutboxSummary},
    web::Site,
};

/// Which pushes.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// `given_up` 已放弃，`in_doubt` 不知道送到没有；不写就都列
    #[param(inline, required = false)]
    state: Option<StateName>,
    /// 从哪里接着列：上一页的 next
    #[param(required = false)]
    cursor: Option<String>,
}

/// A bad end.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum StateName {
    GivenUp,
    InDoubt,
}

/// 一页没有送到的通知
#[derive(Serialize, ToSchema)]
pub(super) struct DeliveryPage {
    /// 通知，新的在前；内容不在这里
    deliveries: Vec<DeliverySaid>,
    /// 下一页的 cursor；没有下一页就是 null
    next: Option<String>,
}

/// 一条通知
#[derive(Serialize, ToSchema)]
#[schema(as = Delivery)]
pub(super) struct DeliverySaid {
    /// 编号
    id: String,
    /// 申请编号；和申请无关就是 null
    number: Option<String>,
    /// 说的是什么
    #[schema(example = "portrait_approved")]
    event: String,
    /// 说的是什么，后台的叫法
    event_words: String,
    /// 状态
    #[schema(example = "given_up")]
    state: &'static str,
    /// 为什么没有送到
    reason: String,
    /// 试了几次
    attempts: i64,
    /// 什么时候写下的
    at: Moment,
}

/// 再发一次的结果
#[derive(Serialize, ToSchema)]
pub(super) struct Queued {
    /// 编号
    id: String,
    /// 已经排队，马上再发
    queued: bool,
}

impl DeliverySaid {
    fn new(row: &OutboxSummary, zone: &TimeZone) -> Self {
        Self {
            id: row.id.clone(),
            number: row.case_number.clone(),
            event: row.event.clone(),
            event_words: words::event(&row.event).to_owned(),
            state: row.state.name(),
            reason: row
                .reason
                .as_deref()
                .map(|why| reasons::said(why, row.state, row.doubts))
                .unwrap_or_default(),
            attempts: row.attempts,
            at: Moment::new(row.created_at, zone),
        }
    }
}

/// 列出没有送到的通知
#[utoipa::path(get, path = "/api/v1/deliveries", tag = "通知", operation_id = "list_deliveries", params(Asked),
    responses((status = 200, description = "一页通知", body = DeliveryPage,
        headers(("Link" = String, description = "下一页的地址，没有下一页就没有")))))]
pub(super) async fn list(
    State(site): State<Site>,
    uri: Uri,
    caller: Caller,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let state = asked.state.map(|state| match state {
        StateName::GivenUp => OutboxState::GivenUp,
        StateName::InDoubt => OutboxState::InDoubt,
    });
    let after = paging::row(asked.cursor.as_deref())?;
    let filter = EndedFilter { state, after, ..EndedFilter::default() };
    let page = deliveries::ended_badly(&site.runner.store, caller.account(), &filter).await?;
    let zone = site.runner.world.load().zone.clone();
    let deliveries = page.rows.iter().map(|row| DeliverySaid::new(row, &zone)).collect();
    Ok(paging::page(&uri, page.next.as_deref(), |next| DeliveryPage { deliveries, next }))
}

/// 再发一次
///
/// 不知道送到没有的，考生可能收到两遍。
#[utoipa::path(post, path = "/api/v1/deliveries/{id}/retry", tag = "通知", operation_id = "retry_delivery",
    params(("id" = String, Path, description = "通知的编号")),
    responses((status = 202, description = "已经排队", body = Queued)))]
pub(super) async fn retry(
    State(site): State<Site>,
    caller: Caller,
    RowId(id): RowId,
) -> Result<(StatusCode, Answer<Queued>), Problem> {
    let (store, now) = (&site.runner.store, site.runner.clock.business());
    deliveries::send_again(store, caller.account(), &id, now).await?;
    Ok((StatusCode::ACCEPTED, Answer(Queued { id, queued: true })))
}

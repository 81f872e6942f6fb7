//! What candidates leave for the offices.

use axum::{Json as Answer, extract::State, http::Uri, response::Response};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    caller::Caller,
    extract::{Json, Query, RowId},
    paging,
    problem::{Kind, Problem},
    said::{Moment, PlaceSaid, Words},
};
use crate::{
    mask,
    office::inquiries,
    store::{InquiryFilter, InquiryState, InquirySummary},
    web::Site,
};

/// Which inquiries.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// 连回复过的、结束了的也列出来
    #[serde(default)]
    #[param(required = false)]
    all: bool,
    /// 一页多少条
    #[param(minimum = 1, maximum = 200, default = 50, required = false)]
    limit: Option<u32>,
    /// 从哪里接着列：上一页的 next
    #[param(required = false)]
    cursor: Option<String>,
}

/// 一页留言
#[derive(Serialize, ToSchema)]
pub(super) struct InquiryPage {
    /// 留言，旧的在前；内容不在这里
    inquiries: Vec<InquirySaid>,
    /// 下一页的 cursor；没有下一页就是 null
    next: Option<String>,
}

/// 一条留言
#[derive(Serialize, ToSchema)]
#[schema(as = Inquiry)]
pub(super) struct InquirySaid {
    /// 编号
    id: String,
    /// open 等着回复，answered 已回复，closed 已结束
    #[schema(example = "open")]
    state: &'static str,
    /// 申请编号；没有申请就是 null
    number: Option<String>,
    /// 办理地点；还没有选就是 null
    place: Option<PlaceSaid>,
    /// 什么时候留的
    at: Moment,
    /// 谁回复或结束的；还没有就是 null
    ended_by: Option<String>,
}

/// 一条留言和它的内容
#[derive(Serialize, ToSchema)]
pub(super) struct InquiryRead {
    /// 留言
    inquiry: InquirySaid,
    /// 内容，原样
    text: String,
    /// 考生姓名，遮盖；没有绑定就是 null
    name: Option<String>,
    /// 准考证号，遮盖；没有绑定就是 null
    exam_no: Option<String>,
    /// 回复，原样；没有回复就是 null
    answer: Option<String>,
}

/// 回复
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Reply {
    /// 原样发给考生
    text: Words,
}

impl InquirySaid {
    fn new(inquiry: InquirySummary, zone: &TimeZone) -> Self {
        Self {
            id: inquiry.id,
            state: match inquiry.state {
                InquiryState::Open => "open",
                InquiryState::Answered => "answered",
                InquiryState::Closed => "closed",
            },
            number: inquiry.case_number,
            place: inquiry.place.as_ref().map(PlaceSaid::from),
            at: Moment::new(inquiry.created_at, zone),
            ended_by: inquiry.ended_by,
        }
    }
}

/// 列出留言
#[utoipa::path(get, path = "/api/v1/inquiries", tag = "留言", operation_id = "list_inquiries", params(Asked),
    responses((status = 200, description = "一页留言", body = InquiryPage,
        headers(("Link" = String, description = "下一页的地址，没有下一页就没有")))))]
pub(super) async fn list(
    State(site): State<Site>,
    uri: Uri,
    caller: Caller,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let after = paging::row(asked.cursor.as_deref())?;
    let filter = InquiryFilter {
        all: asked.all,
        after,
        limit: paging::limit(asked.limit)?,
        ..InquiryFilter::default()
    };
    let page = inquiries::list(&site.runner.store, caller.account(), filter).await?;
    let zone = site.runner.world.load().zone.clone();
    let inquiries = page.rows.into_iter().map(|row| InquirySaid::new(row, &zone)).collect();
    Ok(paging::page(&uri, page.next.as_deref(), |next| InquiryPage { inquiries, next }))
}

/// 看一条留言
///
/// 看过会记进审计。
#[utoipa::path(get, path = "/api/v1/inquiries/{id}", tag = "留言", operation_id = "read_inquiry",
    params(("id" = String, Path, description = "留言的编号")),
    responses((status = 200, description = "留言", body = InquiryRead)))]
pub(super) async fn read(
    State(site): State<Site>,
    caller: Caller,
    RowId(id): RowId,
) -> Result<Answer<InquiryRead>, Problem> {
    let (store, now) = (&site.runner.store, site.runner.clock.business());
    let (summary, words) = inquiries::read(store, caller.account(), &id, now).await?;
    let zone = site.runner.world.load().zone.clone();
    Ok(Answer(InquiryRead {
        inquiry: InquirySaid::new(summary, &zone),
        text: words.text,
        name: words.name.as_deref().map(mask::name),
        exam_no: words.exam_no.as_deref().map(mask::exam_no),
        answer: words.answer,
    }))
}

/// 回复留言
#[utoipa::path(post, path = "/api/v1/inquiries/{id}/answer", tag = "留言", operation_id = "answer_inquiry",
    params(("id" = String, Path, description = "留言的编号")), request_body = Reply,
    responses((status = 200, description = "回复以后的留言", body = InquirySaid)))]
pub(super) async fn answer(
    State(site): State<Site>,
    caller: Caller,
    RowId(id): RowId,
    Json(Reply { text: Words(text) }): Json<Reply>,
) -> Result<Answer<InquirySaid>, Problem> {
    inquiries::answer(&site.runner, caller.account(), &id, &text).await?;
    told(&site, &id).await
}

/// 结束留言
///
/// 不回复，例如已经打过电话。
#[utoipa::path(post, path = "/api/v1/inquiries/{id}/close", tag = "留言", operation_id = "close_inquiry",
    params(("id" = String, Path, description = "留言的编号")),
    responses((status = 200, description = "结束以后的留言", body = InquirySaid)))]
pub(super) async fn close(
    State(site): State<Site>,
    caller: Caller,
    RowId(id): RowId,
) -> Result<Answer<InquirySaid>, Problem> {
    let (store, now) = (&site.runner.store, site.runner.clock.business());
    inquiries::close(store, caller.account(), &id, now).await?;
    told(&site, &id).await
}

/// What has just been changed, which the key may see.
async fn told(site: &Site, id: &str) -> Result<Answer<InquirySaid>, Problem> {
    let found = site.runner.store.inquiry(id).await?;
    let (summary, _) = found.ok_or_else(|| Problem::of(Kind::NotFound))?;
    let zone = site.runner.world.load().zone.clone();
    Ok(Answer(InquirySaid::new(summary, &zone)))
}

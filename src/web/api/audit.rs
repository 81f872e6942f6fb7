//! Who did what.

use axum::{extract::State, http::Uri, response::Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    caller::Caller,
    extract::Query,
    paging,
    problem::Problem,
    said::{Moment, Word},
};
use crate::{office::audit, store::AuditFilter, web::Site};

/// Which lines.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// 谁做的：person、system、operator 或 staff:名字
    #[param(inline, required = false)]
    actor: Option<Word>,
    /// 做了什么，代码
    #[param(inline, required = false)]
    act: Option<Word>,
    /// 对什么做的：申请编号、账号名等
    #[param(inline, required = false)]
    subject: Option<Word>,
    /// 一页多少条
    #[param(minimum = 1, maximum = 200, default = 50, required = false)]
    limit: Option<u32>,
    /// 从哪里接着列：上一页的 next
    #[param(required = false)]
    cursor: Option<String>,
}

/// 一页审计
#[derive(Serialize, ToSchema)]
pub(super) struct AuditPage {
    /// 审计，新的在前
    lines: Vec<AuditLine>,
    /// 下一页的 cursor；没有下一页就是 null
    next: Option<String>,
}

/// 一条审计
#[derive(Serialize, ToSchema)]
struct AuditLine {
    /// 编号，按时间排
    id: String,
    /// 什么时候
    at: Moment,
    /// 谁
    #[schema(example = "staff:王老师")]
    actor: String,
    /// 做了什么，代码
    #[schema(example = "review")]
    act: String,
    /// 对什么做的，不写人名和号码
    subject: String,
    /// 变了什么
    detail: String,
}

/// 看审计
///
/// 谁做了什么，新的在前。
#[utoipa::path(get, path = "/api/v1/audit", tag = "审计", operation_id = "list_audit", params(Asked),
    responses((status = 200, description = "一页审计", body = AuditPage,
        headers(("Link" = String, description = "下一页的地址，没有下一页就没有")))))]
pub(super) async fn list(
    State(site): State<Site>,
    uri: Uri,
    caller: Caller,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let limit = paging::limit(asked.limit)?;
    let filter = AuditFilter {
        actor: asked.actor.map(|Word(actor)| actor),
        act: asked.act.map(|Word(act)| act),
        subject: asked.subject.map(|Word(subject)| subject),
        before: paging::row(asked.cursor.as_deref())?,
        limit,
        ..AuditFilter::default()
    };
    let audit::Page { rows, next } = audit::find(&site.runner.store, caller.who(), filter).await?;
    let told = audit::told(&site.runner.store, &rows).await?;
    let zone = site.runner.world.load().zone.clone();
    let lines = rows.iter().zip(told).map(|(row, told)| AuditLine {
        id: row.id.clone(),
        at: Moment::new(row.at, &zone),
        actor: row.audit.actor.clone(),
        act: row.audit.act.clone(),
        subject: told.subject,
        detail: told.detail,
    });
    let lines = lines.collect();
    Ok(paging::page(&uri, next.as_deref(), |next| AuditPage { lines, next }))
}

//! Applications: the list, one of them, and whom it is about.

use axum::{
    Json,
    extract::{Path, State},
    http::Uri,
    response::Response,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    caller::Caller,
    case::{CaseLine, CaseSaid},
    extract::Query,
    paging,
    problem::{Kind, Problem},
    said::{PartName, StageName, Word},
    wanted::{HolderName, OrderName, RoundsName, Wanted, stages},
};
use crate::{
    office::{look, queue},
    store::CaseFilter,
    validation::profile::Gender,
    web::Site,
    workflow::promise,
};

/// Which cases.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// 批次，如 2026-06；不写就是当前批次
    #[param(inline, required = false)]
    batch: Option<Word>,
    /// 办理地点的市
    #[param(inline, required = false)]
    city: Option<Word>,
    /// 办理地点的区县
    #[param(inline, required = false)]
    district: Option<Word>,
    /// 走到哪一步；可以写几次，任何一个都算
    #[serde(default)]
    #[param(inline, required = false)]
    stage: Vec<StageName>,
    /// 只要等着审核这一部分的
    #[param(inline, required = false)]
    part: Option<PartName>,
    /// 只要等着这把密钥审核的；密钥不审核，就是等着任何一级的
    #[serde(default)]
    #[param(required = false)]
    waiting: bool,
    /// 到这一步至少几天了
    #[param(minimum = 1, maximum = 365, required = false)]
    days: Option<u16>,
    /// first 第一次提交，repeated 再次提交
    #[param(inline, required = false)]
    rounds: Option<RoundsName>,
    /// free 别人没有在看，mine 归这把密钥
    #[param(inline, required = false)]
    holder: Option<HolderName>,
    /// oldest 等得最久的在前（默认），newest 新的在前
    #[serde(default)]
    #[param(inline, required = false)]
    order: OrderName,
    /// 一页多少条
    #[param(minimum = 1, maximum = 200, default = 50, required = false)]
    limit: Option<u32>,
    /// 从哪里接着列：上一页的 next
    #[param(required = false)]
    cursor: Option<String>,
}

/// 一页申请
#[derive(Serialize, ToSchema)]
pub(super) struct CasePage {
    /// 申请
    cases: Vec<CaseLine>,
    /// 下一页的 cursor；没有下一页就是 null
    next: Option<String>,
}

/// 列出申请
///
/// 密钥能看的申请，一页一页列，条件和后台“审核”一样，几个条件都要符合。个人信息遮盖。
#[utoipa::path(get, path = "/api/v1/cases", tag = "申请", operation_id = "list_cases", params(Asked),
    responses((status = 200, description = "一页申请", body = CasePage,
        headers(("Link" = String, description = "下一页的地址，没有下一页就没有")))))]
pub(super) async fn list(
    State(site): State<Site>,
    uri: Uri,
    caller: Caller,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let (world, now) = (site.runner.world.load_full(), site.runner.clock.now());
    let limit = paging::limit(asked.limit)?;
    let holder = asked.holder.map(|holder| holder.of(&caller.account().name));
    let stages = stages(caller.role(), asked.stage, asked.part, asked.waiting);
    let wanted = Wanted {
        batch: asked.batch.map_or_else(|| world.batch.id.clone(), |Word(batch)| batch),
        city: asked.city,
        district: asked.district,
        days: asked.days,
        rounds: asked.rounds,
        order: asked.order,
        cursor: asked.cursor,
    };
    let filter = wanted.filter(now.business)?;
    let Some(stages) = stages else {
        return Ok(paging::page(&uri, None, |next| CasePage { cases: Vec::new(), next }));
    };
    let filter = CaseFilter { stages, holder, limit, ..filter };
    let page = queue::list(&site.runner.store, caller.role(), &filter, now.wire).await?;
    let promised = promise::kept_since(&world.batch, now.business, &world.zone);
    let line = |case| CaseLine::new(case, &world.zone, promised);
    let cases = page.cases.into_iter().map(line).collect();
    let next = page.next.map(|next| next.to_string());
    Ok(paging::page(&uri, next.as_deref(), |next| CasePage { cases, next }))
}

/// 看一份申请
///
/// 申请的全部经过，个人信息遮盖。看过会记进审计。
#[utoipa::path(get, path = "/api/v1/cases/{number}", tag = "申请", operation_id = "get_case",
    params(("number" = String, Path, description = "申请编号", example = "12345678")),
    responses((status = 200, description = "申请", body = CaseSaid)))]
pub(super) async fn get(
    State(site): State<Site>,
    caller: Caller,
    Path(number): Path<String>,
) -> Result<Json<CaseSaid>, Problem> {
    let found = look::case(&site.runner, caller.who(), &number, look::Depth::Masked).await?;
    let (case, candidate) = found.ok_or_else(|| Problem::of(Kind::NotFound))?;
    let world = site.runner.world.load();
    Ok(Json(CaseSaid::new(&case, candidate.as_ref(), &world.zone)))
}

/// 考生的完整信息，不遮盖
#[derive(Serialize, ToSchema)]
pub(super) struct Whole {
    /// 申请编号
    number: String,
    /// 姓名
    name: String,
    /// 准考证号
    exam_no: String,
    /// 性别
    #[schema(value_type = String, example = "女")]
    gender: Gender,
    /// 出生日期
    #[schema(format = Date, value_type = String)]
    birth: Date,
    /// 证件类型
    document_type: &'static str,
    /// 证件号码
    document_no: String,
    /// 专业代码
    major: String,
    /// 联系电话；没有就是 null
    phone: Option<String>,
}

/// 看考生的完整信息
///
/// 不遮盖，所以要另一个范围。看过会记进审计。
#[utoipa::path(get, path = "/api/v1/cases/{number}/candidate", tag = "申请", operation_id = "get_candidate",
    params(("number" = String, Path, description = "申请编号", example = "12345678")),
    responses((status = 200, description = "考生", body = Whole)))]
pub(super) async fn whole(
    State(site): State<Site>,
    caller: Caller,
    Path(number): Path<String>,
) -> Result<Json<Whole>, Problem> {
    let found = look::case(&site.runner, caller.who(), &number, look::Depth::Whole).await?;
    let (case, candidate) = found
        .and_then(|(case, candidate)| Some((case, candidate?)))
        .ok_or_else(|| Problem::of(Kind::NotFound))?;
    let phone = case.phone.clone().or(candidate.phone);
    Ok(Json(Whole {
        number: case.number.clone(),
        name: candidate.name,
        exam_no: candidate.exam_no,
        gender: candidate.gender,
        birth: candidate.birth,
        document_type: candidate.document_type.label(),
        document_no: candidate.document_no,
        major: candidate.major.code,
        phone,
    }))
}

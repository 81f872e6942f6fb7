//! Lists that leave the house.

use std::time::Duration;

use axum::{extract::State, response::Response};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    batches::desk,
    caller::Caller,
    extract::Query,
    problem::{Kind, Problem},
    said::{StageName, Word},
};
use crate::{
    office::{
        batches,
        export::{ExportError, ExportFilter},
    },
    web::{
        Site,
        workbook::{self, Unmade},
    },
};

/// When to come again while others export: it takes seconds, of a whole province a minute.
const PATIENCE: Duration = Duration::from_secs(30);

/// Which cases.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// 批次，如 2026-06；不写就是当前批次
    #[param(inline, required = false)]
    batch: Option<Word>,
    /// 办理地点的市；市考办的密钥只能导出自己市的，可以不写
    #[param(inline, required = false)]
    city: Option<Word>,
    /// 办理地点的区县
    #[param(inline, required = false)]
    district: Option<Word>,
    /// 走到哪一步；可以写几次，任何一个都算，不写就是所有
    #[serde(default)]
    #[param(inline, required = false)]
    stage: Vec<StageName>,
}

/// 导出申请名册
///
/// 一个 XLSX 工作簿，两张表：申请、各轮审核。个人信息不遮盖，所以要另一个范围。导出会记进审计。
#[utoipa::path(get, path = "/api/v1/exports/cases", tag = "数据", operation_id = "export_cases", params(Asked),
    responses((status = 200, description = "工作簿", body = Vec<u8>,
        content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))]
pub(super) async fn cases(
    State(site): State<Site>,
    caller: Caller,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let world = site.runner.world.load_full();
    let batch = asked.batch.map_or_else(|| world.batch.id.clone(), |Word(batch)| batch);
    let known = batches::known(&site.runner.store.batch_rows().await?)?;
    if known.iter().all(|one| one.id != batch) {
        return Err(Problem::new(Kind::NotFound, "没有这个批次。"));
    }
    let filter = ExportFilter {
        batch,
        city: asked.city.map(|Word(city)| city),
        district: asked.district.map(|Word(district)| district),
        stages: asked.stage.into_iter().map(|StageName(stage)| stage).collect(),
    };
    workbook::cases(desk(&site, &caller, &world.zone), &filter).await.map_err(unmade)
}

fn unmade(error: Unmade) -> Problem {
    match error {
        Unmade::Busy => {
            Problem::new(Kind::Unavailable, "现在有两份名册正在导出，请稍后再试。").after(PATIENCE)
        }
        Unmade::Export(ExportError::Role) => {
            Problem::new(Kind::Forbidden, "这把密钥只能导出自己市的名册。什么都没有导出。")
        }
        Unmade::Export(ExportError::Store(error)) => error.into(),
        Unmade::Export(error @ ExportError::Write(_)) => Problem::failed(&error, false),
        Unmade::File(error) => Problem::failed(&error, false),
    }
}

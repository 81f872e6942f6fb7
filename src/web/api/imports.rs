//! Tables that an office imports: looked at first, then exactly that.

use std::{sync::Arc, time::Duration};

use axum::{
    Extension, Json,
    body::Bytes,
    extract::{Path, Request, State},
    http::{HeaderMap, header},
    response::{IntoResponse as _, Response},
};
use serde::{Deserialize, Serialize};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use utoipa::{IntoParams, ToSchema};

use super::{
    batches::{ChangeSaid, desk, refusal},
    caller::Caller,
    extract::{Query, has_nul, media, with_nul},
    problem::{Kind, Problem},
    said::Word,
};
use crate::{
    office::{
        imports::{self, Format, Kind as Table, Preview, Upload},
        templates,
    },
    web::{Site, download::XLSX},
};

/// Files in memory at once, of all keys: each is up to 32 MB, and one at a time is looked into.
const PLACES: usize = 2;
/// When to come again while there is no place: files take seconds.
const PATIENCE: Duration = Duration::from_secs(15);

/// The places of this process.
#[derive(Clone)]
pub(super) struct Files(Arc<Semaphore>);

impl Default for Files {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(PLACES)))
    }
}

impl Files {
    /// Gives a request the place that its handler asks for; false when all are taken.
    pub(super) fn give_place(&self, request: &mut Request) -> bool {
        let Ok(permit) = Arc::clone(&self.0).try_acquire_owned() else { return false };
        request.extensions_mut().insert(Place { _permit: Arc::new(permit) });
        true
    }
}

/// A file's place in memory, from before its body is read until nobody looks into it any more.
#[derive(Clone)]
pub(super) struct Place {
    _permit: Arc<OwnedSemaphorePermit>,
}

/// All places are taken.
pub(super) fn busy() -> Problem {
    Problem::new(Kind::Unavailable, "正在读别的文件，请稍后再传。什么都没有改。").after(PATIENCE)
}

/// How a file is meant.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Meant {
    /// 办理地点（schedule）属于哪个批次；别的不写
    #[param(inline, required = false)]
    batch: Option<Word>,
    /// 办理地点：文件里没有的去掉。不写就保留
    #[serde(default)]
    #[param(required = false)]
    remove_missing: bool,
}

/// How a file is meant, and what was looked at.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Applied {
    /// 办理地点（schedule）属于哪个批次；别的不写
    #[param(inline, required = false)]
    batch: Option<Word>,
    /// 办理地点：文件里没有的去掉。不写就保留
    #[serde(default)]
    #[param(required = false)]
    remove_missing: bool,
    /// 预览回答里的 seen：文件或数据变了就不导入
    #[param(inline)]
    seen: Word,
}

/// 会改什么，或者改了什么
#[derive(Serialize, ToSchema)]
#[schema(as = ImportPreview)]
pub(super) struct PreviewSaid {
    /// 导入时要原样写在 seen 里
    seen: String,
    /// 文件里的行数
    rows: usize,
    /// 新增
    added: usize,
    /// 改变
    changed: usize,
    /// 一样
    unchanged: usize,
    /// 文件里没有、保留的
    missing: usize,
    /// 文件里没有、去掉的
    removed: usize,
    /// 新增的前几行，个人信息遮盖
    added_rows: Vec<String>,
    /// 改变的前几行，个人信息遮盖
    changed_rows: Vec<ChangedSaid>,
}

/// 改变的一行
#[derive(Serialize, ToSchema)]
#[schema(as = ChangedRow)]
struct ChangedSaid {
    /// 哪一行
    label: String,
    /// 哪些变了
    fields: Vec<ChangeSaid>,
}

impl From<Preview> for PreviewSaid {
    fn from(preview: Preview) -> Self {
        let counts = preview.counts;
        let changed = preview.changed.into_iter().map(|changed| ChangedSaid {
            label: changed.label,
            fields: changed.fields.into_iter().map(ChangeSaid::from).collect(),
        });
        Self {
            seen: preview.seen,
            rows: counts.rows,
            added: counts.added,
            changed: counts.changed,
            unchanged: counts.unchanged,
            missing: counts.missing,
            removed: counts.removed,
            added_rows: preview.added,
            changed_rows: changed.collect(),
        }
    }
}

/// 预览导入
///
/// 正文是整个文件：CSV、JSON 或 XLSX，由 Content-Type 说明。回答会改什么，或者文件里所有的错误；什么都不存。
#[utoipa::path(post, path = "/api/v1/imports/{table}/preview", tag = "数据", operation_id = "preview_import",
    params(("table" = String, Path, description = "batches、schedule、plans、candidates 或 population", example = "plans"), Meant),
    request_body(description = "文件", content((Vec<u8> = "text/csv"), (Vec<u8> = "application/json"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))),
    responses((status = 200, description = "会改什么", body = PreviewSaid)))]
pub(super) async fn preview(
    State(site): State<Site>,
    caller: Caller,
    Path(table): Path<String>,
    Query(meant): Query<Meant>,
    headers: HeaderMap,
    Extension(place): Extension<Place>,
    body: Bytes,
) -> Result<Json<PreviewSaid>, Problem> {
    let upload = upload(&table, meant.batch, meant.remove_missing, &headers, body)?;
    // In a task of its own: whoever hangs up, or is answered that it takes too long, does not free the place of a file
    // that is still looked into.
    let work = tokio::spawn(async move {
        let _place = place;
        let zone = site.runner.world.load().zone.clone();
        imports::preview(desk(&site, &caller, &zone), upload).await
    });
    let preview = work.await.map_err(|_| Problem::of(Kind::Broken))?;
    Ok(Json(preview.map_err(refusal)?.into()))
}

/// 导入
///
/// 存下预览看过的同一个文件。全部存下，或者一行也不存。
#[utoipa::path(post, path = "/api/v1/imports/{table}", tag = "数据", operation_id = "apply_import",
    params(("table" = String, Path, description = "batches、schedule、plans、candidates 或 population", example = "plans"), Applied),
    request_body(description = "文件", content((Vec<u8> = "text/csv"), (Vec<u8> = "application/json"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))),
    responses((status = 200, description = "改了什么", body = PreviewSaid)))]
pub(super) async fn apply(
    State(site): State<Site>,
    caller: Caller,
    Path(table): Path<String>,
    Query(meant): Query<Applied>,
    headers: HeaderMap,
    Extension(_place): Extension<Place>,
    body: Bytes,
) -> Result<Json<PreviewSaid>, Problem> {
    let upload = upload(&table, meant.batch, meant.remove_missing, &headers, body)?;
    let zone = site.runner.world.load().zone.clone();
    let done = imports::apply(desk(&site, &caller, &zone), upload, Some(&meant.seen.0), &|_, _| ()).await;
    Ok(Json(done.map_err(refusal)?.into()))
}

fn upload(
    table: &str,
    batch: Option<Word>,
    remove_missing: bool,
    headers: &HeaderMap,
    body: Bytes,
) -> Result<Upload, Problem> {
    let kind = Table::parse(table).ok_or_else(|| Problem::of(Kind::NotFound))?;
    let format = match media(headers) {
        Some("text/csv") => Format::Csv,
        Some("application/json") => Format::Json,
        Some(XLSX) => Format::Xlsx,
        _ => return Err(Problem::of(Kind::WrongMedia)),
    };
    let has_nul = match format {
        Format::Csv => body.contains(&0),
        Format::Json => has_nul(&body),
        // Of XML, which has none.
        Format::Xlsx => false,
    };
    if has_nul {
        return Err(with_nul(String::new()));
    }
    let batch = batch.map(|Word(batch)| batch).unwrap_or_default();
    Ok(Upload { kind, format, bytes: body.into(), batch, remove_missing })
}

/// 下载模板
///
/// 一个可以填写的 XLSX 工作簿，每一列有说明。
#[utoipa::path(get, path = "/api/v1/templates/{table}", tag = "数据", operation_id = "template",
    params(("table" = String, Path, description = "batches、schedule、plans、candidates 或 population", example = "plans")),
    responses((status = 200, description = "工作簿", body = Vec<u8>,
        content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))]
pub(super) async fn template(_: Caller, Path(table): Path<String>) -> Result<Response, Problem> {
    let kind = Table::parse(&table).ok_or_else(|| Problem::of(Kind::NotFound))?;
    let book = templates::xlsx(kind).map_err(|error| {
        tracing::error!(%error, "a template could not be made");
        Problem::of(Kind::Broken)
    })?;
    Ok(([(header::CONTENT_TYPE, XLSX)], book).into_response())
}

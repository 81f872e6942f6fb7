//! Batches, and the places of each.

use axum::{
    Json as Answer,
    extract::{Path, State},
    http::StatusCode,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    caller::Caller,
    extract::Json,
    problem::{FieldError, Kind, Problem},
    said::{Minute, Word, whole, whole_or_none},
};
use crate::{
    office::{
        batches,
        imports::{Desk, FieldChange, ImportError},
        schedule::{self, Edit},
    },
    time::write_minute,
    web::Site,
    workflow::{batch::Batch, mistake::Mistake, schedule::Place},
};

/// 一个批次
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Batch)]
pub(super) struct BatchSaid {
    /// 编号
    #[schema(example = "2026-12")]
    id: String,
    /// 考生看到的名字
    #[schema(example = "2026年下半年")]
    name: String,
    /// 从哪一分钟起可以申请
    #[schema(example = "2026-12-11T09:30")]
    opens: String,
    /// 到哪一分钟截止
    closes: String,
    /// 照片审核到哪一分钟为止
    portrait_review_ends: String,
    /// 补填前置学历的最后一天；没有定就是 null
    #[schema(format = Date, value_type = Option<String>)]
    prior_credential_due: Option<Date>,
    /// 从哪一天起领毕业证书；没有定就是 null
    #[schema(format = Date, value_type = Option<String>)]
    collection_begins: Option<Date>,
    /// 领毕业证书的最后一天；没有定就是 null
    #[schema(format = Date, value_type = Option<String>)]
    collection_ends: Option<Date>,
    /// 办理地点的日期所在的年份
    year: i16,
    /// 向考生承诺几个工作日内审核完；没有承诺就是 null
    #[schema(minimum = 0)]
    review_promise_working_days: Option<u8>,
}

/// 所有批次
#[derive(Serialize, ToSchema)]
pub(super) struct BatchList {
    /// 批次，按编号
    batches: Vec<BatchSaid>,
}

impl From<Batch> for BatchSaid {
    fn from(batch: Batch) -> Self {
        Self {
            id: batch.id,
            name: batch.name,
            opens: write_minute(batch.opens),
            closes: write_minute(batch.closes),
            portrait_review_ends: write_minute(batch.portrait_review_ends),
            prior_credential_due: batch.prior_credential_due,
            collection_begins: batch.collection_begins,
            collection_ends: batch.collection_ends,
            year: batch.year,
            review_promise_working_days: batch.review_promise_working_days,
        }
    }
}

/// 新的批次
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewBatch {
    /// 编号：年份和月份
    id: Word,
    /// 考生看到的名字
    name: Word,
    /// 从哪一分钟起可以申请
    opens: Minute,
    /// 到哪一分钟截止
    closes: Minute,
    /// 照片审核到哪一分钟为止
    portrait_review_ends: Minute,
    /// 补填前置学历的最后一天；没有定就不写
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date, value_type = Option<String>)]
    prior_credential_due: Option<Date>,
    /// 从哪一天起领毕业证书；没有定就不写
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date, value_type = Option<String>)]
    collection_begins: Option<Date>,
    /// 领毕业证书的最后一天；没有定就不写
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date, value_type = Option<String>)]
    collection_ends: Option<Date>,
    /// 办理地点的日期所在的年份
    #[serde(deserialize_with = "whole")]
    #[schema(minimum = 2000, maximum = 2999, example = 2027)]
    year: i16,
    /// 向考生承诺几个工作日内审核完；不承诺就不写
    #[serde(default, deserialize_with = "whole_or_none", skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 255)]
    review_promise_working_days: Option<u8>,
    /// 办理地点文件的名字；没有这样的文件就不写
    #[serde(skip_serializing_if = "Option::is_none")]
    schedule: Option<Word>,
}

/// 列出批次
#[utoipa::path(get, path = "/api/v1/batches", tag = "数据", operation_id = "list_batches",
    responses((status = 200, description = "批次", body = BatchList)))]
pub(super) async fn list(State(site): State<Site>, _: Caller) -> Result<Answer<BatchList>, Problem> {
    let rows = site.runner.store.batch_rows().await?;
    let batches = batches::known(&rows)?.into_iter().map(BatchSaid::from).collect();
    Ok(Answer(BatchList { batches }))
}

/// 新建批次
///
/// 不能和别的批次重叠。办理地点另外导入。
#[utoipa::path(post, path = "/api/v1/batches", tag = "数据", operation_id = "create_batch", request_body = NewBatch,
    responses((status = 201, description = "新的批次", body = BatchSaid)))]
pub(super) async fn create(
    State(site): State<Site>,
    caller: Caller,
    Json(form): Json<NewBatch>,
) -> Result<(StatusCode, Answer<BatchSaid>), Problem> {
    let form = serde_json::to_value(&form).expect("a form of texts and numbers");
    let zone = site.runner.world.load().zone.clone();
    let batch = batches::create(desk(&site, &caller, &zone), form).await.map_err(refusal)?;
    Ok((StatusCode::CREATED, Answer(batch.into())))
}

/// 一个办理地点
#[derive(Serialize, ToSchema)]
#[schema(as = PlaceRow)]
pub(super) struct PlaceRow {
    /// 市
    city: String,
    /// 区县
    district: String,
    /// 地址
    address: String,
    /// 电话
    phones: Vec<String>,
    /// 现场初审的日子
    #[schema(format = Date, value_type = Vec<String>)]
    days: Vec<Date>,
    /// 选了这里的申请
    chosen: i64,
}

/// 一个批次的办理地点
#[derive(Serialize, ToSchema)]
pub(super) struct PlaceList {
    /// 改的时候要原样写在 seen 里
    seen: i64,
    /// 办理地点，按表里的顺序
    places: Vec<PlaceRow>,
}

/// 列出办理地点
#[utoipa::path(get, path = "/api/v1/batches/{batch}/places", tag = "数据", operation_id = "list_places",
    params(("batch" = String, Path, description = "批次", example = "2026-06")),
    responses((status = 200, description = "办理地点", body = PlaceList)))]
pub(super) async fn places(
    State(site): State<Site>,
    caller: Caller,
    Path(batch): Path<String>,
) -> Result<Answer<PlaceList>, Problem> {
    let zone = site.runner.world.load().zone.clone();
    let (places, seen) = schedule::places(desk(&site, &caller, &zone), &batch).await.map_err(refusal)?;
    let row = |(Place { city, district, days, address, phones, .. }, chosen)| PlaceRow {
        city,
        district,
        address,
        phones,
        days,
        chosen,
    };
    Ok(Answer(PlaceList { seen, places: places.into_iter().map(row).collect() }))
}

/// 改一个办理地点；没有写的列不变
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PlaceEdit {
    /// 读的时候的 seen；之后有人改过，就不改
    #[serde(deserialize_with = "whole")]
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64)]
    seen: i64,
    /// 市
    city: Word,
    /// 区县
    district: Word,
    /// 只看会改什么，不改
    #[serde(default)]
    trial: bool,
    /// 地址，原样给考生看
    address: Option<Word>,
    /// 电话，几个用分号隔开
    phones: Option<Word>,
    /// 初审的日子，写成 06-16..06-17 或 06-15;06-18
    date_ranges: Option<Word>,
    /// 上午从几点
    am_start: Option<Word>,
    /// 上午到几点
    am_end: Option<Word>,
    /// 下午从几点
    pm_start: Option<Word>,
    /// 下午到几点
    pm_end: Option<Word>,
}

/// 改了什么
#[derive(Serialize, ToSchema)]
pub(super) struct PlaceEdited {
    /// 变了的列；没有就是一样，没有改
    changes: Vec<ChangeSaid>,
    /// 选了这里的申请
    chosen: i64,
    /// 日子或时间变了：选了这里的人可能要另外通知
    moved: bool,
}

/// 一处变化
#[derive(Serialize, ToSchema)]
#[schema(as = FieldChange)]
pub(super) struct ChangeSaid {
    /// 哪一列
    field: String,
    /// 原来
    old: String,
    /// 现在
    new: String,
}

impl From<FieldChange> for ChangeSaid {
    fn from(FieldChange { field, old, new }: FieldChange) -> Self {
        Self { field, old, new }
    }
}

/// 改一个办理地点
///
/// 考生在聊天里马上看到新的；日子或时间变了，要不要另外通知由人决定。
#[utoipa::path(patch, path = "/api/v1/batches/{batch}/places", tag = "数据", operation_id = "edit_place",
    params(("batch" = String, Path, description = "批次", example = "2026-06")), request_body = PlaceEdit,
    responses((status = 200, description = "改了什么", body = PlaceEdited)))]
pub(super) async fn edit(
    State(site): State<Site>,
    caller: Caller,
    Path(batch): Path<String>,
    Json(asked): Json<PlaceEdit>,
) -> Result<Answer<PlaceEdited>, Problem> {
    let given = [
        ("address", asked.address),
        ("phones", asked.phones),
        ("date_ranges", asked.date_ranges),
        ("am_start", asked.am_start),
        ("am_end", asked.am_end),
        ("pm_start", asked.pm_start),
        ("pm_end", asked.pm_end),
    ];
    let fields: Vec<(String, String)> =
        given.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text?.0))).collect();
    let edit = Edit {
        batch: &batch,
        city: &asked.city.0,
        district: &asked.district.0,
        fields: &fields,
        seen: asked.seen,
    };
    let zone = site.runner.world.load().zone.clone();
    let edited = schedule::edit(desk(&site, &caller, &zone), edit, asked.trial).await.map_err(refusal)?;
    let changes = edited.changes.into_iter().map(ChangeSaid::from).collect();
    Ok(Answer(PlaceEdited { changes, chosen: edited.chosen, moved: edited.is_moved }))
}

/// Where and for whom something is imported.
pub(super) fn desk<'a>(site: &'a Site, caller: &'a Caller, zone: &'a jiff::tz::TimeZone) -> Desk<'a> {
    Desk { store: &site.runner.store, who: caller.who(), now: site.runner.clock.business(), zone }
}

/// Why nothing was stored.
pub(super) fn refusal(error: ImportError) -> Problem {
    match error {
        ImportError::Role => Problem::of(Kind::Forbidden),
        ImportError::NoBatch => Problem::new(Kind::NotFound, "没有这个批次。"),
        ImportError::Changed => Problem::of(Kind::Conflict),
        ImportError::Mistakes { shown, count } => {
            let detail = format!("有 {count} 处不符合规则，errors 里是前 {} 处。什么都没有改。", shown.len());
            Problem::refused(detail, shown.iter().map(mistake).collect())
        }
        ImportError::Chosen(places) => {
            let places: Vec<String> =
                places.iter().map(|(place, count)| format!("{place}（{count} 份）")).collect();
            Problem::new(Kind::Conflict, format!("要去掉的办理地点已有考生选了：{}。", places.join("、")))
        }
        ImportError::Store(error) => error.into(),
    }
}

fn mistake(mistake: &Mistake) -> FieldError {
    let pointer: String = mistake
        .field
        .split(['.', '[', ']'])
        .filter(|part| !part.is_empty())
        .fold(String::new(), |pointer, part| pointer + "/" + part);
    FieldError { pointer, detail: mistake.to_string() }
}

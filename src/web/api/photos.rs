//! The pictures of a case: what the automatic checks say of each, and the picture itself as staff may see it.

use std::collections::BTreeMap;

use axum::{
    extract::{Path, State},
    http::header,
    response::{IntoResponse as _, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    caller::Caller,
    extract::Query,
    problem::{Kind, Problem},
};
use crate::{
    inbound::{PhotoSlot, StoredPhoto},
    office::{
        defects,
        picture::{self, PictureError, Wanted},
        words,
    },
    web::Site,
};

const SLOTS: [PhotoSlot; 4] = [PhotoSlot::Front, PhotoSlot::Back, PhotoSlot::Handheld, PhotoSlot::Portrait];

/// 一张照片
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Photo)]
pub(super) struct PhotoSaid {
    /// front 证件正面，back 证件反面，handheld 手持证件，portrait 毕业证照片
    #[schema(example = "portrait")]
    slot: &'static str,
    /// 宽，像素
    #[schema(minimum = 1)]
    width: u32,
    /// 高，像素
    #[schema(minimum = 1)]
    height: u32,
    /// 从哪里来
    #[schema(example = "拍照页面")]
    source: &'static str,
    /// 自动检查发现了什么；只是提示，由审核的人决定
    findings: Vec<Finding>,
    /// 自动检查量到的，名称和数
    measures: BTreeMap<String, f64>,
}

/// 自动检查发现的一处
#[derive(Debug, Serialize, ToSchema)]
struct Finding {
    /// 代码
    #[schema(example = "PRECHECK_UNAVAILABLE")]
    code: String,
    /// 说明
    words: String,
}

impl PhotoSaid {
    pub(super) fn new(slot: PhotoSlot, photo: &StoredPhoto) -> Self {
        let codes = photo.precheck.codes.iter();
        let measures = photo.precheck.measures.split_whitespace().filter_map(|one| one.split_once('='));
        let number = |text: &str| text.parse().ok().filter(|number: &f64| number.is_finite());
        Self {
            slot: slot.name(),
            width: photo.width,
            height: photo.height,
            source: words::source(photo.source),
            findings: codes.map(|code| Finding { code: code.clone(), words: defects::words(code) }).collect(),
            measures: measures.filter_map(|(name, value)| Some((name.to_owned(), number(value)?))).collect(),
        }
    }
}

/// How large.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Size {
    /// 长边最多多少像素
    #[param(minimum = 160, maximum = 1600, default = 1600, required = false)]
    side: Option<u32>,
}

/// 看照片
///
/// 缩小了的 JPEG，上面有水印：用途、密钥的名字、时间。看过会记进审计。原图不能从接口取。
#[utoipa::path(get, path = "/api/v1/cases/{number}/photos/{round}/{slot}", tag = "申请", operation_id = "get_photo",
    params(("number" = String, Path, description = "申请编号", example = "12345678"),
        ("round" = String, Path, description = "第几轮", example = "1"),
        ("slot" = String, Path, description = "front、back、handheld 或 portrait", example = "portrait"), Size),
    responses((status = 200, description = "照片", body = Vec<u8>, content_type = "image/jpeg")))]
pub(super) async fn photo(
    State(site): State<Site>,
    caller: Caller,
    Path((number, round, slot)): Path<(String, String, String)>,
    Query(Size { side }): Query<Size>,
) -> Result<Response, Problem> {
    let slot = SLOTS.into_iter().find(|known| known.name() == slot);
    let (Ok(round), Some(slot)) = (round.parse(), slot) else { return Err(Problem::of(Kind::NotFound)) };
    let number = number.replace('-', "");
    let wanted = Wanted { case: &number, round, slot, side: sized(side)? };
    match picture::view(&site.runner, &site.photos, caller.account(), wanted).await {
        Ok(Some(jpeg)) => Ok(([(header::CONTENT_TYPE, "image/jpeg")], jpeg).into_response()),
        Ok(None) => Err(Problem::of(Kind::NotFound)),
        Err(PictureError::Look(error)) => Err(error.into()),
        Err(error) => {
            tracing::error!(%error, "the API could not show a picture");
            Err(Problem::of(Kind::Broken))
        }
    }
}

fn sized(side: Option<u32>) -> Result<Option<u32>, Problem> {
    match side {
        Some(side) if !(160..=1600).contains(&side) => Err(Problem::field("?side", "160 到 1600")),
        side => Ok(side),
    }
}

//! Permanent material (protocol §8): kept for good, counted, listed in pages.

use std::sync::Arc;

use serde_json::{Value, json};

use super::draft::content_of;
use super::endpoint::{self, Endpoint};
use super::error::ApiError;
use super::media::{PERMANENT, uploaded};
use super::request::{Call, text};
use super::{Answer, ok};
use crate::model::media::Material;
use crate::platform::Platform;
use crate::reply::media_url;

/// What this family answers.
pub(crate) const ENDPOINTS: &[Endpoint] = &[
    endpoint::post("/cgi-bin/material/add_material", None, add),
    endpoint::post("/cgi-bin/material/get_material", None, get),
    endpoint::post("/cgi-bin/material/del_material", None, remove),
    endpoint::get("/cgi-bin/material/get_materialcount", None, count),
    endpoint::post("/cgi-bin/material/batchget_material", None, list),
];

/// Items of one page.
const PAGE: i64 = 20;

/// POST `/cgi-bin/material/add_material?type=`; a video brings its words in the form's part `description`.
pub(crate) fn add(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let (rule, part) = uploaded(call, PERMANENT)?;
    let kind = rule.kind();
    let mut material = Material {
        name: part.file_name.clone().unwrap_or_default(),
        update_time: platform.now(),
        ..Material::default()
    };
    if kind == "video" {
        (material.title, material.introduction) = description(call)?;
    }
    let mut state = platform.state();
    if state.media.materials(kind).len() >= platform.options.materials.of(kind) {
        return Err(ApiError::of(45026));
    }
    let id = state.media.keep_material(kind, part.bytes.clone(), material);
    let mut answer = json!({ "media_id": id });
    if matches!(kind, "image" | "thumb") {
        answer["url"] = json!(address(platform, &id));
    }
    Ok(Answer::Json(answer))
}

fn description(call: &Call) -> Result<(String, String), ApiError> {
    let part = call.parts.iter().find(|part| part.name == "description");
    let part = part.ok_or_else(|| ApiError::with(40035, "invalid parameter: description missing"))?;
    let words: Value = serde_json::from_slice(&part.bytes).map_err(|_| ApiError::of(47001))?;
    let title = text(&words, "title");
    let title = title.ok_or_else(|| ApiError::with(40035, "invalid parameter: title missing"))?;
    Ok((title.to_owned(), text(&words, "introduction").unwrap_or_default().to_owned()))
}

fn address(platform: &Platform, id: &str) -> String {
    format!("{}{}", platform.url(), media_url(id))
}

/// POST `/cgi-bin/material/get_material`: words and address of a video, articles of a draft (A: nothing else is news
/// any more), else the bytes.
pub(crate) fn get(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let request = call.json()?;
    let id = media_id(&request)?;
    let state = platform.state();
    if let Some(draft) = state.drafts.get(id) {
        return Ok(Answer::Json(content_of(platform, draft, true)));
    }
    let (media, material) = state.media.material(id).ok_or_else(|| ApiError::of(40007))?;
    if media.kind == "video" {
        return Ok(Answer::Json(json!({
            "title": material.title, "description": material.introduction, "down_url": address(platform, id),
        })));
    }
    let name = Some(format!("{id}.{}", media.extension));
    Ok(Answer::File { content_type: media.content_type, name, bytes: media.bytes.clone() })
}

/// POST `/cgi-bin/material/del_material`.
pub(crate) fn remove(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let request = call.json()?;
    let id = media_id(&request)?;
    if platform.state().media.remove_material(id) { Ok(ok()) } else { Err(ApiError::of(40007)) }
}

fn media_id(request: &Value) -> Result<&str, ApiError> {
    text(request, "media_id").ok_or_else(|| ApiError::of(41006))
}

/// GET `/cgi-bin/material/get_materialcount`; thumbnails are pictures here (K).
#[expect(clippy::unnecessary_wraps, reason = "every endpoint has the same form")]
pub(crate) fn count(platform: &Arc<Platform>, _: &Call) -> Result<Answer, ApiError> {
    let state = platform.state();
    let count = |kind: &str| state.media.materials(kind).len();
    Ok(Answer::Json(json!({
        "voice_count": count("voice"), "video_count": count("video"),
        "image_count": count("image") + count("thumb"), "news_count": 0,
    })))
}

/// POST `/cgi-bin/material/batchget_material`: newest first.
pub(crate) fn list(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let request = call.json()?;
    let kind = text(&request, "type").unwrap_or_default();
    if !matches!(kind, "image" | "video" | "voice" | "news") {
        return Err(ApiError::of(40004));
    }
    let number = |name: &str| request[name].as_i64();
    let count = number("count").filter(|count| (1..=PAGE).contains(count));
    let offset = number("offset").filter(|offset| *offset >= 0);
    let (Some(count), Some(offset)) = (count, offset) else { return Err(ApiError::of(40035)) };
    let state = platform.state();
    let all = state.media.materials(kind);
    let item = |(id, material): &(&str, &Material)| {
        json!({
            "media_id": id, "name": material.name, "update_time": material.update_time,
            "url": address(platform, id),
        })
    };
    let page: Vec<Value> = all.iter().skip(offset as usize).take(count as usize).map(item).collect();
    Ok(Answer::Json(json!({ "total_count": all.len(), "item_count": page.len(), "item": page })))
}

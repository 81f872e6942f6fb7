//! Temporary media and article pictures (protocol §8).

use std::sync::Arc;

use axum::body::Bytes;
use serde_json::json;

use super::Answer;
use super::endpoint::{self, Endpoint};
use super::error::ApiError;
use super::request::Call;
use crate::model::media::sniff;
use crate::platform::Platform;
use crate::reply::media_url;

/// What this family answers.
pub(crate) const ENDPOINTS: &[Endpoint] = &[
    endpoint::post("/cgi-bin/media/upload", Some(100_000), upload),
    endpoint::get("/cgi-bin/media/get", Some(200_000), get),
    endpoint::post("/cgi-bin/media/uploadimg", None, upload_image),
];

const MB: usize = 1024 * 1024;

/// POST `/cgi-bin/media/upload?type=`.
pub(crate) fn upload(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let kind = call.query("type");
    let (limit, types): (usize, &[&str]) = match kind {
        "image" => (10 * MB, &["image/jpeg", "image/png", "image/gif"]),
        "voice" => (2 * MB, &["audio/amr", "audio/mpeg"]),
        "video" => (10 * MB, &["video/mp4"]),
        "thumb" => (64 * 1024, &["image/jpeg"]),
        _ => return Err(ApiError::of(40004)),
    };
    let bytes = file(call, limit, types)?;
    let now = platform.now();
    let id = platform.state().media.keep(kind, bytes, now);
    let name = if kind == "thumb" { "thumb_media_id" } else { "media_id" };
    Ok(Answer::Json(json!({ "type": kind, name: id, "created_at": now })))
}

/// POST `/cgi-bin/media/uploadimg`: JPEG or PNG under 1 MB, kept for good.
pub(crate) fn upload_image(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let bytes = file(call, MB - 1, &["image/jpeg", "image/png"])?;
    let id = platform.state().media.keep_forever("image", bytes);
    Ok(Answer::Json(json!({ "url": format!("{}{}", platform.url(), media_url(&id)) })))
}

/// The form's part `media`, of an allowed size and type by its first bytes.
fn file(call: &Call, limit: usize, types: &[&str]) -> Result<Bytes, ApiError> {
    let part = call.parts.iter().find(|part| part.name == "media");
    let bytes = &part.ok_or_else(|| ApiError::of(41005))?.bytes;
    if bytes.is_empty() {
        return Err(ApiError::of(44001));
    }
    if bytes.len() > limit {
        return Err(ApiError::of(45001));
    }
    if !types.contains(&sniff(bytes).0) {
        return Err(ApiError::of(40005));
    }
    Ok(bytes.clone())
}

/// GET `/cgi-bin/media/get`: the bytes; of a video the address.
pub(crate) fn get(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let id = call.query("media_id");
    let state = platform.state();
    let media = state.media.get(id, platform.now()).ok_or_else(|| ApiError::of(40007))?;
    if media.kind == "video" {
        let url = format!("{}{}", platform.url(), media_url(id));
        return Ok(Answer::Json(json!({ "video_url": url })));
    }
    let name = Some(format!("{id}.{}", media.extension));
    Ok(Answer::File { content_type: media.content_type, name, bytes: media.bytes.clone() })
}

//! Temporary media and article pictures (protocol §8).

use std::sync::Arc;

use axum::body::Bytes;
use serde_json::json;

use super::Answer;
use super::endpoint::{self, Endpoint};
use super::error::ApiError;
use super::request::{Call, Part};
use crate::model::media::{Media, seconds, sniff};
use crate::platform::Platform;
use crate::reply::media_url;

/// What this family answers.
pub(crate) const ENDPOINTS: &[Endpoint] = &[
    endpoint::post("/cgi-bin/media/upload", Some(100_000), upload),
    endpoint::get("/cgi-bin/media/get", Some(200_000), get),
    endpoint::get("/cgi-bin/media/get/jssdk", Some(200_000), get_voice),
    endpoint::post("/cgi-bin/media/uploadimg", None, upload_image),
];

const MB: usize = 1024 * 1024;
/// Above this a file is too large for any kind: 45001 and not the kind's own code (A).
const ANY_KIND: usize = 11 * MB;
/// Nothing shorter is a picture, a sound or a film (A).
const LEAST: usize = 4;
/// Seconds that a voice plays at most.
const LONGEST_VOICE: usize = 60;

/// What a file of one kind may be.
pub(crate) struct Rule {
    kind: &'static str,
    limit: usize,
    /// Errcode of a larger one.
    too_large: i64,
    extensions: &'static [&'static str],
}

const TEMPORARY: &[Rule] = &[
    Rule { kind: "image", limit: 10 * MB, too_large: 40009, extensions: &["jpg", "jpeg", "png", "gif"] },
    Rule { kind: "voice", limit: 2 * MB, too_large: 40010, extensions: &["amr", "mp3"] },
    Rule { kind: "video", limit: 10 * MB, too_large: 40011, extensions: &["mp4"] },
    Rule { kind: "thumb", limit: 64 * 1024, too_large: 40012, extensions: &["jpg", "jpeg"] },
];

pub(crate) const PERMANENT: &[Rule] = &[
    Rule {
        kind: "image",
        limit: 10 * MB,
        too_large: 40009,
        extensions: &["bmp", "jpg", "jpeg", "png", "gif"],
    },
    Rule { kind: "voice", limit: 2 * MB, too_large: 40010, extensions: &["amr", "mp3", "wma", "wav"] },
    Rule { kind: "video", limit: 10 * MB, too_large: 40011, extensions: &["mp4"] },
    Rule { kind: "thumb", limit: 64 * 1024, too_large: 40012, extensions: &["jpg", "jpeg"] },
];

/// Less than 1 MB.
const ARTICLE: Rule =
    Rule { kind: "image", limit: MB - 1, too_large: 40009, extensions: &["jpg", "jpeg", "png"] };

/// POST `/cgi-bin/media/upload?type=`.
pub(crate) fn upload(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let (rule, part) = uploaded(call, TEMPORARY)?;
    let now = platform.now();
    let id = platform.state().media.keep(rule.kind, part.bytes.clone(), now);
    let name = if rule.kind == "thumb" { "thumb_media_id" } else { "media_id" };
    Ok(Answer::Json(json!({ "type": rule.kind, name: id, "created_at": now })))
}

/// POST `/cgi-bin/media/uploadimg`: JPEG or PNG, kept for good.
pub(crate) fn upload_image(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let part = file(call)?;
    ARTICLE.check(part)?;
    let id = platform.state().media.keep_picture(part.bytes.clone());
    Ok(Answer::Json(json!({ "url": format!("{}{}", platform.url(), media_url(&id)) })))
}

/// The rule of the kind that the call names, and the file, which keeps it.
pub(crate) fn uploaded<'a>(
    call: &'a Call,
    rules: &'static [Rule],
) -> Result<(&'static Rule, &'a Part), ApiError> {
    let named = call.parts.iter().find(|part| part.name == "type").map(|part| &part.bytes[..]);
    let kind = match call.query("type") {
        "" => named.unwrap_or_default(),
        kind => kind.as_bytes(),
    };
    let rule = rules.iter().find(|rule| rule.kind.as_bytes() == kind).ok_or_else(|| ApiError::of(40004))?;
    let part = file(call)?;
    rule.check(part)?;
    Ok((rule, part))
}

/// The form's part `media`, which is a file.
fn file(call: &Call) -> Result<&Part, ApiError> {
    let part = call.parts.iter().find(|part| part.name == "media" && part.file_name.is_some());
    part.ok_or_else(|| ApiError::of(41005))
}

impl Rule {
    /// Which kind it is for.
    pub(crate) fn kind(&self) -> &'static str {
        self.kind
    }

    fn check(&self, part: &Part) -> Result<(), ApiError> {
        let bytes: &Bytes = &part.bytes;
        let code = match bytes.len() {
            0 => 44001,
            length if length > ANY_KIND => 45001,
            length if length > self.limit => self.too_large,
            length if length < LEAST => 40006,
            _ if !self.allows(part) => 40005,
            _ if self.kind == "voice" && seconds(bytes).is_some_and(|long| long > LONGEST_VOICE) => 45007,
            _ => return Ok(()),
        };
        Err(ApiError::of(code))
    }

    /// By the first bytes, and by the name's ending where it has one.
    fn allows(&self, part: &Part) -> bool {
        let ending =
            part.file_name.as_deref().and_then(|name| name.rsplit_once('.')).map(|(_, ending)| ending);
        let named =
            ending.is_none_or(|ending| self.extensions.contains(&ending.to_ascii_lowercase().as_str()));
        named && self.extensions.contains(&sniff(&part.bytes).1)
    }
}

/// GET `/cgi-bin/media/get`: the bytes; of a video the address.
pub(crate) fn get(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let id = call.query("media_id");
    let media = temporary(platform, id)?;
    if media.kind == "video" {
        let url = format!("{}{}", platform.url(), media_url(id));
        return Ok(Answer::Json(json!({ "video_url": url })));
    }
    let name = Some(format!("{id}.{}", media.extension));
    Ok(Answer::File { content_type: media.content_type, name, bytes: media.bytes })
}

/// GET `/cgi-bin/media/get/jssdk`: a voice in better quality. The bytes are those that were uploaded.
pub(crate) fn get_voice(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let id = call.query("media_id");
    let media = temporary(platform, id)?;
    if media.kind != "voice" {
        return Err(ApiError::of(40007));
    }
    Ok(Answer::File { content_type: "voice/speex", name: Some(format!("{id}.speex")), bytes: media.bytes })
}

fn temporary(platform: &Platform, id: &str) -> Result<Media, ApiError> {
    if id.is_empty() {
        return Err(ApiError::of(41006));
    }
    let media = platform.state().media.temporary(id, platform.now()).cloned();
    media.ok_or_else(|| ApiError::of(40007))
}

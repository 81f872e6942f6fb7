//! Drafts of articles (protocol §9, §13; limits and codes K).

use std::sync::Arc;

use serde_json::{Value, json};

use super::endpoint::{self, Endpoint};
use super::error::ApiError;
use super::request::{Call, text};
use super::{Answer, ok};
use crate::draw;
use crate::model::State;
use crate::model::drafts::{Draft, Piece};
use crate::platform::Platform;
use crate::reply::media_url;

/// What this family answers.
pub(crate) const ENDPOINTS: &[Endpoint] = &[
    endpoint::post("/cgi-bin/draft/add", Some(1_000), add),
    endpoint::post("/cgi-bin/draft/get", None, get),
    endpoint::post("/cgi-bin/draft/update", None, update),
    endpoint::post("/cgi-bin/draft/delete", None, delete),
    endpoint::get("/cgi-bin/draft/count", None, count),
    endpoint::post("/cgi-bin/draft/batchget", None, list),
];

/// Articles of a draft.
const PIECES: usize = 8;
/// Characters of the short fields, each with its code when there are more (K).
const LENGTHS: &[(&str, usize, i64)] = &[("title", 64, 45003), ("author", 16, 45110), ("digest", 128, 45004)];
/// Characters and bytes of the content, bytes of the address behind 「阅读原文」 (K).
const CONTENT: usize = 20_000;
const CONTENT_BYTES: usize = 1024 * 1024;
const URL_BYTES: usize = 1024;
/// Without a digest the first characters of the content are shown (K).
const EXCERPT: usize = 54;
/// Drafts of one `batchget`.
const LISTED: u64 = 20;

/// POST `/cgi-bin/draft/add`.
pub(crate) fn add(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let request = call.json()?;
    let now = platform.now();
    let mut state = platform.state();
    let articles = request["articles"].as_array().map_or(&[][..], Vec::as_slice);
    if !(1..=PIECES).contains(&articles.len()) {
        return Err(ApiError::of(45008));
    }
    let pieces = articles.iter().map(|article| piece(platform, &state, article)).collect::<Result<_, _>>()?;
    let media_id = state.drafts.add(pieces, now);
    Ok(Answer::Json(json!({ "media_id": media_id })))
}

fn piece(platform: &Platform, state: &State, article: &Value) -> Result<Piece, ApiError> {
    let field = |name: &str| article[name].as_str().unwrap_or_default().to_owned();
    if text(article, "title").is_none() {
        return Err(ApiError::of(45003));
    }
    for (name, most, code) in LENGTHS {
        if field(name).chars().count() > *most {
            return Err(ApiError::of(*code));
        }
    }
    let content = text(article, "content").ok_or_else(|| ApiError::of(44004))?;
    if content.chars().count() >= CONTENT || content.len() >= CONTENT_BYTES {
        return Err(ApiError::of(45002));
    }
    if field("content_source_url").len() > URL_BYTES {
        return Err(ApiError::of(45005));
    }
    let thumb = field("thumb_media_id");
    state.media.get(&thumb, platform.now()).ok_or_else(|| ApiError::of(40007))?;
    let flag = |name: &str| u8::from(article[name].as_u64() == Some(1));
    let digest = text(article, "digest").map_or_else(|| excerpt(content), str::to_owned);
    Ok(Piece {
        title: field("title"),
        author: field("author"),
        digest,
        content: content.to_owned(),
        content_source_url: field("content_source_url"),
        thumb_media_id: thumb,
        need_open_comment: flag("need_open_comment"),
        only_fans_can_comment: flag("only_fans_can_comment"),
        url: format!("{}/s/{}", platform.url(), draw::word(22)),
    })
}

/// The beginning of the content without its markup.
fn excerpt(content: &str) -> String {
    let mut inside = false;
    let visible = content.chars().filter(|c| {
        let shown = !inside && *c != '<';
        inside = if *c == '<' { true } else { inside && *c != '>' };
        shown
    });
    visible.take(EXCERPT).collect()
}

/// POST `/cgi-bin/draft/get`.
pub(crate) fn get(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let request = call.json()?;
    let state = platform.state();
    let draft = state.drafts.get(text(&request, "media_id").unwrap_or_default());
    let draft = draft.ok_or_else(|| ApiError::of(40007))?;
    Ok(Answer::Json(content_of(platform, draft, true)))
}

/// POST `/cgi-bin/draft/update`: one article of the draft is replaced.
pub(crate) fn update(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let request = call.json()?;
    let now = platform.now();
    let mut state = platform.state();
    let id = text(&request, "media_id").unwrap_or_default();
    state.drafts.get(id).ok_or_else(|| ApiError::of(40007))?;
    let piece = piece(platform, &state, &request["articles"])?;
    let index = request["index"].as_u64().and_then(|index| usize::try_from(index).ok());
    let draft = state.drafts.get_mut(id).ok_or_else(|| ApiError::of(40007))?;
    let place = index.and_then(|index| draft.pieces.get_mut(index)).ok_or_else(|| ApiError::of(40114))?;
    *place = piece;
    draft.updated_at = now;
    Ok(ok())
}

/// POST `/cgi-bin/draft/delete`.
pub(crate) fn delete(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let request = call.json()?;
    let id = text(&request, "media_id").unwrap_or_default();
    if platform.state().drafts.remove(id) { Ok(ok()) } else { Err(ApiError::of(40007)) }
}

/// GET `/cgi-bin/draft/count`.
#[expect(clippy::unnecessary_wraps, reason = "every endpoint has the same form")]
pub(crate) fn count(platform: &Arc<Platform>, _: &Call) -> Result<Answer, ApiError> {
    Ok(Answer::Json(json!({ "total_count": platform.state().drafts.count() })))
}

/// POST `/cgi-bin/draft/batchget`: the newest first, 1 to 20 at once.
pub(crate) fn list(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let request = call.json()?;
    let offset = request["offset"].as_u64().ok_or_else(|| ApiError::of(40035))?;
    let most = request["count"].as_u64().filter(|count| (1..=LISTED).contains(count));
    let most = most.ok_or_else(|| ApiError::of(40035))?;
    let with_content = request["no_content"].as_u64() != Some(1);
    let state = platform.state();
    let one = |draft: &Draft| {
        let mut content = content_of(platform, draft, with_content);
        content["create_time"] = json!(draft.created_at);
        content["update_time"] = json!(draft.updated_at);
        json!({ "media_id": draft.media_id, "content": content, "update_time": draft.updated_at })
    };
    let listed = state.drafts.newest().skip(offset as usize).take(most as usize);
    let items: Vec<Value> = listed.map(one).collect();
    let total = state.drafts.count();
    Ok(Answer::Json(json!({ "total_count": total, "item_count": items.len(), "item": items })))
}

/// A draft's articles as every call shows them.
pub(crate) fn content_of(platform: &Platform, draft: &Draft, with_content: bool) -> Value {
    let one = |piece: &Piece| {
        json!({
            "title": piece.title,
            "author": piece.author,
            "digest": piece.digest,
            "content": if with_content { piece.content.as_str() } else { "" },
            "content_source_url": piece.content_source_url,
            "thumb_media_id": piece.thumb_media_id,
            "show_cover_pic": 0,
            "url": piece.url,
            "thumb_url": format!("{}{}", platform.url(), media_url(&piece.thumb_media_id)),
            "need_open_comment": piece.need_open_comment,
            "only_fans_can_comment": piece.only_fans_can_comment,
        })
    };
    json!({ "news_item": draft.pieces.iter().map(one).collect::<Vec<_>>() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_has_no_markup() {
        let long = "长".repeat(60);
        for (content, expected) in [
            ("<p>报名<b>开始</b></p>", "报名开始".to_owned()),
            ("没有标记", "没有标记".to_owned()),
            (&*long, "长".repeat(54)),
        ] {
            assert_eq!(excerpt(content), expected, "{content}");
        }
    }
}

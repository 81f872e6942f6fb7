//! What a mass message consists of: each kind of protocol §9, checked, as the items that a person will see.

use serde_json::Value;

use super::custom::content;
use super::error::ApiError;
use super::request::text;
use crate::model::State;
use crate::model::drafts::Piece;
use crate::model::item::{Article, Body};
use crate::reply::media_url;

/// Pictures of one message (K).
const PICTURES: usize = 20;

/// What a message is read for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// To be sent to many.
    Send,
    /// To be looked at by one.
    Preview,
}

/// A checked message.
#[derive(Debug)]
pub(crate) struct Content {
    pub(crate) bodies: Vec<Body>,
    /// The draft that it sends.
    pub(crate) draft: Option<String>,
    /// Its articles.
    pub(crate) pieces: Vec<Piece>,
}

/// Reads `msgtype` and its object.
pub(crate) fn read(state: &State, request: &Value, purpose: Use, now: i64) -> Result<Content, ApiError> {
    let kind = match (text(request, "msgtype"), purpose) {
        // The platform's own example names `image` beside the object `images` (K); one picture alone is for previews.
        (Some("image"), _) if request["images"].is_object() => "images",
        (Some("image"), Use::Send) | (None, _) => return Err(ApiError::of(40008)),
        (Some(kind), _) => kind,
    };
    let object = &request[kind];
    let plain = |body| Content { bodies: vec![body], draft: None, pieces: Vec::new() };
    if !KINDS.contains(&kind) {
        return Err(ApiError::of(40008));
    }
    if !object.is_object() {
        return Err(ApiError::with(40035, format!("invalid parameter: {kind} missing")));
    }
    let medium = |id: Option<&str>, kind: &str| {
        let id = id.unwrap_or_default();
        if state.media.serves(id, &[kind], now) { Ok(id.to_owned()) } else { Err(ApiError::of(40007)) }
    };
    let id = text(object, "media_id");
    let field = |name: &str| text(object, name).unwrap_or_default().to_owned();
    Ok(match kind {
        "mpnews" => articles(state, id.unwrap_or_default())?,
        "text" => plain(Body::Text { content: content(object)?, menu_id: None }),
        "voice" => plain(Body::Voice { media_id: medium(id, "voice")?, recognition: None }),
        "image" => plain(Body::picture(medium(id, "image")?)),
        "images" => pictures(object, medium)?,
        "mpvideo" => {
            let (title, description) = (field("title"), field("description"));
            plain(Body::Video { media_id: medium(id, "video")?, title, description })
        }
        _ => {
            let card_id = text(object, "card_id").ok_or_else(|| ApiError::of(40035))?;
            plain(Body::Card { card_id: card_id.to_owned() })
        }
    })
}

/// What can be sent.
const KINDS: &[&str] = &["mpnews", "text", "voice", "image", "images", "mpvideo", "wxcard"];

/// The words that go with them, then each picture.
fn pictures(
    object: &Value,
    medium: impl Fn(Option<&str>, &str) -> Result<String, ApiError>,
) -> Result<Content, ApiError> {
    let ids = object["media_ids"].as_array().filter(|ids| (1..=PICTURES).contains(&ids.len()));
    let ids = ids.ok_or_else(|| ApiError::with(40035, "invalid parameter: images.media_ids"))?;
    let recommend = text(object, "recommend");
    let mut bodies: Vec<Body> = recommend
        .map(|content| Body::Text { content: content.to_owned(), menu_id: None })
        .into_iter()
        .collect();
    for id in ids {
        bodies.push(Body::picture(medium(id.as_str(), "image")?));
    }
    Ok(Content { bodies, draft: None, pieces: Vec::new() })
}

fn articles(state: &State, media_id: &str) -> Result<Content, ApiError> {
    let draft = state.drafts.get(media_id).ok_or_else(|| ApiError::of(40007))?;
    let article = |piece: &Piece| Article {
        title: piece.title.clone(),
        description: piece.digest.clone(),
        url: piece.url.clone(),
        picurl: media_url(&piece.thumb_media_id),
    };
    let articles = draft.pieces.iter().map(article).collect();
    Ok(Content {
        bodies: vec![Body::News { articles }],
        draft: Some(media_id.to_owned()),
        pieces: draft.pieces.clone(),
    })
}

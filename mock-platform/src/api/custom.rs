//! Customer-service messages (protocol §6): every type validated, windows and counts enforced.

use std::sync::Arc;

use serde_json::Value;

use super::endpoint::{self, Endpoint};
use super::error::ApiError;
use super::request::{Call, text};
use super::{Answer, ok};
use crate::model::State;
use crate::model::item::{Article, Body, Channel, From, MenuItem};
use crate::model::media::COVER;
use crate::model::window::Shut;
use crate::options::Account;
use crate::platform::Platform;
use crate::reply::{TEXT_VANISHES_AT, media_url};

/// What this family answers.
pub(crate) const ENDPOINTS: &[Endpoint] = &[
    endpoint::post("/cgi-bin/message/custom/send", Some(500_000), send),
    endpoint::post("/cgi-bin/message/custom/typing", Some(500_000), typing),
];

/// Seconds after the person's last action during which `Typing` is taken (45080).
const TYPING_AFTER: i64 = 30;
/// Seconds that the phone shows it, unless a message comes first (K).
const TYPING_LASTS: i64 = 15;

/// POST `/cgi-bin/message/custom/send`.
pub(crate) fn send(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let request = call.json()?;
    let now = platform.now();
    let mut state = platform.state();
    let openid = text(&request, "touser").ok_or_else(|| ApiError::of(40003))?;
    let body = body_of(&state, &request, now)?;
    check_context(&state, &request)?;
    let person = state.people.get_mut(openid).ok_or_else(|| ApiError::of(40003))?;
    if !person.follows {
        return Err(ApiError::of(45015));
    }
    if person.settings.refuses_messages {
        return Err(ApiError::of(48002));
    }
    if person.standing.blacklisted {
        return Err(ApiError::of(43019));
    }
    person.window.spend(now).map_err(|shut| match shut {
        Shut::Time => ApiError::of(45015),
        Shut::Count => ApiError::of(45047),
    })?;
    state.show(openid, now, From::Bot, Some(Channel::Custom), body);
    Ok(ok())
}

fn body_of(state: &State, request: &Value, now: i64) -> Result<Body, ApiError> {
    let kind = text(request, "msgtype").ok_or_else(|| ApiError::of(40008))?;
    let object = &request[kind];
    if !object.is_object() {
        return Err(ApiError::with(40035, format!("invalid parameter: {kind} missing")));
    }
    let medium = |name: &str, kinds: &[&str]| {
        let id = text(object, name).unwrap_or_default();
        if state.media.serves(id, kinds, now) { Ok(id.to_owned()) } else { Err(ApiError::of(40007)) }
    };
    let field = |name: &str| text(object, name).unwrap_or_default().to_owned();
    Ok(match kind {
        "text" => Body::Text { content: content(object)?, menu_id: None },
        "image" => Body::picture(medium("media_id", &["image"])?),
        "voice" => Body::Voice { media_id: medium("media_id", &["voice"])?, recognition: None },
        "video" => {
            medium("thumb_media_id", COVER)?;
            Body::Video {
                media_id: medium("media_id", &["video"])?,
                title: field("title"),
                description: field("description"),
            }
        }
        "music" => {
            medium("thumb_media_id", COVER)?;
            Body::Music { title: field("title"), description: field("description"), url: field("musicurl") }
        }
        "news" => Body::News { articles: vec![article(object)?] },
        "msgmenu" if state.strict.account != Account::Verified => return Err(ApiError::of(48001)),
        "msgmenu" => menu(object)?,
        "mpnewsarticle" => {
            let article_id = text(object, "article_id").ok_or_else(|| ApiError::of(53600))?;
            // Nobody keeps published articles here: any id is one.
            let url = format!("https://mp.weixin.qq.com/s/{article_id}");
            Body::News { articles: vec![Article { title: article_id.to_owned(), url, ..Article::default() }] }
        }
        "wxcard" => {
            let card_id = text(object, "card_id").ok_or_else(|| ApiError::of(40035))?;
            Body::Card { card_id: card_id.to_owned() }
        }
        "mpnews" => {
            return Err(ApiError::with(40008, "invalid message type: mpnews is retired, use mpnewsarticle"));
        }
        "miniprogrampage" => {
            let thumb_url = media_url(&medium("thumb_media_id", COVER)?);
            let needed =
                |name: &str| text(object, name).map(str::to_owned).ok_or_else(|| ApiError::of(40035));
            Body::Miniprogrampage {
                title: needed("title")?,
                appid: needed("appid")?,
                pagepath: needed("pagepath")?,
                thumb_url,
            }
        }
        _ => return Err(ApiError::of(40008)),
    })
}

/// The agent in whose name it comes, and the earlier message to which it belongs.
fn check_context(state: &State, request: &Value) -> Result<(), ApiError> {
    if let Some(account) = request["customservice"].get("kf_account") {
        let known = account.as_str().is_some_and(|account| state.desk.find(account).is_some());
        known.then_some(()).ok_or_else(|| ApiError::of(61452))?;
    }
    let msgid = &request["aimsgcontext"]["msgid"];
    if msgid.is_null() || msgid.is_string() || msgid.is_u64() { Ok(()) } else { Err(ApiError::of(40035)) }
}

/// The words of a text, short enough to be shown.
pub(crate) fn content(object: &Value) -> Result<String, ApiError> {
    let content = text(object, "content").ok_or_else(|| ApiError::of(44004))?;
    if content.len() >= TEXT_VANISHES_AT {
        return Err(ApiError::of(45002));
    }
    Ok(content.to_owned())
}

/// Exactly one article since 2018; more are 45008.
fn article(object: &Value) -> Result<Article, ApiError> {
    let articles = object["articles"].as_array().map_or(&[][..], Vec::as_slice);
    let [article] = articles else { return Err(ApiError::of(45008)) };
    let field = |name: &str| text(article, name).unwrap_or_default().to_owned();
    if field("title").is_empty() {
        return Err(ApiError::with(40035, "invalid parameter: title missing"));
    }
    Ok(Article {
        title: field("title"),
        description: field("description"),
        url: field("url"),
        picurl: field("picurl"),
    })
}

fn menu(object: &Value) -> Result<Body, ApiError> {
    let items = object["list"].as_array().map_or(&[][..], Vec::as_slice);
    if items.is_empty() {
        return Err(ApiError::with(40035, "invalid parameter: msgmenu.list is empty"));
    }
    let item = |item: &Value| {
        // The platform's own examples give ids both as numbers and as texts.
        let id = match &item["id"] {
            Value::Number(number) => number.to_string(),
            id => id.as_str().unwrap_or_default().to_owned(),
        };
        match text(item, "content") {
            Some(content) if !id.is_empty() => Ok(MenuItem { id, content: content.to_owned() }),
            _ => Err(ApiError::with(40035, "invalid parameter: msgmenu.list needs id and content")),
        }
    };
    let list = items.iter().map(item).collect::<Result<Vec<_>, _>>()?;
    let field = |name: &str| text(object, name).unwrap_or_default().to_owned();
    let (head_content, tail_content) = (field("head_content"), field("tail_content"));
    let length =
        head_content.len() + tail_content.len() + list.iter().map(|i| i.content.len()).sum::<usize>();
    if length >= TEXT_VANISHES_AT {
        return Err(ApiError::of(45002));
    }
    Ok(Body::Msgmenu { head_content, list, tail_content })
}

/// POST `/cgi-bin/message/custom/typing`.
pub(crate) fn typing(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let request = call.json()?;
    let now = platform.now();
    let mut state = platform.state();
    let openid = text(&request, "touser").ok_or_else(|| ApiError::of(40003))?;
    let person = state.people.get_mut(openid).ok_or_else(|| ApiError::of(40003))?;
    let on = match text(&request, "command") {
        Some("Typing") => true,
        Some("CancelTyping") => false,
        _ => return Err(ApiError::of(45072)),
    };
    if now - person.acted_at > TYPING_AFTER {
        return Err(ApiError::of(45080));
    }
    if on && now < person.typing {
        return Err(ApiError::of(45081));
    }
    person.typing = if on { now + TYPING_LASTS } else { 0 };
    drop(state);
    platform.announce();
    Ok(ok())
}

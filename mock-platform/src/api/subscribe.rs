//! Subscription notices, 订阅通知, and the account's templates for them (protocol §7; codes of the library K).

use std::sync::Arc;

use serde_json::{Value, json};

use super::endpoint::{self, Endpoint};
use super::error::{ApiError, words};
use super::library::{ID_LENGTH, MAX_TEMPLATES};
use super::request::{Call, text};
use super::template::opens;
use super::{Answer, fields, ok};
use crate::callback;
use crate::draw;
use crate::model::item::{Body, Channel, From};
use crate::model::library::{self, CATEGORIES, Entry, LIBRARY};
use crate::options::SubscribeTemplate;
use crate::platform::Platform;
use crate::xml::Writer;

/// What this family answers.
pub(crate) const ENDPOINTS: &[Endpoint] = &[
    endpoint::post("/cgi-bin/message/subscribe/bizsend", None, send),
    endpoint::post("/wxaapi/newtmpl/addtemplate", None, add),
    endpoint::post("/wxaapi/newtmpl/deltemplate", None, remove),
    endpoint::get("/wxaapi/newtmpl/gettemplate", None, all),
    endpoint::get("/wxaapi/newtmpl/getcategory", None, categories),
    endpoint::get("/wxaapi/newtmpl/getpubtemplatetitles", None, titles),
    endpoint::get("/wxaapi/newtmpl/getpubtemplatekeywords", None, keywords),
];

/// Keywords of a template.
const KIDS: std::ops::RangeInclusive<usize> = 2..=5;
/// Characters of `sceneDesc`.
const SCENE: usize = 15;
/// Titles of one answer (K).
const TITLES: usize = 30;
/// `type` of a template: granted once per acceptance, or once for all.
const ONCE: u8 = 2;
const LONG_TERM: u8 = 3;

/// POST `/cgi-bin/message/subscribe/bizsend`: to whoever has accepted, following or not.
pub(crate) fn send(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let request = call.json()?;
    let now = platform.now();
    let mut state = platform.state();
    let openid = text(&request, "touser").ok_or_else(|| ApiError::of(40003))?;
    let id = text(&request, "template_id").ok_or_else(|| ApiError::of(40036))?;
    let template = state.notices.iter().find(|template| template.template_id == id).cloned();
    let template = template.ok_or_else(|| ApiError::of(40037))?;
    let person = state.people.get_mut(openid).ok_or_else(|| ApiError::of(40003))?;
    let content = fields::fill(&template.content, &request["data"])?;
    check_page(&request)?;
    if person.standing.blacklisted || !person.standing.grants.spend(id) {
        return Err(ApiError::of(43101));
    }
    let error = person.settings.notice_error;
    let (template_id, title) = (template.template_id, template.title);
    let body = Body::Template { template_id, title, content, url: opens(&request, "page") };
    if error == 0 {
        state.show(openid, now, From::Bot, Some(Channel::Subscribe), body);
    }
    drop(state);
    let msgid = u64::from_be_bytes(draw::bytes()) >> 11;
    report(platform, openid.to_owned(), id.to_owned(), (msgid, error));
    // `msgid` is what the event will name (A).
    Ok(Answer::Json(json!({ "errcode": 0, "errmsg": "ok", "msgid": msgid })))
}

/// A page is a web address; a mini program needs its id.
fn check_page(request: &Value) -> Result<(), ApiError> {
    let page = text(request, "page").unwrap_or("https://");
    let program = &request["miniprogram"];
    let web = page.starts_with("https://") || page.starts_with("http://");
    if web && (program.is_null() || text(program, "appid").is_some()) {
        Ok(())
    } else {
        Err(ApiError::of(41030))
    }
}

/// The result comes later as an event (protocol §3).
fn report(platform: &Arc<Platform>, openid: String, template_id: String, (msgid, error): (u64, i64)) {
    let shared = Arc::clone(platform);
    platform.spawn(async move {
        tokio::time::sleep(shared.options.job_finish_delay).await;
        let status = if error == 0 { "success" } else { words(error) };
        let list = Writer::default().text("TemplateId", &template_id).number("MsgID", msgid);
        let list = list.number("ErrorCode", error).text("ErrorStatus", status);
        let fields = Writer::default().nest("SubscribeMsgSentEvent", Writer::default().nest("List", list));
        let event = callback::event(&shared, &openid, "subscribe_msg_sent_event", &fields);
        callback::tell(&shared, &event).await;
    });
}

/// POST `/wxaapi/newtmpl/addtemplate`.
pub(crate) fn add(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let request = call.json()?;
    let entry = library::find(&word(&request["tid"])).ok_or_else(|| ApiError::of(200_014))?;
    let kids = request["kidList"].as_array().filter(|kids| KIDS.contains(&kids.len()));
    let kids: Option<Vec<usize>> = kids.into_iter().flatten().map(|kid| word(kid).parse().ok()).collect();
    let content = kids.filter(|kids| !kids.is_empty()).and_then(|kids| entry.content(&kids));
    let content = content.ok_or_else(|| ApiError::of(200_020))?;
    if text(&request, "sceneDesc").is_some_and(|scene| scene.chars().count() > SCENE) {
        return Err(ApiError::of(200_021));
    }
    let mut state = platform.state();
    if state.notices.len() >= MAX_TEMPLATES {
        return Err(ApiError::of(200_012));
    }
    let template_id = draw::word(ID_LENGTH);
    let (title, long_term) = (entry.title.to_owned(), entry.long_term);
    state.notices.push(SubscribeTemplate { template_id: template_id.clone(), title, content, long_term });
    Ok(Answer::Json(json!({ "errcode": 0, "errmsg": "ok", "priTmplId": template_id })))
}

/// A number or a text, as a text.
fn word(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// POST `/wxaapi/newtmpl/deltemplate`.
pub(crate) fn remove(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let request = call.json()?;
    let mut state = platform.state();
    let id = text(&request, "priTmplId").unwrap_or_default();
    let place = state.notices.iter().position(|template| template.template_id == id);
    state.notices.remove(place.ok_or_else(|| ApiError::of(40037))?);
    Ok(ok())
}

/// GET `/wxaapi/newtmpl/gettemplate`.
#[expect(clippy::unnecessary_wraps, reason = "every endpoint has the same form")]
pub(crate) fn all(platform: &Arc<Platform>, _: &Call) -> Result<Answer, ApiError> {
    let one = |template: &SubscribeTemplate| {
        json!({
            "priTmplId": template.template_id, "title": template.title, "content": template.content,
            "example": fields::exemplify(&template.content), "type": kind(template.long_term),
        })
    };
    let list: Vec<Value> = platform.state().notices.iter().map(one).collect();
    Ok(listed(&list))
}

fn kind(long_term: bool) -> u8 {
    if long_term { LONG_TERM } else { ONCE }
}

fn listed(data: &[Value]) -> Answer {
    Answer::Json(json!({ "errcode": 0, "errmsg": "ok", "data": data }))
}

/// GET `/wxaapi/newtmpl/getcategory`.
#[expect(clippy::unnecessary_wraps, reason = "every endpoint has the same form")]
pub(crate) fn categories(_: &Arc<Platform>, _: &Call) -> Result<Answer, ApiError> {
    let list: Vec<Value> = CATEGORIES.iter().map(|(id, name)| json!({ "id": id, "name": name })).collect();
    Ok(listed(&list))
}

/// GET `/wxaapi/newtmpl/getpubtemplatetitles?ids=&start=&limit=`.
pub(crate) fn titles(_: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    if call.query("ids").is_empty() {
        return Err(ApiError::of(200_018));
    }
    let known = |id: &u32| CATEGORIES.iter().any(|(known, _)| known == id);
    let ids = call.query("ids").split(',').map(|id| id.trim().parse().ok().filter(known));
    let ids = ids.collect::<Option<Vec<u32>>>().ok_or_else(|| ApiError::of(200_019))?;
    let start: usize = call.query("start").parse().map_err(|_| ApiError::of(200_016))?;
    let limit = call.query("limit").parse().ok().filter(|limit| (1..=TITLES).contains(limit));
    let limit = limit.ok_or_else(|| ApiError::of(200_017))?;
    let found: Vec<&Entry> = LIBRARY.iter().filter(|entry| ids.contains(&entry.category)).collect();
    let one = |entry: &&Entry| {
        json!({
            "tid": entry.tid.parse::<u64>().unwrap_or_default(), "title": entry.title,
            "type": kind(entry.long_term), "categoryId": entry.category.to_string(),
        })
    };
    let data: Vec<Value> = found.iter().skip(start).take(limit).map(one).collect();
    Ok(Answer::Json(json!({ "errcode": 0, "errmsg": "ok", "count": found.len(), "data": data })))
}

/// GET `/wxaapi/newtmpl/getpubtemplatekeywords?tid=`.
pub(crate) fn keywords(_: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let entry = library::find(call.query("tid")).ok_or_else(|| ApiError::of(200_014))?;
    let one = |(kid, name, kind): (usize, &str, &str)| json!({ "kid": kid, "name": name, "example": library::example(kind), "rule": kind });
    let data: Vec<Value> = entry.keywords().map(one).collect();
    Ok(Answer::Json(json!({ "errcode": 0, "errmsg": "ok", "count": data.len(), "data": data })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_a_web_address_and_a_program_has_an_id() {
        for (request, fits) in [
            (json!({}), true),
            (json!({ "page": "https://example.com/a" }), true),
            (json!({ "page": "pages/index" }), false),
            (json!({ "miniprogram": { "appid": "wx1", "pagepath": "pages/index" } }), true),
            (json!({ "miniprogram": { "pagepath": "pages/index" } }), false),
        ] {
            assert_eq!(check_page(&request).is_ok(), fits, "{request}");
        }
    }
}

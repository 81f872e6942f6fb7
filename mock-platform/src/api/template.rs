//! Template messages and the account's templates (protocol §7).

use std::sync::Arc;

use serde_json::{Value, json};

use super::endpoint::{self, Endpoint};
use super::error::ApiError;
use super::request::{Call, text};
use super::{Answer, fields, ok};
use crate::act;
use crate::callback;
use crate::draw;
use crate::model::Sent;
use crate::model::item::{Body, Channel, From};
use crate::options::Template;
use crate::platform::Platform;
use crate::xml::Writer;

/// What this family answers.
pub(crate) const ENDPOINTS: &[Endpoint] = &[
    endpoint::post("/cgi-bin/message/template/send", Some(100_000), send),
    endpoint::post("/cgi-bin/template/api_add_template", None, add),
    endpoint::get("/cgi-bin/template/get_all_private_template", None, all),
    endpoint::post("/cgi-bin/template/del_private_template", None, remove),
];

/// Templates of an account, and the length of an id.
const MAX_TEMPLATES: usize = 25;
const ID_LENGTH: usize = 43;
/// Seconds during which a `client_msg_id` guards, and its bytes.
const GUARDED: i64 = 600;
const GUARD_LENGTH: usize = 32;

/// POST `/cgi-bin/message/template/send`.
pub(crate) fn send(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let request = call.json()?;
    let now = platform.now();
    let mut state = platform.state();
    let openid = text(&request, "touser").ok_or_else(|| ApiError::of(40003))?;
    let template = find(&state.templates, text(&request, "template_id"))?;
    let content = fill(&template.content, &request["data"])?;
    let follows = state.people.get(openid).ok_or_else(|| ApiError::of(40003))?.follows;
    if !follows {
        return Err(ApiError::of(43004));
    }
    let guard = guard(openid, &request)?;
    if let Some((_, msgid)) =
        guard.as_ref().and_then(|key| state.guarded.get(key)).filter(|(at, _)| now - at < GUARDED)
    {
        return Ok(sent(*msgid));
    }
    let msgid = u64::from_be_bytes(draw::bytes()) >> 11;
    if let Some(key) = guard {
        state.guarded.insert(key, (now, msgid));
    }
    let url = text(&request, "url").map(str::to_owned);
    let url = text(&request["miniprogram"], "pagepath").map(|page| format!("#小程序/{page}")).or(url);
    let body = Body::Template { template_id: template.template_id, title: template.title, content, url };
    let result = state.people.get(openid).map(|person| person.settings.template_result.clone());
    let result = result.filter(|result| !result.is_empty()).unwrap_or_else(|| "success".to_owned());
    if result == "success" {
        state.show(openid, now, From::Bot, Some(Channel::Template), body);
    }
    drop(state);
    report(platform, openid.to_owned(), msgid, result);
    Ok(sent(msgid))
}

fn sent(msgid: u64) -> Answer {
    Answer::Json(json!({ "errcode": 0, "errmsg": "ok", "msgid": msgid }))
}

fn find(templates: &[Template], id: Option<&str>) -> Result<Template, ApiError> {
    let id = id.ok_or_else(|| ApiError::of(40036))?;
    let found = templates.iter().find(|template| template.template_id == id);
    found.cloned().ok_or_else(|| ApiError::of(40037))
}

fn guard(openid: &str, request: &Value) -> Result<Option<(String, String)>, ApiError> {
    match text(request, "client_msg_id") {
        Some(id) if id.len() > GUARD_LENGTH => Err(ApiError::with(40035, "invalid parameter: client_msg_id")),
        id => Ok(id.map(|id| (openid.to_owned(), id.to_owned()))),
    }
}

/// Puts the values in their places; each place needs a value that fits its type.
fn fill(content: &str, data: &Value) -> Result<String, ApiError> {
    let mut pieces = content.split("{{");
    let mut filled = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let Some((key, rest)) = piece.split_once(".DATA}}") else {
            filled.push_str(piece);
            continue;
        };
        let value = data[key]["value"].as_str().unwrap_or_default();
        if !fields::fits(key, value) {
            return Err(ApiError::with(47003, format!("argument invalid! data.{key}.value invalid")));
        }
        filled.push_str(value);
        filled.push_str(rest);
    }
    Ok(filled)
}

/// The result arrives later as an event (protocol §3).
fn report(platform: &Arc<Platform>, openid: String, msgid: u64, status: String) {
    let shared = Arc::clone(platform);
    platform.spawn(async move {
        tokio::time::sleep(shared.options.job_finish_delay).await;
        let fields = Writer::default().number("MsgID", msgid).text("Status", &status);
        let xml = act::platform_event(&shared.options.original_id, &openid, "TEMPLATESENDJOBFINISH", &fields);
        let sent = Sent { openid, xml, is_event: true, answered: false };
        // Nobody sees an answer to this event, and a failure is only in the log.
        drop(callback::deliver(&shared, &sent).await);
    });
}

/// POST `/cgi-bin/template/api_add_template`: the library is not kept, so the content follows the keywords given.
pub(crate) fn add(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let request = call.json()?;
    let short = text(&request, "template_id_short").ok_or_else(|| ApiError::of(40036))?;
    let keywords: Vec<&str> =
        request["keyword_name_list"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let mut state = platform.state();
    if state.templates.len() >= MAX_TEMPLATES {
        return Err(ApiError::with(45026, "template num exceeds limit"));
    }
    let line = |(n, keyword): (usize, &&str)| format!("{keyword}：{{{{thing{}.DATA}}}}\n", n + 1);
    let content = keywords.iter().enumerate().map(line).collect::<String>();
    let template_id = draw::word(ID_LENGTH);
    state.templates.push(Template::new(template_id.clone(), format!("模板 {short}"), content.trim_end()));
    Ok(Answer::Json(json!({ "errcode": 0, "errmsg": "ok", "template_id": template_id })))
}

/// GET `/cgi-bin/template/get_all_private_template`.
#[expect(clippy::unnecessary_wraps, reason = "every endpoint has the same form")]
pub(crate) fn all(platform: &Arc<Platform>, _: &Call) -> Result<Answer, ApiError> {
    let state = platform.state();
    let one = |template: &Template| {
        json!({
            "template_id": template.template_id, "title": template.title, "content": template.content,
            "primary_industry": "教育", "deputy_industry": "院校", "example": template.content,
        })
    };
    let list: Vec<Value> = state.templates.iter().map(one).collect();
    Ok(Answer::Json(json!({ "template_list": list })))
}

/// POST `/cgi-bin/template/del_private_template`.
pub(crate) fn remove(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let request = call.json()?;
    let mut state = platform.state();
    let id = find(&state.templates, text(&request, "template_id"))?.template_id;
    state.templates.retain(|template| template.template_id != id);
    Ok(ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_every_place_or_names_the_one_that_does_not_fit() {
        let content = "结果：{{phrase1.DATA}}\n说明：{{thing2.DATA}}";
        let data = json!({ "phrase1": { "value": "通过" }, "thing2": { "value": "请查看" } });
        assert_eq!(fill(content, &data).unwrap(), "结果：通过\n说明：请查看");
        let data = json!({ "phrase1": { "value": "通过" } });
        let error = fill(content, &data).unwrap_err();
        assert_eq!(error.code, 47003);
        assert!(error.body()["errmsg"].as_str().unwrap().contains("data.thing2.value"));
    }
}

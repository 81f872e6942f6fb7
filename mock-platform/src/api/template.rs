//! Template messages (protocol §7). The account's templates and the library are in `library`.

use std::sync::Arc;

use serde_json::{Value, json};

use super::endpoint::{self, Endpoint};
use super::error::ApiError;
use super::request::{Call, text};
use super::{Answer, fields};
use crate::callback;
use crate::draw;
use crate::model::Settings;
use crate::model::item::{Body, Channel, From};
use crate::options::Template;
use crate::platform::Platform;
use crate::xml::Writer;

/// What this family answers.
pub(crate) const ENDPOINTS: &[Endpoint] =
    &[endpoint::post("/cgi-bin/message/template/send", Some(100_000), send)];

/// Results of a job: it arrived; the person has switched the account's messages off.
const SUCCESS: &str = "success";
const REFUSED: &str = "failed:user block";
/// Seconds during which a `client_msg_id` guards, and its bytes.
const GUARDED: i64 = 600;
const GUARD_LENGTH: usize = 32;
/// Guards that have lapsed are forgotten each time that so many more stand.
const SWEPT: usize = 8_192;

/// POST `/cgi-bin/message/template/send`.
pub(crate) fn send(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let request = call.json()?;
    let now = platform.now();
    let mut state = platform.state();
    let openid = text(&request, "touser").ok_or_else(|| ApiError::of(40003))?;
    let template = find(&state.templates, text(&request, "template_id"))?;
    let content = fields::fill(&template.content, &request["data"])?;
    let person = state.people.get(openid).ok_or_else(|| ApiError::of(40003))?;
    if !person.follows {
        return Err(ApiError::of(43004));
    }
    if person.standing.blacklisted {
        return Err(ApiError::of(43019));
    }
    let result = result_for(&person.settings);
    let guard = guard(openid, &request)?;
    if let Some((_, msgid)) =
        guard.as_ref().and_then(|key| state.guarded.get(key)).filter(|(at, _)| now - at < GUARDED)
    {
        return Ok(sent(*msgid));
    }
    let msgid = u64::from_be_bytes(draw::bytes()) >> 11;
    if let Some(key) = guard {
        if state.guarded.len().is_multiple_of(SWEPT) {
            state.guarded.retain(|_, (at, _)| now - *at < GUARDED);
        }
        state.guarded.insert(key, (now, msgid));
    }
    let url = opens(&request, "url");
    let body = Body::Template { template_id: template.template_id, title: template.title, content, url };
    if result == SUCCESS {
        state.show(openid, now, From::Bot, Some(Channel::Template), body);
    }
    drop(state);
    report(platform, openid.to_owned(), msgid, result);
    Ok(sent(msgid))
}

/// What a tap on a card opens: the mini program if one is named, else the address.
pub(crate) fn opens(request: &Value, address: &str) -> Option<String> {
    let program = &request["miniprogram"];
    let page = text(program, "pagepath").unwrap_or_default();
    let program = text(program, "appid").map(|_| format!("#小程序/{page}"));
    program.or_else(|| text(request, address).map(str::to_owned))
}

/// What the job-finish event will say.
fn result_for(settings: &Settings) -> String {
    match settings.template_result.as_str() {
        "" if settings.refuses_messages => REFUSED.to_owned(),
        "" => SUCCESS.to_owned(),
        other => other.to_owned(),
    }
}

fn sent(msgid: u64) -> Answer {
    Answer::Json(json!({ "errcode": 0, "errmsg": "ok", "msgid": msgid }))
}

/// The template of that id: 40036 without one, 40037 when the account has none such.
pub(crate) fn find(templates: &[Template], id: Option<&str>) -> Result<Template, ApiError> {
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

/// The result arrives later as an event (protocol §3).
fn report(platform: &Arc<Platform>, openid: String, msgid: u64, status: String) {
    let shared = Arc::clone(platform);
    platform.spawn(async move {
        tokio::time::sleep(shared.options.job_finish_delay).await;
        let fields = Writer::default().number("MsgID", msgid).text("Status", &status);
        let event = callback::event(&shared, &openid, "TEMPLATESENDJOBFINISH", &fields);
        callback::tell(&shared, &event).await;
    });
}

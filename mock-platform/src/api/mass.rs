//! Mass messages (protocol §9): to everybody, to a tag, to a list; preview, result, deletion, speed.
//!
//! A `clientmsgid` is looked at before anything else of the message: whoever asks again after a lost answer gets
//! 45065 with the first number, also when the draft has left the box meanwhile. What a message can consist of stands
//! in `massbody`.

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::{Value, json};

use super::endpoint::{self, Endpoint};
use super::error::ApiError;
use super::massbody::{self, Use};
use super::request::{Call, number, text};
use super::tags::existing;
use super::{Answer, ok, with_rid};
use crate::callback;
use crate::model::State;
use crate::model::item::{Body, Channel, From};
use crate::model::mass::{self, Job, Message};
use crate::model::media::MediaStore;
use crate::platform::Platform;
use crate::xml::Writer;

/// What this family answers. The day's sends are counted together, and their code is 45028.
pub(crate) const ENDPOINTS: &[Endpoint] = &[
    endpoint::post("/cgi-bin/message/mass/sendall", None, send_all),
    endpoint::post("/cgi-bin/message/mass/send", None, send),
    endpoint::post("/cgi-bin/message/mass/preview", Some(100), preview),
    endpoint::post("/cgi-bin/message/mass/delete", None, delete),
    endpoint::post("/cgi-bin/message/mass/get", None, get),
    endpoint::post("/cgi-bin/message/mass/speed/get", None, speed),
    endpoint::post("/cgi-bin/message/mass/speed/set", None, set_speed),
];

/// Openids of one `mass/send`.
const FEWEST: usize = 2;
const MOST: usize = 10_000;
/// Bytes of a `clientmsgid`.
const CLIENT_ID: usize = 64;
/// Ten thousand people a minute at each level of speed (K).
const SPEEDS: [u32; 5] = [80, 60, 45, 30, 10];
/// The platform's own openid from which results come, as an account sees it (K: its name is `mphelper`).
const HELPER: &str = "oMassSendHelperOfPlatform000";

/// POST `/cgi-bin/message/mass/sendall`.
pub(crate) fn send_all(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let request = call.json()?;
    let filter = &request["filter"];
    if !filter.is_object() {
        return Err(ApiError::with(40035, "invalid parameter: filter missing"));
    }
    let to_all = filter["is_to_all"].as_bool().unwrap_or(false);
    submit(platform, &request, to_all, |state| {
        let tag = if to_all { None } else { Some(existing(state, &filter["tag_id"])?) };
        let asked = |openid: &&String| {
            let person = state.people.get(*openid).filter(|person| person.follows);
            person.is_some_and(|person| tag.is_none_or(|tag| person.standing.tags.contains(&tag)))
        };
        Ok(state.order.iter().filter(asked).cloned().collect())
    })
}

/// POST `/cgi-bin/message/mass/send`.
pub(crate) fn send(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let request = call.json()?;
    submit(platform, &request, false, |_| openids(&request["touser"]))
}

/// 2 to 10,000 openids; whoever is named twice counts once (A).
fn openids(list: &Value) -> Result<Vec<String>, ApiError> {
    let list = list.as_array().ok_or_else(|| ApiError::of(40031))?;
    match list.len() {
        n if n < FEWEST => return Err(ApiError::of(40130)),
        n if n > MOST => return Err(ApiError::of(40032)),
        _ => {}
    }
    let mut seen = HashSet::with_capacity(list.len());
    let mut openids = Vec::with_capacity(list.len());
    for openid in list {
        let openid =
            openid.as_str().filter(|openid| !openid.is_empty()).ok_or_else(|| ApiError::of(40031))?;
        if seen.insert(openid) {
            openids.push(openid.to_owned());
        }
    }
    Ok(openids)
}

fn submit(
    platform: &Arc<Platform>,
    request: &Value,
    to_all: bool,
    recipients: impl FnOnce(&State) -> Result<Vec<String>, ApiError>,
) -> Result<Answer, ApiError> {
    let now = platform.now();
    let mut state = platform.state();
    let client = client_id(request)?;
    if let Some(id) = client.as_ref().and_then(|client| state.mass.known(client)) {
        let message = with_rid("clientmsgid exist");
        return Ok(Answer::Json(json!({ "errcode": 45065, "errmsg": message, "msg_id": id })));
    }
    let mut content = massbody::read(&state, request, Use::Send, now)?;
    let openids = recipients(&state)?;
    if !state.strict.lifts_days() && !state.mass.count(to_all, platform.today()) {
        return Err(ApiError::of(45028));
    }
    let draft = content.draft;
    let film = own_film(&mut state.media, &mut content.bodies);
    let message = Message {
        bodies: content.bodies,
        pieces: content.pieces,
        film,
        ignores_reprint: request["send_ignore_reprint"].as_u64() == Some(1),
        client,
    };
    let id = mass::send(&mut state, &openids, message, now);
    let job = &state.mass.jobs[&id];
    let (data_id, went_out) = (job.data_id, job.status == mass::SUCCESS);
    if let Some(draft) = draft.filter(|_| went_out) {
        state.drafts.remove(&draft);
    }
    drop(state);
    report(platform, id);
    Ok(Answer::Json(accepted(id, data_id)))
}

/// A film that is sent becomes the message's own, so that it can be deleted and does not lapse (A).
fn own_film(media: &mut MediaStore, bodies: &mut [Body]) -> Option<String> {
    bodies.iter_mut().find_map(|body| match body {
        Body::Video { media_id, .. } => {
            *media_id = media.copy(media_id)?;
            Some(media_id.clone())
        }
        _ => None,
    })
}

fn accepted(id: u64, data_id: Option<u64>) -> Value {
    let mut answer = json!({ "errcode": 0, "errmsg": "ok", "msg_id": id });
    if let Some(data_id) = data_id {
        answer["msg_data_id"] = json!(data_id);
    }
    answer
}

fn client_id(request: &Value) -> Result<Option<String>, ApiError> {
    match text(request, "clientmsgid") {
        Some(id) if id.len() > CLIENT_ID => Err(ApiError::of(45067)),
        id => Ok(id.map(str::to_owned)),
    }
}

/// The result comes later as an event of the platform's own openid (protocol §3).
fn report(platform: &Arc<Platform>, id: u64) {
    let shared = Arc::clone(platform);
    platform.spawn(async move {
        tokio::time::sleep(shared.options.mass_finish_delay).await;
        let job = shared.state().mass.jobs.get_mut(&id).map(|job| {
            job.finished = true;
            job.clone()
        });
        // A reset in between has forgotten it.
        let Some(job) = job else { return };
        let event = callback::event(&shared, HELPER, "MASSSENDJOBFINISH", &result(id, &job));
        callback::tell(&shared, &event).await;
    });
}

/// The elements of protocol §3. Articles are their author's own: nothing about them is checked or replaced (A).
fn result(id: u64, job: &Job) -> Writer {
    let counts = job.counts;
    let articles = || (1..).zip(&job.pieces);
    let checked = articles().fold(Writer::default(), |list, (n, _)| {
        let item = Writer::default().number("ArticleIdx", n).number("UserDeclareState", 0);
        let item =
            item.number("AuditState", 0).text("OriginalArticleUrl", "").number("OriginalArticleType", 0);
        let item = item.number("CanReprint", 0).number("NeedReplaceContent", 0);
        list.nest("item", item.number("NeedShowReprintSource", 0))
    });
    let linked = articles().fold(Writer::default(), |list, (n, piece)| {
        list.nest("item", Writer::default().number("ArticleIdx", n).text("ArticleUrl", &piece.url))
    });
    let number = job.pieces.len();
    let check = Writer::default().number("Count", number).nest("ResultList", checked);
    let links = Writer::default().number("Count", number).nest("ResultList", linked);
    // 1 no reprint, 3 one that may not be sent (K); nothing to check in other kinds.
    let state = if job.status == mass::REPRINT { 3 } else { u8::from(number > 0) };
    Writer::default()
        .number("MsgID", id)
        .text("Status", &job.status)
        .number("TotalCount", counts.total)
        .number("FilterCount", counts.filtered)
        .number("SentCount", counts.sent)
        .number("ErrorCount", counts.failed)
        .nest("CopyrightCheckResult", check.number("CheckState", state))
        .nest("ArticleUrlResult", links)
}

/// POST `/cgi-bin/message/mass/preview`: to one follower, by openid or by name; counts for nobody's month.
pub(crate) fn preview(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let request = call.json()?;
    let now = platform.now();
    let mut state = platform.state();
    let content = massbody::read(&state, &request, Use::Preview, now)?;
    let openid = match text(&request, "towxname") {
        // A person's WeChat name is their nickname here (A).
        Some(name) => {
            let named = state.order.iter().find(|openid| state.people[*openid].nickname == name);
            named.ok_or_else(|| ApiError::of(40132))?.clone()
        }
        None => text(&request, "touser").ok_or_else(|| ApiError::of(40003))?.to_owned(),
    };
    if !state.people.get(&openid).ok_or_else(|| ApiError::of(40003))?.follows {
        return Err(ApiError::of(43004));
    }
    for body in content.bodies {
        state.show(&openid, now, From::Bot, Some(Channel::Mass), body);
    }
    let id = state.next();
    Ok(Answer::Json(accepted(id, None)))
}

/// POST `/cgi-bin/message/mass/delete`: by number or by an article's address; one article of it or all.
pub(crate) fn delete(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let request = call.json()?;
    let mut state = platform.state();
    let url = text(&request, "url");
    let by_url = url.and_then(|url| {
        let place = |job: &Job| job.pieces.iter().position(|piece| piece.url == url);
        state.mass.jobs.iter().find_map(|(id, job)| Some((*id, place(job)? + 1)))
    });
    let id = number(&request["msg_id"]).or(by_url.map(|(id, _)| id)).ok_or_else(|| ApiError::of(40059))?;
    let job = state.mass.jobs.get(&id).filter(|job| !job.deleted).ok_or_else(|| ApiError::of(40059))?;
    if !job.is_deletable() {
        return Err(ApiError::of(40008));
    }
    let article = match request["article_idx"].as_u64() {
        None | Some(0) => by_url.map(|(_, place)| place),
        Some(n) if n as usize <= job.pieces.len() => Some(n as usize),
        Some(_) => return Err(ApiError::of(40114)),
    };
    mass::delete(&mut state, id, article);
    Ok(ok())
}

/// POST `/cgi-bin/message/mass/get`.
pub(crate) fn get(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let request = call.json()?;
    let state = platform.state();
    let id = number(&request["msg_id"]).ok_or_else(|| ApiError::of(40059))?;
    let job = state.mass.jobs.get(&id).ok_or_else(|| ApiError::of(40059))?;
    Ok(Answer::Json(json!({ "msg_id": id, "msg_status": job.msg_status() })))
}

/// POST `/cgi-bin/message/mass/speed/get`.
#[expect(clippy::unnecessary_wraps, reason = "every endpoint has the same form")]
pub(crate) fn speed(platform: &Arc<Platform>, _: &Call) -> Result<Answer, ApiError> {
    let speed = platform.state().mass.speed;
    Ok(Answer::Json(json!({ "speed": speed, "realspeed": SPEEDS[usize::from(speed)] })))
}

/// POST `/cgi-bin/message/mass/speed/set`.
pub(crate) fn set_speed(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let request = call.json()?;
    if request["speed"].is_null() {
        return Err(ApiError::of(45084));
    }
    let speed = number(&request["speed"]).and_then(|speed| u8::try_from(speed).ok());
    let speed =
        speed.filter(|speed| usize::from(*speed) < SPEEDS.len()).ok_or_else(|| ApiError::of(45083))?;
    platform.state().mass.speed = speed;
    Ok(ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_two_to_ten_thousand_openids() {
        let many = |n: usize| json!((0..n).map(|n| format!("o{n}")).collect::<Vec<_>>());
        for (list, expected) in [
            (json!("oA"), Err(40031)),
            (json!([]), Err(40130)),
            (json!(["oA"]), Err(40130)),
            (json!(["oA", 7]), Err(40031)),
            (json!(["oA", ""]), Err(40031)),
            (json!(["oA", "oB", "oA"]), Ok(2)),
            (many(10_000), Ok(10_000)),
            (many(10_001), Err(40032)),
        ] {
            let count = openids(&list).map(|openids| openids.len()).map_err(|error| error.code);
            assert_eq!(count, expected, "{:.60}", list.to_string());
        }
    }

    #[test]
    fn the_helpers_openid_looks_like_one() {
        assert_eq!(HELPER.len(), 28);
    }
}

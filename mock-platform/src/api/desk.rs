//! Agents: their accounts, their sessions with people, and what was said (protocol §6; codes 654xx are (K)).

use std::sync::Arc;

use serde_json::{Value, json};

use super::endpoint::{self, Endpoint};
use super::error::ApiError;
use super::request::{Call, text};
use super::{Answer, ok};
use crate::agents::{self, Session};
use crate::callback;
use crate::model::desk::{Agent, Record};
use crate::model::media::sniff;
use crate::model::{Person, Sent, State};
use crate::platform::Platform;
use crate::reply::media_url;

/// What this family answers.
pub(crate) const ENDPOINTS: &[Endpoint] = &[
    endpoint::post("/customservice/kfaccount/add", None, add),
    endpoint::post("/customservice/kfaccount/update", None, update),
    // The document says GET with a query, the protocol a body: both work.
    endpoint::either("/customservice/kfaccount/del", remove),
    endpoint::post("/customservice/kfaccount/uploadheadimg", None, picture),
    endpoint::get("/cgi-bin/customservice/getkflist", None, list),
    endpoint::get("/cgi-bin/customservice/getonlinekflist", None, online),
    endpoint::post("/customservice/kfsession/create", None, create),
    endpoint::post("/customservice/kfsession/close", None, close),
    endpoint::get("/customservice/kfsession/getsession", None, session),
    endpoint::get("/customservice/kfsession/getsessionlist", None, sessions),
    endpoint::get("/customservice/kfsession/getwaitcase", None, waiting),
    endpoint::post("/customservice/msgrecord/getmsglist", None, records),
];

/// Waiting chats of one answer.
const WAITING: usize = 100;
/// Records of one answer, and the seconds that they may span (K).
const RECORDS: i64 = 10_000;
const SPAN: i64 = 86_400;

/// POST `/customservice/kfaccount/add {kf_account,nickname}`.
pub(crate) fn add(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let request = call.json()?;
    let nickname = text(&request, "nickname").unwrap_or_default();
    platform.state().desk.add(account(&request)?, nickname).map_err(ApiError::of)?;
    Ok(ok())
}

/// POST `/customservice/kfaccount/update {kf_account,nickname}`.
pub(crate) fn update(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let request = call.json()?;
    let nickname = text(&request, "nickname").unwrap_or_default();
    platform.state().desk.rename(account(&request)?, nickname).map_err(ApiError::of)?;
    Ok(ok())
}

fn account(request: &Value) -> Result<&str, ApiError> {
    text(request, "kf_account").ok_or_else(|| ApiError::of(61451))
}

/// `/customservice/kfaccount/del?kf_account=`: the agent's chats go back to the bot.
pub(crate) fn remove(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let request = if call.query("kf_account").is_empty() {
        call.json()?
    } else {
        json!({ "kf_account": call.query("kf_account") })
    };
    let account = account(&request)?;
    let mut state = platform.state();
    state.desk.remove(account).map_err(ApiError::of)?;
    for person in state.people.values_mut() {
        person.agent = person.agent.take().filter(|session| session.account.as_deref() != Some(account));
    }
    drop(state);
    platform.announce();
    Ok(ok())
}

/// POST `/customservice/kfaccount/uploadheadimg?kf_account=`: a JPEG.
pub(crate) fn picture(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let part = call.parts.iter().find(|part| part.name == "media").ok_or_else(|| ApiError::of(41005))?;
    if sniff(&part.bytes).0 != "image/jpeg" {
        return Err(ApiError::of(61457));
    }
    let mut state = platform.state();
    let account = call.query("kf_account");
    state.desk.find_mut(account).map_err(ApiError::of)?;
    let id = state.media.keep_picture(part.bytes.clone());
    state.desk.find_mut(account).map_err(ApiError::of)?.picture =
        format!("{}{}", platform.url(), media_url(&id));
    Ok(ok())
}

/// GET `/cgi-bin/customservice/getkflist`.
#[expect(clippy::unnecessary_wraps, reason = "every endpoint has the same form")]
pub(crate) fn list(platform: &Arc<Platform>, _: &Call) -> Result<Answer, ApiError> {
    let state = platform.state();
    let one = |agent: &Agent| {
        json!({
            "kf_account": agent.account, "kf_nick": agent.nickname, "kf_id": agent.id.to_string(),
            "kf_headimgurl": agent.picture,
        })
    };
    Ok(Answer::Json(json!({ "kf_list": state.desk.agents.iter().map(one).collect::<Vec<_>>() })))
}

/// GET `/cgi-bin/customservice/getonlinekflist`.
#[expect(clippy::unnecessary_wraps, reason = "every endpoint has the same form")]
pub(crate) fn online(platform: &Arc<Platform>, _: &Call) -> Result<Answer, ApiError> {
    let state = platform.state();
    let there = state.desk.agents.iter().filter(|agent| agent.is_online);
    let one = |agent: &Agent| {
        let accepted =
            taken(&state).filter(|(_, session)| session.taken_by() == Some(&agent.account)).count();
        json!({
            "kf_account": agent.account, "status": 1, "kf_id": agent.id.to_string(), "accepted_case": accepted,
        })
    };
    Ok(Answer::Json(json!({ "kf_online_list": there.map(one).collect::<Vec<_>>() })))
}

fn chats(state: &State) -> impl Iterator<Item = (&String, &Session)> {
    let session = |openid| state.people.get(openid).and_then(|person: &Person| person.agent.as_ref());
    state.order.iter().filter_map(move |openid| Some((openid, session(openid)?)))
}

fn taken(state: &State) -> impl Iterator<Item = (&String, &Session)> {
    chats(state).filter(|(_, session)| session.taken_by().is_some())
}

/// POST `/customservice/kfsession/create {kf_account,openid}`.
pub(crate) fn create(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let request = call.json()?;
    let mut state = platform.state();
    let (account, openid, worker) = named(platform, &mut state, &request)?;
    match worker {
        Some(worker) if worker == account => return Ok(ok()),
        Some(_) => return Err(ApiError::of(65414)),
        None => {}
    }
    if !state.desk.find(account).is_some_and(|agent| agent.is_online) {
        return Err(ApiError::of(65415));
    }
    let sent = agents::begin(platform, &mut state, openid, account.to_owned());
    drop(state);
    tell(platform, sent);
    Ok(ok())
}

/// POST `/customservice/kfsession/close {kf_account,openid}`.
pub(crate) fn close(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let request = call.json()?;
    let mut state = platform.state();
    let (account, openid, worker) = named(platform, &mut state, &request)?;
    match worker {
        None => return Err(ApiError::of(65413)),
        Some(worker) if worker != account => return Err(ApiError::of(65414)),
        Some(_) => {}
    }
    let sent = agents::end(platform, &mut state, openid, account);
    drop(state);
    tell(platform, sent);
    Ok(ok())
}

/// The agent and the person that a call names, and who has the person's chat.
fn named<'a>(
    platform: &Platform,
    state: &mut State,
    request: &'a Value,
) -> Result<(&'a str, &'a str, Option<String>), ApiError> {
    let account = account(request)?;
    state.desk.find(account).ok_or_else(|| ApiError::of(61452))?;
    let openid = text(request, "openid").filter(|openid| state.people.contains_key(*openid));
    let openid = openid.ok_or_else(|| ApiError::of(40003))?;
    let worker = agents::agent_of(state, openid, platform.now());
    Ok((account, openid, worker))
}

/// The bot hears of it beside the call.
fn tell(platform: &Arc<Platform>, sent: Sent) {
    platform.announce();
    let shared = Arc::clone(platform);
    platform.spawn(async move { callback::tell(&shared, &sent).await });
}

/// GET `/customservice/kfsession/getsession?openid=`: nobody and 0 without one (K).
pub(crate) fn session(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let openid = call.query("openid");
    let mut state = platform.state();
    let worker = agents::agent_of(&mut state, openid, platform.now());
    let person = state.people.get(openid).ok_or_else(|| ApiError::of(40003))?;
    let session = person.agent.as_ref().filter(|_| worker.is_some());
    Ok(Answer::Json(json!({
        "createtime": session.map_or(0, |session| session.created),
        "kf_account": worker.unwrap_or_default(),
    })))
}

/// GET `/customservice/kfsession/getsessionlist?kf_account=`.
pub(crate) fn sessions(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let account = call.query("kf_account");
    let mut state = platform.state();
    state.desk.find(account).ok_or_else(|| ApiError::of(61452))?;
    lapse(&mut state, platform.now());
    let theirs = taken(&state).filter(|(_, session)| session.taken_by() == Some(account));
    let list: Vec<Value> =
        theirs.map(|(openid, session)| json!({ "createtime": session.created, "openid": openid })).collect();
    Ok(Answer::Json(json!({ "sessionlist": list })))
}

/// GET `/customservice/kfsession/getwaitcase`: the longest waiting first.
#[expect(clippy::unnecessary_wraps, reason = "every endpoint has the same form")]
pub(crate) fn waiting(platform: &Arc<Platform>, _: &Call) -> Result<Answer, ApiError> {
    let mut state = platform.state();
    lapse(&mut state, platform.now());
    let mut waiting: Vec<_> = chats(&state).filter(|(_, session)| session.taken_by().is_none()).collect();
    waiting.sort_by_key(|(_, session)| session.created);
    let one =
        |(openid, session): &(&String, &Session)| json!({ "latest_time": session.at, "openid": openid });
    let list: Vec<Value> = waiting.iter().take(WAITING).map(one).collect();
    Ok(Answer::Json(json!({ "count": waiting.len(), "waitcaselist": list })))
}

fn lapse(state: &mut State, now: i64) {
    for openid in state.order.clone() {
        agents::agent_of(state, &openid, now);
    }
}

/// POST `/customservice/msgrecord/getmsglist {starttime,endtime,msgid,number}`: `msgid` is where to begin, and in the
/// answer where to go on.
pub(crate) fn records(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let request = call.json()?;
    let value = |name: &str| request[name].as_i64().filter(|value| *value >= 0);
    let (Some(from), Some(to), Some(number)) = (value("starttime"), value("endtime"), value("number")) else {
        return Err(ApiError::of(65416));
    };
    if from > to || !(1..=RECORDS).contains(&number) {
        return Err(ApiError::of(65416));
    }
    if to - from > SPAN {
        return Err(ApiError::of(65417));
    }
    let first = value("msgid").unwrap_or(1) as u64;
    let state = platform.state();
    let page: Vec<&(u64, Record)> = state.desk.records(from, to, first).take(number as usize).collect();
    let next = page.last().map_or(first, |(n, _)| n + 1);
    let list: Vec<&Record> = page.iter().map(|(_, record)| record).collect();
    Ok(Answer::Json(json!({ "recordlist": list, "number": list.len(), "msgid": next })))
}

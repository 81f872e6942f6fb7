//! Followers: who they are, all of them in pages, remarks (protocol §10).

use std::sync::Arc;

use serde_json::{Value, json};

use super::endpoint::{self, Endpoint};
use super::error::ApiError;
use super::request::{Call, text};
use super::{Answer, ok};
use crate::model::{Person, State};
use crate::platform::Platform;

/// What this family answers.
pub(crate) const ENDPOINTS: &[Endpoint] = &[
    endpoint::get("/cgi-bin/user/info", Some(5_000_000), info),
    endpoint::post("/cgi-bin/user/info/batchget", None, infos),
    endpoint::post("/cgi-bin/user/info/updateremark", Some(10_000), remark),
    endpoint::get("/cgi-bin/user/get", Some(500), list),
];

/// Openids of a page.
const PAGE: usize = 10_000;
/// People of one `batchget`.
const BATCH: usize = 100;
/// A remark has fewer characters.
const REMARK: usize = 30;

/// GET `/cgi-bin/user/info`.
pub(crate) fn info(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let openid = call.query("openid");
    let state = platform.state();
    let person = state.people.get(openid).ok_or_else(|| ApiError::of(40003))?;
    Ok(Answer::Json(described(openid, person)))
}

/// POST `/cgi-bin/user/info/batchget`.
pub(crate) fn infos(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let request = call.json()?;
    let list = request["user_list"].as_array().filter(|list| (1..=BATCH).contains(&list.len()));
    let list = list.ok_or_else(|| ApiError::of(40032))?;
    let state = platform.state();
    let one = |user: &Value| {
        let openid = text(user, "openid").unwrap_or_default();
        state.people.get(openid).map(|person| described(openid, person)).ok_or_else(|| ApiError::of(40003))
    };
    let infos = list.iter().map(one).collect::<Result<Vec<_>, _>>()?;
    Ok(Answer::Json(json!({ "user_info_list": infos })))
}

/// Name, picture, sex and town have not been filled since 2021-12-27 (K), and are left out.
fn described(openid: &str, person: &Person) -> Value {
    if !person.follows {
        return json!({ "subscribe": 0, "openid": openid });
    }
    let scene = person.scene.as_deref().unwrap_or_default();
    let (how, number) = match (scene, scene.parse::<u32>()) {
        ("", _) => ("ADD_SCENE_SEARCH", 0),
        (_, number) => ("ADD_SCENE_QR_CODE", number.unwrap_or(0)),
    };
    let standing = &person.standing;
    json!({
        "subscribe": 1,
        "openid": openid,
        "language": "zh_CN",
        "subscribe_time": person.subscribed_at,
        "remark": standing.remark,
        "groupid": standing.tags.first().unwrap_or(&0),
        "tagid_list": standing.tags,
        "subscribe_scene": how,
        "qr_scene": number,
        "qr_scene_str": if number == 0 { scene } else { "" },
    })
}

/// POST `/cgi-bin/user/info/updateremark`: fewer than 30 characters.
pub(crate) fn remark(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let request = call.json()?;
    let remark = request["remark"].as_str().filter(|remark| remark.chars().count() < REMARK);
    let remark = remark.ok_or_else(|| ApiError::with(40035, "invalid parameter: remark"))?;
    let mut state = platform.state();
    let openid = text(&request, "openid").unwrap_or_default();
    let person = state.people.get_mut(openid).filter(|person| person.follows);
    remark.clone_into(&mut person.ok_or_else(|| ApiError::of(40003))?.standing.remark);
    Ok(ok())
}

/// GET `/cgi-bin/user/get`: followers in pages.
pub(crate) fn list(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let page = page(&platform.state(), call.query("next_openid"), |person| person.follows)?;
    Ok(Answer::Json(page))
}

/// A page of those who `fit`, in the order in which they came: `{total,count,data?,next_openid}`. `next_openid` is
/// filled on the last page too; the page after it has no `data` and an empty one.
pub(crate) fn page(state: &State, after: &str, fit: impl Fn(&Person) -> bool) -> Result<Value, ApiError> {
    let start = match after {
        "" => 0,
        after => 1 + state.order.iter().position(|o| o == after).ok_or_else(|| ApiError::of(40003))?,
    };
    let fitting = |openid: &&String| state.people.get(*openid).is_some_and(&fit);
    let before = state.order[..start].iter().filter(fitting).count();
    let mut rest = state.order[start..].iter().filter(fitting);
    let openids: Vec<&String> = rest.by_ref().take(PAGE).collect();
    let total = before + openids.len() + rest.count();
    let mut answer = json!({ "total": total, "count": openids.len() });
    if !openids.is_empty() {
        answer["data"] = json!({ "openid": openids });
    }
    answer["next_openid"] = json!(openids.last());
    if openids.is_empty() {
        answer["next_openid"] = json!("");
    }
    Ok(answer)
}

/// The openids of a list of 1 to `most`, each one of this account's people: 40032, 40003, 49003.
pub(crate) fn openids<'a>(state: &State, request: &'a Value, most: usize) -> Result<Vec<&'a str>, ApiError> {
    let list = request["openid_list"].as_array().filter(|list| (1..=most).contains(&list.len()));
    let list = list.ok_or_else(|| ApiError::of(40032))?;
    list.iter().map(|openid| own(state, openid.as_str().unwrap_or_default())).collect()
}

/// 40003 for what is no openid, 49003 for one that belongs to another account.
pub(crate) fn own<'a>(state: &State, openid: &'a str) -> Result<&'a str, ApiError> {
    if state.people.contains_key(openid) {
        return Ok(openid);
    }
    let formed = openid.len() == 28 && openid.starts_with('o') && openid.is_ascii();
    Err(ApiError::of(if formed { 49003 } else { 40003 }))
}

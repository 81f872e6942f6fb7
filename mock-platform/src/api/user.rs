//! Followers (protocol §10).

use std::sync::Arc;

use serde_json::{Value, json};

use super::Answer;
use super::endpoint::{self, Endpoint};
use super::error::ApiError;
use super::request::Call;
use crate::platform::Platform;

/// What this family answers.
pub(crate) const ENDPOINTS: &[Endpoint] = &[
    endpoint::get("/cgi-bin/user/info", Some(5_000_000), info),
    endpoint::get("/cgi-bin/user/get", Some(500), list),
];

/// Openids of a page.
const PAGE: usize = 10_000;

/// GET `/cgi-bin/user/info`.
pub(crate) fn info(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let openid = call.query("openid");
    let state = platform.state();
    let person = state.people.get(openid).ok_or_else(|| ApiError::of(40003))?;
    if !person.follows {
        return Ok(Answer::Json(json!({ "subscribe": 0, "openid": openid })));
    }
    let scene = person.scene.as_deref().unwrap_or_default();
    let (how, number) = match (scene, scene.parse::<u32>()) {
        ("", _) => ("ADD_SCENE_SEARCH", 0),
        (_, number) => ("ADD_SCENE_QR_CODE", number.unwrap_or(0)),
    };
    Ok(Answer::Json(json!({
        "subscribe": 1,
        "openid": openid,
        "language": "zh_CN",
        "subscribe_time": person.subscribed_at,
        "remark": "",
        "groupid": 0,
        "tagid_list": [],
        "subscribe_scene": how,
        "qr_scene": number,
        "qr_scene_str": if number == 0 { scene } else { "" },
    })))
}

/// GET `/cgi-bin/user/get`: followers in pages; `next_openid` is filled on the last page too.
pub(crate) fn list(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let after = call.query("next_openid");
    let state = platform.state();
    let follows = |openid: &&String| state.people.get(*openid).is_some_and(|person| person.follows);
    let followers: Vec<&String> = state.order.iter().filter(follows).collect();
    let start = match after {
        "" => 0,
        after => 1 + followers.iter().position(|o| *o == after).ok_or_else(|| ApiError::of(40003))?,
    };
    let page: Vec<&String> = followers[start..].iter().copied().take(PAGE).collect();
    let mut answer = json!({ "total": followers.len(), "count": page.len(), "next_openid": "" });
    if let Some(last) = page.last() {
        answer["next_openid"] = json!(last);
        answer["data"] = json!({ "openid": page });
    }
    Ok(Answer::Json(Value::Object(answer.as_object().expect("built as an object").clone())))
}

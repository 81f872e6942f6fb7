//! Web authorisation, as far as `snsapi_base` needs it (protocol §12).
//!
//! In WeChat's own browser the platform knows who is looking. Here the page's cookie `mock_openid` or the query of
//! that name says it; with neither, a small page asks.

use std::fmt::Write as _;
use std::sync::Arc;

use serde_json::json;

use super::Answer;
use super::endpoint::{self, Endpoint};
use super::error::ApiError;
use super::request::Call;
use super::token::check_app;
use crate::draw;
use crate::platform::Platform;

/// What this family answers.
pub(crate) const ENDPOINTS: &[Endpoint] = &[
    endpoint::open("/connect/oauth2/authorize", authorize),
    endpoint::open("/sns/oauth2/access_token", access_token),
];

/// Seconds that a code lives, and it is good for one use.
const CODE_LIFE: i64 = 300;

/// GET `/connect/oauth2/authorize`.
pub(crate) fn authorize(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    if call.query("appid") != platform.options.app_id {
        return Err(ApiError::of(40013));
    }
    if call.query("response_type") != "code"
        || !matches!(call.query("scope"), "snsapi_base" | "snsapi_userinfo")
    {
        return Err(ApiError::of(40035));
    }
    let mut target = reqwest::Url::parse(call.query("redirect_uri")).map_err(|_| ApiError::of(40035))?;
    if !matches!(target.scheme(), "http" | "https") {
        return Err(ApiError::of(40035));
    }
    let Some(openid) = viewer(platform, call) else {
        return Ok(Answer::Page(ask(platform, call)));
    };
    let code = draw::word(32);
    let until = platform.now() + CODE_LIFE;
    platform.state().codes.insert(code.clone(), (openid, until, false));
    target.query_pairs_mut().append_pair("code", &code).append_pair("state", call.query("state"));
    Ok(Answer::Redirect(target.into()))
}

fn viewer(platform: &Platform, call: &Call) -> Option<String> {
    let cookies = call.headers.get("cookie").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let cookie = cookies.split(';').find_map(|pair| pair.trim().strip_prefix("mock_openid="));
    let query = Some(call.query("mock_openid")).filter(|openid| !openid.is_empty());
    let openid = query.or(cookie)?;
    platform.state().people.contains_key(openid).then(|| openid.to_owned())
}

/// A page that asks who is looking.
fn ask(platform: &Platform, call: &Call) -> String {
    let names = ["appid", "redirect_uri", "response_type", "scope", "state"];
    let state = platform.state();
    let mut rows = String::new();
    for openid in &state.order {
        let mut address =
            reqwest::Url::parse("http://mock/connect/oauth2/authorize").expect("a fixed address");
        let pairs = names.iter().map(|name| (*name, call.query(name)));
        address.query_pairs_mut().extend_pairs(pairs).append_pair("mock_openid", openid);
        let query = escape(address.query().unwrap_or_default());
        let nickname = escape(state.people.get(openid).map_or("", |person| person.nickname.as_str()));
        write!(rows, "<li><a href=\"?{query}\">{nickname}</a></li>").expect("a string takes writes");
    }
    format!(
        "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><title>选择考生</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><h1>您是哪一位？</h1><ul>{rows}</ul></html>"
    )
}

fn escape(text: &str) -> String {
    quick_xml::escape::escape(text).into_owned()
}

/// GET `/sns/oauth2/access_token`.
pub(crate) fn access_token(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    check_app(platform, call.query("appid"), call.query("secret"))?;
    if call.query("grant_type") != "authorization_code" {
        return Err(ApiError::of(40002));
    }
    let now = platform.now();
    let mut state = platform.state();
    let code = state.codes.get_mut(call.query("code"));
    let (openid, until, used) = code.ok_or_else(|| ApiError::of(40029))?;
    if *used {
        return Err(ApiError::of(40163));
    }
    if now >= *until {
        return Err(ApiError::of(42003));
    }
    *used = true;
    Ok(Answer::Json(json!({
        "access_token": draw::access_token(),
        "expires_in": 7200,
        "refresh_token": draw::access_token(),
        "openid": openid,
        "scope": "snsapi_base",
    })))
}

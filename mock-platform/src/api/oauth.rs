//! Web authorisation and the tickets of the JS-SDK (protocol §12).
//!
//! In WeChat's own browser the platform knows who is looking. Here the page's cookie `mock_openid` or the query of
//! that name says it; with neither, a small page asks. For `snsapi_userinfo` another one asks for consent, and
//! `mock_consent=allow` or `deny` is the answer.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::http::Method;
use serde_json::{Value, json};

use super::Answer;
use super::endpoint::{self, Endpoint};
use super::error::ApiError;
use super::request::Call;
use super::token::check_app;
use crate::draw;
use crate::html::{escape, page};
use crate::model::web::{Grant, TOKEN_LIFE, Visit};
use crate::platform::Platform;

/// What this family answers.
pub(crate) const ENDPOINTS: &[Endpoint] = &[
    endpoint::open("/connect/oauth2/authorize", Method::GET, authorize),
    endpoint::open("/sns/oauth2/access_token", Method::GET, access_token),
    endpoint::open("/sns/oauth2/refresh_token", Method::GET, refresh_token),
    endpoint::open("/sns/userinfo", Method::GET, user_info),
    endpoint::open("/sns/auth", Method::GET, auth),
    endpoint::get("/cgi-bin/ticket/getticket", None, ticket),
];

/// Bytes of `state`.
const STATE: usize = 128;

/// GET `/connect/oauth2/authorize`.
pub(crate) fn authorize(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    if call.query("appid") != platform.options.app_id {
        return Err(ApiError::of(40013));
    }
    let scope = call.query("scope");
    if call.query("response_type") != "code"
        || !matches!(scope, "snsapi_base" | "snsapi_userinfo")
        || call.query("state").len() > STATE
    {
        return Err(ApiError::of(40035));
    }
    let mut target = reqwest::Url::parse(call.query("redirect_uri")).map_err(|_| ApiError::of(40035))?;
    if !matches!(target.scheme(), "http" | "https") {
        return Err(ApiError::of(40035));
    }
    let host = target.host_str().unwrap_or_default();
    if platform
        .options
        .redirect_domains
        .as_ref()
        .is_some_and(|allowed| !allowed.iter().any(|name| name == host))
    {
        return Err(ApiError::of(10003));
    }
    let Some(person) = viewer(platform, call) else {
        return Ok(Answer::Page(ask_who(platform, call)));
    };
    if scope == "snsapi_userinfo" {
        match call.query("mock_consent") {
            "allow" => {}
            // Who refuses comes back without a code.
            "deny" => {
                target.query_pairs_mut().append_pair("state", call.query("state"));
                return Ok(Answer::Redirect(target.into()));
            }
            _ => return Ok(Answer::Page(ask_consent(platform, call, &person))),
        }
    }
    let mut state = platform.state();
    let is_snapshot = state.people.get(&person).is_some_and(|person| person.settings.snapshot_user);
    let openid = if is_snapshot { draw::openid() } else { person.clone() };
    let visit = Visit { openid, person, scope: scope.to_owned(), is_snapshot };
    let code = state.web.code(visit, platform.now());
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
fn ask_who(platform: &Platform, call: &Call) -> String {
    let state = platform.state();
    let mut rows = String::new();
    for openid in &state.order {
        let query = again(call, &[("mock_openid", openid)]);
        let nickname = escape(state.people.get(openid).map_or("", |person| person.nickname.as_str()));
        write!(rows, "<li><a href=\"?{query}\">{nickname}</a></li>").expect("a string takes writes");
    }
    page("选择考生", &format!("<h1>您是哪一位？</h1><ul>{rows}</ul>"))
}

/// A page that asks whether nickname and picture may be given.
fn ask_consent(platform: &Platform, call: &Call, openid: &str) -> String {
    let account = escape(&platform.options.account_name);
    let state = platform.state();
    let nickname = escape(state.people.get(openid).map_or("", |person| person.nickname.as_str()));
    let answer = |answer: &str| again(call, &[("mock_openid", openid), ("mock_consent", answer)]);
    page(
        "授权",
        &format!(
            "<h1>{account}</h1><p>申请获取您的昵称、头像。</p><p>{nickname}</p>\
             <p><a href=\"?{}\">允许</a> <a href=\"?{}\">拒绝</a></p>",
            answer("allow"),
            answer("deny")
        ),
    )
}

/// The query of the same call with a little more, escaped for HTML.
fn again(call: &Call, more: &[(&str, &str)]) -> String {
    let mut address = reqwest::Url::parse("http://mock/").expect("a fixed address");
    let names = ["appid", "redirect_uri", "response_type", "scope", "state"];
    let pairs = names.iter().map(|name| (*name, call.query(name)));
    address.query_pairs_mut().extend_pairs(pairs).extend_pairs(more);
    escape(address.query().unwrap_or_default())
}

/// GET `/sns/oauth2/access_token`.
pub(crate) fn access_token(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    check_app(platform, call.query("appid"), call.query("secret"))?;
    if call.query("grant_type") != "authorization_code" {
        return Err(ApiError::of(40002));
    }
    let mut state = platform.state();
    let grant = state.web.exchange(call.query("code"), platform.now()).map_err(ApiError::of)?;
    Ok(Answer::Json(granted(grant)))
}

/// GET `/sns/oauth2/refresh_token`.
pub(crate) fn refresh_token(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    if call.query("appid") != platform.options.app_id {
        return Err(ApiError::of(40013));
    }
    if call.query("grant_type") != "refresh_token" {
        return Err(ApiError::of(40002));
    }
    let mut state = platform.state();
    let grant = state.web.refresh(call.query("refresh_token"), platform.now()).map_err(ApiError::of)?;
    Ok(Answer::Json(granted(grant)))
}

fn granted(grant: &Grant) -> Value {
    let mut answer = json!({
        "access_token": grant.access_token,
        "expires_in": TOKEN_LIFE,
        "refresh_token": grant.refresh_token,
        "openid": grant.visit.openid,
        "scope": grant.visit.scope,
    });
    if grant.visit.is_snapshot {
        answer["is_snapshotuser"] = json!(1);
    }
    answer
}

/// GET `/sns/userinfo`: what the person has allowed a page to know. Sex and places are no longer filled.
pub(crate) fn user_info(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let openid = call.query("openid");
    let state = platform.state();
    let visit = state.web.check(call.token(), openid, platform.now()).map_err(ApiError::of)?;
    if visit.scope != "snsapi_userinfo" {
        return Err(ApiError::of(48001));
    }
    let person = state.people.get(&visit.person).filter(|_| !visit.is_snapshot);
    Ok(Answer::Json(json!({
        "openid": openid,
        "nickname": person.map_or("微信用户", |person| person.nickname.as_str()),
        "sex": 0, "province": "", "city": "", "country": "",
        "headimgurl": format!("{}/page/icon.svg", platform.url()),
        "privilege": [],
    })))
}

/// GET `/sns/auth`: is the token still good for this openid?
pub(crate) fn auth(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let state = platform.state();
    state.web.check(call.token(), call.query("openid"), platform.now()).map_err(ApiError::of)?;
    Ok(super::ok())
}

/// GET `/cgi-bin/ticket/getticket?type=jsapi`.
pub(crate) fn ticket(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    if call.query("type") != "jsapi" {
        return Err(ApiError::with(40035, "invalid parameter: type"));
    }
    let (ticket, life) = platform.state().jsapi.current(platform.now());
    Ok(Answer::Json(json!({ "errcode": 0, "errmsg": "ok", "ticket": ticket, "expires_in": life })))
}

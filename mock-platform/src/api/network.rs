//! Addresses, quotas, what a rid stood for, and the check of the callback address (protocol §5, §13).

use std::sync::Arc;
use std::time::Instant;

use axum::http::Method;
use serde_json::{Value, json};

use super::endpoint::{self, Endpoint, find};
use super::error::ApiError;
use super::request::{Call, text};
use super::token::check_app;
use super::{Answer, ok};
use crate::callback;
use crate::model::quota::daily;
use crate::platform::Platform;

/// What this family answers.
pub(crate) const ENDPOINTS: &[Endpoint] = &[
    endpoint::post("/cgi-bin/clear_quota", None, clear_quota),
    endpoint::open("/cgi-bin/clear_quota/v2", Method::POST, clear_quota_by_secret),
    endpoint::post("/cgi-bin/openapi/quota/get", None, quota),
    endpoint::post("/cgi-bin/openapi/rid/get", None, rid),
    endpoint::get("/cgi-bin/getcallbackip", None, addresses),
    endpoint::get("/cgi-bin/get_api_domain_ip", None, addresses),
    endpoint::post("/cgi-bin/callback/check", None, check_callback),
];

/// Mass messages count together, in a counter of their own.
const SENDS: [&str; 2] = ["/cgi-bin/message/mass/send", "/cgi-bin/message/mass/sendall"];
/// What the limit of a day is said to be where none counts (A).
const LIFTED: u32 = 1_000_000_000;
/// Where the mock is, for whoever asks: it calls from this machine.
const HERE: &str = "127.0.0.1";

/// GET `/cgi-bin/getcallbackip` and `/cgi-bin/get_api_domain_ip`.
#[expect(clippy::unnecessary_wraps, reason = "every endpoint has the same form")]
pub(crate) fn addresses(_: &Arc<Platform>, _: &Call) -> Result<Answer, ApiError> {
    Ok(Answer::Json(json!({ "ip_list": [HERE] })))
}

/// POST `/cgi-bin/clear_quota`: ten times a month.
pub(crate) fn clear_quota(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let request = call.json()?;
    match text(&request, "appid") {
        None => Err(ApiError::of(41002)),
        Some(app_id) if app_id != platform.options.app_id => Err(ApiError::of(40013)),
        Some(_) => clear(platform),
    }
}

/// POST `/cgi-bin/clear_quota/v2?appid=&appsecret=`: when no token can be drawn any more. The same ten times.
pub(crate) fn clear_quota_by_secret(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    check_app(platform, call.query("appid"), call.query("appsecret"))?;
    clear(platform)
}

fn clear(platform: &Platform) -> Result<Answer, ApiError> {
    if platform.state().quotas.clear(platform.now()) { Ok(ok()) } else { Err(ApiError::of(48006)) }
}

/// POST `/cgi-bin/openapi/quota/get`: what of a path's day is used.
pub(crate) fn quota(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let request = call.json()?;
    let path = text(&request, "cgi_path").unwrap_or_default();
    let limit = find(path).and_then(|endpoint| endpoint.daily);
    let (state, today) = (platform.state(), platform.today());
    let (limit, used) = match limit {
        Some(limit) => (daily(path, limit, state.strict.account), state.quotas.used(path, today)),
        None if SENDS.contains(&path) => state.mass.calls(today),
        None => return Err(ApiError::of(76021)),
    };
    let limit = if state.strict.lifts_days() { LIFTED } else { limit };
    let used = used.min(limit);
    let quota = json!({ "daily_limit": limit, "used": used, "remain": limit - used });
    Ok(Answer::Json(json!({ "errcode": 0, "errmsg": "ok", "quota": quota })))
}

/// POST `/cgi-bin/openapi/rid/get`: the call that was answered with this rid.
pub(crate) fn rid(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let request = call.json()?;
    let rid = text(&request, "rid").ok_or_else(|| ApiError::of(76002))?;
    let state = platform.state();
    let found = state.rids.find(rid, platform.now()).map_err(ApiError::of)?;
    Ok(Answer::Json(json!({ "errcode": 0, "errmsg": "ok", "request": found })))
}

/// What `callback/check` was asked to look at.
#[derive(Debug, Clone)]
pub(crate) struct Check {
    dns: bool,
    ping: bool,
    operator: String,
}

/// POST `/cgi-bin/callback/check {action,check_operator}`; [`look`] does it.
pub(crate) fn check_callback(_: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let request = call.json()?;
    let (dns, ping) = match text(&request, "action") {
        Some("dns") => (true, false),
        Some("ping") => (false, true),
        Some("all") => (true, true),
        _ => return Err(ApiError::with(40035, "invalid parameter: action")),
    };
    let operator = text(&request, "check_operator").unwrap_or("DEFAULT");
    if !matches!(operator, "CHINANET" | "UNICOM" | "CAP" | "DEFAULT") {
        return Err(ApiError::with(40035, "invalid parameter: check_operator"));
    }
    let operator = if operator == "DEFAULT" { "CAP" } else { operator };
    Ok(Answer::Check(Check { dns, ping, operator: operator.to_owned() }))
}

/// Nothing is resolved and nothing pinged: the address is that of the bot's URL, and the time is that of a signed GET
/// to it, which has to bring back its `echostr`.
pub(crate) async fn look(platform: &Platform, check: Check) -> Answer {
    let bot = platform.state().bot.clone().unwrap_or_default();
    let url = reqwest::Url::parse(&bot).ok();
    let host = url.as_ref().and_then(reqwest::Url::host_str).unwrap_or_default();
    let ip = host.parse::<std::net::IpAddr>().map_or_else(|_| HERE.to_owned(), |ip| ip.to_string());
    let mut answer = json!({ "errcode": 0, "errmsg": "ok" });
    if check.dns {
        answer["dns"] = json!([{ "ip": ip, "real_operator": check.operator }]);
    }
    if check.ping {
        answer["ping"] = json!([ping(platform, &ip, &check.operator).await]);
    }
    Answer::Json(answer)
}

async fn ping(platform: &Platform, ip: &str, operator: &str) -> Value {
    let began = Instant::now();
    let answered = callback::verify(platform).await;
    let time = began.elapsed().as_secs_f64() * 1000.0;
    let (loss, time) = if answered { ("0%", time) } else { ("100%", 0.0) };
    json!({ "ip": ip, "from_operator": operator, "package_loss": loss, "time": format!("{time:.3}ms") })
}

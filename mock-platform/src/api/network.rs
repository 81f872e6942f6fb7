//! Addresses and quotas (protocol §5, §13).

use std::sync::Arc;

use serde_json::json;

use super::endpoint::{self, Endpoint, find};
use super::error::ApiError;
use super::request::{Call, text};
use super::{Answer, ok};
use crate::model::quota::daily;
use crate::platform::Platform;

/// What this family answers.
pub(crate) const ENDPOINTS: &[Endpoint] = &[
    endpoint::post("/cgi-bin/clear_quota", None, clear_quota),
    endpoint::post("/cgi-bin/openapi/quota/get", None, quota),
    endpoint::get("/cgi-bin/getcallbackip", None, addresses),
    endpoint::get("/cgi-bin/get_api_domain_ip", None, addresses),
];

/// GET `/cgi-bin/getcallbackip` and `/cgi-bin/get_api_domain_ip`: the mock calls from this machine.
#[expect(clippy::unnecessary_wraps, reason = "every endpoint has the same form")]
pub(crate) fn addresses(_: &Arc<Platform>, _: &Call) -> Result<Answer, ApiError> {
    Ok(Answer::Json(json!({ "ip_list": ["127.0.0.1"] })))
}

/// POST `/cgi-bin/clear_quota`: ten times a month.
pub(crate) fn clear_quota(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let request = call.json()?;
    if text(&request, "appid") != Some(&platform.options.app_id) {
        return Err(ApiError::of(40013));
    }
    if platform.state().quotas.clear(platform.now()) { Ok(ok()) } else { Err(ApiError::of(48006)) }
}

/// POST `/cgi-bin/openapi/quota/get`: what of a path's day is used.
pub(crate) fn quota(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let request = call.json()?;
    let path = text(&request, "cgi_path").unwrap_or_default();
    let endpoint = find(path);
    let limit = endpoint.and_then(|endpoint| endpoint.daily);
    let limit = limit.ok_or_else(|| ApiError::with(76021, "cgi_path not found, please check"))?;
    let state = platform.state();
    let limit = daily(path, limit, state.strict.account);
    let used = state.quotas.used(path, platform.today()).min(limit);
    let quota = json!({ "daily_limit": limit, "used": used, "remain": limit - used });
    Ok(Answer::Json(json!({ "errcode": 0, "errmsg": "ok", "quota": quota })))
}

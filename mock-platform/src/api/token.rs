//! `/cgi-bin/token` and `/cgi-bin/stable_token` (protocol §5).

use std::sync::Arc;

use axum::http::Method;
use serde_json::json;

use super::Answer;
use super::endpoint::{self, Endpoint};
use super::error::ApiError;
use super::request::{Call, text};
use crate::platform::Platform;

/// What this family answers.
pub(crate) const ENDPOINTS: &[Endpoint] = &[
    endpoint::grant("/cgi-bin/token", Method::GET, 2_000, plain),
    endpoint::grant("/cgi-bin/stable_token", Method::POST, 500_000, stable),
];

/// GET `/cgi-bin/token`: a new token at each call.
pub(crate) fn plain(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let given = [call.query("grant_type"), call.query("appid"), call.query("secret")];
    check_credentials(platform, call, given)?;
    let (token, life) = platform.state().tokens.plain(platform.now());
    Ok(Answer::Json(json!({ "access_token": token, "expires_in": life })))
}

/// POST `/cgi-bin/stable_token`: the same token until five minutes before its end.
pub(crate) fn stable(platform: &Arc<Platform>, call: &Call) -> Result<Answer, ApiError> {
    let body = call.json()?;
    let given = ["grant_type", "appid", "secret"].map(|name| text(&body, name).unwrap_or_default());
    check_credentials(platform, call, given)?;
    let force = body["force_refresh"].as_bool().unwrap_or(false);
    let (token, life) = platform.state().tokens.stable(platform.now(), platform.today(), force);
    Ok(Answer::Json(json!({ "access_token": token, "expires_in": life })))
}

fn check_credentials(
    platform: &Platform,
    call: &Call,
    [grant, app_id, secret]: [&str; 3],
) -> Result<(), ApiError> {
    if grant != "client_credential" {
        return Err(ApiError::of(40002));
    }
    check_app(platform, app_id, secret)?;
    let strict = platform.state().strict.clone();
    if strict.secret_frozen {
        return Err(ApiError::of(40243));
    }
    if let Some(code) = strict.confirmation {
        return Err(ApiError::of(code));
    }
    match strict.whitelist {
        Some(listed) if !listed.contains(&call.ip) => {
            Err(ApiError::with(40164, format!("invalid ip {}, not in whitelist", call.ip)))
        }
        _ => Ok(()),
    }
}

/// App id and secret, as the token calls and OAuth ask for them.
pub(crate) fn check_app(platform: &Platform, app_id: &str, secret: &str) -> Result<(), ApiError> {
    match (app_id, secret) {
        ("", _) => Err(ApiError::of(41002)),
        (_, "") => Err(ApiError::of(41004)),
        (app_id, _) if app_id != platform.options.app_id => Err(ApiError::of(40013)),
        (_, secret) if secret != platform.options.app_secret => Err(ApiError::of(40125)),
        _ => Ok(()),
    }
}

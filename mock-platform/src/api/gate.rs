//! What every call is asked before it runs: path, method, token, grant, quotas, escapes.

use axum::http::Method;

use super::endpoint::{Endpoint, find};
use super::error::ApiError;
use super::request::Call;
use crate::model::quota;
use crate::model::token::TokenState;
use crate::options::Account;
use crate::platform::Platform;

/// What other accounts than a verified one may not call (protocol §13; the row of mass messages has no number there).
const VERIFIED_ONLY: &[&str] = &["/cgi-bin/message/mass/"];

/// The endpoint, when the call may reach it.
pub(crate) fn pass(platform: &Platform, call: &Call) -> Result<&'static Endpoint, ApiError> {
    let endpoint = find(&call.path).ok_or_else(|| ApiError::of(40066))?;
    match &endpoint.method {
        Some(method) if *method != call.method => {
            return Err(ApiError::of(if *method == Method::GET { 43001 } else { 43002 }));
        }
        _ => {}
    }
    if endpoint.token {
        check_token(platform, call)?;
    }
    let (now, today) = (platform.now(), platform.today());
    let mut state = platform.state();
    let account = state.strict.account;
    if account != Account::Verified && VERIFIED_ONLY.iter().any(|path| call.path.starts_with(path)) {
        return Err(ApiError::of(48001));
    }
    let (is_unlimited, lifts_days) = (state.strict.unlimited, state.strict.lifts_days());
    if !state.quotas.count_minute(endpoint.path, now) && !is_unlimited {
        return Err(ApiError::of(45011));
    }
    if let Some(limit) = endpoint.daily {
        let limit = quota::daily(endpoint.path, limit, account);
        if !state.quotas.count(endpoint.path, limit, today) && !lifts_days {
            return Err(ApiError::of(45009));
        }
    }
    let is_menu = matches!(endpoint.path, "/cgi-bin/menu/create" | "/cgi-bin/menu/addconditional");
    if (state.strict.escapes || is_menu) && call.has_escapes() {
        return Err(ApiError::of(40033));
    }
    Ok(endpoint)
}

fn check_token(platform: &Platform, call: &Call) -> Result<(), ApiError> {
    let token = call.token();
    if token.is_empty() {
        return Err(ApiError::of(41001));
    }
    let state = platform.state().tokens.check(token, platform.now());
    match state {
        TokenState::Valid => Ok(()),
        TokenState::Expired => Err(ApiError::of(42001)),
        TokenState::Replaced | TokenState::Unknown => Err(ApiError::of(40001)),
        TokenState::Malformed => Err(ApiError::of(40014)),
    }
}

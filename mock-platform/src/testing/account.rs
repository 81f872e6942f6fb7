//! The account in the test API: its switches and its quota meters.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Refused, Sent};
use crate::api;
use crate::model::quota::daily;
use crate::model::strict::{Strict, StrictChange};
use crate::platform::Platform;
use crate::say::number_or_text;

pub(super) fn routes() -> Router<Arc<Platform>> {
    Router::new()
        .route("/test/quotas", get(quotas))
        .route("/test/strict", get(strict).post(set_strict))
        .route("/test/jsapi/verify", post(verify))
        .route("/test/agents", post(set_agent))
}

/// How much of a path's day is used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Quota {
    /// The path, `/cgi-bin/…`.
    pub path: &'static str,
    /// Calls made today, on the mock's clock.
    pub used: u32,
    /// Calls that the account may make in a day.
    pub limit: u32,
}

/// Every path that counts by the day, in the order of the tables.
pub(crate) fn meters(platform: &Platform) -> Vec<Quota> {
    let state = platform.state();
    let (account, today) = (state.strict.account, platform.today());
    let meter = |(path, limit)| Quota {
        path,
        used: state.quotas.used(path, today),
        limit: daily(path, limit, account),
    };
    api::daily_limits().map(meter).collect()
}

async fn quotas(State(platform): State<Arc<Platform>>) -> Json<Vec<Quota>> {
    Json(meters(&platform))
}

async fn strict(State(platform): State<Arc<Platform>>) -> Json<Strict> {
    Json(platform.state().strict.clone())
}

async fn set_strict(State(platform): State<Arc<Platform>>, Sent(change): Sent<StrictChange>) -> Json<Strict> {
    Json(change_strict(&platform, change))
}

/// Turns switches; a secret that is frozen takes the tokens with it.
pub(crate) fn change_strict(platform: &Platform, change: StrictChange) -> Strict {
    let now = platform.now();
    let mut state = platform.state();
    let was_frozen = state.strict.secret_frozen;
    state.strict.change(change);
    if state.strict.secret_frozen && !was_frozen {
        state.tokens.end_all(now);
    }
    let strict = state.strict.clone();
    drop(state);
    platform.announce();
    strict
}

/// A signature that a page made, and what it signed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JsPage {
    /// The page's address; what follows `#` does not count.
    pub url: String,
    /// `nonceStr` of `wx.config`.
    pub noncestr: String,
    /// Seconds, as a number or a text.
    #[serde(deserialize_with = "number_or_text")]
    pub timestamp: String,
    /// 40 digits of hex.
    pub signature: String,
}

async fn verify(State(platform): State<Arc<Platform>>, Sent(page): Sent<JsPage>) -> Json<Value> {
    Json(json!({ "ok": verify_jsapi(&platform, &page) }))
}

/// Is the signature made with a `jsapi` ticket that is valid now?
pub(crate) fn verify_jsapi(platform: &Platform, page: &JsPage) -> bool {
    let signed = [&page.url, &page.noncestr, &page.timestamp, &page.signature].map(String::as_str);
    platform.state().jsapi.verify(signed, platform.now())
}

/// An agent comes or goes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AgentChange {
    kf_account: String,
    online: bool,
}

async fn set_agent(
    State(platform): State<Arc<Platform>>,
    Sent(change): Sent<AgentChange>,
) -> Result<Json<Value>, Refused> {
    if set_online(&platform, &change.kf_account, change.online) {
        Ok(Json(json!({})))
    } else {
        Err(Refused(StatusCode::NOT_FOUND, format!("there is no agent {}", change.kf_account)))
    }
}

/// An agent comes or goes; was there one?
pub(crate) fn set_online(platform: &Platform, account: &str, online: bool) -> bool {
    let mut state = platform.state();
    state.desk.find_mut(account).map(|agent| agent.is_online = online).is_ok()
}

//! The account in the test API: its switches and its quota meters.

use std::sync::Arc;

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;

use super::Sent;
use crate::api;
use crate::model::quota::daily;
use crate::model::strict::{Strict, StrictChange};
use crate::platform::Platform;

pub(super) fn routes() -> Router<Arc<Platform>> {
    Router::new().route("/test/quotas", get(quotas)).route("/test/strict", get(strict).post(set_strict))
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

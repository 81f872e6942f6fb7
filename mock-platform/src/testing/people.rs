//! The test API's calls about people in numbers: a crowd, what they subscribe, what a mass message comes to.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Refused, Sent};
use crate::model::mass;
use crate::platform::Platform;
use crate::say::Said;
use crate::subscribe::{self, Subscription};

/// People of one call.
const LARGEST_CROWD: usize = 1_000_000;

pub(super) fn routes() -> Router<Arc<Platform>> {
    Router::new()
        .route("/test/crowd", post(crowd))
        .route("/test/mass", post(mass_result))
        .route("/test/users/{openid}/subscribe", post(subscribe))
}

#[derive(Deserialize)]
struct Crowd {
    count: usize,
}

async fn crowd(
    State(platform): State<Arc<Platform>>,
    Sent(crowd): Sent<Crowd>,
) -> Result<Json<Value>, Refused> {
    if crowd.count > LARGEST_CROWD {
        return Err(Refused(StatusCode::BAD_REQUEST, format!("count is at most {LARGEST_CROWD}")));
    }
    Ok(Json(json!({ "openids": followers(&platform, crowd.count) })))
}

/// New people who follow already: no event tells the bot.
pub(crate) fn followers(platform: &Platform, count: usize) -> Vec<String> {
    let now = platform.now();
    let mut state = platform.state();
    let openids: Vec<String> = (0..count)
        .map(|_| {
            let nickname = format!("考生 {}", state.order.len() + 1);
            let openid = state.add_person(&nickname);
            if let Some(person) = state.people.get_mut(&openid) {
                person.follows = true;
                person.subscribed_at = now;
            }
            openid
        })
        .collect();
    drop(state);
    platform.announce();
    openids
}

#[derive(Deserialize)]
struct MassResult {
    status: String,
}

async fn mass_result(
    State(platform): State<Arc<Platform>>,
    Sent(result): Sent<MassResult>,
) -> Result<Json<Value>, Refused> {
    set_mass_result(&platform, &result.status).map_err(|reason| Refused(StatusCode::BAD_REQUEST, reason))?;
    Ok(Json(json!({})))
}

/// What the next mass messages come to, or why that cannot be.
pub(crate) fn set_mass_result(platform: &Platform, status: &str) -> Result<(), String> {
    if !mass::is_status(status) {
        return Err(format!("`{status}` is none of `send success`, `send fail`, `err(N)`"));
    }
    status.clone_into(&mut platform.state().mass.result);
    Ok(())
}

async fn subscribe(
    State(platform): State<Arc<Platform>>,
    Path(openid): Path<String>,
    Sent(subscription): Sent<Subscription>,
) -> Result<Json<Said>, Refused> {
    Ok(Json(subscribe::decide(&platform, &openid, subscription).await?))
}

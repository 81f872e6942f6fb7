//! The test API's calls about people in numbers: a crowd, what they subscribe, what a mass message comes to.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Asked, Refused, Sent};
use crate::draw;
use crate::model::mass;
use crate::model::received::{self, Counted, Received};
use crate::platform::Platform;
use crate::say::Said;
use crate::subscribe::{self, Subscription};

/// Characters of an openid.
const OPENID: usize = 28;
/// People of one call.
const LARGEST_CROWD: usize = 1_000_000;

pub(super) fn routes() -> Router<Arc<Platform>> {
    Router::new()
        .route("/test/crowd", post(crowd))
        .route("/test/received", get(counts))
        .route("/test/mass", post(mass_result))
        .route("/test/users/{openid}/subscribe", post(subscribe))
}

/// New people who follow already: no event tells the bot.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Crowd {
    /// How many; a million at most.
    pub count: usize,
    /// They have just written, so that customer messages may go to them; the bot has not heard it.
    #[serde(default)]
    pub wrote: bool,
    /// Their openids are this and their number from 0, with noughts between so that it is 28 characters: whoever knows it
    /// knows them. Without it they are drawn.
    #[serde(default)]
    pub prefix: Option<String>,
}

impl Crowd {
    /// So many people who have said nothing.
    pub fn of(count: usize) -> Self {
        Self { count, ..Self::default() }
    }

    /// The openid of one of a crowd with a prefix.
    pub fn openid(prefix: &str, number: usize) -> String {
        format!("{prefix}{number:0width$}", width = OPENID.saturating_sub(prefix.len()))
    }
}

async fn crowd(
    State(platform): State<Arc<Platform>>,
    Sent(crowd): Sent<Crowd>,
) -> Result<Json<Value>, Refused> {
    let openids = gather(&platform, &crowd).map_err(|reason| Refused(StatusCode::BAD_REQUEST, reason))?;
    Ok(Json(json!({ "openids": openids })))
}

/// A crowd's openids, or why it cannot be.
pub(crate) fn gather(platform: &Platform, crowd: &Crowd) -> Result<Vec<String>, String> {
    if crowd.count > LARGEST_CROWD {
        return Err(format!("count is at most {LARGEST_CROWD}"));
    }
    let now = platform.now();
    let mut state = platform.state();
    let openids: Vec<String> = match &crowd.prefix {
        None => (0..crowd.count).map(|_| draw::openid()).collect(),
        Some(prefix) => (0..crowd.count).map(|number| Crowd::openid(prefix, number)).collect(),
    };
    if openids.iter().any(|openid| state.people.contains_key(openid)) {
        return Err("somebody has an openid of this prefix already".to_owned());
    }
    state.people.reserve(crowd.count);
    for openid in &openids {
        let nickname = format!("考生 {}", state.order.len() + 1);
        state.add_person_as(openid.clone(), &nickname);
        if let Some(person) = state.people.get_mut(openid) {
            person.follows = true;
            person.subscribed_at = now;
        }
        if crowd.wrote {
            state.acted(openid, platform.options.window.message, now);
        }
    }
    drop(state);
    platform.announce();
    Ok(openids)
}

async fn counts(
    State(platform): State<Arc<Platform>>,
    Asked(counted): Asked<Counted>,
) -> Result<Json<Received>, Refused> {
    let received = received::received(&platform.state(), &counted);
    received.map(Json).map_err(|reason| Refused(StatusCode::CONFLICT, reason))
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

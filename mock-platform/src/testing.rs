//! The test API: act as a person, look at their screen, see the calls, set faults, move the clock.
//!
//! JSON in, JSON out; a mistake of the caller is 4xx with `{"error"}`. The page and other processes use it over
//! HTTP; Rust tests have the same calls typed on [`crate::Mock`].

mod account;
mod people;

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest, FromRequestParts, Path, Query, Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::agents::{self, AgentAct};
use crate::faults::Fault;
use crate::model::item::Item;
use crate::model::{ApiCall, Entry, Settings};
use crate::platform::Platform;
use crate::say::{self, Said, Say, SayError};
use crate::upstream::UpstreamChange;

pub use account::{JsPage, Quota};
pub(crate) use account::{change_strict, meters, set_online, verify_jsapi};
pub use people::Crowd;
pub(crate) use people::{gather, set_mass_result};

/// A long poll waits this long at most.
const LONGEST_WAIT: f64 = 60.0;
/// Pictures of 10 MB in base64, and a little.
const MAX_BODY: usize = 16 * 1024 * 1024;

/// The calls of the contract's table.
pub(crate) fn routes() -> Router<Arc<Platform>> {
    Router::new()
        .route("/test/users", post(add_user).get(users))
        .route("/test/users/{openid}/say", post(say_as))
        .route("/test/users/{openid}/redeliver", post(redeliver))
        .route("/test/users/{openid}/agent", post(agent))
        .route("/test/users/{openid}/settings", post(settings))
        .route("/test/users/{openid}/chat", get(chat))
        .route("/test/calls", get(calls))
        .route("/test/faults", post(add_fault).get(faults).delete(clear_faults))
        .route("/test/clock", post(advance).get(clock))
        .route("/test/upstream", post(upstream))
        .route("/test/reset", post(reset))
        .merge(people::routes())
        .merge(account::routes())
        .route("/test/{*path}", any(unknown))
        .layer(DefaultBodyLimit::max(MAX_BODY))
}

/// A refused test call.
pub(crate) struct Refused(StatusCode, String);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.0, Json(json!({ "error": self.1 }))).into_response()
    }
}

impl From<SayError> for Refused {
    fn from(error: SayError) -> Self {
        let status = match error {
            SayError::NoPerson(_) | SayError::NoItem(_) | SayError::NoTemplate(_) => StatusCode::NOT_FOUND,
            SayError::NotFollowing => StatusCode::CONFLICT,
            SayError::NoPicture | SayError::Name(_) | SayError::NoScene(_) => StatusCode::BAD_REQUEST,
        };
        Self(status, error.to_string())
    }
}

/// What is sent along: JSON, whatever its content type says; nothing is an empty object.
struct Sent<T>(T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Sent<T> {
    type Rejection = Refused;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refused> {
        let bytes = Bytes::from_request(request, state).await;
        let bytes = bytes.map_err(|error| Refused(error.status(), error.body_text()))?;
        let text = if bytes.is_empty() { b"{}".as_slice() } else { &bytes };
        serde_json::from_slice(text)
            .map(Self)
            .map_err(|error| Refused(StatusCode::BAD_REQUEST, error.to_string()))
    }
}

/// What the address asks for.
struct Asked<T>(T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Asked<T> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        let query = Query::from_request_parts(parts, state).await;
        query
            .map(|Query(asked)| Self(asked))
            .map_err(|error| Refused(StatusCode::BAD_REQUEST, error.body_text()))
    }
}

async fn unknown(Path(path): Path<String>) -> Refused {
    Refused(StatusCode::NOT_FOUND, format!("the test API has no /test/{path}"))
}

#[derive(Deserialize)]
struct NewUser {
    #[serde(default)]
    nickname: String,
    #[serde(default = "yes")]
    follow: bool,
}

fn yes() -> bool {
    true
}

async fn add_user(
    State(platform): State<Arc<Platform>>,
    Sent(new): Sent<NewUser>,
) -> Result<Json<Value>, Refused> {
    let (openid, said) = create(&platform, &new.nickname, new.follow).await?;
    Ok(Json(json!({ "openid": openid, "reply": said.and_then(|said| said.reply) })))
}

/// A new person; a follower sends the subscribe event, and this waits for its answer.
pub(crate) async fn create(
    platform: &Arc<Platform>,
    nickname: &str,
    follow: bool,
) -> Result<(String, Option<Said>), SayError> {
    let openid = {
        let mut state = platform.state();
        let nth = state.order.len() + 1;
        let nickname = if nickname.is_empty() { format!("考生 {nth}") } else { nickname.to_owned() };
        state.add_person(&nickname)
    };
    platform.announce();
    let said =
        if follow { Some(say::say(platform, &openid, Say::event("subscribe", "")).await?) } else { None };
    Ok((openid, said))
}

async fn users(State(platform): State<Arc<Platform>>) -> Json<Value> {
    let state = platform.state();
    let people =
        state.order.iter().filter_map(|openid| state.people.get(openid).map(|person| (openid, person)));
    let list: Vec<Value> = people
        .map(|(openid, person)| json!({ "openid": openid, "nickname": person.nickname, "follows": person.follows, "window": person.window }))
        .collect();
    Json(json!(list))
}

async fn say_as(
    State(platform): State<Arc<Platform>>,
    Path(openid): Path<String>,
    Sent(what): Sent<Say>,
) -> Result<Json<Said>, Refused> {
    Ok(Json(say::say(&platform, &openid, what).await?))
}

async fn agent(
    State(platform): State<Arc<Platform>>,
    Path(openid): Path<String>,
    Sent(what): Sent<AgentAct>,
) -> Result<Json<Value>, Refused> {
    agents::act(&platform, &openid, what).await?;
    Ok(Json(json!({})))
}

#[derive(Deserialize)]
struct Earlier {
    seq: u64,
}

async fn redeliver(
    State(platform): State<Arc<Platform>>,
    Path(openid): Path<String>,
    Sent(earlier): Sent<Earlier>,
) -> Result<Json<Said>, Refused> {
    Ok(Json(say::redeliver(&platform, &openid, earlier.seq).await?))
}

async fn settings(
    State(platform): State<Arc<Platform>>,
    Path(openid): Path<String>,
    Sent(settings): Sent<Settings>,
) -> Result<Json<Value>, Refused> {
    let mut state = platform.state();
    let person = state.people.get_mut(&openid).ok_or(SayError::NoPerson(openid))?;
    person.settings = settings;
    drop(state);
    platform.announce();
    Ok(Json(json!({})))
}

#[derive(Deserialize)]
struct Since {
    #[serde(default)]
    after: u64,
    #[serde(default)]
    wait: f64,
}

async fn chat(
    State(platform): State<Arc<Platform>>,
    Path(openid): Path<String>,
    Asked(since): Asked<Since>,
) -> Result<Json<Vec<Item>>, Refused> {
    Ok(Json(screen(&platform, &openid, since.after, wait(since.wait)).await?))
}

fn wait(seconds: f64) -> Duration {
    // A NaN clamps to NaN, which no duration can be; it waits not at all.
    Duration::try_from_secs_f64(seconds.clamp(0.0, LONGEST_WAIT)).unwrap_or_default()
}

/// Items newer than `after`; waits for one if there is none.
pub(crate) async fn screen(
    platform: &Arc<Platform>,
    openid: &str,
    after: u64,
    wait: Duration,
) -> Result<Vec<Item>, SayError> {
    if !platform.state().people.contains_key(openid) {
        return Err(SayError::NoPerson(openid.to_owned()));
    }
    let newer = platform.wait_for(wait, |state| {
        let screen = &state.people.get(openid)?.screen;
        let newer = &screen[screen.partition_point(|item| item.seq <= after)..];
        (!newer.is_empty()).then(|| newer.to_vec())
    });
    Ok(newer.await.unwrap_or_default())
}

async fn calls(State(platform): State<Arc<Platform>>, Asked(since): Asked<Since>) -> Json<Vec<ApiCall>> {
    let found = platform.wait_for(wait(since.wait), |state| {
        let calls = calls_after(state.log.iter(), since.after);
        (!calls.is_empty()).then_some(calls)
    });
    Json(found.await.unwrap_or_default())
}

/// API calls of the log newer than `after`.
pub(crate) fn calls_after<'a>(log: impl Iterator<Item = &'a Entry>, after: u64) -> Vec<ApiCall> {
    let call = |entry: &Entry| match entry {
        Entry::Call(call) if call.seq > after => Some(call.clone()),
        _ => None,
    };
    log.filter_map(call).collect()
}

async fn add_fault(
    State(platform): State<Arc<Platform>>,
    Sent(fault): Sent<Fault>,
) -> Result<Json<Value>, Refused> {
    fault.check().map_err(|reason| Refused(StatusCode::BAD_REQUEST, reason))?;
    platform.state().faults.add(fault);
    platform.announce();
    Ok(Json(json!({})))
}

async fn faults(State(platform): State<Arc<Platform>>) -> Json<Vec<Fault>> {
    Json(platform.state().faults.pending().into_iter().cloned().collect())
}

async fn clear_faults(State(platform): State<Arc<Platform>>) -> Json<Value> {
    platform.state().faults.clear();
    platform.announce();
    Json(json!({}))
}

#[derive(Deserialize)]
struct Advance {
    advance_seconds: i64,
}

async fn advance(
    State(platform): State<Arc<Platform>>,
    Sent(by): Sent<Advance>,
) -> Result<Json<Value>, Refused> {
    if !(0..=100 * 366 * 86_400).contains(&by.advance_seconds) {
        let reason = "advance_seconds moves forward, by a hundred years at most".to_owned();
        return Err(Refused(StatusCode::BAD_REQUEST, reason));
    }
    advance_by(&platform, by.advance_seconds);
    Ok(Json(json!({ "now": platform.now() })))
}

/// Moves the clock, and whatever goes with it.
pub(crate) fn advance_by(platform: &Platform, seconds: i64) {
    platform.clock.advance(seconds);
    if let Some(on_clock) = &platform.options.on_clock {
        on_clock(seconds);
    }
    platform.announce();
}

async fn clock(State(platform): State<Arc<Platform>>) -> Json<Value> {
    Json(json!({ "now": platform.now() }))
}

async fn upstream(State(platform): State<Arc<Platform>>, Sent(change): Sent<UpstreamChange>) -> Json<Value> {
    platform.state().upstream.change(change);
    platform.announce();
    Json(json!({}))
}

#[derive(Deserialize)]
struct Reset {
    /// Leave what the account has set up, and what the upstream systems say.
    #[serde(default)]
    people_only: bool,
}

async fn reset(State(platform): State<Arc<Platform>>, Sent(reset): Sent<Reset>) -> Json<Value> {
    if reset.people_only {
        platform.state().forget_people();
    } else {
        platform.state().reset(&platform.options);
    }
    platform.announce();
    Json(json!({}))
}

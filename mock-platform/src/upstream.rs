//! Stubs of the two upstream systems: the registry of candidates and the police's population file.
//!
//! `GET /upstream/registry/candidates/{exam_no}` and `POST /upstream/population/verify`, as the bot's upstream
//! contract has them. What they answer is set by [`crate::Options::candidates`], [`crate::Options::population`] and
//! `POST /test/upstream`; the faults of `faults.rs` work here too, with the path as target. Calls are in the wire log
//! with what was asked, and that is personal: the log is the one place where it is.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Instant;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::api;
use crate::faults::{Fault, Kind};
use crate::model::{ApiCall, Entry};
use crate::platform::Platform;

/// Does the registry answer?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Registry {
    /// Yes.
    #[default]
    Up,
    /// 503.
    Down,
}

/// What the population file says about one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Name and number belong together.
    #[default]
    Match,
    /// They do not.
    Mismatch,
    /// 503.
    Unavailable,
}

/// What the population file answers: a verdict for the numbers named, the default for all others.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Population {
    /// For numbers that are not named; unchanged when absent.
    pub default: Option<Verdict>,
    /// By document number; added to those set before.
    pub numbers: HashMap<String, Verdict>,
    /// The reason of a mismatch, by document number.
    pub reasons: HashMap<String, String>,
}

/// A change of what the stubs answer; what is absent stays as it is.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct UpstreamChange {
    /// The registry.
    pub registry: Option<Registry>,
    /// The population file.
    pub population: Option<Population>,
    /// Candidates to add or to replace, by `exam_no`.
    pub candidates: Vec<Value>,
}

/// Somebody about whom the population file has been told what to say.
#[derive(Debug, Serialize)]
pub(crate) struct Named<'a> {
    pub(crate) number: &'a str,
    pub(crate) name: Option<&'a str>,
    pub(crate) verdict: Verdict,
}

/// What the stubs answer now.
#[derive(Debug, Clone, Default)]
pub(crate) struct Upstream {
    pub(crate) registry: Registry,
    pub(crate) default: Verdict,
    numbers: HashMap<String, Verdict>,
    reasons: HashMap<String, String>,
    candidates: BTreeMap<String, Value>,
}

impl Upstream {
    pub(crate) fn new(candidates: &[Value], population: Population) -> Self {
        let mut upstream = Self::default();
        let candidates = candidates.to_vec();
        upstream.change(UpstreamChange { candidates, population: Some(population), registry: None });
        upstream
    }

    /// Those who have a verdict of their own, by number, and their names where the registry knows them.
    pub(crate) fn named(&self) -> Vec<Named<'_>> {
        let name_of = |number: &str| {
            let holder = self.candidates.values().find(|candidate| candidate["document_no"] == number);
            holder.and_then(|candidate| candidate["name"].as_str())
        };
        let mut named: Vec<_> = self
            .numbers
            .iter()
            .map(|(number, verdict)| Named { number, name: name_of(number), verdict: *verdict })
            .collect();
        named.sort_by_key(|one| one.number);
        named
    }

    /// Applies a change.
    pub(crate) fn change(&mut self, change: UpstreamChange) {
        self.add(&change.candidates);
        self.registry = change.registry.unwrap_or(self.registry);
        if let Some(population) = change.population {
            self.default = population.default.unwrap_or(self.default);
            self.numbers.extend(population.numbers);
            self.reasons.extend(population.reasons);
        }
    }

    fn add(&mut self, candidates: &[Value]) {
        for candidate in candidates {
            if let Some(exam_no) = candidate["exam_no"].as_str() {
                self.candidates.insert(exam_no.to_owned(), candidate.clone());
            }
        }
    }

    /// The registry's candidates, in the order of their numbers.
    pub(crate) fn samples(&self) -> impl Iterator<Item = &Value> {
        self.candidates.values()
    }

    fn candidate(&self, exam_no: &str) -> (StatusCode, Value) {
        match (self.registry, self.candidates.get(exam_no)) {
            (Registry::Down, _) => {
                (StatusCode::SERVICE_UNAVAILABLE, json!({ "error": "the registry is down" }))
            }
            (Registry::Up, Some(candidate)) => (StatusCode::OK, candidate.clone()),
            (Registry::Up, None) => (StatusCode::NOT_FOUND, json!({ "error": "no such candidate" })),
        }
    }

    fn verify(&self, number: &str) -> (StatusCode, Value) {
        match self.numbers.get(number).copied().unwrap_or(self.default) {
            Verdict::Match => (StatusCode::OK, json!({ "result": "match" })),
            Verdict::Mismatch => {
                let reason = self.reasons.get(number).map_or("姓名不一致", String::as_str);
                (StatusCode::OK, json!({ "result": "mismatch", "reason": reason }))
            }
            Verdict::Unavailable => {
                (StatusCode::SERVICE_UNAVAILABLE, json!({ "error": "the population file is unavailable" }))
            }
        }
    }
}

/// The two stubs.
pub(crate) fn routes() -> Router<Arc<Platform>> {
    Router::new()
        .route("/upstream/registry/candidates/{exam_no}", get(candidate))
        .route("/upstream/population/verify", post(verify))
}

async fn candidate(
    State(platform): State<Arc<Platform>>,
    Path(exam_no): Path<String>,
    headers: HeaderMap,
) -> Response {
    let path = format!("/upstream/registry/candidates/{exam_no}");
    let call = Upcall { method: "GET", path, asked: Value::Null };
    call.answer(&platform, &headers, |upstream| upstream.candidate(&exam_no)).await
}

async fn verify(State(platform): State<Arc<Platform>>, headers: HeaderMap, body: Bytes) -> Response {
    let asked: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let (Some(_), Some(number)) = (asked["name"].as_str(), asked["document_no"].as_str()) else {
        return (StatusCode::BAD_REQUEST, Json(json!({ "error": "name and document_no are needed" })))
            .into_response();
    };
    let number = number.to_owned();
    let call = Upcall { method: "POST", path: "/upstream/population/verify".to_owned(), asked };
    call.answer(&platform, &headers, |upstream| upstream.verify(&number)).await
}

/// A call of the bot's, and what it asked.
struct Upcall {
    method: &'static str,
    path: String,
    asked: Value,
}

impl Upcall {
    async fn answer(
        self,
        platform: &Arc<Platform>,
        headers: &HeaderMap,
        find: impl Fn(&Upstream) -> (StatusCode, Value),
    ) -> Response {
        let began = Instant::now();
        let fault = platform.state().faults.take(&self.path);
        let (status, body) = if allowed(platform, headers) {
            struck(platform, fault.as_ref(), find).await
        } else {
            (StatusCode::UNAUTHORIZED, json!({ "error": "a bearer token is needed" }))
        };
        platform.answered.notify_waiters();
        self.record(platform, status, &body, began, fault.as_ref());
        if fault.is_some_and(|fault| fault.kind == Kind::Drop) {
            return api::break_off();
        }
        (status, Json(body)).into_response()
    }

    fn record(
        self,
        platform: &Platform,
        status: StatusCode,
        body: &Value,
        began: Instant,
        fault: Option<&Fault>,
    ) {
        let mut state = platform.state();
        let shown = body.get("result").or_else(|| body.get("error")).cloned().unwrap_or(json!("a candidate"));
        let entry = ApiCall {
            seq: state.next(),
            at: platform.now(),
            method: self.method.to_owned(),
            path: self.path,
            request: json!({ "query": {}, "body": self.asked }),
            errcode: 0,
            answer: json!({ "status": status.as_u16(), "said": shown }),
            duration_ms: began.elapsed().as_millis() as u64,
            fault: fault.map(Fault::label),
        };
        state.record(Entry::Call(entry));
        drop(state);
        platform.announce();
    }
}

/// The answer, as a fault leaves it. What a fault cannot do here is refused when it is set ([`Fault::check`]).
async fn struck(
    platform: &Platform,
    fault: Option<&Fault>,
    find: impl Fn(&Upstream) -> (StatusCode, Value),
) -> (StatusCode, Value) {
    match fault.map(|fault| (fault.kind, fault)) {
        Some((Kind::Status, fault)) => {
            let status = u16::try_from(fault.number(500)).ok().and_then(|n| StatusCode::from_u16(n).ok());
            return (status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), json!({ "error": "fault" }));
        }
        Some((Kind::Garbage, _)) => return (StatusCode::OK, json!("rubbish")),
        Some((Kind::Delay, fault)) => tokio::time::sleep(fault.wait(1000)).await,
        Some((Kind::Reorder, fault)) => {
            let next = platform.answered.notified();
            // Too late is as good as the next one: there is nothing to swap with.
            drop(tokio::time::timeout(fault.wait(2000), next).await);
        }
        _ => {}
    }
    find(&platform.state().upstream)
}

fn allowed(platform: &Platform, headers: &HeaderMap) -> bool {
    let Some(token) = &platform.options.upstream_token else { return true };
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    given.and_then(|given| given.strip_prefix("Bearer ")) == Some(token)
}

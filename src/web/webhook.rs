//! `/wechat`: the platform's callback, in all three modes.
//!
//! A message passes `callback::receive` (is it the platform, is it now), joins an equal one in flight, waits for its
//! person's lane, and is run. Its answer is the stored inner XML, sealed anew each time: a repeated delivery gets the
//! same words. A message that waits for a verdict holds no lane; at four seconds it is answered by 「正在检查」,
//! written by compare-and-swap, so that the verdict and the clock cannot both answer.
//! Deliberately elsewhere: signatures and parsing (`wechat`), what a message changes (`turn`), retries of lost races
//! (`runner`).

use std::{
    hash::{BuildHasher, RandomState},
    sync::Arc,
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::{Query, State, rejection::QueryRejection},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use quick_cache::sync::Cache;
use tokio::{
    sync::{Mutex, Semaphore},
    time::{Instant, timeout},
};

use super::error::WebError;
use crate::{
    clock::Clock,
    dialog::SystemText,
    inbound::{Event, Inbound, What},
    runner::{Arrival, Errand, Ran, Runner},
    secrets::hex,
    store::Seen,
    time::Millis,
    turn::Signed,
    wechat::{
        callback::{self, MAX_BODY, Received},
        crypto::{KeyIndex, Keys},
        reply,
    },
};

/// How often a verdict is looked for that another process may have stored.
const LOOK_AGAIN: Duration = Duration::from_millis(500);
/// Messages whose answers are remembered: the platform repeats one within 15 s (protocol §4), at 1,000 a second.
const REMEMBERED_MESSAGES: usize = 16_384;
/// Two people rarely share a lane; one person always has the same.
const LANES: usize = 4_096;
/// Messages under way at once; more are asked to come again, which the platform does by itself.
const UNDER_WAY: usize = 2_048;

/// A body that has not arrived by then: the platform itself waits no longer.
const PATIENCE: Duration = Duration::from_secs(5);

/// The query, or that it cannot be read.
type Asked = Result<Query<callback::Query>, QueryRejection>;

const QUERY: &str = "the query cannot be read";
/// Why a rightly signed request is refused.
const USED: &str = "the signature was used for another message";

/// What the callback works with; cheap to clone.
#[derive(Clone)]
pub struct Webhook {
    inner: Arc<Inner>,
}

struct Inner {
    runner: Runner,
    keys: Arc<Keys>,
    /// How long a message may wait for its answer.
    budget: Duration,
    /// Under way or just answered, by inbox key.
    answers: Cache<String, Heard>,
    lanes: Vec<Mutex<()>>,
    lane_hash: RandomState,
    leave: Arc<Semaphore>,
}

/// A message's answer, with what tells an equal message from a forged one.
#[derive(Debug, Clone)]
struct Heard {
    body_hash: Arc<str>,
    /// The signature that it was stored with, if it came in plain.
    signed: Option<Signed>,
    answer: Answered,
}

/// When a delivery stops waiting for a verdict.
#[derive(Debug, Clone, Copy)]
struct Deadline {
    /// By the clock that nobody sets.
    here: Instant,
    /// For other processes.
    wire: Millis,
}

impl Deadline {
    fn from_now(clock: &Clock, budget: Duration) -> Self {
        let wire = Millis(clock.wire().0.saturating_add(budget.as_millis() as i64));
        Self { here: Instant::now() + budget, wire }
    }
}

#[derive(Debug, Clone)]
enum Answered {
    /// The inner XML.
    Inner(Arc<str>),
    /// The signature belongs to another message.
    Replayed,
}

impl Webhook {
    /// A callback for one account. The platform hangs up at five seconds (protocol §4); `budget` is what a message may
    /// wait for its answer before that, and then the answer follows as a push.
    pub fn new(runner: Runner, keys: Arc<Keys>, budget: Duration) -> Self {
        let answers = Cache::new(REMEMBERED_MESSAGES);
        let lanes = (0..LANES).map(|_| Mutex::new(())).collect();
        let leave = Arc::new(Semaphore::new(UNDER_WAY));
        let lane_hash = RandomState::new();
        Self { inner: Arc::new(Inner { runner, keys, budget, answers, lanes, lane_hash, leave }) }
    }

    /// The route; it bounds its bodies itself, so that what is too much is refused and logged like any other forgery.
    pub fn routes(self) -> Router {
        Router::new().route("/wechat", get(verify).post(receive)).with_state(self)
    }
}

/// The console's check of the address: the echo string, never sealed (protocol §1).
async fn verify(State(hook): State<Webhook>, query: Asked) -> Response {
    let inner = &hook.inner;
    let Ok(Query(query)) = query else { return refuse(StatusCode::BAD_REQUEST.as_u16(), &QUERY) };
    match callback::verify(&inner.keys, &query, inner.runner.clock.wire().as_seconds()) {
        Ok(echo) => echo.to_owned().into_response(),
        Err(error) => refuse(error.status(), &error),
    }
}

async fn receive(State(hook): State<Webhook>, query: Asked, body: Body) -> Response {
    let Ok(Query(query)) = query else { return refuse(StatusCode::BAD_REQUEST.as_u16(), &QUERY) };
    let body = match read(body).await {
        Ok(body) => body,
        Err(why) => return refuse(StatusCode::BAD_REQUEST.as_u16(), &why),
    };
    let now = hook.inner.runner.clock.wire().as_seconds();
    let received = match callback::receive(&hook.inner.keys, &query, &body, now) {
        Ok(received) => received,
        Err(error) => return refuse(error.status(), &error),
    };
    let Ok(leave) = Arc::clone(&hook.inner.leave).try_acquire_owned() else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let sealed_with = received.sealed_with;
    let (account, open_id) = (received.inbound.account.clone(), received.inbound.open_id.clone());
    // On a task of its own: the platform may hang up, the work goes on, and the next delivery joins it.
    let inner = Arc::clone(&hook.inner);
    // Boxed: starting a task moves its future several times, and this one is large.
    let answered = tokio::spawn(Box::pin(async move {
        let answered = inner.join(received).await;
        drop(leave);
        answered
    }));
    match answered.await {
        Ok(Ok(Answered::Inner(xml))) => hook.inner.seal(sealed_with, &xml, &query.nonce),
        Ok(Ok(Answered::Replayed)) => refuse(StatusCode::FORBIDDEN.as_u16(), &USED),
        Ok(Err(error)) if error.is_transient() => {
            tracing::warn!(%error, "a message is asked for again");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
        Ok(Err(error)) => {
            let xml = hook.inner.apology(&error, &account, &open_id);
            hook.inner.seal(sealed_with, &xml, &query.nonce)
        }
        Err(error) => {
            let xml = hook.inner.apology(&error, &account, &open_id);
            hook.inner.seal(sealed_with, &xml, &query.nonce)
        }
    }
}

/// The whole body within its bounds.
async fn read(body: Body) -> Result<Bytes, &'static str> {
    match timeout(PATIENCE, to_bytes(body, MAX_BODY)).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(_)) => Err("the body is too large or was cut off"),
        Err(_) => Err("the body did not arrive in time"),
    }
}

/// Logged once, without a word of the content.
fn refuse(status: u16, why: &dyn std::fmt::Display) -> Response {
    tracing::warn!(status, %why, "a callback was refused");
    StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST).into_response()
}

impl Inner {
    /// The answer to a message: remembered, under way, or found now. A failure is not remembered: of those who waited
    /// for it, the next tries.
    async fn join(&self, received: Received) -> Result<Answered, WebError> {
        // Nobody's words: no person is made of the openid that it comes from, and a repetition changes nothing.
        if let What::Event(Event::MassFinished(report)) = &received.inbound.what {
            self.runner.store.report_mass(report, self.runner.clock.business()).await?;
            return Ok(Answered::Inner(reply::NOTHING.into()));
        }
        // A plain one is stored all the same: its signature must not serve other words.
        if received.signed.is_none() && matches!(received.inbound.what, What::Event(Event::Other { .. })) {
            return Ok(Answered::Inner(reply::NOTHING.into()));
        }
        let deadline = Deadline::from_now(&self.runner.clock, self.budget);
        let Received { inbound, signed, .. } = received;
        let signed = signed.map(|signed| self.signed(&signed));
        let (key, open_id) = (inbound.key.clone(), inbound.open_id.clone());
        let heard = match self.answers.get_value_or_guard_async(key.as_str()).await {
            Ok(heard) => heard,
            Err(first) => {
                let heard = self.answer(inbound, signed, deadline).await?;
                // A refused forgery says nothing of the message whose key it bears. And displaced meanwhile by thousands
                // of others, an answer goes out all the same.
                if !matches!(heard.answer, Answered::Replayed) {
                    let _ = first.insert(heard.clone());
                }
                heard
            }
        };
        let Some(signed) = signed else { return Ok(heard.answer) };
        // One key with two bodies: somebody put other words into a captured plain request. What came sealed before has
        // no hash.
        if !heard.body_hash.is_empty() && *heard.body_hash != *hex(&signed.body) {
            return Ok(Answered::Replayed);
        }
        // A repeated delivery carries its own signature: it is used up, too.
        if heard.signed != Some(signed) && !self.is_own(&open_id, signed).await? {
            return Ok(Answered::Replayed);
        }
        Ok(heard.answer)
    }

    async fn is_own(&self, open_id: &str, signed: Signed) -> Result<bool, WebError> {
        let _lane = self.lane(open_id).lock().await;
        Ok(self.runner.is_own(open_id, signed).await?)
    }

    /// What a plain message leaves behind: a keyed hash of its body, because a short text could be guessed from a bare
    /// one.
    fn signed(&self, plain: &callback::Signed) -> Signed {
        let body = self.runner.store.secrets().hash_bytes("inbox/body", &plain.body);
        Signed { timestamp: plain.timestamp, nonce: plain.nonce, body }
    }

    async fn answer(
        &self,
        inbound: Inbound,
        signed: Option<Signed>,
        deadline: Deadline,
    ) -> Result<Heard, WebError> {
        let arrival = Arrival { signed, patience: deadline.wire };
        let body_hash: Arc<str> = signed.map(|signed| hex(&signed.body)).unwrap_or_default().into();
        let heard = |answer| Heard { body_hash: Arc::clone(&body_hash), signed, answer };
        let errand = Errand { arrival: Some(arrival), ..Errand::default() };
        let lane = self.lane(&inbound.open_id).lock().await;
        let ran = Box::pin(self.runner.run(&inbound, errand)).await?;
        drop(lane);
        match ran {
            Ran::Stored { answer: Some(xml), .. } => Ok(heard(Answered::Inner(xml.into()))),
            Ran::Stored { answer: None, .. } => Ok(heard(self.wait(&inbound, deadline).await?)),
            Ran::Nothing { .. } => Ok(heard(Answered::Inner(reply::NOTHING.into()))),
            Ran::Replayed => Ok(heard(Answered::Replayed)),
            Ran::Seen => self.repeat(&inbound, deadline).await,
        }
    }

    /// A message of before: its own answer, under the hash it had then.
    async fn repeat(&self, inbound: &Inbound, deadline: Deadline) -> Result<Heard, WebError> {
        let seen = self.runner.store.inbox(&inbound.key).await?;
        let Some(Seen { body_hash, answer }) = seen else {
            // Forgotten between two looks: nobody waits for it any more.
            return Ok(Heard { body_hash: "".into(), signed: None, answer: Answered::Replayed });
        };
        let answer = if let Some(xml) = answer {
            Answered::Inner(xml.into())
        } else {
            self.runner.store.await_answer(&inbound.key, deadline.wire).await?;
            self.wait(inbound, deadline).await?
        };
        Ok(Heard { body_hash: body_hash.into(), signed: None, answer })
    }

    /// The verdict's words, or 「正在检查」 when it takes longer than the platform waits.
    async fn wait(&self, inbound: &Inbound, deadline: Deadline) -> Result<Answered, WebError> {
        let store = &self.runner.store;
        while Instant::now() < deadline.here {
            let answered = store.answered();
            if let Some(Seen { answer: Some(xml), .. }) = store.inbox(&inbound.key).await? {
                return Ok(Answered::Inner(xml.into()));
            }
            let left = deadline.here.saturating_duration_since(Instant::now());
            // Woken or not, the answer is looked for.
            let _ = timeout(left.min(LOOK_AGAIN), answered).await;
        }
        let scripts = &self.runner.world.load().scripts;
        let words = scripts.render(scripts.system(SystemText::Checking), &minijinja::Value::from(()));
        let at = self.runner.clock.wire().as_seconds();
        let xml = reply::Reply::Text(words).render(&inbound.account, &inbound.open_id, at);
        if store.answer_pending(&inbound.key, &xml).await? {
            return Ok(Answered::Inner(xml.into()));
        }
        let seen = store.inbox(&inbound.key).await?;
        Ok(Answered::Inner(seen.and_then(|seen| seen.answer).unwrap_or_default().into()))
    }

    fn lane(&self, open_id: &str) -> &Mutex<()> {
        &self.lanes[self.lane_hash.hash_one(open_id) as usize % LANES]
    }

    fn seal(&self, sealed_with: Option<KeyIndex>, xml: &str, nonce: &str) -> Response {
        let at = self.runner.clock.wire().as_seconds();
        let body = reply::seal(&self.keys, sealed_with, xml, at, nonce, || self.runner.ids.bytes());
        let kind =
            if xml.is_empty() || xml == reply::NOTHING { "text/plain" } else { "text/xml; charset=utf-8" };
        ([(header::CONTENT_TYPE, kind)], body.into_owned()).into_response()
    }

    /// Words and a short code instead of the platform's own line about a broken service.
    fn apology(&self, error: &dyn std::fmt::Display, account: &str, open_id: &str) -> String {
        let code = u32::from_be_bytes(self.runner.ids.bytes()) % 1_000_000;
        let code = format!("{:03}-{:03}", code / 1000, code % 1000);
        tracing::error!(code, %error, "a message could not be answered");
        let scripts = &self.runner.world.load().scripts;
        let words = scripts.render(scripts.system(SystemText::Error), &minijinja::context! { code });
        reply::Reply::Text(words).render(account, open_id, self.runner.clock.wire().as_seconds())
    }
}

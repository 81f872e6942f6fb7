//! The access token: one for all processes, fetched by `stable_token`, replaced by compare-and-swap (protocol §5).
//!
//! Processes that refresh behind each other's back kill each other's token (protocol §14.3), so that the store decides:
//! whoever finds a newer token there uses it, and a dead one is replaced only while it is still the stored one. One
//! process claims the fetch in the store; the others go on with the old token while it lives, else wait for the new one.
//! A claim ends by itself, should its holder die. Within a process one mutex makes the fetch single; whoever waited looks
//! again, and hears of a failure without a call of their own for a second. The platform hands out the next token five
//! minutes before the old one ends, and that is when we ask.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use tokio::{sync::Mutex, time::Instant};

use super::{ClientConfig, ClientError, WireClock, fetch};
use crate::http::Base;

/// Both tokens are valid for the last five minutes of the old one (protocol §5).
const EARLY_MS: i64 = 5 * 60 * 1000;
/// Within those minutes the platform may still give the old one: how long until it is asked again.
const ASK_AGAIN_MS: i64 = 10 * 1000;
/// Two forced refreshes closer than this are one for the platform; it allows 20 a day.
const FORCE_EVERY_MS: i64 = 30 * 1000;
/// Documented are 7200 seconds; what claims to live for days is not such an answer.
const MAX_LIFE: i64 = 24 * 3600;
const MAX_ANSWER: usize = 64 * 1024;
/// How much longer than a call takes at most a claim lasts.
const CLAIM_MS: i64 = 5 * 1000;
/// How soon a process that waits for another one's fetch looks again.
const LOOK_AGAIN: Duration = Duration::from_millis(50);
/// After a fetch has failed, nobody in the process tries again for so long.
const FAILED_MS: i64 = 1000;

/// A token as all processes share it.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredToken {
    /// The secret itself, at most a few hundred characters; to be kept encrypted.
    pub value: String,
    /// Wire time at which it ends.
    pub expires_at_wire_ms: i64,
    /// Goes up by one with every replacement.
    pub version: i64,
}

/// The one row in which the token is shared.
pub trait TokenStore: Send + Sync {
    /// The token last stored, which may have ended.
    fn load(&self) -> BoxFuture<'_, Result<Option<StoredToken>, TokenStoreError>>;

    /// Takes the right to fetch the token that follows `expected_version` (`None`: if there is none) until `until`, unless
    /// somebody has it at `now`; whether it did. Wire milliseconds.
    fn claim(
        &self,
        expected_version: Option<i64>,
        now: i64,
        until: i64,
    ) -> BoxFuture<'_, Result<bool, TokenStoreError>>;

    /// Gives the right taken until then back: no token came. Another's claim stays.
    fn release(&self, until: i64) -> BoxFuture<'_, Result<(), TokenStoreError>>;

    /// Stores `new`, which ends the claim, if the row still has `expected_version` (`None`: if there is no row); whether it did.
    fn compare_and_swap<'a>(
        &'a self,
        expected_version: Option<i64>,
        new: &'a StoredToken,
    ) -> BoxFuture<'a, Result<bool, TokenStoreError>>;
}

/// The store could not be asked. Always worth another try.
#[derive(Debug, thiserror::Error)]
#[error("the token store failed: {0}")]
pub struct TokenStoreError(#[source] pub Box<dyn Error + Send + Sync>);

impl TokenStoreError {
    /// Always: the store is a database that will be back.
    pub fn is_transient(&self) -> bool {
        true
    }
}

/// This process's view of the token.
pub(super) struct Tokens {
    address: String,
    app_id: String,
    app_secret: String,
    timeout: Duration,
    store: Arc<dyn TokenStore>,
    http: reqwest::Client,
    clock: WireClock,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    held: Option<Held>,
    /// The last token that the platform has refused: it is not taken up again while the next one does not come.
    dead: Option<Arc<str>>,
    /// Why the last fetch failed, and until when that is the answer.
    failed: Option<(i64, Arc<ClientError>)>,
    forced_at: Option<i64>,
}

#[derive(Clone)]
struct Held {
    value: Arc<str>,
    /// Wire time from which the platform is asked for the next one.
    ask_at: i64,
}

/// What the platform has just handed out.
struct Fetched {
    value: String,
    expires_at: i64,
}

impl Tokens {
    pub(super) fn new(
        api: &Base,
        config: ClientConfig,
        store: Arc<dyn TokenStore>,
        http: reqwest::Client,
        clock: WireClock,
    ) -> Self {
        Self {
            address: api.at("/cgi-bin/stable_token"),
            app_id: config.app_id,
            app_secret: config.app_secret,
            timeout: config.call_timeout,
            store,
            http,
            clock,
            state: Mutex::default(),
        }
    }

    /// A token that is good as far as anybody knows.
    pub(super) async fn current(&self) -> Result<Arc<str>, ClientError> {
        let mut state = self.state.lock().await;
        let now = (self.clock)();
        if let Some(held) = state.held.as_ref().filter(|held| now < held.ask_at) {
            return Ok(held.value.clone());
        }
        let dead = state.dead.clone();
        self.refresh(&mut state, dead.as_deref(), EARLY_MS).await
    }

    /// A token other than `failing`, which the platform has refused.
    pub(super) async fn replace(&self, failing: &str) -> Result<Arc<str>, ClientError> {
        let mut state = self.state.lock().await;
        let now = (self.clock)();
        if let Some(held) = state.held.as_ref().filter(|held| &*held.value != failing && now < held.ask_at) {
            return Ok(held.value.clone());
        }
        state.held = None;
        state.dead = Some(failing.into());
        self.refresh(&mut state, Some(failing), 0).await
    }

    /// The stored token if it lives `early` milliseconds and more, else the next one: fetched here, or by the process that
    /// has claimed that.
    async fn refresh(
        &self,
        state: &mut State,
        failing: Option<&str>,
        early: i64,
    ) -> Result<Arc<str>, ClientError> {
        let patience = Instant::now() + self.timeout * 2;
        loop {
            let now = (self.clock)();
            let stored = self.store.load().await?;
            if let Some(good) = usable(stored.as_ref(), failing, now + early) {
                return Ok(state.hold(&good.value, good.expires_at_wire_ms, now));
            }
            if let Some((_, error)) = state.failed.as_ref().filter(|(until, _)| now < *until) {
                return bridge(state, stored.as_ref(), failing, now, Arc::clone(error));
            }
            let version = stored.as_ref().map(|stored| stored.version);
            // A forced refresh is a second call.
            let until = now + 2 * self.timeout.as_millis() as i64 + CLAIM_MS;
            // Whoever has waited too long fetches without a claim: it is there to spare calls, not people.
            if self.store.claim(version, now, until).await? || Instant::now() >= patience {
                return self.fetch_next(state, stored, failing, until).await;
            }
            // The old token lives while another process fetches the next.
            if let Some(old) = usable(stored.as_ref(), failing, now) {
                return Ok(state.hold(&old.value, old.expires_at_wire_ms, now));
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    async fn fetch_next(
        &self,
        state: &mut State,
        stored: Option<StoredToken>,
        failing: Option<&str>,
        until: i64,
    ) -> Result<Arc<str>, ClientError> {
        match self.fetch(state, failing).await {
            Ok(fetched) => {
                state.failed = None;
                self.keep(state, stored, fetched, failing).await
            }
            Err(error) => {
                let (now, error) = ((self.clock)(), Arc::new(error));
                state.failed = Some((now + FAILED_MS, Arc::clone(&error)));
                self.store.release(until).await?;
                bridge(state, stored.as_ref(), failing, now, error)
            }
        }
    }

    /// Asks the platform, and insists when it gives the dead token once more.
    async fn fetch(&self, state: &mut State, failing: Option<&str>) -> Result<Fetched, ClientError> {
        let fetched = self.ask(false).await?;
        let now = (self.clock)();
        let may_force = state.forced_at.is_none_or(|forced_at| now - forced_at >= FORCE_EVERY_MS);
        if failing != Some(&*fetched.value) || !may_force {
            return Ok(fetched);
        }
        state.forced_at = Some(now);
        self.ask(true).await
    }

    /// Shares what was fetched, unless another process was first: then its token is used.
    async fn keep(
        &self,
        state: &mut State,
        stored: Option<StoredToken>,
        fetched: Fetched,
        failing: Option<&str>,
    ) -> Result<Arc<str>, ClientError> {
        let now = (self.clock)();
        let expected = stored.map(|stored| stored.version);
        let version = expected.unwrap_or(0) + 1;
        let new = StoredToken { value: fetched.value, expires_at_wire_ms: fetched.expires_at, version };
        if !self.store.compare_and_swap(expected, &new).await? {
            let winner = self.store.load().await?;
            if let Some(winner) = usable(winner.as_ref(), failing, now) {
                return Ok(state.hold(&winner.value, winner.expires_at_wire_ms, now));
            }
        }
        Ok(state.hold(&new.value, new.expires_at_wire_ms, now))
    }

    async fn ask(&self, force: bool) -> Result<Fetched, ClientError> {
        let asked_at = (self.clock)();
        let body = json!({
            "grant_type": "client_credential",
            "appid": self.app_id,
            "secret": self.app_secret,
            "force_refresh": force,
        });
        let request = self.http.post(&self.address).timeout(self.timeout).json(&body);
        let answer = fetch(request, MAX_ANSWER).await?.json()?;
        let value = super::text(&answer, "access_token")?;
        let seconds = answer.get("expires_in").and_then(Value::as_i64).ok_or(ClientError::Unreadable)?;
        if value.is_empty() || !(1..=MAX_LIFE).contains(&seconds) {
            return Err(ClientError::Unreadable);
        }
        Ok(Fetched { value, expires_at: asked_at + seconds * 1000 })
    }
}

impl State {
    fn hold(&mut self, value: &str, expires_at: i64, now: i64) -> Arc<str> {
        let ask_at = (expires_at - EARLY_MS).max(now + ASK_AGAIN_MS).min(expires_at);
        let value: Arc<str> = value.into();
        self.held = Some(Held { value: value.clone(), ask_at });
        value
    }
}

/// After a failed fetch: the old token still works for its last minutes, so that a short outage is not felt.
fn bridge(
    state: &mut State,
    stored: Option<&StoredToken>,
    failing: Option<&str>,
    now: i64,
    error: Arc<ClientError>,
) -> Result<Arc<str>, ClientError> {
    match usable(stored, failing, now).filter(|_| error.is_transient()) {
        Some(old) => Ok(state.hold(&old.value, old.expires_at_wire_ms, now)),
        None => Err(ClientError::Token(error)),
    }
}

fn usable<'s>(stored: Option<&'s StoredToken>, failing: Option<&str>, now: i64) -> Option<&'s StoredToken> {
    stored.filter(|stored| Some(stored.value.as_str()) != failing && now < stored.expires_at_wire_ms)
}

//! What both upstream systems share: bearer token, 3 seconds, a bounded answer, and a circuit breaker.
//!
//! After five failures in a row the other side is left alone for ten seconds, so that a dead system costs its callers
//! nothing and is not hammered while it comes up; then one call tries, and the others wait for its outcome. A failure
//! is anything but an answer, a refused token included. Time is handed in: a closure that only goes forward.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use reqwest::{Client, RequestBuilder, StatusCode};
use serde_json::Value;

use crate::http::{Base, BaseError, ReadError, read};

/// Milliseconds from any beginning, never going back.
pub type MonotonicClock = Box<dyn Fn() -> i64 + Send + Sync>;

/// Settings that cannot work; the text follows the key's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The address.
    #[error(transparent)]
    Url(#[from] BaseError),
    /// The token holds characters that no header can carry.
    #[error("has a token with characters that cannot be sent")]
    Token,
}

/// Time for a whole call (upstream contract).
const TIMEOUT: Duration = Duration::from_secs(3);
/// Largest answer that is read; a candidate with a long record has a tenth of it.
const MAX_ANSWER: usize = 256 * 1024;
/// So many failures in a row open the circuit …
const FAILURES: u32 = 5;
/// … for so long.
const OPEN_MS: i64 = 10_000;

/// No answer. Never to be taken for one.
#[derive(Debug, thiserror::Error)]
pub enum Unavailable {
    /// No connection, a broken one, or no answer within 3 s.
    #[error("the source could not be reached: {0}")]
    Http(#[source] reqwest::Error),
    /// A status that the contract does not have.
    #[error("the source answered with HTTP status {0}")]
    Status(u16),
    /// More than 256 KiB.
    #[error("the source's answer is too large")]
    TooLarge,
    /// Not what the contract says.
    #[error("the source's answer is unreadable")]
    Unreadable,
    /// Not asked: it failed five times in a row less than 10 s ago.
    #[error("the source is left alone after repeated failures")]
    CircuitOpen,
    /// The source is a table of ours that could not be read.
    #[error("the imported table could not be read: {0}")]
    Table(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Unavailable {
    /// Whether asking again may help by itself; a refused token or request is for the operator, yet also retried.
    pub fn is_transient(&self) -> bool {
        !matches!(self, Self::Status(400..=407 | 409..=428 | 430..=499))
    }
}

impl From<reqwest::Error> for Unavailable {
    fn from(error: reqwest::Error) -> Self {
        Self::Http(error.without_url())
    }
}

impl From<ReadError> for Unavailable {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::TooLarge(_) => Self::TooLarge,
            ReadError::Broken(error) => error.into(),
        }
    }
}

/// One system at one address.
pub(super) struct Source {
    base: Base,
    token: Option<String>,
    http: Client,
    clock: MonotonicClock,
    breaker: Mutex<Breaker>,
}

impl Source {
    pub(super) fn new(
        url: &str,
        token: Option<&str>,
        http: Client,
        clock: MonotonicClock,
    ) -> Result<Self, ConfigError> {
        let token = token.filter(|token| !token.is_empty());
        if token.is_some_and(|token| token.bytes().any(|byte| !byte.is_ascii_graphic())) {
            return Err(ConfigError::Token);
        }
        let (base, token) = (Base::parse(url)?, token.map(str::to_owned));
        Ok(Self { base, token, http, clock, breaker: Mutex::default() })
    }

    /// Runs one call unless the circuit is open, and counts its outcome.
    pub(super) async fn call<T>(
        &self,
        attempt: impl AsyncFnOnce(&Self) -> Result<T, Unavailable>,
    ) -> Result<T, Unavailable> {
        if !self.breaker().allow((self.clock)()) {
            return Err(Unavailable::CircuitOpen);
        }
        let outcome = attempt(self).await;
        self.breaker().record(outcome.is_ok(), (self.clock)());
        outcome
    }

    pub(super) fn get(&self, path: &str) -> RequestBuilder {
        self.authorise(self.http.get(self.base.at(path)))
    }

    pub(super) fn post(&self, path: &str) -> RequestBuilder {
        self.authorise(self.http.post(self.base.at(path)))
    }

    /// Status and, when it is JSON, the body.
    pub(super) async fn send(
        &self,
        request: RequestBuilder,
    ) -> Result<(StatusCode, Option<Value>), Unavailable> {
        let response = request.send().await?;
        let status = response.status();
        let body = read(response, MAX_ANSWER).await?;
        Ok((status, serde_json::from_slice(&body).ok()))
    }

    fn authorise(&self, request: RequestBuilder) -> RequestBuilder {
        let request = request.timeout(TIMEOUT);
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    fn breaker(&self) -> MutexGuard<'_, Breaker> {
        // Three numbers: whoever panicked while holding them left them whole.
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Counts failures in a row.
#[derive(Debug, Default)]
struct Breaker {
    failures: u32,
    /// Nobody may call before this.
    closed_until: i64,
}

impl Breaker {
    /// Whether a call may be made now. The first one after the pause keeps the others out until its outcome is known,
    /// or for another pause should it never be.
    fn allow(&mut self, now: i64) -> bool {
        if self.failures < FAILURES {
            return true;
        }
        if now < self.closed_until {
            return false;
        }
        self.closed_until = now + OPEN_MS;
        true
    }

    fn record(&mut self, is_answer: bool, now: i64) {
        if is_answer {
            self.failures = 0;
        } else {
            self.failures = self.failures.saturating_add(1);
            self.closed_until = now + OPEN_MS;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_breaker_opens_after_five_failures_in_a_row() {
        let mut breaker = Breaker::default();
        for now in 0..4 {
            assert!(breaker.allow(now));
            breaker.record(false, now);
        }
        breaker.record(true, 4);
        for now in 5..10 {
            assert!(breaker.allow(now), "{now}");
            breaker.record(false, now);
        }
        assert!(!breaker.allow(10) && !breaker.allow(9 + OPEN_MS - 1));
        assert!(breaker.allow(9 + OPEN_MS), "one may try");
        assert!(!breaker.allow(9 + OPEN_MS), "only one");
        assert!(breaker.allow(9 + 2 * OPEN_MS), "its outcome never came");
        breaker.record(true, 9 + 2 * OPEN_MS);
        assert!(breaker.allow(9 + 2 * OPEN_MS));
    }
}

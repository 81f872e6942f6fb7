//! How often one key may ask, and how often anybody may show a key that opens nothing.
//!
//! Keys are counted one by one, so that an office whose program runs wild keeps no other waiting; there are as many counts
//! as keys that opened, never more. Wrong keys are counted together: behind a proxy all clients look like one, and a
//! right key is never refused for what others tried. Counts are this process's and last no longer than it.

use std::{num::NonZeroU32, sync::Arc, time::Duration};

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use governor::{
    Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
    middleware::StateInformationMiddleware,
    state::{InMemoryState, NotKeyed, keyed::DefaultKeyedStateStore},
};

use super::problem::{Kind, Problem, seconds};
use crate::config;

type Keyed = RateLimiter<String, DefaultKeyedStateStore<String>, DefaultClock, StateInformationMiddleware>;

/// The counts of this process.
#[derive(Clone)]
pub(super) struct Limits {
    keys: Arc<Keyed>,
    wrong: Arc<RateLimiter<NotKeyed, InMemoryState, DefaultClock>>,
    /// Requests at once, and in how many seconds as many come back.
    burst: u32,
    window: u64,
}

/// What a key has left.
#[derive(Debug, Clone, Copy)]
pub(super) struct Left {
    burst: u32,
    window: u64,
    remaining: u32,
}

impl Limits {
    pub(super) fn new(config: &config::Api) -> Self {
        let (burst, per_minute) = (at_least_one(config.burst), at_least_one(config.per_minute));
        let quota = Quota::per_minute(per_minute).allow_burst(burst);
        let wrong = Quota::per_minute(at_least_one(config.wrong_keys));
        Self {
            keys: Arc::new(RateLimiter::keyed(quota).with_middleware()),
            wrong: Arc::new(RateLimiter::direct(wrong)),
            burst: burst.get(),
            window: (u64::from(burst.get()) * 60).div_ceil(u64::from(per_minute.get())),
        }
    }

    /// One request of this key.
    pub(super) fn ask(&self, key_id: &str) -> Result<Left, Problem> {
        let left = |remaining| Left { burst: self.burst, window: self.window, remaining };
        match self.keys.check_key(&key_id.to_owned()) {
            Ok(state) => Ok(left(state.remaining_burst_capacity())),
            Err(until) => {
                let wait = until.wait_time_from(DefaultClock::default().now());
                Err(Problem::of(Kind::TooMany).after(wait.max(Duration::from_secs(1))))
            }
        }
    }

    /// One key that opens nothing.
    pub(super) fn refuse(&self) -> Problem {
        match self.wrong.check() {
            Ok(()) => Problem::of(Kind::Unauthorized),
            Err(until) => {
                let wait = until.wait_time_from(DefaultClock::default().now());
                Problem::of(Kind::TooMany).after(wait.max(Duration::from_secs(1)))
            }
        }
    }
}

fn at_least_one(count: u32) -> NonZeroU32 {
    NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN)
}

impl Left {
    /// As draft-ietf-httpapi-ratelimit-headers-10 writes it: `q` requests in `w` seconds, `r` of them left, all of them
    /// again after `t` seconds.
    pub(super) fn write(self, headers: &mut HeaderMap) {
        let Self { burst, window, remaining } = self;
        let back = u64::from(burst.saturating_sub(remaining)) * window;
        let until = seconds(Duration::from_millis(back * 1000 / u64::from(burst.max(1))));
        let values = [
            ("ratelimit-policy", format!("\"key\";q={burst};w={window}")),
            ("ratelimit", format!("\"key\";r={remaining};t={until}")),
        ];
        for (name, value) in values {
            let value = HeaderValue::from_str(&value).expect("numbers and ASCII signs");
            headers.insert(HeaderName::from_static(name), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_has_its_own_count() {
        let limits = Limits::new(&config::Api { per_minute: 1, burst: 2, wrong_keys: 1 });
        let left = limits.ask("a").unwrap();
        let mut headers = HeaderMap::new();
        left.write(&mut headers);
        assert_eq!(headers["ratelimit-policy"], "\"key\";q=2;w=120");
        assert_eq!(headers["ratelimit"], "\"key\";r=1;t=60");
        assert!(limits.ask("a").is_ok());
        assert_eq!(limits.ask("a").unwrap_err().kind, Kind::TooMany);
        assert!(limits.ask("b").is_ok());
        assert_eq!(limits.refuse().kind, Kind::Unauthorized);
        assert_eq!(limits.refuse().kind, Kind::TooMany);
        assert!(limits.ask("b").is_ok(), "a right key is not refused for wrong ones");
    }
}

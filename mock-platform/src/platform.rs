//! The one object that everything shares: options, cipher, clock, state, and the news that something changed.
//!
//! Handlers borrow it behind an `Arc`; a mock per test, many per process.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};

use crate::clock::Clock;
use crate::crypto::Cipher;
use crate::model::State;
use crate::model::quota;
use crate::options::{Mode, Options};

/// Why a mock could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address is taken or not ours.
    #[error("cannot listen on {0}: {1}; choose another address or stop what listens there")]
    Listen(std::net::SocketAddr, std::io::Error),
    /// The key is not 43 characters of base64.
    #[error("the EncodingAESKey has to be 43 characters of base64")]
    Key,
    /// Compatible and secure mode encrypt.
    #[error("mode {0} needs an EncodingAESKey; give --aes-key or take --mode plain")]
    NoKey(Mode),
    /// The client that posts callbacks could not be built.
    #[error("cannot build the HTTP client: {0}")]
    Client(#[from] reqwest::Error),
}

/// A running platform.
pub(crate) struct Platform {
    pub(crate) options: Options,
    pub(crate) cipher: Option<Cipher>,
    pub(crate) clock: Clock,
    pub(crate) http: reqwest::Client,
    pub(crate) url: OnceLock<String>,
    state: Mutex<State>,
    changed: watch::Sender<u64>,
    closing: watch::Sender<bool>,
    background: watch::Sender<usize>,
    /// Wakes a delivery that the fault `reorder` holds back.
    pub(crate) delivered: Notify,
    /// Wakes an API call that the fault `reorder` holds back.
    pub(crate) answered: Notify,
}

impl Platform {
    pub(crate) fn new(options: Options) -> Result<Arc<Self>, StartError> {
        let cipher = match (&options.aes_key, options.mode) {
            (Some(key), _) => Some(Cipher::new(key, &options.app_id).map_err(|_| StartError::Key)?),
            (None, Mode::Plain) => None,
            (None, mode) => return Err(StartError::NoKey(mode)),
        };
        // Another part of the process may have installed a provider before; either will do.
        drop(rustls::crypto::ring::default_provider().install_default());
        let http =
            reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build()?;
        Ok(Arc::new(Self {
            cipher,
            clock: Clock::starting(options.now),
            http,
            url: OnceLock::new(),
            state: Mutex::new(State::new(&options)),
            changed: watch::Sender::new(0),
            closing: watch::Sender::new(false),
            background: watch::Sender::new(0),
            delivered: Notify::new(),
            answered: Notify::new(),
            options,
        }))
    }

    /// The state, for as long as no await is crossed.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Seconds on the movable clock.
    pub(crate) fn now(&self) -> i64 {
        self.clock.now()
    }

    /// Number of the day on the movable clock, for quotas.
    pub(crate) fn today(&self) -> i64 {
        quota::day(self.now())
    }

    /// The mock's own address.
    pub(crate) fn url(&self) -> &str {
        self.url.get().map_or("", String::as_str)
    }

    /// Tells everybody who waits that there is something new.
    pub(crate) fn announce(&self) {
        self.changed.send_modify(|version| *version += 1);
    }

    /// Ends waits and background work.
    pub(crate) fn close(&self) {
        self.closing.send_replace(true);
    }

    /// Returns once the platform closes.
    pub(crate) async fn closed(&self) {
        let mut closing = self.closing.subscribe();
        // The sender lives in `self`, so waiting can only end by closing.
        drop(closing.wait_for(|closed| *closed).await);
    }

    /// Waits until `ready` finds something, at most so long; then what it finds at the end.
    pub(crate) async fn wait_for<T>(
        &self,
        wait: Duration,
        mut ready: impl FnMut(&State) -> Option<T>,
    ) -> Option<T> {
        let mut changed = self.changed.subscribe();
        let deadline = tokio::time::Instant::now() + wait;
        loop {
            if let Some(found) = ready(&self.state()) {
                return Some(found);
            }
            tokio::select! {
                news = changed.changed() => news.ok()?,
                () = tokio::time::sleep_until(deadline) => return ready(&self.state()),
                () = self.closed() => return None,
            }
        }
    }

    /// Runs something beside the caller; [`Self::settled`] waits for it, closing ends it.
    pub(crate) fn spawn(self: &Arc<Self>, work: impl Future<Output = ()> + Send + 'static) {
        self.background.send_modify(|running| *running += 1);
        let platform = Arc::clone(self);
        tokio::spawn(async move {
            tokio::select! {
                () = work => {}
                () = platform.closed() => {}
            }
            platform.background.send_modify(|running| *running -= 1);
        });
    }

    /// Returns once nothing runs in the background.
    pub(crate) async fn settled(&self) {
        let mut background = self.background.subscribe();
        drop(background.wait_for(|running| *running == 0).await);
    }
}

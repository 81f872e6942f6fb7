//! How often and after which pauses the client itself asks again.
//!
//! Two kinds of calls only: reads, which change nothing, and mass sends, which carry a key under which the platform does
//! them once. Everything else is asked once, and the caller decides (`worker`). Pauses are jittered, so that processes
//! which failed together do not come back together.

use std::future::Future;
use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use tokio::time::Instant;

use super::{Advice, ClientError};
use crate::ids::Ids;

/// A read is asked at most three times.
const READ_REPEATS: usize = 2;
/// A mass send is asked at most six times, over half a minute and more.
const MASS_REPEATS: usize = 5;
/// `clientmsgid` is being worked on: the platform wants a minute (protocol §9).
pub(super) const BEING_SENT: i64 = 45066;

/// The first pause of each kind; every further one is twice as long, and each is stretched by chance up to its double.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    pub(super) read: Duration,
    pub(super) mass: Duration,
    pub(super) being_sent: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            read: Duration::from_millis(200),
            mass: Duration::from_secs(1),
            being_sent: Duration::from_mins(1),
        }
    }
}

impl Patience {
    /// Asks again while that may help, unless one call's `time` is used up already: whoever waits for a read waits for
    /// no more than twice as long as it may take.
    pub(super) async fn read<T, Call, Answer>(&self, time: Duration, call: Call) -> Result<T, ClientError>
    where
        Call: FnMut() -> Answer,
        Answer: Future<Output = Result<T, ClientError>>,
    {
        let started = Instant::now();
        let may_help = |error: &ClientError| error.passes_by_itself() && started.elapsed() < time;
        call.retry(pauses(self.read, READ_REPEATS)).when(may_help).await
    }

    /// Asks again under the same key while nobody knows whether the first call was heard, or the platform is busy.
    pub(super) async fn mass<T, Call, Answer>(&self, call: Call) -> Result<T, ClientError>
    where
        Call: FnMut() -> Answer,
        Answer: Future<Output = Result<T, ClientError>>,
    {
        let longer = |error: &ClientError, pause: Option<Duration>| match error {
            ClientError::Api(refused) if refused.code == BEING_SENT => Some(pause? + self.being_sent),
            _ => pause,
        };
        call.retry(pauses(self.mass, MASS_REPEATS)).when(ClientError::passes_by_itself).adjust(longer).await
    }
}

fn pauses(first: Duration, repeats: usize) -> ExponentialBuilder {
    let seed = u64::from_be_bytes(Ids::random().bytes());
    ExponentialBuilder::new()
        .with_min_delay(first)
        .with_max_times(repeats)
        .with_jitter()
        .with_jitter_seed(seed)
}

impl ClientError {
    /// Whether the same call is worth making again at once. A dead token is not: it was replaced and the call repeated,
    /// and what keeps us from a token is asked about by everybody.
    fn passes_by_itself(&self) -> bool {
        match self {
            Self::Token(_) | Self::TokenStore(_) => false,
            Self::Api(refused) => refused.advice() == Advice::BackOff,
            other => other.is_transient(),
        }
    }
}

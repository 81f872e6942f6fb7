//! Keeping rows while they are worked on.
//!
//! Leases are short, so that what a crash leaves behind is soon taken up again: a person may be waiting. Whoever works on
//! a row renews its lease beside the work and in the same task, so that nothing is renewed for work that has ended.

use std::{convert::Infallible, pin::Pin, time::Duration};

use super::Worker;
use crate::{
    store::{Lease, StoreError},
    time::Millis,
};

/// How long rows are leased, and how soon before that they are leased again.
#[derive(Debug, Clone, Copy)]
pub(super) struct Leases {
    /// Wire time.
    pub seconds: i64,
    /// Several times within a lease, so that one failure of the database does not end it.
    pub renew_every: Duration,
}

pub(super) const LEASES: Leases = Leases { seconds: 60, renew_every: Duration::from_secs(15) };

/// What is leased.
#[derive(Debug, Clone, Copy)]
pub(super) enum Hold<'a> {
    Job(&'a Lease),
    /// One person's messages.
    Messages(&'a [Lease]),
}

impl Worker {
    /// Does some work on a row and keeps its lease meanwhile.
    pub(super) async fn hold<T>(&self, what: Hold<'_>, work: Pin<Box<impl Future<Output = T>>>) -> T {
        tokio::select! {
            done = work => done,
            never = self.keep_leased(what) => match never {},
        }
    }

    /// A lease that is lost stays lost: the work goes on, and whoever took the row finds what it did.
    async fn keep_leased(&self, what: Hold<'_>) -> Infallible {
        loop {
            tokio::time::sleep(self.shared.leases.renew_every).await;
            match self.renew(what).await {
                Ok(true) => {}
                Ok(false) => tracing::warn!(?what, "a lease ended while its row was worked on"),
                Err(error) => tracing::warn!(?what, %error, "a lease could not be renewed"),
            }
        }
    }

    async fn renew(&self, what: Hold<'_>) -> Result<bool, StoreError> {
        let until: Millis = self.clock().wire().plus_seconds(self.shared.leases.seconds);
        match what {
            Hold::Job(lease) => self.store().renew_job(lease, until).await,
            Hold::Messages(leases) => {
                let mut held = false;
                for lease in leases {
                    held |= self.store().renew_message(lease, until).await?;
                }
                Ok(held)
            }
        }
    }
}

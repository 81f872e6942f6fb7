//! What people asked to have deleted and has to wait: seen by whoever looks after deletions, and answered where an office
//! decides otherwise. What can be deleted the sweeper deletes ([`crate::retention`]).

use jiff::tz::TimeZone;

use super::{
    Act, Who,
    person::REASON_MIN,
    retention::{REASON_MAX, RetentionError},
};
use crate::{
    retention::{Request, end, requests},
    runner::{RunError, Runner},
    store::Store,
    time::Millis,
};

/// Requests that are open, the oldest first.
pub async fn list(
    store: &Store,
    who: Who<'_>,
    zone: &TimeZone,
    now: Millis,
) -> Result<Vec<Request>, RetentionError> {
    if !who.may(Act::SeeRetention) {
        return Err(RetentionError::Role);
    }
    Ok(requests(store, zone, now).await?)
}

/// Ends a request without deleting; the candidate reads the answer word for word.
pub async fn settle(runner: &Runner, who: Who<'_>, id: &str, answer: &str) -> Result<(), RetentionError> {
    if !who.may(Act::SeeRetention) {
        return Err(RetentionError::Role);
    }
    let answer = answer.trim();
    if !(REASON_MIN..=REASON_MAX).contains(&answer.chars().count()) {
        return Err(RetentionError::Reason);
    }
    let open = runner.store.open_deletions().await?;
    let asked = open.iter().find(|open| open.id == id).ok_or(RetentionError::Over)?;
    match end(runner, asked, &who.actor(), Some(answer.to_owned())).await {
        Ok(()) => Ok(()),
        // It ended in the same moment, or the person is busy.
        Err(RunError::Contended) => Err(RetentionError::Contended),
        Err(error) => Err(error.into()),
    }
}

//! What people ask to have deleted. Whoever asks an office is answered at once: what nothing keeps goes, by the same rule as
//! for those who ask in the chat. What was asked there and has to wait is seen by whoever looks after deletions, and
//! answered where an office decides otherwise; what can be deleted the sweeper deletes ([`crate::retention`]).

use std::sync::Arc;

use jiff::tz::TimeZone;

use super::{
    Act, Who,
    person::REASON_MIN,
    retention::{REASON_MAX, RetentionError, audit},
};
use crate::{
    mask,
    retention::{Request, end, requests, weigh},
    runner::{RunError, Runner},
    store::Store,
    time::Millis,
    workflow::{
        case::Case,
        retention::{Going, Why, Wish},
    },
};

/// What would be deleted because a candidate asks an office for it.
pub struct Deletion {
    /// The application as it was looked at.
    pub case: Arc<Case>,
    /// How many pictures no office needs any more.
    pub pictures: usize,
    going: Going,
}

/// What of an application may be deleted when its candidate asks for it; nothing is yet. `None` when nothing is kept: that
/// is the answer, and it is in the audit.
pub async fn look(
    store: &Store,
    who: Who<'_>,
    number: &str,
    reason: &str,
    zone: &TimeZone,
    now: Millis,
) -> Result<Option<Deletion>, RetentionError> {
    if !who.may(Act::SeeRetention) {
        return Err(RetentionError::Role);
    }
    let reason = reason.trim();
    if !(REASON_MIN..=REASON_MAX).contains(&reason.chars().count()) {
        return Err(RetentionError::Reason);
    }
    let case = store.case_by_number(&number.replace('-', "")).await?.ok_or(RetentionError::NoCase)?;
    match weigh(store, &case, zone, now).await? {
        Wish::Empty => {
            // Whoever asks later what became of it finds that it was asked for.
            let line = audit(who, "nothing_to_delete", &case.id, mask::told(reason));
            store.append_audit(&line, now).await?;
            Ok(None)
        }
        Wish::Waits(Why::Held) => Err(RetentionError::Held),
        Wish::Waits(Why::UnderWay) => Err(RetentionError::UnderWay),
        Wish::Waits(Why::HandOver) => Err(RetentionError::HandOver),
        Wish::Granted(going) => {
            let pictures = Case::clone(&case).forget_pictures(going).len();
            Ok(Some(Deletion { case, pictures, going }))
        }
    }
}

/// Deletes it, unless the application has changed since it was looked at; how many pictures.
pub async fn delete(
    store: &Store,
    who: Who<'_>,
    deletion: &Deletion,
    reason: &str,
    now: Millis,
) -> Result<usize, RetentionError> {
    let Deletion { case, going, .. } = deletion;
    let line = audit(who, "delete_on_request", &case.id, mask::told(reason.trim()));
    store.take_pictures_of(case, *going, &line, now).await?.ok_or(RetentionError::Contended)
}

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

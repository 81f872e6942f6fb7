//! What people ask to have deleted. Whoever asks an office is answered at once: what nothing keeps goes, by the same rule as
//! for those who ask in the chat. What was asked there and has to wait is seen by whoever looks after deletions, and
//! answered where an office decides otherwise; what can be deleted the sweeper deletes ([`crate::retention`]).

use std::sync::Arc;

use jiff::tz::TimeZone;

use super::{
    Act, Who, reason,
    retention::{REASON_MAX, RetentionError, audit},
};
use crate::{
    retention::{Request, end, requests, weigh},
    runner::{RunError, Runner},
    store::{Area, Store},
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
    reason: String,
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
    let found = store.case_within(&Area::everywhere(), &number.replace('-', "")).await?;
    let (case, candidate) = found.ok_or(RetentionError::NoCase)?;
    let reason = reason::check(reason, REASON_MAX, candidate.as_ref())?;
    match weigh(store, &case, zone, now).await? {
        Wish::Empty => {
            // Whoever asks later what became of it finds that it was asked for.
            let line = audit(who, "nothing_to_delete", &case.id, reason.to_owned());
            store.append_audit(&line, now).await?;
            Ok(None)
        }
        Wish::Waits(Why::Held) => Err(RetentionError::Held),
        Wish::Waits(Why::UnderWay) => Err(RetentionError::UnderWay),
        Wish::Waits(Why::HandOver) => Err(RetentionError::HandOver),
        Wish::Granted(going) => {
            let pictures = Case::clone(&case).forget_pictures(going).len();
            Ok(Some(Deletion { case, pictures, going, reason: reason.to_owned() }))
        }
    }
}

/// Deletes it, unless the application has changed since it was looked at; how many pictures.
pub async fn delete(
    store: &Store,
    who: Who<'_>,
    deletion: &Deletion,
    now: Millis,
) -> Result<usize, RetentionError> {
    let Deletion { case, going, reason, .. } = deletion;
    let line = audit(who, "delete_on_request", &case.id, reason.clone());
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
    let open = runner.store.open_deletions().await?;
    let asked = open.iter().find(|open| open.id == id).ok_or(RetentionError::Over)?;
    let found = runner.store.case_within(&Area::everywhere(), &asked.case_id).await?;
    let candidate = found.and_then(|(_, candidate)| candidate);
    let answer = reason::check(answer, REASON_MAX, candidate.as_ref()).map_err(RetentionError::Answer)?;
    match end(runner, asked, &who.actor(), Some(answer.to_owned())).await {
        Ok(()) => Ok(()),
        // It ended in the same moment, or the person is busy.
        Err(RunError::Contended) => Err(RetentionError::Contended),
        Err(error) => Err(error.into()),
    }
}

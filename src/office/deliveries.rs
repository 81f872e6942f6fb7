//! What did not arrive: pushes that ended badly, jobs that were given up, and having them tried again.
//!
//! A list shows of a push its kind, its application and its fate. What one says is looked at by itself, and who looked is
//! in the audit. Words for reasons and states are here, because the command line and the pages say the same.

pub mod reasons;
pub mod words;

use futures_util::future::join_all;

use super::{Act, Who};
use crate::{
    store::{Area, Ended, JobSummary, OutboxFilter, OutboxState, OutboxSummary, StaffRow, Store, StoreError},
    time::Millis,
    turn::{Audit, Notice},
};

/// Lines of a page.
const PAGE: u32 = 50;
/// How many pushes one press has sent again at most: the worker gets through them before somebody presses anew.
pub const AT_ONCE: u32 = 100;

/// Why nothing was shown or tried again. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum RetryError {
    /// The account may not.
    #[error("the role may not have things tried again")]
    Role,
    /// There is no such push; or no such job that was given up, or its application has another of the kind by now.
    #[error("there is nothing of this id")]
    Unknown,
    /// The push is on its way, or has arrived.
    #[error("the push is {0:?}")]
    Needless(OutboxState),
    /// The binding has ended or is just changing: the push might reach somebody else.
    #[error("the push may not be this person's any more")]
    Unbound,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Which pushes that ended badly.
#[derive(Debug, Clone, Default)]
pub struct EndedFilter {
    /// Given up or in doubt; `None` for both.
    pub state: Option<OutboxState>,
    /// Word and number, as [`Ended`] has them.
    pub reason: Option<String>,
    /// Where the last page ended.
    pub after: Option<String>,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The newest first.
    pub rows: Vec<T>,
    /// Where the next page begins; `None` when this is the last.
    pub next: Option<String>,
}

/// What came of having several pushes sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SentAgain {
    /// So many are due now.
    pub queued: usize,
    /// So many stay as they are: their person's binding has ended, or somebody else was quicker.
    pub left_out: usize,
    /// There are more than one press takes.
    pub more: bool,
}

/// A page of the pushes that ended badly.
pub async fn ended_badly(
    store: &Store,
    staff: &StaffRow,
    filter: &EndedFilter,
) -> Result<Page<OutboxSummary>, RetryError> {
    permitted(staff)?;
    let rows = store.list_outbox(&of(filter, PAGE + 1)).await?;
    Ok(page(rows, |row| row.position.clone()))
}

/// How many there are for each reason, the most frequent first.
pub async fn counts(store: &Store, staff: &StaffRow) -> Result<Vec<Ended>, RetryError> {
    permitted(staff)?;
    Ok(store.count_ended_badly(&Area::everywhere(), Millis(0)).await?)
}

/// What a push says; who looked is in the audit.
pub async fn look(store: &Store, staff: &StaffRow, id: &str, now: Millis) -> Result<Notice, RetryError> {
    permitted(staff)?;
    let notice = store.outbox_notice(id).await?.ok_or(RetryError::Unknown)?;
    let audit = Audit {
        actor: Who::Staff(staff).actor(),
        act: "look_at_push".to_owned(),
        subject: id.to_owned(),
        detail: notice.event.clone(),
    };
    store.append_audit(&audit, now).await?;
    Ok(notice)
}

/// Has a push sent again that waits, was given up or is in doubt. One in doubt may arrive twice: whoever asks has been
/// told.
pub async fn send_again(store: &Store, staff: &StaffRow, id: &str, now: Millis) -> Result<(), RetryError> {
    permitted(staff)?;
    let row = store.outbox_row(id).await?.ok_or(RetryError::Unknown)?;
    if store.send_again(&row.id, &Who::Staff(staff).actor(), now).await? {
        return Ok(());
    }
    Err(match row.state {
        OutboxState::Held | OutboxState::GivenUp | OutboxState::InDoubt => RetryError::Unbound,
        other => RetryError::Needless(other),
    })
}

/// Has the newest pushes sent again that ended badly for one reason, [`AT_ONCE`] at most.
pub async fn send_all_again(
    store: &Store,
    staff: &StaffRow,
    state: OutboxState,
    reason: &str,
    now: Millis,
) -> Result<SentAgain, RetryError> {
    permitted(staff)?;
    let filter = EndedFilter { state: Some(state), reason: Some(reason.to_owned()), after: None };
    let mut rows = store.list_outbox(&of(&filter, AT_ONCE + 1)).await?;
    let more = rows.len() > AT_ONCE as usize;
    rows.truncate(AT_ONCE as usize);
    let actor = Who::Staff(staff).actor();
    // Together they share the writer's transactions.
    let sent = join_all(rows.iter().map(|row| store.send_again(&row.id, &actor, now))).await;
    let sent = sent.into_iter().collect::<Result<Vec<bool>, StoreError>>()?;
    let queued = sent.iter().filter(|again| **again).count();
    Ok(SentAgain { queued, left_out: sent.len() - queued, more })
}

/// A page of the jobs that were given up.
pub async fn failed_jobs(
    store: &Store,
    staff: &StaffRow,
    after: Option<&str>,
) -> Result<Page<JobSummary>, RetryError> {
    permitted(staff)?;
    let rows = store.list_jobs(false, after, PAGE + 1).await?;
    Ok(page(rows, |row| row.id.clone()))
}

/// Has a job done again that was given up.
pub async fn do_again(store: &Store, staff: &StaffRow, id: &str, now: Millis) -> Result<(), RetryError> {
    permitted(staff)?;
    let again = store.do_again(id, &Who::Staff(staff).actor(), now).await?;
    if again { Ok(()) } else { Err(RetryError::Unknown) }
}

fn permitted(staff: &StaffRow) -> Result<(), RetryError> {
    if Who::Staff(staff).may(Act::Retry) { Ok(()) } else { Err(RetryError::Role) }
}

fn of(filter: &EndedFilter, limit: u32) -> OutboxFilter {
    OutboxFilter {
        state: filter.state,
        reason: filter.reason.clone(),
        before: filter.after.clone(),
        ended_badly: true,
        limit,
        ..OutboxFilter::default()
    }
}

/// One row more than a page has tells whether there is another.
fn page<T>(mut rows: Vec<T>, cursor: impl Fn(&T) -> String) -> Page<T> {
    let is_last = rows.len() <= PAGE as usize;
    rows.truncate(PAGE as usize);
    let next = rows.last().filter(|_| !is_last).map(cursor);
    Page { rows, next }
}

//! What the offices look at: the list, what waits for an approval, and what was done with an announcement.

use super::{BroadcastError, PAGE, announcer, find};
use crate::{
    office::audit::{self, Told},
    store::{Broadcast, StaffRow, Store},
};

/// Lines of an announcement's history.
const HISTORY: u32 = 100;

/// Announcements, newest first.
pub async fn list(
    store: &Store,
    staff: &StaffRow,
    before: Option<i64>,
) -> Result<(Vec<Broadcast>, Option<i64>), BroadcastError> {
    announcer(staff)?;
    // One more tells whether there is another page.
    let mut rows = store.list_broadcasts(before, PAGE + 1).await?;
    let is_last = rows.len() <= PAGE as usize;
    rows.truncate(PAGE as usize);
    let next = rows.last().filter(|_| !is_last).map(|last| last.number);
    Ok((rows, next))
}

/// Those that wait for this account's approval, and those that wait for another's.
pub async fn proposed(
    store: &Store,
    staff: &StaffRow,
) -> Result<(Vec<Broadcast>, Vec<Broadcast>), BroadcastError> {
    announcer(staff)?;
    let rows = store.proposed_broadcasts().await?;
    Ok(rows.into_iter().partition(|row| row.edited_by != staff.name))
}

/// What was done with an announcement, the last first.
pub async fn history(
    store: &Store,
    staff: &StaffRow,
    broadcast: &Broadcast,
) -> Result<Vec<Told>, BroadcastError> {
    announcer(staff)?;
    let rows = store.list_audit(Some(&broadcast.id), HISTORY).await?;
    Ok(audit::told(store, &rows).await?)
}

/// The picture of an announcement: media type and bytes.
pub async fn picture_of(
    store: &Store,
    staff: &StaffRow,
    number: i64,
) -> Result<(String, Vec<u8>), BroadcastError> {
    let broadcast = find(store, staff, number).await?;
    store.broadcast_picture(&broadcast.id).await?.ok_or(BroadcastError::Unknown)
}

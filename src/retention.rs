//! EDGE. Deleting by date: what of each batch is due, taken out bit by bit, and files that nobody names.
//!
//! One step takes a few dozen cases, so that whoever writes meanwhile waits for milliseconds; the worker takes a step with
//! each of its looks while there is something to do. Steps are idempotent and several processes may take them at once.
//! When something is due is decided in [`crate::workflow::retention`]. What a withdrawal or a replaced picture deletes
//! goes at once, by the job of its own commit.

mod requests;

use std::collections::HashSet;

use jiff::tz::TimeZone;

pub use requests::{Request, carry_out, end, requests, weigh};

use crate::{
    clock::Now,
    files::{Files, FilesError},
    store::{Hold, Store, StoreError},
    time::Millis,
    turn::Audit,
    workflow::{
        batch::Batch,
        retention::{Kind, Standing, Terms, due, ends_at},
        schedule,
    },
};

/// Cases of one transaction.
const AT_ONCE: u32 = 50;
/// Rows without pictures, deleted in one transaction.
const ROWS_AT_ONCE: u32 = 500;
/// Links to the camera page are worth nothing after ten minutes (AMB-10). The row, which holds hashes, stays a day longer:
/// whoever opens an old link is told that it is old.
const TICKET_SECONDS: i64 = 24 * 3600;
/// A file that nobody names is left alone for so long: whoever stored it may be about to name it. Wire time.
const ORPHAN_SECONDS: i64 = 24 * 3600;
const DAY_SECONDS: i64 = 24 * 3600;

/// A batch and how far it has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchStanding {
    /// The batch.
    pub batch: Batch,
    /// How far.
    pub standing: Standing,
}

/// Why nothing was deleted.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The photos' place failed.
    #[error(transparent)]
    Files(#[from] FilesError),
}

/// Every imported batch, the oldest first.
pub async fn standings(store: &Store, zone: &TimeZone) -> Result<Vec<BatchStanding>, StoreError> {
    let rows = store.world_rows().await?;
    let mut found = Vec::with_capacity(rows.batches.len());
    for (id, body) in &rows.batches {
        let batch: Batch = serde_json::from_str(body).map_err(|_| unreadable("batches", id))?;
        let places = rows.schedules.iter().find(|(of, _)| of == id).map(|(_, csv)| csv);
        let places = places.map(|csv| schedule::read_csv(csv, batch.year)).transpose();
        let ends_at = ends_at(&batch, places.map_err(|_| unreadable("schedules", id))?.as_ref(), zone);
        let (waiting, last_word) = store.last_word(id).await?;
        found.push(BatchStanding { batch, standing: Standing { ends_at, waiting, last_word } });
    }
    Ok(found)
}

fn unreadable(place: &'static str, id: &str) -> StoreError {
    StoreError::Unreadable { place, reason: format!("row {id}") }
}

/// Takes a step: whether there may be another one to take.
pub async fn step(store: &Store, terms: Terms, zone: &TimeZone, now: Millis) -> Result<bool, StoreError> {
    let holds = store.holds(now).await?;
    let kept: HashSet<String> = store.kept_pictures().await?.into_iter().map(|kept| kept.batch).collect();
    if !kept.is_empty() {
        for BatchStanding { batch, standing } in standings(store, zone).await? {
            if !kept.contains(&batch.id) || is_held(&holds, &batch.id) {
                continue;
            }
            for kind in Kind::ALL.into_iter().filter(|kind| due(*kind, &standing, terms) <= now) {
                let taken = store.take_pictures(&batch.id, kind, AT_ONCE, now).await?;
                if taken.cases > 0 {
                    tracing::info!(
                        batch = batch.id,
                        kind = kind.name(),
                        cases = taken.cases,
                        pictures = taken.pictures,
                        "pictures whose time is over were taken out of their cases"
                    );
                    return Ok(true);
                }
            }
        }
    }
    let before = now.minus_seconds(i64::from(terms.audit) * DAY_SECONDS);
    let lines = store.forget_audit(before, ROWS_AT_ONCE).await?;
    let tickets = store.forget_tickets(now.minus_seconds(TICKET_SECONDS), ROWS_AT_ONCE).await?;
    Ok(lines.max(tickets) >= u64::from(ROWS_AT_ONCE))
}

/// Whether a whole batch is held.
pub fn is_held(holds: &[Hold], batch: &str) -> bool {
    holds.iter().any(|hold| hold.batch == batch && hold.case.is_none())
}

/// Deletes files that no case names, left behind by a crash between storing and naming; how many.
pub async fn sweep_files(store: &Store, files: &dyn Files, now: Now) -> Result<usize, SweepError> {
    let before = now.wire.minus_seconds(ORPHAN_SECONDS);
    let mut aged = Vec::new();
    for shelf in 0..=u8::MAX {
        aged.extend(files.aged(shelf, before).await?);
    }
    if aged.is_empty() {
        return Ok(0);
    }
    // Named after the list was made: whoever names a file has just stored it once more, which makes it young.
    let named = store.picture_names().await?;
    let mut deleted = 0;
    for name in aged.iter().filter(|name| !named.contains(*name)) {
        deleted += usize::from(files.delete_aged(name, before).await?);
    }
    if deleted > 0 {
        tracing::warn!(deleted, "files that no case names were deleted");
        let line = Audit {
            actor: "system".to_owned(),
            act: "delete_stray_files".to_owned(),
            subject: crate::store::RETENTION.to_owned(),
            detail: format!("files={deleted}"),
        };
        store.append_audit(&line, now.business).await?;
    }
    Ok(deleted)
}

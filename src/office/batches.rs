//! Batches one by one: what a form says, by the same rules as an import.

use std::cmp::Reverse;

use serde_json::Value;

use super::imports::{Desk, ImportError};
use crate::{
    store::{Import, ImportNote, StoreError},
    workflow::{
        batch::{self, Batch},
        mistake::Mistake,
    },
};

/// Every batch that was imported, by id; of the rows of [`Store::batch_rows`](crate::store::Store::batch_rows).
pub fn known(rows: &[(String, String)]) -> Result<Vec<Batch>, StoreError> {
    rows.iter().map(|(id, body)| super::read_row("batches", id, body)).collect()
}

/// The same for a list to choose from, the latest first.
pub fn latest_first(rows: &[(String, String)]) -> Result<Vec<Batch>, StoreError> {
    let mut batches = known(rows)?;
    batches.sort_by_key(|batch| Reverse(batch.opens));
    Ok(batches)
}

/// Stores a batch that is not there yet. `form` has the fields of the JSON of `import batches`.
pub async fn create(desk: Desk<'_>, form: Value) -> Result<Batch, ImportError> {
    store(desk, form, Wanted::New).await
}

/// Changes a batch that is there; of one that has begun only what ends it, and only to later. `seen` is the version of
/// the world that the form was filled from.
pub async fn change(desk: Desk<'_>, form: Value, seen: i64) -> Result<Batch, ImportError> {
    store(desk, form, Wanted::Known { seen }).await
}

#[derive(Clone, Copy)]
enum Wanted {
    New,
    Known { seen: i64 },
}

async fn store(desk: Desk<'_>, form: Value, wanted: Wanted) -> Result<Batch, ImportError> {
    if !desk.who.may(super::Act::Import) {
        return Err(ImportError::Role);
    }
    let new = batch::read(form)?;
    let rows = desk.store.world_rows().await?;
    let known = known(&rows.batches)?;
    let is_known = known.iter().any(|old| old.id == new.id);
    let seen = match wanted {
        Wanted::New if is_known => {
            let remedy = "要改它，请打开这个批次";
            return Err(vec![Mistake::new("id", format!("已经有批次 {}", new.id), remedy)].into());
        }
        Wanted::Known { .. } if !is_known => return Err(ImportError::NoBatch),
        Wanted::Known { seen } if seen != rows.version => return Err(ImportError::Changed),
        Wanted::New | Wanted::Known { .. } => rows.version,
    };
    let mistakes = batch::check_change(&new, &known, desk.now.civil(desk.zone));
    if !mistakes.is_empty() {
        return Err(mistakes.into());
    }
    let body = serde_json::to_string(&new).expect("a batch has text keys only");
    let detail = format!("{} {}: {body}", if is_known { "changed" } else { "created" }, new.id);
    let note = ImportNote { actor: &desk.who.actor(), detail: &detail, now: desk.now, seen: Some(seen) };
    let row = [(new.id.clone(), body)];
    let stored = desk.store.import(Import::Batches(&row), &note, &|_| ()).await?.is_stored();
    if stored { Ok(new) } else { Err(ImportError::Changed) }
}

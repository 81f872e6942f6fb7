//! One place's row of a batch's schedule: looked at with how many people go there, and edited.
//!
//! Who has chosen the place is told nothing by itself: the chat shows the new days from now on, and reminders follow them.
//! Whether that is enough or an announcement is due is for people, who see how many it concerns.

use std::collections::BTreeSet;

use super::imports::{Desk, FieldChange, ImportError, place_changes};
use crate::{
    store::{Import, ImportNote, Outcome, PlaceCounts, StoreError, WorldRows},
    workflow::{
        batch::Batch,
        mistake::{Mistake, Spot},
        schedule::{self, COLUMNS, Place, Schedule},
    },
};

/// An edit that was stored, or would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edited {
    /// What differs from before; none, then nothing was stored.
    pub changes: Vec<FieldChange>,
    /// Applications that have chosen the place, those taken back left out.
    pub chosen: i64,
    /// Days or hours are among the changes: whoever has chosen the place may come at the wrong time.
    pub is_moved: bool,
}

/// A row as a form has it.
#[derive(Debug, Clone)]
pub struct Edit<'a> {
    /// The batch's id.
    pub batch: &'a str,
    /// Which place; neither can be edited.
    pub city: &'a str,
    /// The same.
    pub district: &'a str,
    /// Column and content, as in a file; those left out stay as they are.
    pub fields: &'a [(String, String)],
    /// The version of the world that the form was filled from.
    pub seen: i64,
}

/// The places of a batch with how many applications have chosen each, and the version for [`Edit::seen`].
pub async fn places(desk: Desk<'_>, batch: &str) -> Result<(Vec<(Place, i64)>, i64), ImportError> {
    let rows = desk.store.world_rows().await?;
    let schedule = stored(&rows, &find(&rows, batch)?)?;
    let chosen = desk.store.count_places(batch).await?;
    let count = |place: &Place| chosen.get(&names(place)).copied().unwrap_or(0);
    let places = schedule.places.into_iter().map(|place| (count(&place), place));
    Ok((places.map(|(count, place)| (place, count)).collect(), rows.version))
}

/// Stores an edit of one place, by the rules of an import; with `is_trial` only says what it would change.
pub async fn edit(desk: Desk<'_>, edit: Edit<'_>, is_trial: bool) -> Result<Edited, ImportError> {
    if !desk.who.may(super::Act::Import) {
        return Err(ImportError::Role);
    }
    let rows = desk.store.world_rows().await?;
    if rows.version != edit.seen {
        return Err(ImportError::Changed);
    }
    let batch = find(&rows, edit.batch)?;
    let mut schedule = stored(&rows, &batch)?;
    let at = schedule.position(edit.city, edit.district).ok_or_else(|| {
        let what = format!("批次 {} 没有 {}/{}", edit.batch, edit.city, edit.district);
        vec![Mistake::new("district", what, "请从列表里选")]
    })?;
    let new = edited(&schedule.places[at], &edit, batch.year)?;
    let changes = place_changes(&schedule.places[at], &new);
    let key = names(&new);
    let mut counts = desk.store.count_places(edit.batch).await?;
    let is_moved = new.days != schedule.places[at].days || new.hours != schedule.places[at].hours;
    if !is_trial && !changes.is_empty() {
        schedule.places[at] = new;
        let told = changes.iter().map(|change| format!("{}: {} → {}", change.field, change.old, change.new));
        let told: Vec<String> = told.collect();
        let detail = format!("{}/{} of {}: {}", edit.city, edit.district, edit.batch, told.join("; "));
        let note =
            ImportNote { actor: &desk.who.actor(), detail: &detail, now: desk.now, seen: Some(edit.seen) };
        let csv = schedule::write_csv(&schedule);
        let import = Import::Schedule { batch: edit.batch, csv: &csv, gone: &[] };
        // Whoever has chosen the place in between counts.
        let Outcome::Stored(now) = desk.store.import(import, &note, &|_| ()).await? else {
            return Err(ImportError::Changed);
        };
        counts = now;
    }
    let chosen = counts.get(&key).copied().unwrap_or(0);
    Ok(Edited { changes, chosen, is_moved })
}

/// The place with the form's fields in it. Its mistakes have no row: it is the only one.
fn edited(old: &Place, edit: &Edit<'_>, year: i16) -> Result<Place, ImportError> {
    let fixed = ["city", "district"];
    let unknown = edit
        .fields
        .iter()
        .filter(|(name, _)| !COLUMNS.contains(&name.as_str()) || fixed.contains(&name.as_str()));
    let unknown: Vec<Mistake> =
        unknown.map(|(name, _)| Mistake::new(name, "不能改", "请只改其他各列")).collect();
    if !unknown.is_empty() {
        return Err(unknown.into());
    }
    let given = |column: &str| edit.fields.iter().find(|(name, _)| name == column);
    let cells = COLUMNS.iter().zip(old.cells());
    let cells = cells.map(|(column, cell)| given(column).map_or(cell, |(_, text)| text.clone())).collect();
    let rows = vec![(1, COLUMNS.map(str::to_owned).to_vec()), (2, cells)];
    let mut schedule = schedule::read_rows(rows.into_iter(), year)
        .map_err(|found| found.into_iter().map(|mistake| mistake.at(Spot::File)).collect::<Vec<_>>())?;
    Ok(schedule.places.remove(0))
}

/// The stored places of a batch; none when it has no schedule yet.
pub fn stored(rows: &WorldRows, batch: &Batch) -> Result<Schedule, StoreError> {
    let Some((id, csv)) = rows.schedules.iter().find(|(id, _)| *id == batch.id) else {
        return Ok(Schedule::default());
    };
    schedule::read_csv(csv, batch.year).map_err(|_| super::unreadable("schedules", id))
}

/// The places of a file in its order, then the stored ones that it lacks.
pub(super) fn merge(old: &Schedule, new: Schedule) -> Schedule {
    let kept = old.places.iter().filter(|place| new.place(&place.city, &place.district).is_none());
    let kept: Vec<Place> = kept.cloned().collect();
    Schedule { places: new.places.into_iter().chain(kept).collect() }
}

/// Of these places (`city/district`) those that somebody has chosen.
pub(super) fn chosen_among(counts: &PlaceCounts, places: &BTreeSet<String>) -> Vec<(String, i64)> {
    let mut chosen: Vec<(String, i64)> = counts
        .iter()
        .map(|((city, district), count)| (format!("{city}/{district}"), *count))
        .filter(|(key, _)| places.contains(key))
        .collect();
    chosen.sort();
    chosen
}

fn find(rows: &WorldRows, batch: &str) -> Result<Batch, ImportError> {
    let known = super::batches::known(&rows.batches)?;
    known.into_iter().find(|known| known.id == batch).ok_or(ImportError::NoBatch)
}

fn names(place: &Place) -> (String, String) {
    (place.city.clone(), place.district.clone())
}

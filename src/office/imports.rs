//! What the offices import, in two steps: looking at what would change, and doing exactly that.
//!
//! [`preview`] reads a file whole and says everything that is wrong with it, or what differs from what is stored;
//! [`apply`] stores it, if both are still what was looked at. Rows replace those of the same key. What a file lacks is
//! told and kept: only places may be taken away, and only by [`Upload::remove_missing`]. An import is one transaction with
//! its line of the audit, however large.
//!
//! Reading and comparing are a thread's work, not a task's, and one import at a time: memory is bounded by one file.

mod compare;
mod diff;
mod draft;
mod file;
mod xlsx;

use jiff::tz::TimeZone;
use sha2::{Digest as _, Sha256};
use tokio::sync::{Semaphore, SemaphorePermit};

pub use diff::FieldChange;
pub use file::{Format, MAX_BYTES};

use super::{Act, Who, schedule::chosen_among};
use crate::{
    secrets::hex,
    store::{Import, ImportNote, Outcome, Store, StoreError},
    time::Millis,
    workflow::{
        batch, candidate,
        mistake::{ENOUGH, Mistake},
        plan::{self, PlanKey},
        population,
        record::Column,
        rows::Row,
        schedule::{self, Place},
    },
};
use draft::{Draft, Prepared};
use xlsx::Dates;

/// How many rows of each sort a preview shows.
pub const SHOWN: usize = 50;
/// How many mistakes it shows.
pub const MISTAKES_SHOWN: usize = 1_000;

/// What is imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// 批次.
    Batches,
    /// 办理地点 of one batch.
    Schedule,
    /// 专业计划.
    Plans,
    /// 考生.
    Candidates,
    /// 人口库答案.
    Population,
}

impl Kind {
    /// Every kind, in the order in which a new office needs them.
    pub const ALL: [Self; 5] =
        [Self::Batches, Self::Schedule, Self::Plans, Self::Candidates, Self::Population];

    /// Its name on the command line, in addresses and in the audit.
    pub fn name(self) -> &'static str {
        match self {
            Self::Batches => "batches",
            Self::Schedule => "schedule",
            Self::Plans => "plans",
            Self::Candidates => "candidates",
            Self::Population => "population",
        }
    }

    /// The kind of a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The columns of its table.
    pub fn columns(self) -> Vec<Column> {
        match self {
            Self::Batches => batch::columns(),
            Self::Schedule => schedule::columns(),
            Self::Plans => plan::columns(),
            Self::Candidates => candidate::columns(),
            Self::Population => population::columns(),
        }
    }

    /// The stored table whose version counts its imports.
    fn table(self) -> &'static str {
        match self {
            Self::Batches | Self::Schedule | Self::Plans => "world",
            Self::Candidates => "candidates",
            Self::Population => "population",
        }
    }
}

/// A file that somebody brings.
#[derive(Clone)]
pub struct Upload {
    /// What it is said to hold.
    pub kind: Kind,
    /// How.
    pub format: Format,
    /// The whole file.
    pub bytes: Vec<u8>,
    /// Of a schedule: the id of its batch. Others leave it empty.
    pub batch: String,
    /// Of a schedule: take away the places that the file lacks.
    pub remove_missing: bool,
}

/// What an import knows beside its file.
#[derive(Clone, Copy)]
pub struct Desk<'a> {
    /// Where it is stored.
    pub store: &'a Store,
    /// Who answers for it.
    pub who: Who<'a>,
    /// Business time.
    pub now: Millis,
    /// In which the offices' times are.
    pub zone: &'a TimeZone,
}

/// What a file would change, or has changed. Labels and values are masked where they tell of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// How many rows of each sort.
    pub counts: Counts,
    /// The first of those that are not stored yet.
    pub added: Vec<String>,
    /// The first of those that differ.
    pub changed: Vec<Changed>,
    /// The first of those that are stored and that the file lacks. Answers of the population file are only counted.
    pub missing: Vec<String>,
    /// Plans that candidates of the file need and that are not stored: these candidates cannot be predicted.
    pub unplanned: Vec<PlanKey>,
    /// Places whose row changes or goes, and how many applications have chosen them.
    pub chosen: Vec<(String, i64)>,
    /// Names file and stored state: [`apply`] does what was looked at, or nothing.
    pub seen: String,
}

/// How many rows of each sort; a candidate is one, however many lines it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// In the file.
    pub rows: usize,
    /// Not stored yet.
    pub added: usize,
    /// Stored otherwise.
    pub changed: usize,
    /// Stored so.
    pub unchanged: usize,
    /// Stored, and not in the file: they stay as they are.
    pub missing: usize,
    /// Stored, and not in the file: they go.
    pub removed: usize,
}

/// A row that differs from what is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// Which.
    pub label: String,
    /// In what.
    pub fields: Vec<FieldChange>,
}

/// Why nothing was read or stored.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The account may not.
    #[error("the role may not import")]
    Role,
    /// The file is wrong: the first [`MISTAKES_SHOWN`], and how many were found, of a file full of them not all.
    #[error("{count} mistakes in the file")]
    Mistakes {
        /// By row.
        shown: Vec<Mistake>,
        /// Of all.
        count: usize,
    },
    /// No such batch.
    #[error("there is no such batch")]
    NoBatch,
    /// Places that would go have been chosen: how many applications each has.
    #[error("places that would go have been chosen by candidates")]
    Chosen(Vec<(String, i64)>),
    /// File or stored state is not the one that was looked at.
    #[error("the stored state has changed since it was looked at")]
    Changed,
    /// It could not be read or stored.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Vec<Mistake>> for ImportError {
    fn from(mut shown: Vec<Mistake>) -> Self {
        let count = shown.len();
        if count >= ENOUGH {
            let what = format!("要改的地方太多，只看到第 {count} 处为止");
            shown.insert(0, Mistake::new("", what, "多半是同一种错，请先改好，再导入一次"));
        }
        shown.truncate(MISTAKES_SHOWN);
        Self::Mistakes { shown, count }
    }
}

impl ImportError {
    /// Whether the same may go through in a moment.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_transient())
    }
}

/// One file at a time is looked into.
static DESK: Semaphore = Semaphore::const_new(1);
type Turn = Option<SemaphorePermit<'static>>;

/// What a file would change, or everything that is wrong with it. Stores nothing.
pub async fn preview(desk: Desk<'_>, upload: Upload) -> Result<Preview, ImportError> {
    let (draft, _turn) = draft(desk, upload, false).await?;
    Ok(draft.preview)
}

/// Stores a file: exactly what the preview `seen` showed, or, without one, whatever it holds. `progress` hears now and
/// then how many rows of how many are written, though not yet for good.
pub async fn apply(
    desk: Desk<'_>,
    upload: Upload,
    seen: Option<&str>,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Preview, ImportError> {
    let batch = upload.batch.clone();
    let (draft, _turn) = draft(desk, upload, true).await?;
    if seen.is_some_and(|seen| seen != draft.preview.seen) {
        return Err(ImportError::Changed);
    }
    let counts = draft.preview.counts;
    let detail = counts.in_words(&batch);
    let note =
        ImportNote { actor: &desk.who.actor(), detail: &detail, now: desk.now, seen: Some(draft.version) };
    let total = counts.added + counts.changed;
    let told = |written: usize| progress(written, total);
    let import = match &draft.rows {
        Prepared::Candidates(rows) => Import::Candidates(rows),
        Prepared::Population(rows) => Import::Population(rows),
        Prepared::Plans(rows) => Import::Plans(rows),
        Prepared::Batches(rows) => Import::Batches(rows),
        Prepared::Schedule(csv, gone, _) => Import::Schedule { batch: &batch, csv, gone },
    };
    match (desk.store.import(import, &note, &told).await?, draft.rows) {
        // Whoever has chosen a place in between counts.
        (Outcome::Stored(counts), Prepared::Schedule(.., moved)) => {
            Ok(Preview { chosen: chosen_among(&counts, &moved), ..draft.preview })
        }
        (Outcome::Stored(_), _) => Ok(draft.preview),
        (Outcome::Changed, _) => Err(ImportError::Changed),
        (Outcome::Chosen(counts), _) => {
            let gone = counts.keys().map(|(city, district)| format!("{city}/{district}")).collect();
            Err(ImportError::Chosen(chosen_among(&counts, &gone)))
        }
    }
}

impl Counts {
    /// For the audit, whose language is the program's.
    fn in_words(&self, batch: &str) -> String {
        let Self { rows, added, changed, removed, .. } = self;
        let of = if batch.is_empty() { String::new() } else { format!(" of {batch}") };
        format!("{rows} rows{of}: {added} added, {changed} changed, {removed} removed")
    }
}

/// The rows of a table that is no import of these kinds.
pub(super) fn read_rows<T>(
    format: Format,
    bytes: Vec<u8>,
    read: impl FnOnce(&mut dyn Iterator<Item = Row>) -> Result<T, Vec<Mistake>>,
) -> Result<T, Vec<Mistake>> {
    file::read_table(format, bytes, Dates::Whole, read)
}

/// What differs between two rows of a schedule.
pub(super) fn place_changes(old: &Place, new: &Place) -> Vec<FieldChange> {
    diff::diff(&draft::cells(old), &draft::cells(new), false)
}

async fn draft(desk: Desk<'_>, upload: Upload, keeps_rows: bool) -> Result<(Draft, Turn), ImportError> {
    if !desk.who.may(Act::Import) {
        return Err(ImportError::Role);
    }
    file::check_size(&upload.bytes)?;
    let turn = DESK.acquire().await.ok();
    // Before anything is compared: what changes from here on is found by the transaction.
    let version = desk.store.import_version(upload.kind.table()).await?;
    let seen = fingerprint(&upload, version);
    let reading = draft::Reading {
        store: desk.store.clone(),
        runtime: tokio::runtime::Handle::current(),
        world: desk.store.world_rows().await?,
        now: desk.now.civil(desk.zone),
        keeps_rows,
    };
    // The thread keeps the turn: it reads on when nobody waits for it any more.
    let read = tokio::task::spawn_blocking(move || (reading.read(upload), turn));
    let (read, turn) = read.await.expect("reading a file does not panic");
    let (mut preview, rows) = read?;
    preview.seen = seen;
    Ok((Draft { preview, rows, version }, turn))
}

/// Tells whether file and stored state are the same as before.
fn fingerprint(upload: &Upload, version: i64) -> String {
    let mut hash = Sha256::new();
    for part in [upload.kind.name(), &upload.batch, if upload.remove_missing { "remove" } else { "" }] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hash.update(version.to_be_bytes());
    hash.update(&upload.bytes);
    hex(&hash.finalize())
}

//! What is deleted when: shown before it happens and after it has, put off where there is a reason, and portraits given to
//! whoever makes the certificates.
//!
//! The deleting is the worker's ([`crate::retention`]); what a candidate asks for is in [`super::deletions`]. A portrait leaves in two steps, because nobody can take the second
//! one back: it is written out, and when somebody confirms that it arrived, the one here goes.

mod archive;
mod handover;

use std::sync::Arc;

use jiff::{civil::Date, tz::TimeZone};

use super::{
    Act, Who,
    reason::{self, ReasonError},
};
use crate::{
    files::FilesError,
    retention::{BatchStanding, is_held, standings},
    runner::RunError,
    store::{Area, AuditFilter, Handover, Hold, Kept, RETENTION, Store, StoreError},
    time::{Millis, at_civil},
    turn::Audit,
    workflow::{
        batch::Batch,
        case::{Case, Stage},
        retention::{Kind, Pictures, Standing, Terms, due, is_to_hand_over},
    },
};

pub use archive::{ARCHIVE, archive};
pub use handover::{Manifest, Order, Portrait, WrittenOut, confirm, hand_over, unconfirmed};

/// A hold lasts at most so long; who needs it longer lays it again.
pub const HOLD_DAYS: i64 = 366;
/// Longest reason, in characters.
pub const REASON_MAX: usize = 500;
/// The last deletions and hand-overs that are shown.
const SHOWN: u32 = 30;
const DAY_SECONDS: i64 = 24 * 3600;

/// Everything about deletions.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Batches of which anything is kept, the oldest first.
    pub batches: Vec<BatchPlan>,
    /// Holds in force.
    pub holds: Vec<Hold>,
    /// The last hand-overs.
    pub handovers: Vec<Handover>,
    /// What was deleted of late, the last first.
    pub deleted: Vec<Deleted>,
}

/// What is kept of a batch.
#[derive(Debug, Clone)]
pub struct BatchPlan {
    /// The batch.
    pub batch: Batch,
    /// How far it has come.
    pub standing: Standing,
    /// The whole batch is held.
    pub is_held: bool,
    /// What goes when, in the order in which it goes.
    pub lines: Vec<Line>,
    /// Pictures of cases that are held, which are in no line.
    pub held: i64,
    /// Portraits to be written out.
    pub to_hand_over: i64,
    /// Portraits written out, not yet confirmed to have arrived.
    pub written_out: i64,
}

/// Pictures that go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// Which.
    pub kind: Kind,
    /// How many.
    pub pictures: i64,
    /// When. While an office owes somebody a word, at the latest.
    pub at: Millis,
}

/// What was deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deleted {
    /// When.
    pub at: Millis,
    /// What; `None` for files that nobody named.
    pub what: Option<(String, Kind)>,
    /// Of how many cases.
    pub cases: i64,
    /// How many pictures.
    pub pictures: i64,
}

/// Why something about deletions was not done. Nothing has changed then.
#[derive(Debug, thiserror::Error)]
pub enum RetentionError {
    /// The account's role may not.
    #[error("the role may not do this")]
    Role,
    /// The audit cannot have the reason.
    #[error("the reason: {0}")]
    Reason(#[from] ReasonError),
    /// Nor the answer to a candidate.
    #[error("the answer: {0}")]
    Answer(ReasonError),
    /// Not a day from tomorrow on, or too far away.
    #[error("a hold ends within {HOLD_DAYS} days")]
    Until,
    /// No such batch.
    #[error("there is no such batch")]
    NoBatch,
    /// No such case in the batch.
    #[error("there is no such case in the batch")]
    NoCase,
    /// The application is under way: the law has its pictures kept, and only its candidate may take it back.
    #[error("the application is under way")]
    UnderWay,
    /// A hold is in force: somebody needs the pictures.
    #[error("its deletion is put off")]
    Held,
    /// Only the portrait is left, which goes once it was handed over.
    #[error("its portrait is to be handed over")]
    HandOver,
    /// Somebody changed it in the same moment.
    #[error("changed meanwhile")]
    Contended,
    /// More portraits than go into one archive.
    #[error("a hand-over of more than {ARCHIVE} portraits is written into a folder")]
    Large,
    /// The hold or hand-over is over, or there is none of the kind.
    #[error("there is none, or it has ended")]
    Over,
    /// The photos' place failed.
    #[error(transparent)]
    Files(#[from] FilesError),
    /// It was not stored.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is deleted when.
pub async fn plan(
    store: &Store,
    who: Who<'_>,
    terms: Terms,
    zone: &TimeZone,
    now: Millis,
) -> Result<Plan, RetentionError> {
    if !who.may(Act::SeeRetention) {
        return Err(RetentionError::Role);
    }
    let (holds, kept) = (store.holds(now).await?, store.kept_pictures().await?);
    let mut held = Vec::new();
    for (id, _) in holds.iter().filter_map(|hold| hold.case.as_ref()) {
        held.extend(store.case_by_id(id).await?);
    }
    held.sort_by(|one, other| one.id.cmp(&other.id));
    held.dedup_by(|one, other| one.id == other.id);
    let batches = standings(store, zone).await?.into_iter();
    let batches = batches.filter_map(|found| batch_plan(found, &kept, &holds, &held, terms)).collect();
    let (handovers, deleted) = (store.handovers(SHOWN).await?, lately_deleted(store).await?);
    Ok(Plan { batches, holds, handovers, deleted })
}

/// What was deleted of late, the last first. By act: an account may be called like the subject of these lines.
async fn lately_deleted(store: &Store) -> Result<Vec<Deleted>, StoreError> {
    let mut rows = Vec::new();
    for act in ["delete_pictures", "delete_stray_files"] {
        let (subject, act) = (Some(RETENTION.to_owned()), Some(act.to_owned()));
        let filter = AuditFilter { subject, act, limit: SHOWN, ..AuditFilter::default() };
        rows.extend(store.find_audit(&filter).await?);
    }
    rows.sort_by(|one, other| other.id.cmp(&one.id));
    rows.truncate(SHOWN as usize);
    Ok(rows.iter().filter_map(|row| read_deleted(row.at, &row.audit)).collect())
}

fn batch_plan(
    found: BatchStanding,
    kept: &[Kept],
    holds: &[Hold],
    held: &[Arc<Case>],
    terms: Terms,
) -> Option<BatchPlan> {
    let BatchStanding { batch, standing } = found;
    let is_held = is_held(holds, &batch.id);
    let own = || kept.iter().filter(|kept| kept.batch == batch.id);
    own().next()?;
    let sum = |of: &dyn Fn(&Kept) -> i64| own().map(of).sum::<i64>();
    let held: Vec<(Stage, Pictures)> =
        held.iter().filter(|case| case.batch == batch.id).map(|case| (case.stage, case.pictures())).collect();
    let less = |of: &dyn Fn(&Pictures) -> i64| held.iter().map(|(_, pictures)| of(pictures)).sum::<i64>();
    let leaves = |stage: Stage, portraits: i64| if is_to_hand_over(stage) { 0 } else { portraits };
    let leaving = sum(&|kept| leaves(kept.stage, kept.pictures.portraits));
    let held_leaving: i64 = held.iter().map(|(stage, pictures)| leaves(*stage, pictures.portraits)).sum();
    let (handed_over, written_out) = (sum(&|kept| kept.handed_over), sum(&|kept| kept.written_out));
    let to_hand_over = own().filter(|kept| kept.stage == Stage::Graduated);
    let to_hand_over = to_hand_over.map(|kept| kept.pictures.portraits - kept.handed_over - kept.written_out);
    let held_rejected = less(&|pictures| pictures.rejected);
    let held_documents = less(&|pictures| pictures.documents);
    let counts = [
        (Kind::Rejected, sum(&|kept| kept.pictures.rejected) - held_rejected),
        (Kind::Portraits, leaving - held_leaving),
        (Kind::HandedOver, handed_over),
        (Kind::Documents, sum(&|kept| kept.pictures.documents) - held_documents),
    ];
    let lines = counts.into_iter().filter(|(_, pictures)| *pictures > 0);
    Some(BatchPlan {
        lines: lines
            .map(|(kind, pictures)| Line { kind, pictures, at: due(kind, &standing, terms) })
            .collect(),
        held: held_rejected + held_leaving + held_documents,
        to_hand_over: to_hand_over.sum(),
        is_held,
        written_out,
        batch,
        standing,
    })
}

/// A line of the audit that tells of a deletion: `2026-06 documents cases=3 pictures=9`, `files=2`.
pub(super) fn read_deleted(at: Millis, audit: &Audit) -> Option<Deleted> {
    let words: Vec<&str> = audit.detail.split(' ').collect();
    let number = |word: &str, name: &str| word.strip_prefix(name)?.strip_prefix('=')?.parse().ok();
    match (audit.act.as_str(), words.as_slice()) {
        ("delete_pictures", [batch, kind, cases, pictures]) => Some(Deleted {
            at,
            what: Some(((*batch).to_owned(), Kind::ALL.into_iter().find(|known| known.name() == *kind)?)),
            cases: number(cases, "cases")?,
            pictures: number(pictures, "pictures")?,
        }),
        ("delete_stray_files", [files]) => {
            Some(Deleted { at, what: None, cases: 0, pictures: number(files, "files")? })
        }
        _ => None,
    }
}

/// What a hold is of.
pub struct Held<'a> {
    /// The batch.
    pub batch: &'a str,
    /// One case of it, by its eight digits; empty for all.
    pub case: &'a str,
    /// Why.
    pub reason: &'a str,
    /// The last day on which nothing is deleted.
    pub until: Date,
}

/// 暂缓删除.
pub async fn hold(
    store: &Store,
    who: Who<'_>,
    held: Held<'_>,
    id: String,
    zone: &TimeZone,
    now: Millis,
) -> Result<(), RetentionError> {
    if !who.may(Act::SeeRetention) {
        return Err(RetentionError::Role);
    }
    let until = held.until.tomorrow().map_or(Millis::default(), |day| at_civil(day.at(0, 0, 0, 0), zone));
    if until <= now || until > now.plus_seconds(HOLD_DAYS * DAY_SECONDS) {
        return Err(RetentionError::Until);
    }
    if !standings(store, zone).await?.iter().any(|known| known.batch.id == held.batch) {
        return Err(RetentionError::NoBatch);
    }
    let (case, candidate) = match held.case.replace('-', "") {
        number if number.is_empty() => (None, None),
        number => {
            let found = store.case_within(&Area::everywhere(), &number).await?;
            let (case, candidate) =
                found.filter(|(case, _)| case.batch == held.batch).ok_or(RetentionError::NoCase)?;
            (Some(case), candidate)
        }
    };
    let reason = reason::check(held.reason, REASON_MAX, candidate.as_ref())?;
    let subject = case.as_ref().map_or(RETENTION, |case| &case.id);
    let audit = audit(who, "hold_deletion", subject, format!("{} until {}", held.batch, held.until));
    let laid = Hold {
        id,
        batch: held.batch.to_owned(),
        case: case.as_ref().map(|case| (case.id.clone(), case.number.clone())),
        reason: reason.to_owned(),
        until,
        staff: who.actor(),
        created_at: now,
        ended_at: None,
    };
    Ok(store.hold_pictures(&laid, &audit, now).await?)
}

/// Ends a hold before its day.
pub async fn end_hold(store: &Store, who: Who<'_>, id: &str, now: Millis) -> Result<(), RetentionError> {
    if !who.may(Act::SeeRetention) {
        return Err(RetentionError::Role);
    }
    let hold = store.holds(now).await?.into_iter().find(|hold| hold.id == id).ok_or(RetentionError::Over)?;
    let subject = hold.case.as_ref().map_or(RETENTION, |(id, _)| id);
    let line = audit(who, "end_hold", subject, hold.batch.clone());
    if store.end_hold(id, &line, now).await? { Ok(()) } else { Err(RetentionError::Over) }
}

pub(super) fn audit(who: Who<'_>, act: &str, subject: &str, detail: String) -> Audit {
    Audit { actor: who.actor(), act: act.to_owned(), subject: subject.to_owned(), detail }
}

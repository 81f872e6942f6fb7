//! The page of a file that was brought, by how far it is.

use serde::Serialize;

use super::{
    batch,
    fields::Labels,
    place,
    shelf::{Kept, Stage},
    words::{self, Difference, Wrong},
};
use crate::{
    office::{
        imports::{Kind, Preview},
        words::rows,
    },
    web::staff::frame::{Section, View},
    workflow::mistake::Mistake,
};

#[derive(Serialize)]
pub(in crate::web::staff) struct LookPage {
    pub(super) id: String,
    pub(super) kind: &'static str,
    pub(super) title: &'static str,
    /// 「名考生」.
    pub(super) noun: &'static str,
    /// The file's.
    pub(super) name: String,
    /// Of a schedule.
    pub(super) batch: String,
    pub(super) remove_missing: bool,
    pub(super) now: Now,
}

impl View for LookPage {
    const TEMPLATE: &'static str = "staff/preview.html";
    const SECTION: Section = Section::Data;
}

/// How far it is.
#[derive(Serialize)]
#[serde(rename_all = "snake_case", tag = "is")]
pub(super) enum Now {
    Looking,
    Looked { preview: Changes },
    Mistaken { shown: Vec<Wrong>, count: usize },
    Storing { written: usize, total: usize },
    Stored { preview: Changes },
    Refused { words: String, again: bool },
}

/// What a file changes.
#[derive(Serialize)]
pub(super) struct Changes {
    pub(super) rows: usize,
    pub(super) added: usize,
    pub(super) changed: usize,
    pub(super) unchanged: usize,
    pub(super) missing: usize,
    pub(super) removed: usize,
    pub(super) changed_rows: Vec<ChangedRow>,
    /// The first of those added and of those that the file lacks.
    pub(super) lists: Vec<List>,
    /// Plans that candidates of the file need.
    pub(super) unplanned: Vec<String>,
    /// Places that change, and by how many applications each was chosen.
    pub(super) chosen: Vec<(String, i64)>,
    pub(super) seen: String,
}

/// Rows of one sort, masked where they tell of a person.
#[derive(Serialize)]
pub(super) struct List {
    pub(super) title: &'static str,
    /// Of all.
    pub(super) count: usize,
    /// The first.
    pub(super) rows: Vec<String>,
}

/// A row that differs.
#[derive(Serialize)]
pub(super) struct ChangedRow {
    pub(super) label: String,
    pub(super) fields: Vec<Difference>,
}

impl LookPage {
    pub(super) fn of(kept: &Kept) -> Self {
        let kind: Kind = kept.what.kind;
        let labels = match kind {
            Kind::Batches => batch::LABELS,
            Kind::Schedule => place::LABELS,
            Kind::Plans | Kind::Candidates | Kind::Population => &[],
        };
        let now = match &*kept.stage.borrow() {
            Stage::Looking => Now::Looking,
            Stage::Looked(preview) => Now::Looked { preview: Changes::of(preview, labels) },
            Stage::Mistaken(shown, count) => Now::mistaken(shown, *count),
            Stage::Storing(written, total) => Now::Storing { written: *written, total: *total },
            Stage::Stored(preview) => Now::Stored { preview: Changes::of(preview, labels) },
            Stage::Refused(words, again) => Now::Refused { words: words.clone(), again: *again },
        };
        Self {
            id: kept.id.clone(),
            kind: kind.name(),
            title: words::kind(kind).0,
            noun: rows(kind),
            name: kept.name.clone(),
            batch: kept.what.batch.clone(),
            remove_missing: kept.what.remove_missing,
            now,
        }
    }
}

impl Now {
    pub(super) fn mistaken(shown: &[Mistake], count: usize) -> Self {
        Self::Mistaken { shown: shown.iter().map(Wrong::of).collect(), count }
    }
}

impl Changes {
    pub(super) fn of(preview: &Preview, labels: Labels) -> Self {
        let counts = preview.counts;
        let changed = preview.changed.iter().map(|row| ChangedRow {
            label: row.label.clone(),
            fields: row.fields.iter().map(|change| Difference::of(change, labels)).collect(),
        });
        let unplanned = preview
            .unplanned
            .iter()
            .map(|key| format!("{} {} 课程组 {}", key.code, key.building_school, key.course_group));
        Self {
            rows: counts.rows,
            added: counts.added,
            changed: counts.changed,
            unchanged: counts.unchanged,
            missing: counts.missing,
            removed: counts.removed,
            changed_rows: changed.collect(),
            lists: lists(preview),
            unplanned: unplanned.collect(),
            chosen: preview.chosen.clone(),
            seen: preview.seen.clone(),
        }
    }
}

fn lists(preview: &Preview) -> Vec<List> {
    let counts = preview.counts;
    let rows = [
        ("新增", counts.added, &preview.added),
        ("文件里没有，保留不变", counts.missing, &preview.missing),
        ("文件里没有，去掉", counts.removed, &preview.missing),
    ];
    // Answers of the population file are only counted.
    let shown = rows.into_iter().filter(|(_, count, rows)| *count > 0 && !rows.is_empty());
    shown.map(|(title, count, rows)| List { title, count, rows: rows.clone() }).collect()
}

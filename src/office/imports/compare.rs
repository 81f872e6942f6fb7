//! Rows of a file beside what is stored of them, sorted into added, changed and unchanged.

use std::collections::HashSet;

use serde_json::Value;

use super::{Changed, Counts, Preview, SHOWN, diff::diff};

/// What was found so far.
#[derive(Default)]
pub(super) struct Comparison {
    pub(super) counts: Counts,
    pub(super) added: Vec<String>,
    pub(super) changed: Vec<Changed>,
    pub(super) missing: Vec<String>,
}

impl Comparison {
    /// Counts a row; whether it has to be written. `label` and the fields' values are made only for those shown.
    pub(super) fn add(
        &mut self,
        label: impl FnOnce() -> String,
        old: Option<&Value>,
        new: &Value,
        is_personal: bool,
    ) -> bool {
        self.counts.rows += 1;
        let Some(old) = old else {
            self.counts.added += 1;
            push(&mut self.added, label);
            return true;
        };
        if old == new {
            self.counts.unchanged += 1;
            return false;
        }
        self.counts.changed += 1;
        push(&mut self.changed, || Changed { label: label(), fields: diff(old, new, is_personal) });
        true
    }

    /// Counts a row that is as it is stored.
    pub(super) fn add_unchanged(&mut self) {
        self.counts.rows += 1;
        self.counts.unchanged += 1;
    }

    /// Notes which of the stored rows the file lacks.
    pub(super) fn note_missing<'s>(&mut self, stored: impl Iterator<Item = &'s str>, file: &HashSet<&str>) {
        for key in stored.filter(|key| !file.contains(key)) {
            self.counts.missing += 1;
            push(&mut self.missing, || key.to_owned());
        }
    }

    pub(super) fn into_preview(self) -> Preview {
        Preview {
            counts: self.counts,
            added: self.added,
            changed: self.changed,
            missing: self.missing,
            unplanned: Vec::new(),
            chosen: Vec::new(),
            seen: String::new(),
        }
    }
}

fn push<T>(list: &mut Vec<T>, item: impl FnOnce() -> T) {
    if list.len() < SHOWN {
        list.push(item());
    }
}

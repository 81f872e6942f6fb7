//! Several rows in one message: what is said around them is the dialogs'.

use minijinja::{Value, context};

use super::Worker;
use crate::{dialog::SystemText, store::OutboxRow, time::moment_text, workflow::delivery::MAX_BYTES};

/// Room for what a template's line breaks may add between two pushes.
const SLACK: usize = 4;

impl Worker {
    /// How many bytes each row takes in one message with others; `None` for one that stands alone.
    pub(super) fn sizes(&self, rows: &[OutboxRow], around: usize) -> Vec<Option<usize>> {
        if rows.len() < 2 {
            return vec![None; rows.len()];
        }
        let size = |row: &OutboxRow| {
            let (_, menu) = row.notice.body.words()?;
            let items: usize = menu.iter().map(|item| item.len() + 2).sum();
            let said = self.said(std::slice::from_ref(row)).len().saturating_sub(around) + items + SLACK;
            // What does not fit even alone stands alone: then nothing is said around it.
            Some(said).filter(|said| around + said <= MAX_BYTES)
        };
        rows.iter().map(size).collect()
    }

    /// How many bytes are said around what is put together.
    pub(super) fn around(&self) -> usize {
        self.said(&[]).len() + SLACK
    }

    /// The rows as one text, and the newest items to tap that one of them has.
    pub(super) fn together(&self, rows: &[OutboxRow]) -> (String, Vec<String>) {
        let menus = rows.iter().rev().filter_map(|row| row.notice.body.words());
        let menu = menus.map(|(_, menu)| menu).find(|menu| !menu.is_empty());
        (self.said(rows), menu.map(<[String]>::to_vec).unwrap_or_default())
    }

    fn said(&self, rows: &[OutboxRow]) -> String {
        let world = self.shared.tools.runner.world.load();
        let pushes: Vec<Value> = rows
            .iter()
            .filter_map(|row| {
                let (text, _) = row.notice.body.words()?;
                Some(context! { at => moment_text(row.created_at.civil(&world.zone)), text })
            })
            .collect();
        let scripts = &world.scripts;
        let said =
            scripts.render(scripts.system(SystemText::Together), &context! { count => rows.len(), pushes });
        // Written as the pushes are.
        let mut texts = rows.iter().filter_map(|row| row.notice.body.words());
        let is_traditional = texts.any(|(text, _)| scripts.is_traditional(text));
        if is_traditional { scripts.in_traditional(&said, &[]) } else { said }
    }
}

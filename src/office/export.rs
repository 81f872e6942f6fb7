//! Lists that leave the house: the cases that an account sees, as a workbook.
//!
//! Rows stream: a page is read, opened and written before the next one is asked for, so that memory does not grow with
//! the cases. A page passes from the task that reads to the thread that writes. Every export is in the audit before its
//! file can be taken.

mod sheet;

use std::{io::Write, path::Path};

use rust_xlsxwriter::XlsxError;
use tokio::sync::mpsc;

use super::{Act, Role, Who, imports::Desk};
use crate::{
    store::{Area, CaseFilter, SealedCase, StoreError},
    turn::Audit,
    workflow::case::Stage,
};
use sheet::Lists;

/// Cases read at a time.
const PAGE: u32 = 256;
/// Pages that may wait for the writer.
const PAGES: usize = 2;

/// Which cases; the account's own bounds come on top.
#[derive(Debug, Clone, Default)]
pub struct ExportFilter {
    /// `2026-06`.
    pub batch: String,
    /// City of the chosen place; `None` is every one.
    pub city: Option<String>,
    /// District of the chosen place.
    pub district: Option<String>,
    /// Any of these; empty is every one.
    pub stages: Vec<Stage>,
}

/// Why nothing was exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The account may not.
    #[error("the role may not export")]
    Role,
    /// It could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It could not be written.
    #[error("the workbook could not be written: {0}")]
    Write(#[from] XlsxError),
}

/// Writes the cases to a workbook and returns how many they are. What does not fit in memory lies in unnamed files of the
/// folder `scratch` meanwhile. `progress` hears how many are written.
pub async fn cases<W: Write + Send + 'static>(
    desk: Desk<'_>,
    filter: &ExportFilter,
    out: W,
    scratch: &Path,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<u64, ExportError> {
    let (area, listed) = bounds(desk.who, filter).ok_or(ExportError::Role)?;
    let (pages, mut queue) = mpsc::channel::<Vec<SealedCase>>(PAGES);
    let (store, zone, scratch) = (desk.store.clone(), desk.zone.clone(), scratch.to_owned());
    let writing = tokio::task::spawn_blocking(move || -> Result<Lists, ExportError> {
        let mut lists = Lists::new(&scratch, zone)?;
        while let Some(page) = queue.blocking_recv() {
            for sealed in page {
                let (case, candidate) = store.unseal_case(&sealed)?;
                lists.add(&case, candidate.as_ref(), sealed.entered_at())?;
            }
        }
        Ok(lists)
    });
    let read = send_pages(desk, &area, &listed, pages, progress).await;
    let lists = writing.await.expect("writing a workbook does not panic")?;
    let count = read?;
    note(desk, &listed, count).await?;
    let saved = tokio::task::spawn_blocking(move || lists.save(out));
    saved.await.expect("writing a workbook does not panic")?;
    Ok(count)
}

/// Sends page after page until all are sent or the writer has given up.
async fn send_pages(
    desk: Desk<'_>,
    area: &Area,
    filter: &CaseFilter,
    pages: mpsc::Sender<Vec<SealedCase>>,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<u64, ExportError> {
    let (mut sent, mut after) = (0, String::new());
    loop {
        let page = desk.store.sealed_cases(area, filter, &after, PAGE).await?;
        let Some(last) = page.last() else { break };
        last.id().clone_into(&mut after);
        let (count, is_last) = (page.len() as u64, (page.len() as u32) < PAGE);
        if pages.send(page).await.is_err() {
            break;
        }
        sent += count;
        progress(sent);
        if is_last {
            break;
        }
    }
    Ok(sent)
}

/// What the account may take along of what is wanted; `None` when it may not at all, or wants another's.
fn bounds(who: Who<'_>, wanted: &ExportFilter) -> Option<(Area, CaseFilter)> {
    if !who.may(Act::Export) {
        return None;
    }
    let role = who.role();
    let area = role.as_ref().map_or_else(|| Some(Area::everywhere()), Role::area)?;
    let mut filter = CaseFilter {
        batch: wanted.batch.clone(),
        city: wanted.city.clone(),
        district: wanted.district.clone(),
        stages: wanted.stages.clone(),
        ..CaseFilter::default()
    };
    if let Some(Role::City(own)) = role {
        // A list of nothing would look like an office without cases.
        if filter.city.get_or_insert_with(|| own.clone()) != &own {
            return None;
        }
    }
    Some((area, filter))
}

async fn note(desk: Desk<'_>, filter: &CaseFilter, count: u64) -> Result<(), StoreError> {
    let of = |name: &Option<String>| name.clone().unwrap_or_else(|| "*".to_owned());
    let stages: Vec<&str> = filter.stages.iter().map(|stage| stage.name()).collect();
    let stages = if stages.is_empty() { "all stages".to_owned() } else { stages.join(" ") };
    let (batch, city, district) = (&filter.batch, of(&filter.city), of(&filter.district));
    let audit = Audit {
        actor: desk.who.actor(),
        act: "export".to_owned(),
        subject: "cases".to_owned(),
        detail: format!("{count} of {batch} {city}/{district}, {stages}"),
    };
    desk.store.append_audit(&audit, desk.now).await
}

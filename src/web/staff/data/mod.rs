//! What the offices bring and take: batches and their places by form, tables by file, cases as a workbook.
//!
//! A form is looked at before it counts: [`place`] shows what an edit changes and whom it concerns, [`imports`] everything
//! that is wrong with a file or what it would change. Who may do which, and what a table must be, is `office`'s.

mod batch;
mod batches;
mod export;
mod fields;
mod imports;
mod place;
mod preview;
mod sealed;
mod shelf;
mod templates;
mod upload;
mod words;

#[cfg(test)]
pub(super) mod samples;

use std::time::Duration;

pub use shelf::Imports;

use super::desk::Desk;
use crate::office::{Act, imports::MAX_BYTES};

/// A whole file over an office's line: 192 MB at 3 Mbit/s.
const UPLOAD_TIME: Duration = Duration::from_mins(10);
/// A file that is too large is read to its end, though not kept, up to this: a browser whose upload is cut off shows
/// 「连接已重置」 instead of our words.
const UPLOAD_BYTES: usize = 2 * MAX_BYTES;
/// An export of every case of a batch.
const EXPORT_TIME: Duration = Duration::from_mins(5);
/// Its form: a batch, a place and all the stages.
const EXPORT_BYTES: usize = 16 * 1024;

pub(super) fn routes(desk: Desk) -> Desk {
    desk.get("/staff/data", Act::Import, batches::page)
        .get("/staff/data/batches/new", Act::Import, batch::empty)
        .post("/staff/data/batches/new", Act::Import, batch::create)
        .get("/staff/data/batches/{id}", Act::Import, batch::page)
        .post("/staff/data/batches/{id}", Act::Import, batch::change)
        .get("/staff/data/batches/{id}/place", Act::Import, place::page)
        .post("/staff/data/batches/{id}/place", Act::Import, place::edit)
        .get("/staff/data/import/{kind}", Act::Import, upload::page)
        .post_within("/staff/data/import/{kind}", Act::Import, (UPLOAD_BYTES, UPLOAD_TIME), upload::bring)
        .get("/staff/data/imports/{id}", Act::Import, imports::page)
        .post("/staff/data/imports/{id}", Act::Import, imports::go_on)
        .get("/staff/data/templates/{file}", Act::Import, templates::file)
        .get("/staff/export", Act::Export, export::page)
        .post_within("/staff/export", Act::Export, (EXPORT_BYTES, EXPORT_TIME), export::cases)
}

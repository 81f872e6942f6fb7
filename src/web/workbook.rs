//! Cases as a workbook in an answer.
//!
//! It is made whole in a file without a name before its first byte leaves, so that nobody keeps half of one; two are made
//! at a time.

use std::io;

use axum::response::Response;
use tokio::sync::Semaphore;

use super::download::{XLSX, sent};
use crate::office::{
    export::{self, ExportError, ExportFilter},
    imports::Desk,
};

/// Made at once.
static MAKING: Semaphore = Semaphore::const_new(2);

/// Why there is no workbook.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unmade {
    /// Others are being made.
    #[error("enough workbooks are being made")]
    Busy,
    /// It was refused, or failed.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// The file could not be kept.
    #[error(transparent)]
    File(#[from] io::Error),
}

/// The answer with the cases; its file's name tells the batch and the day.
pub(super) async fn cases(desk: Desk<'_>, filter: &ExportFilter) -> Result<Response, Unmade> {
    let Ok(_making) = MAKING.try_acquire() else { return Err(Unmade::Busy) };
    let file = tempfile::tempfile()?;
    let (out, scratch) = (file.try_clone()?, std::env::temp_dir());
    export::cases(desk, filter, out, &scratch, &|_| ()).await?;
    Ok(sent(file, XLSX, &format!("cases-{}-{}.xlsx", filter.batch, desk.now.date(desk.zone)))?)
}

//! Cases as a workbook in an answer.
//!
//! It is made whole in a file without a name before its first byte leaves, so that nobody keeps half of one; two are made
//! at a time.

use std::{
    fs::File,
    io::{self, Seek as _},
};

use axum::{
    body::{Body, Bytes},
    http::header,
    response::{IntoResponse as _, Response},
};
use futures_util::stream;
use tokio::{io::AsyncReadExt as _, sync::Semaphore};

use crate::office::{
    export::{self, ExportError, ExportFilter},
    imports::Desk,
};

/// The media type of workbooks.
pub(super) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// Made at once.
static MAKING: Semaphore = Semaphore::const_new(2);
/// Sent at a time, in bytes.
const CHUNK: usize = 64 << 10;

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
    Ok(sent(file, &format!("cases-{}-{}.xlsx", filter.batch, desk.now.date(desk.zone)))?)
}

/// `name` has letters, digits, dots and hyphens only.
fn sent(mut file: File, name: &str) -> io::Result<Response> {
    let bytes = file.seek(io::SeekFrom::End(0))?;
    file.rewind()?;
    let file = tokio::fs::File::from_std(file);
    let body = Body::from_stream(stream::try_unfold(file, async |mut file| {
        let mut chunk = vec![0; CHUNK];
        let read = file.read(&mut chunk).await?;
        chunk.truncate(read);
        Ok::<_, io::Error>((read > 0).then(|| (Bytes::from(chunk), file)))
    }));
    let headers = [
        (header::CONTENT_TYPE, XLSX.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::CONTENT_LENGTH, bytes.to_string()),
    ];
    Ok((headers, body).into_response())
}

//! A file that was made whole before it leaves, so that nobody keeps half of one.

use std::{
    fs::File,
    io::{self, Seek as _},
};

use axum::{
    body::{Body, Bytes},
    http::{HeaderName, header},
    response::{IntoResponse as _, Response},
};
use futures_util::stream;
use tokio::io::AsyncReadExt as _;

/// The media type of workbooks.
pub(super) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// The media type of archives.
pub(super) const ZIP: &str = "application/zip";
/// Sent at a time, in bytes.
const CHUNK: usize = 64 << 10;

/// The answer with the file, which a browser keeps as `name`: letters, digits, dots and hyphens only.
pub(super) fn sent(mut file: File, media: &'static str, name: &str) -> io::Result<Response> {
    let bytes = file.seek(io::SeekFrom::End(0))?;
    file.rewind()?;
    let file = tokio::fs::File::from_std(file);
    let body = Body::from_stream(stream::try_unfold(file, async |mut file| {
        let mut chunk = vec![0; CHUNK];
        let read = file.read(&mut chunk).await?;
        chunk.truncate(read);
        Ok::<_, io::Error>((read > 0).then(|| (Bytes::from(chunk), file)))
    }));
    let length = (header::CONTENT_LENGTH, bytes.to_string());
    Ok(([(header::CONTENT_TYPE, media)], [named(name), length], body).into_response())
}

/// The header under which a browser keeps a file by this name; it has letters, digits, dots and hyphens only.
pub(super) fn named(name: &str) -> (HeaderName, String) {
    (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\""))
}

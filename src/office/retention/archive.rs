//! A hand-over as one archive, for whoever has no shell on the server: the same files as in the folder, and the same list.
//!
//! It may be made as often as somebody wants until it is confirmed that the portraits arrived: a download that broke off
//! loses nothing. A picture passes from the task that reads to the thread that writes, so that memory does not grow with
//! the archive. Pictures do not get smaller, so they are stored as they are.

use std::io::{self, Seek, Write};

use tokio::sync::mpsc;
use zip::{CompressionMethod, ZipWriter, result::ZipResult, write::SimpleFileOptions};

use super::{
    RetentionError, audit,
    handover::{Manifest, PAGE, Portrait, unconfirmed},
};
use crate::{
    files::{Files, FilesError},
    office::Who,
    store::{Handover, RETENTION, Store},
    time::Millis,
};

/// Portraits of one archive at most, of some 50 kB each; where there are more, there are more archives.
pub const ARCHIVE: u64 = 1_000;
/// Portraits that may wait for the writer.
const WAITING: usize = 4;

/// Writes the portraits of a hand-over that is not confirmed yet into an archive; how many. What has no picture any more
/// is in neither the archive nor its list.
pub async fn archive<W: Write + Seek + Send + 'static>(
    store: &Store,
    files: &dyn Files,
    who: Who<'_>,
    id: &str,
    now: Millis,
    out: W,
) -> Result<u64, RetentionError> {
    let handover = unconfirmed(store, who, id).await?;
    if handover.portraits > ARCHIVE as i64 {
        return Err(RetentionError::Large);
    }
    // Before anybody can take the file.
    let line = audit(who, "take_portraits", RETENTION, format!("{} {id}", handover.batch));
    store.append_audit(&line, now).await?;
    let (portraits, queue) = mpsc::channel(WAITING);
    let writing = tokio::task::spawn_blocking(move || write(out, queue));
    let read = send(store, files, &handover, portraits).await;
    writing
        .await
        .expect("writing an archive does not panic")
        .map_err(|error| FilesError::Io(error.into()))?;
    read
}

/// Sends portrait after portrait until all are sent or the writer has given up.
async fn send(
    store: &Store,
    files: &dyn Files,
    handover: &Handover,
    portraits: mpsc::Sender<Portrait>,
) -> Result<u64, RetentionError> {
    let (mut after, mut sent) = (String::new(), 0);
    loop {
        let page = store.portraits_of_handover(handover, &after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(sent) };
        after.clone_from(last);
        for case_id in &page {
            let Some(case) = store.case_by_id(case_id).await? else { continue };
            let Some(photo) = &case.portrait else { continue };
            let Some(jpeg) = files.get(&photo.name).await? else { continue };
            if portraits.send(Portrait { exam_no: case.exam_no.clone(), jpeg }).await.is_err() {
                return Ok(sent);
            }
            sent += 1;
        }
    }
}

fn write<W: Write + Seek>(out: W, mut portraits: mpsc::Receiver<Portrait>) -> ZipResult<()> {
    let options =
        SimpleFileOptions::default().compression_method(CompressionMethod::Stored).unix_permissions(0o600);
    let (mut archive, mut manifest) = (ZipWriter::new(io::BufWriter::new(out)), Manifest::default());
    while let Some(portrait) = portraits.blocking_recv() {
        archive.start_file(portrait.file(), options)?;
        archive.write_all(&portrait.jpeg)?;
        manifest.add(&portrait);
    }
    archive.start_file(Manifest::FILE, options)?;
    archive.write_all(manifest.text().as_bytes())?;
    archive.finish()?.flush()?;
    Ok(())
}

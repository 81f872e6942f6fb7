//! A picture's way in: read within bounds, looked at off the async threads, stored sealed, then judged by the turn.

use std::sync::Arc;

use axum::{extract::Multipart, http::StatusCode};

use crate::{
    inbound::{PhotoSlot, PhotoSource, PhotoVerdict, StoredPhoto},
    validation::photo,
    web::{Site, WebError},
};

/// Boundaries, headers and a small field around the file.
const FORM_OVERHEAD: usize = 64 << 10;
/// A file up to so many times the limit is read to its end, though not kept: a browser whose upload is cut off shows
/// 「连接已重置」 instead of our words.
const PATIENCE: usize = 3;
/// The form's field.
const FIELD: &str = "photo";

/// What an upload brought.
pub(super) enum Upload {
    /// The whole file.
    Whole(Vec<u8>),
    /// More than is taken; it was not kept.
    TooLarge,
    /// No file, an empty one, or half of one.
    Broken,
}

/// The most bytes a request may have.
pub(super) fn most_bytes(max_bytes: usize) -> usize {
    max_bytes * PATIENCE + FORM_OVERHEAD
}

/// Reads the one file of the form; never holds more than `max_bytes` of it.
pub(super) async fn receive(mut form: Multipart, max_bytes: usize) -> Upload {
    loop {
        match form.next_field().await {
            Ok(Some(mut field)) if field.name() == Some(FIELD) => {
                let mut content = Vec::new();
                let mut length = 0;
                loop {
                    match field.chunk().await {
                        Ok(Some(chunk)) => {
                            length += chunk.len();
                            if length <= max_bytes {
                                content.extend_from_slice(&chunk);
                            } else {
                                content = Vec::new();
                            }
                        }
                        Ok(None) if length > max_bytes => return Upload::TooLarge,
                        Ok(None) if length == 0 => return Upload::Broken,
                        Ok(None) => return Upload::Whole(content),
                        Err(error) => return broken(error.status()),
                    }
                }
            }
            Ok(Some(_)) => {}
            Ok(None) => return Upload::Broken,
            Err(error) => return broken(error.status()),
        }
    }
}

fn broken(status: StatusCode) -> Upload {
    if status == StatusCode::PAYLOAD_TOO_LARGE { Upload::TooLarge } else { Upload::Broken }
}

/// The verdict on a file that was not even kept, in the words of the table of checks.
pub(super) fn too_large() -> PhotoVerdict {
    PhotoVerdict::Refused(vec!["too_large".to_owned()])
}

/// Looks at a picture and stores a good one before anybody names it. At most two are looked at in this process at
/// once; others wait in the order they came.
pub(super) async fn judge(site: &Site, case_id: &str, content: Vec<u8>) -> Result<PhotoVerdict, WebError> {
    let leave = Arc::clone(&site.picture_leave).acquire_owned().await.expect("nobody closes the semaphore");
    let bounds = site.bounds;
    let looked = tokio::task::spawn_blocking(move || {
        // Held until the look is over, even if the person has gone.
        let _leave = leave;
        photo::check(&content, PhotoSlot::Portrait, PhotoSource::CameraPage, &bounds)
    });
    let picture = match looked.await? {
        Ok(picture) => picture,
        Err(codes) => return Ok(PhotoVerdict::Refused(codes.into_iter().map(str::to_owned).collect())),
    };
    let name = site.runner.store.secrets().photo_name(case_id, &picture.jpeg);
    site.files.put(&name, &picture.jpeg).await?;
    let (width, height) = (picture.width, picture.height);
    Ok(PhotoVerdict::Accepted(StoredPhoto { name, width, height, source: PhotoSource::CameraPage }))
}

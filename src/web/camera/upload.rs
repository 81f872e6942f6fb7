//! A picture's way in: a place first, then its bytes, read within bounds.
//!
//! What a picture is read into is bounded twice: one is never more than `max_bytes`, and as many are held at once as
//! [`Uploads`] has places. A place is taken before the first byte is read and given back when the bytes are gone and
//! the turn is stored; who waits for one has nothing in memory. Nobody has two: of one case's uploads the newest goes,
//! because whoever sends again has given up what came before. How a picture is looked at and kept is `photos`'.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use axum::{
    extract::{
        Multipart,
        multipart::{Field, MultipartError},
    },
    http::StatusCode,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use crate::inbound::{PhotoSource, PhotoVerdict};

/// Pictures held at once: 160 MB of the largest. Looking takes far less time than a slow network does.
const PLACES: usize = 16;
/// Somebody who waits longer for a place is asked to try again: together with the upload it must fit in the page's time.
const LONGEST_WAIT: Duration = Duration::from_secs(20);
/// Boundaries, headers and a small field around the file.
const FORM_OVERHEAD: usize = 64 << 10;
/// A file up to so many times the limit is read to its end, though not kept: a browser whose upload is cut off shows
/// 「连接已重置」 instead of our words.
const PATIENCE: usize = 3;
/// The form's field.
const FIELD: &str = "photo";
/// The field that says, before the picture, that the page's own camera took it.
const LIVE: &str = "live";
/// What it says.
const IS_LIVE: &[u8] = b"yes";

/// Room for pictures on their way in; clones share it.
#[derive(Clone)]
pub struct Uploads {
    places: Arc<Semaphore>,
    wait: Duration,
    lanes: Arc<Mutex<HashMap<String, Weak<Lane>>>>,
}

/// The way in of one case's pictures, there as long as one is under way.
struct Lane {
    /// The number of the newest.
    newest: watch::Sender<u64>,
    /// Whose turn it is.
    turn: Arc<Semaphore>,
}

/// The right to hold one picture; clones of its `Arc` are the same place.
pub(super) struct Place {
    _place: OwnedSemaphorePermit,
    _turn: OwnedSemaphorePermit,
}

/// One upload among those of its case.
pub(super) struct Entrant {
    lane: Arc<Lane>,
    number: u64,
}

impl Uploads {
    /// So many places, each waited for so long.
    pub fn new(places: usize, wait: Duration) -> Self {
        Self { places: Arc::new(Semaphore::new(places)), wait, lanes: Arc::default() }
    }

    /// Begins an upload of a case; those of the same case that came before give way.
    pub(super) fn begin(&self, case_id: &str) -> Entrant {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        lanes.retain(|_, lane| lane.strong_count() > 0);
        let lane = lanes.get(case_id).and_then(Weak::upgrade).unwrap_or_else(|| {
            Arc::new(Lane { newest: watch::Sender::new(0), turn: Arc::new(Semaphore::new(1)) })
        });
        lanes.insert(case_id.to_owned(), Arc::downgrade(&lane));
        lane.newest.send_modify(|newest| *newest += 1);
        let number = *lane.newest.borrow();
        Entrant { lane, number }
    }

    /// A place, in the order of asking, once the upload before has left; `None` when none becomes free in time.
    async fn enter(&self, lane: &Lane) -> Option<Place> {
        let entering = async {
            let turn = Arc::clone(&lane.turn).acquire_owned().await.expect("nobody closes the semaphore");
            let place = Arc::clone(&self.places).acquire_owned().await.expect("nobody closes the semaphore");
            Place { _place: place, _turn: turn }
        };
        tokio::time::timeout(self.wait, entering).await.ok()
    }

    /// Takes a picture in; never holds more than `max_bytes` of it.
    pub(super) async fn take(&self, entrant: &Entrant, mut form: Multipart, max_bytes: usize) -> Upload {
        let taking = async {
            let Some(place) = self.enter(&entrant.lane).await else {
                pass_over(&mut form).await;
                return Upload::Crowded;
            };
            receive(&mut form, max_bytes, place).await
        };
        tokio::select! {
            upload = taking => upload,
            () = entrant.overtaken() => Upload::Broken,
        }
    }
}

impl Entrant {
    /// Comes back once a newer upload of the case has begun.
    async fn overtaken(&self) {
        // The sender is in the lane that this holds.
        let _ = self.lane.newest.subscribe().wait_for(|newest| *newest != self.number).await;
    }
}

impl Default for Uploads {
    fn default() -> Self {
        Self::new(PLACES, LONGEST_WAIT)
    }
}

/// A whole file in its place.
pub(super) struct File {
    bytes: Vec<u8>,
    place: Arc<Place>,
}

impl File {
    /// Its place: the picture that is kept takes as much room as the one that came.
    pub(super) fn place(&self) -> Arc<Place> {
        Arc::clone(&self.place)
    }
}

impl AsRef<[u8]> for File {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

/// What an upload brought.
pub(super) enum Upload {
    /// The whole file, and how the page says that it came. What says nothing is a file from anywhere.
    Whole(File, PhotoSource),
    /// More than is taken; it was not kept.
    TooLarge,
    /// No file, an empty one, or half of one; or somebody sends a newer one.
    Broken,
    /// There was no room in time; it was not kept.
    Crowded,
}

/// The most bytes a request may have.
pub(super) fn most_bytes(max_bytes: usize) -> usize {
    max_bytes * PATIENCE + FORM_OVERHEAD
}

/// Reads the one file of the form; never holds more than `max_bytes` of it.
async fn receive(form: &mut Multipart, max_bytes: usize, place: Place) -> Upload {
    let mut source = PhotoSource::PageFile;
    loop {
        match form.next_field().await {
            Ok(Some(mut field)) if field.name() == Some(FIELD) => {
                // Whole from the start: a growing one would be copied, and hold twice as much meanwhile.
                let mut content = Vec::with_capacity(max_bytes);
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
                        Ok(None) => {
                            let file = File { bytes: content, place: Arc::new(place) };
                            return Upload::Whole(file, source);
                        }
                        Err(error) => return broken(error.status()),
                    }
                }
            }
            Ok(Some(field)) if field.name() == Some(LIVE) => match is_live(field).await {
                Ok(true) => source = PhotoSource::CameraPage,
                Ok(false) => {}
                Err(error) => return broken(error.status()),
            },
            Ok(Some(_)) => {}
            Ok(None) => return Upload::Broken,
            Err(error) => return broken(error.status()),
        }
    }
}

/// Whether the mark says so; however long it is, no more of it is kept than there is to compare.
async fn is_live(mut field: Field<'_>) -> Result<bool, MultipartError> {
    let mut said: Vec<u8> = Vec::new();
    while let Some(chunk) = field.chunk().await? {
        let room = (IS_LIVE.len() + 1).saturating_sub(said.len());
        said.extend(chunk.iter().take(room));
    }
    Ok(said == IS_LIVE)
}

/// Reads a form to its end and keeps nothing of it, for the same reason as [`PATIENCE`].
pub(super) async fn pass_over(form: &mut Multipart) {
    while let Ok(Some(mut field)) = form.next_field().await {
        while let Ok(Some(_)) = field.chunk().await {}
    }
}

fn broken(status: StatusCode) -> Upload {
    if status == StatusCode::PAYLOAD_TOO_LARGE { Upload::TooLarge } else { Upload::Broken }
}

/// The verdict on a file that was not even kept, in the words of the table of checks.
pub(super) fn too_large() -> PhotoVerdict {
    refused(&["TOO_LARGE"])
}

/// The verdict on a picture with these defects.
pub(super) fn refused(codes: &[&str]) -> PhotoVerdict {
    PhotoVerdict::Refused(codes.iter().map(|code| (*code).to_owned()).collect())
}

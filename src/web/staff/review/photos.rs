//! The pictures of a case: which stand on the screen, what is said of each, and the picture itself with its watermark.

use axum::{
    body::Body,
    extract::{Path, Query, State},
    http::{HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use serde::{Deserialize, Serialize};

use super::{
    measures::{self, Marks, Measure},
    number_of,
};
use crate::{
    inbound::{PhotoSlot, PhotoSource, StoredPhoto},
    office::{
        LookError, defects,
        picture::{self, PictureError, Wanted},
        words,
    },
    validation::document_type::Track,
    web::{
        Site, WebError,
        staff::{frame, gate::SignedIn},
    },
    workflow::case::{Case, Round},
};

/// In the order in which they are compared: the portrait, then whatever has a face.
const SLOTS: [PhotoSlot; 4] = [PhotoSlot::Portrait, PhotoSlot::Back, PhotoSlot::Handheld, PhotoSlot::Front];

/// A picture on the screen.
#[derive(Serialize)]
pub(super) struct Photo {
    slot: &'static str,
    words: &'static str,
    round: u32,
    /// Of a round before the one in review: there for comparing.
    is_earlier: bool,
    path: String,
    width: u32,
    height: u32,
    source: &'static str,
    /// It was not taken with a live camera.
    is_doubtful: bool,
    /// What the automatic checks found.
    codes: Vec<String>,
    measures: Vec<Measure>,
    marks: Option<Marks>,
}

/// The pictures of the last round, and of the slots that it lacks the last ones submitted before.
pub(super) fn photos(case: &Case) -> Vec<Photo> {
    let Some(last) = case.rounds.last() else { return Vec::new() };
    let shown =
        |(round, slot): (&Round, PhotoSlot)| shown(case, round, slot, &round.photos[&slot], last.number);
    on_screen(case).into_iter().map(shown).collect()
}

fn on_screen(case: &Case) -> Vec<(&Round, PhotoSlot)> {
    let latest = |slot| case.rounds.iter().rev().find(|round| round.photos.contains_key(&slot));
    SLOTS.into_iter().filter_map(|slot| Some((latest(slot)?, slot))).collect()
}

/// A picture that may stand beside another.
#[derive(Serialize)]
pub(super) struct Compared {
    words: &'static str,
    round: u32,
    path: String,
    /// What a portrait is held against first.
    has_face: bool,
}

/// Every picture of every round that is still kept: those on the screen first, then the earlier ones, the newest first.
pub(super) fn compared(case: &Case) -> Vec<Compared> {
    let first = on_screen(case);
    let is_first =
        |round: &Round, slot| first.iter().any(|(known, of)| (known.number, *of) == (round.number, slot));
    let earlier = case.rounds.iter().rev().flat_map(kept).filter(|(round, slot)| !is_first(round, *slot));
    let one = |(round, slot): (&Round, PhotoSlot)| Compared {
        words: slot_words(slot, case.track),
        round: round.number,
        path: path(case, round.number, slot),
        has_face: slot == face_side(case.track) || slot == PhotoSlot::Handheld,
    };
    first.iter().copied().chain(earlier).map(one).collect()
}

fn kept(round: &Round) -> impl Iterator<Item = (&Round, PhotoSlot)> {
    SLOTS.into_iter().filter(|slot| round.photos.contains_key(slot)).map(move |slot| (round, slot))
}

fn shown(case: &Case, round: &Round, slot: PhotoSlot, photo: &StoredPhoto, last: u32) -> Photo {
    let is_portrait = slot == PhotoSlot::Portrait;
    Photo {
        slot: slot.name(),
        words: slot_words(slot, case.track),
        round: round.number,
        is_earlier: round.number != last,
        path: path(case, round.number, slot),
        width: photo.width,
        height: photo.height,
        source: words::source(photo.source),
        is_doubtful: is_portrait
            && !matches!(photo.source, PhotoSource::CameraPage | PhotoSource::MenuCamera),
        codes: photo.precheck.codes.iter().map(|code| defects::words(code)).collect(),
        measures: measures::measures(photo),
        marks: measures::marks(photo).filter(|_| is_portrait),
    }
}

/// Where a picture is.
pub(super) fn path(case: &Case, round: u32, slot: PhotoSlot) -> String {
    format!("/staff/cases/{}/photos/{round}/{}", case.number, slot.name())
}

/// The side of the document with the face.
fn face_side(track: Track) -> PhotoSlot {
    match track {
        Track::Id => PhotoSlot::Back,
        Track::NonId => PhotoSlot::Front,
    }
}

/// What a slot holds, as the document's own words have it.
pub(super) fn slot_words(slot: PhotoSlot, track: Track) -> &'static str {
    match (slot, track) {
        (PhotoSlot::Front, Track::Id) => "身份证国徽面",
        (PhotoSlot::Back, Track::Id) => "身份证人像面",
        (PhotoSlot::Front, Track::NonId) => "证件资料页",
        (PhotoSlot::Back, Track::NonId) => "证件反面",
        _ => words::slot(slot),
    }
}

#[derive(Deserialize)]
pub(super) struct Size {
    /// The longer side at most, in pixels.
    size: Option<u32>,
}

/// One picture.
pub(super) async fn photo(
    State(site): State<Site>,
    signed_in: SignedIn,
    Path((number, round, slot)): Path<(String, String, String)>,
    Query(Size { size }): Query<Size>,
) -> Result<Response, WebError> {
    let slot = SLOTS.into_iter().find(|known| known.name() == slot);
    let (Ok(round), Some(slot)) = (round.parse(), slot) else { return Ok(frame::missing(&signed_in)) };
    let wanted = Wanted { case: &number_of(&number), round, slot, side: size };
    match picture::view(&site.runner, &site.photos, &signed_in.staff, wanted).await {
        Ok(Some(jpeg)) => {
            let kind = (header::CONTENT_TYPE, HeaderValue::from_static("image/jpeg"));
            Ok(([kind], Body::from(jpeg)).into_response())
        }
        Ok(None) | Err(PictureError::Look(LookError::Role)) => Ok(frame::missing(&signed_in)),
        Err(PictureError::Look(LookError::Store(error))) => Err(error.into()),
        Err(PictureError::Files(error)) => Err(error.into()),
        Err(PictureError::Missing) => Err(WebError::PictureMissing),
    }
}

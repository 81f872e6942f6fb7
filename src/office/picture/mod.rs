//! A submitted picture as staff may see it: smaller, with who looks at it and why burnt in, and an audit line for each look.
//!
//! The picture as it was submitted does not leave the sealed store this way.

mod glyphs;
mod watermark;

use super::{Act, LookError, Who, look::area, look::role, words};
use crate::{
    clock::Now,
    files::FilesError,
    inbound::PhotoSlot,
    photos::Photos,
    runner::Runner,
    store::{StaffRow, StoreError},
    turn::Audit,
};

/// The longer side at most, in pixels: a card of that size is read to the last letter on any screen.
const LARGEST: u32 = 1600;
/// The least that is asked for.
const SMALLEST: u32 = 160;
/// What it is looked at for.
const PURPOSE: &str = "仅供毕业审核";

/// Which picture.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'w> {
    /// The case's number or id.
    pub case: &'w str,
    /// The round that it was submitted with.
    pub round: u32,
    /// Where it belongs.
    pub slot: PhotoSlot,
    /// The longer side at most; `None` for the largest that is shown.
    pub side: Option<u32>,
}

/// Why no picture is shown.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// See there.
    #[error(transparent)]
    Look(#[from] LookError),
    /// The file could not be read.
    #[error(transparent)]
    Files(#[from] FilesError),
    /// The case names a picture that is not there, or is none.
    #[error("a stored picture is missing")]
    Missing,
}

impl From<StoreError> for PictureError {
    fn from(error: StoreError) -> Self {
        Self::Look(error.into())
    }
}

/// The picture as a JPEG for this account; `None` when there is none that it may see. That it was looked at is in the
/// audit before it is opened.
pub async fn view(
    runner: &Runner,
    photos: &Photos,
    staff: &StaffRow,
    wanted: Wanted<'_>,
) -> Result<Option<Vec<u8>>, PictureError> {
    let area = area(&role(staff)?, Act::SeeCases)?;
    let Some((case, _)) = runner.store.case_within(&area, wanted.case).await? else { return Ok(None) };
    let round = case.rounds.iter().find(|round| round.number == wanted.round);
    let Some(photo) = round.and_then(|round| round.photos.get(&wanted.slot)) else { return Ok(None) };
    let now = runner.clock.now();
    let audit = Audit {
        actor: Who::Staff(staff).actor(),
        act: "view_photo".to_owned(),
        subject: case.id.clone(),
        detail: format!("round {} {}", wanted.round, wanted.slot.name()),
    };
    runner.store.append_audit(&audit, now.business).await?;
    let mark = mark(&staff.name, now, &runner.world.load().zone);
    let side = wanted.side.unwrap_or(LARGEST).clamp(SMALLEST, LARGEST);
    let shown = photos.shown(&photo.name, side, move |image| watermark::draw(image, &mark)).await?;
    shown.map(Some).ok_or(PictureError::Missing)
}

/// 「仅供毕业审核 王老师 2026-06-15 09:30」.
fn mark(staff: &str, now: Now, zone: &jiff::tz::TimeZone) -> String {
    format!("{PURPOSE} {staff} {}", words::moment(now.business, zone))
}

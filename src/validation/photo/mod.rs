//! PURE. Is a picture good enough for a reviewer? Every check is a row of one table, [`CHECKS`].
//!
//! [`check`] takes the bytes as they came and gives either a [`Picture`] to keep or every code that is wrong with it,
//! worst first; each code has words in the dialog that asked for the picture. Decoding is bounded before it begins
//! (`decode.rs`). What is kept is the picture turned upright and encoded anew as JPEG: no metadata (place, phone,
//! thumbnail of the uncropped picture) and nothing hidden behind the picture survives, and what a reviewer's browser
//! opens is something that we wrote. Stripping metadata losslessly was the alternative; it would have kept whatever a
//! decoder does not look at, and left the orientation to every later reader.
//!
//! Deliberately elsewhere: fetching, names and storing (`worker`), what a verdict changes (`turn`), and the judgement
//! of faces and cards, which needs models.

mod decode;

#[cfg(test)]
mod tests;

use image::RgbImage;

use self::decode::Fault;
use crate::inbound::{PhotoSlot, PhotoSource};

/// What a picture may be; the numbers come from configuration (`photo.*`), their defaults from the sources named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Largest file in bytes, as it came and as it is kept. 10 MB (protocol §8).
    pub max_bytes: usize,
    /// Largest picture in pixels. 50 million (design, issue-wide).
    pub max_pixels: u64,
    /// Smallest longer side of a document photo. 600 (vision §5, `TOO_SMALL`).
    pub min_document_side: u32,
    /// Smallest width of a portrait. 480 (vision §4, `DIMENSIONS`).
    pub min_portrait_width: u32,
    /// Smallest height of a portrait. 640 (vision §4, `DIMENSIONS`).
    pub min_portrait_height: u32,
}

/// A picture to keep.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    /// JPEG without metadata, upright; at most [`Bounds::max_bytes`].
    pub jpeg: Vec<u8>,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

/// One check, named by dialogs in `checks = […]`.
pub struct Check {
    /// The name in dialogs.
    pub name: &'static str,
    /// What it may find, worst first: a dialog that uses the check needs words for each.
    pub codes: &'static [&'static str],
    /// For which slots it is run.
    pub slots: &'static [PhotoSlot],
    judge: Judge,
}

/// What a check looks at, which decides when it is run.
enum Judge {
    /// How the picture came: a picture that cannot be taken at all is not even decoded.
    Source(fn(PhotoSource) -> Option<&'static str>),
    /// What decoding brought.
    Image(fn(&Result<RgbImage, Fault>, &Bounds) -> Option<&'static str>),
    /// The case's other pictures, which only the turn knows.
    Turn,
}

const DOCUMENTS: &[PhotoSlot] = &[PhotoSlot::Front, PhotoSlot::Back, PhotoSlot::Handheld];
const PORTRAIT: &[PhotoSlot] = &[PhotoSlot::Portrait];
const ALL: &[PhotoSlot] = &[PhotoSlot::Front, PhotoSlot::Back, PhotoSlot::Handheld, PhotoSlot::Portrait];

/// All checks, the worst finding first: add a row and a function, name it in a dialog, and that is all.
pub const CHECKS: &[Check] = &[
    Check { name: "live", codes: &["not_live"], slots: PORTRAIT, judge: Judge::Source(live) },
    Check {
        name: "readable",
        codes: &["unreadable", "too_large"],
        slots: ALL,
        judge: Judge::Image(|image, _| image.as_ref().err().copied().map(Fault::code)),
    },
    Check {
        name: "document_size",
        codes: &["too_small"],
        slots: DOCUMENTS,
        judge: Judge::Image(|image, bounds| {
            sized(image, |(width, height)| width.max(height) >= bounds.min_document_side)
        }),
    },
    Check {
        name: "portrait_size",
        codes: &["too_small"],
        slots: PORTRAIT,
        judge: Judge::Image(|image, bounds| {
            sized(image, |(width, height)| {
                width >= bounds.min_portrait_width && height >= bounds.min_portrait_height
            })
        }),
    },
    Check { name: "not_repeated", codes: &["repeated"], slots: ALL, judge: Judge::Turn },
];

/// Checks a picture for a slot. `Err` names everything wrong with it, worst first, and is never empty.
/// Takes up to four times [`Bounds::max_pixels`] bytes twice over, and seconds for the largest: bound how many run.
pub fn check(
    bytes: &[u8],
    slot: PhotoSlot,
    source: PhotoSource,
    bounds: &Bounds,
) -> Result<Picture, Vec<&'static str>> {
    let rows = || CHECKS.iter().filter(|check| check.slots.contains(&slot));
    let barred = rows().find_map(|check| match check.judge {
        Judge::Source(judge) => judge(source),
        Judge::Image(_) | Judge::Turn => None,
    });
    if let Some(code) = barred {
        return Err(vec![code]);
    }
    let image = decode::decode(bytes, bounds);
    let codes: Vec<_> = rows()
        .filter_map(|check| match check.judge {
            Judge::Image(judge) => judge(&image, bounds),
            Judge::Source(_) | Judge::Turn => None,
        })
        .collect();
    match image {
        Ok(image) if codes.is_empty() => keep(&image, bounds).map_err(|fault| vec![fault.code()]),
        // Never empty: `readable` is a row of every slot.
        _ => Err(codes),
    }
}

/// A portrait is taken with a camera of ours, the menu's or the page's; what comes from an album may be anybody's
/// edited picture (procedure A11, B6).
fn live(source: PhotoSource) -> Option<&'static str> {
    match source {
        PhotoSource::MenuCamera | PhotoSource::CameraPage => None,
        PhotoSource::Chat => Some("not_live"),
    }
}

/// A finding about the upright picture's size; without a picture there is none.
fn sized(image: &Result<RgbImage, Fault>, fits: impl Fn((u32, u32)) -> bool) -> Option<&'static str> {
    let image = image.as_ref().ok()?;
    (!fits(image.dimensions())).then_some("too_small")
}

fn keep(image: &RgbImage, bounds: &Bounds) -> Result<Picture, Fault> {
    let (width, height) = image.dimensions();
    Ok(Picture { jpeg: decode::encode(image, bounds)?, width, height })
}

//! PURE. Is a picture good enough for a reviewer? Every check is a row of one table, [`CHECKS`].
//!
//! Which rows are run is for the dialog to say: its `checks = […]` names them, [`named`] finds them. [`check`] takes the
//! bytes as they came and gives either a [`Picture`] to keep or every code that is wrong with it, worst first;
//! [`compare`] holds what is kept against the case's other pictures. Each code has words in the dialog that asked for
//! the picture. Decoding is bounded before it begins (`decode.rs`). What is kept is the picture turned upright and encoded anew as JPEG: no metadata (place, phone,
//! thumbnail of the uncropped picture) and nothing hidden behind the picture survives, and what a reviewer's browser
//! opens is something that we wrote. Stripping metadata losslessly was the alternative; it would have kept whatever a
//! decoder does not look at, and left the orientation to every later reader.
//!
//! Deliberately elsewhere: fetching, names and storing (`worker`), what a verdict changes (`turn`), and the judgement
//! of faces and cards, which needs models.

mod decode;
pub mod face;
pub mod code;
pub mod file;
pub mod models;
mod measure;
pub mod text;
pub mod portrait;
pub mod card;

#[cfg(test)]
mod tests;

use image::RgbImage;

use self::decode::Fault;
use crate::inbound::{PhotoSource, StoredPhoto};

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
    judge: Judge,
}

/// What a check looks at, which decides when it is run.
enum Judge {
    /// How the picture came: a picture that cannot be taken at all is not even decoded.
    Source(fn(PhotoSource) -> Option<&'static str>),
    /// What decoding brought.
    Image(fn(&Decoded, &Bounds) -> Option<&'static str>),
    /// The picture as kept, and the others that the case holds, which only the turn knows.
    Kept(fn(&StoredPhoto, &[&StoredPhoto]) -> Option<&'static str>),
}

type Decoded = Result<RgbImage, Fault>;

/// All checks, the worst finding first: add a row and a function, name it in a dialog, and that is all.
pub const CHECKS: &[Check] = &[
    Check { name: "live", codes: &["not_live"], judge: Judge::Source(live) },
    Check { name: "readable", codes: &["unreadable", "too_large"], judge: Judge::Image(readable) },
    Check { name: "document_size", codes: &["too_small"], judge: Judge::Image(document_size) },
    Check { name: "portrait_size", codes: &["too_small"], judge: Judge::Image(portrait_size) },
    Check { name: "not_repeated", codes: &["repeated"], judge: Judge::Kept(not_repeated) },
];

/// The checks of these names, in the order of the table, and the names that no row has.
pub fn named(names: &[impl AsRef<str>]) -> (Vec<&'static Check>, Vec<&str>) {
    let is_meant = |check: &&Check| names.iter().any(|name| name.as_ref() == check.name);
    let is_unknown = |name: &&str| CHECKS.iter().all(|check| check.name != *name);
    (CHECKS.iter().filter(is_meant).collect(), names.iter().map(AsRef::as_ref).filter(is_unknown).collect())
}

/// Looks at a picture with these checks. `Err` names everything wrong with it, worst first, and is never empty. What
/// cannot be decoded is refused whatever is checked: there is nothing to keep.
/// Takes up to four times [`Bounds::max_pixels`] bytes twice over, and seconds for the largest: bound how many run.
pub fn check(
    bytes: &[u8],
    source: PhotoSource,
    checks: &[&Check],
    bounds: &Bounds,
) -> Result<Picture, Vec<&'static str>> {
    let barred = checks.iter().find_map(|check| match check.judge {
        Judge::Source(judge) => judge(source),
        Judge::Image(_) | Judge::Kept(_) => None,
    });
    if let Some(code) = barred {
        return Err(vec![code]);
    }
    let decoded = decode::decode(bytes, bounds);
    let found = checks.iter().filter_map(|check| match check.judge {
        Judge::Image(judge) => judge(&decoded, bounds),
        Judge::Source(_) | Judge::Kept(_) => None,
    });
    let found: Vec<_> = found.collect();
    match decoded {
        Ok(image) if found.is_empty() => keep(&image, bounds).map_err(|fault| vec![fault.code()]),
        Err(fault) if found.is_empty() => Err(vec![fault.code()]),
        _ => Err(found),
    }
}

/// What these checks find about a picture beside the others that its case holds, worst first; usually nothing.
pub fn compare(photo: &StoredPhoto, others: &[&StoredPhoto], checks: &[&Check]) -> Vec<&'static str> {
    let found = checks.iter().filter_map(|check| match check.judge {
        Judge::Kept(judge) => judge(photo, others),
        Judge::Source(_) | Judge::Image(_) => None,
    });
    found.collect()
}

/// A portrait is taken with a camera of ours, the menu's or the page's; what comes from an album may be anybody's
/// edited picture (procedure A11, B6).
fn live(source: PhotoSource) -> Option<&'static str> {
    match source {
        PhotoSource::MenuCamera | PhotoSource::CameraPage | PhotoSource::PageFile => None,
        PhotoSource::Chat => Some("not_live"),
    }
}

fn readable(decoded: &Decoded, _: &Bounds) -> Option<&'static str> {
    decoded.as_ref().err().copied().map(Fault::code)
}

fn document_size(decoded: &Decoded, bounds: &Bounds) -> Option<&'static str> {
    sized(decoded, |(width, height)| width.max(height) >= bounds.min_document_side)
}

fn portrait_size(decoded: &Decoded, bounds: &Bounds) -> Option<&'static str> {
    let fits = |(width, height)| width >= bounds.min_portrait_width && height >= bounds.min_portrait_height;
    sized(decoded, fits)
}

/// A finding about the upright picture's size; without a picture there is none.
fn sized(decoded: &Decoded, fits: impl Fn((u32, u32)) -> bool) -> Option<&'static str> {
    let image = decoded.as_ref().ok()?;
    (!fits(image.dimensions())).then_some("too_small")
}

/// The same picture twice, in one slot or in two: equal names are equal pictures.
fn not_repeated(photo: &StoredPhoto, others: &[&StoredPhoto]) -> Option<&'static str> {
    others.iter().any(|other| other.name == photo.name).then_some("repeated")
}

fn keep(image: &RgbImage, bounds: &Bounds) -> Result<Picture, Fault> {
    let (width, height) = image.dimensions();
    Ok(Picture { jpeg: decode::encode(image, bounds)?, width, height })
}

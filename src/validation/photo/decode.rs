//! From untrusted bytes to an upright picture, within bounds, and back to a JPEG of our own.
//!
//! The type is what the first bytes say, never a name or a header of HTTP. Sizes are read from the picture's own header
//! and refused before anything of that size is allocated. A JPEG cut short would be filled up with grey by the decoder,
//! so its end is looked for first. Whoever cuts it and puts an end there is not found out: the decoder's strict mode,
//! which would tell, refuses pictures of some phones, too.

use std::io::Cursor;

use image::{
    DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, RgbImage,
    codecs::jpeg::JpegEncoder, metadata::Orientation,
};

use super::Bounds;

/// A pixel takes at most so many bytes while decoding; PNG with 16 bits a channel has half as many pixels.
const PIXEL_BYTES: u64 = 4;
/// What a decoder may need besides the pixels: tables, colour profiles, a row.
const SPARE_BYTES: u64 = 4 << 20;
/// A progressive picture is kept whole as coefficients while it is decoded, which takes twice the memory: so much of the
/// pixels are taken. No phone makes them larger.
const PROGRESSIVE_SHARE: u64 = 2;
/// Each scan goes over the whole picture; encoders write ten.
const MOST_SCANS: usize = 20;
/// Qualities tried until the picture is small enough to keep. At 92 nothing is lost that a reviewer could see.
const QUALITIES: [u8; 3] = [92, 80, 60];

/// Why there is no picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// Nothing known, or a damaged JPEG or PNG.
    Unreadable,
    /// A picture or a paper of a kind that is not taken: HEIC, GIF, WebP, PDF, …
    WrongFormat,
    /// More bytes or pixels than are taken.
    TooLarge,
}

impl Fault {
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Unreadable => "UNREADABLE",
            Self::WrongFormat => "WRONG_FORMAT",
            Self::TooLarge => "TOO_LARGE",
        }
    }
}

impl From<ImageError> for Fault {
    fn from(error: ImageError) -> Self {
        match error {
            ImageError::Limits(_) => Self::TooLarge,
            _ => Self::Unreadable,
        }
    }
}

/// Decodes a JPEG or PNG and turns it as its EXIF says.
pub(super) fn decode(bytes: &[u8], bounds: &Bounds) -> Result<RgbImage, Fault> {
    if bytes.len() > bounds.max_bytes {
        return Err(Fault::TooLarge);
    }
    let format = match image::guess_format(bytes) {
        Ok(format @ ImageFormat::Png) => format,
        Ok(format @ ImageFormat::Jpeg) => {
            let jpeg = Jpeg::walk(bytes).ok_or(Fault::Unreadable)?;
            let most = bounds.max_pixels / PROGRESSIVE_SHARE;
            if jpeg.progressive_pixels > most || jpeg.scans > MOST_SCANS {
                return Err(Fault::TooLarge);
            }
            format
        }
        Ok(_) => return Err(Fault::WrongFormat),
        Err(_) if is_foreign(bytes) => return Err(Fault::WrongFormat),
        Err(_) => return Err(Fault::Unreadable),
    };
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let room = bounds.max_pixels.saturating_mul(PIXEL_BYTES);
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(room.saturating_add(SPARE_BYTES));
    reader.limits(limits);
    let mut decoder = reader.into_decoder()?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > bounds.max_pixels || decoder.total_bytes() > room {
        return Err(Fault::TooLarge);
    }
    // An orientation that cannot be read is none.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut upright = DynamicImage::ImageRgb8(flatten(DynamicImage::from_decoder(decoder)?));
    upright.apply_orientation(orientation);
    Ok(upright.into_rgb8())
}

/// Whether these are the first bytes of something that phones send for a picture and the library does not know: HEIC
/// and videos (ISO 14496-12: a box named `ftyp`), or a PDF.
fn is_foreign(bytes: &[u8]) -> bool {
    bytes.get(4..8) == Some(b"ftyp") || bytes.starts_with(b"%PDF")
}

/// Encodes a picture as JPEG without metadata, small enough to keep.
pub(super) fn encode(image: &RgbImage, bounds: &Bounds) -> Result<Vec<u8>, Fault> {
    for quality in QUALITIES {
        let mut jpeg = Vec::new();
        JpegEncoder::new_with_quality(&mut jpeg, quality).encode_image(image)?;
        if jpeg.len() <= bounds.max_bytes {
            return Ok(jpeg);
        }
    }
    Err(Fault::TooLarge)
}

/// Eight bits of red, green and blue; what is transparent shows the white of paper.
fn flatten(image: DynamicImage) -> RgbImage {
    if !image.color().has_alpha() {
        return image.into_rgb8();
    }
    let image = image.into_rgba8();
    RgbImage::from_fn(image.width(), image.height(), |x, y| {
        let [red, green, blue, alpha] = image.get_pixel(x, y).0.map(u32::from);
        let on_white = |channel: u32| ((channel * alpha + 255 * (255 - alpha) + 127) / 255) as u8;
        image::Rgb([on_white(red), on_white(green), on_white(blue)])
    })
}

/// What a JPEG's markers say of the work that it is.
#[derive(Default)]
struct Jpeg {
    /// Of a progressive picture; 0 of a plain one.
    progressive_pixels: u64,
    scans: usize,
}

impl Jpeg {
    /// Steps over the segments to the end marker; `None` when there is none. Inside segments markers mean nothing (an EXIF
    /// thumbnail has its own), so they are stepped over by their length; in scan data FF is followed by 0 or a restart
    /// marker.
    fn walk(bytes: &[u8]) -> Option<Self> {
        let (mut jpeg, mut at) = (Self::default(), 2);
        loop {
            let found = next_marker(bytes, at)?;
            at = found + 2;
            match bytes[found + 1] {
                0xD9 => return Some(jpeg),
                // TEM and a second SOI carry no length.
                0x01 | 0xD8 => continue,
                0xDA => jpeg.scans += 1,
                // Progressive frames: length, precision, height, width.
                0xC2 | 0xC6 | 0xCA | 0xCE => {
                    let &[_, _, _, high, low, wide, narrow] = bytes.get(at..at + 7)? else { return None };
                    let [height, width] =
                        [[high, low], [wide, narrow]].map(u16::from_be_bytes).map(u64::from);
                    jpeg.progressive_pixels = width * height;
                }
                _ => {}
            }
            let &[high, low] = bytes.get(at..at + 2)? else { return None };
            at += usize::from(u16::from_be_bytes([high, low])).max(2);
        }
    }
}

/// Where the next marker stands, restart markers and stuffed bytes left out.
fn next_marker(bytes: &[u8], from: usize) -> Option<usize> {
    let rest = bytes.get(from..)?;
    let is_marker = |pair: &[u8]| pair[0] == 0xFF && !matches!(pair[1], 0x00 | 0xD0..=0xD7 | 0xFF);
    rest.windows(2).position(is_marker).map(|found| from + found)
}

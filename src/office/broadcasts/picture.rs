//! The picture of an announcement: looked at, turned upright and drawn anew, so that what everybody gets is a file that
//! we wrote, without the camera's place and hidden parts.

use crate::validation::photo::{self, Bounds};

/// Largest file in bytes, as it comes and as it is kept: what the platform takes of every kind of message (protocol §8).
pub const MAX_BYTES: usize = 2 << 20;
/// Most pixels that are decoded: a phone's camera makes 12 to 50 million.
const MAX_PIXELS: u64 = 50_000_000;
/// The longer side of what is kept: more than a phone's screen shows.
const SIDE: u32 = 2_160;
/// What it is kept as.
pub const MEDIA_TYPE: &str = "image/jpeg";

/// Why a file is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// More than [`MAX_BYTES`].
    #[error("the picture is too large")]
    TooLarge,
    /// Neither JPEG nor PNG, damaged, or with too many pixels.
    #[error("the picture cannot be read")]
    Unreadable,
}

/// The picture as it is kept: JPEG, upright, at most [`MAX_BYTES`]. It takes a processor for up to a second.
pub fn redrawn(bytes: &[u8]) -> Result<Vec<u8>, PictureError> {
    if bytes.len() > MAX_BYTES {
        return Err(PictureError::TooLarge);
    }
    let bounds = Bounds {
        max_bytes: MAX_BYTES,
        max_pixels: MAX_PIXELS,
        min_portrait_width: 0,
        min_portrait_height: 0,
    };
    photo::shown(bytes, SIDE, &bounds, |_| ()).ok_or(PictureError::Unreadable)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use image::{ImageFormat, RgbImage};

    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        RgbImage::new(width, height).write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
        bytes
    }

    #[test]
    fn a_picture_is_kept_small_and_as_our_own_file() {
        let kept = redrawn(&png(4_000, 100)).unwrap();
        let image = image::load_from_memory_with_format(&kept, ImageFormat::Jpeg).unwrap();
        assert_eq!((image.width(), image.height()), (SIDE, 54));
        let large = vec![0; MAX_BYTES + 1];
        let rows: [(&[u8], PictureError); 3] = [
            (b"", PictureError::Unreadable),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", PictureError::Unreadable),
            (&large, PictureError::TooLarge),
        ];
        for (bytes, error) in rows {
            assert_eq!(redrawn(bytes), Err(error));
        }
        assert_eq!(
            redrawn(&png(8_000, 7_000)),
            Err(PictureError::Unreadable),
            "bounded before it is decoded"
        );
    }
}

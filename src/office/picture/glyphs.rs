//! The letters of the watermark: a bitmap for each character of GB 2312, found by the character's row and column there.
//!
//! A bitmap and not a font, because nothing else on the server writes on pictures: no shaping, no library, an eighth of
//! the size. Where the letters come from is in `README.md`.

use std::sync::LazyLock;

use image::GrayImage;

/// Width and height of a cell.
pub(super) const CELL: u32 = 24;
const COLUMNS: u32 = 94;
/// Half-width ASCII stands here, counted from 0.
const ASCII_ROW: u8 = 2;
/// Between a narrow letter and the next.
const NARROW_GAP: u32 = 2;
const SPACE: u32 = 9;

static ATLAS: LazyLock<GrayImage> = LazyLock::new(|| {
    let atlas = image::load_from_memory(include_bytes!("glyphs.png"));
    atlas.expect("a test reads it").into_luma8()
});

/// A line of letters, one byte a pixel, 0 or 255.
pub(super) struct Line(pub(super) GrayImage);

impl Line {
    /// Writes the words. A character that is not in the bitmap is written by its code point, `<20BB7>`: another
    /// character in its place would name somebody else.
    pub(super) fn of(words: &str) -> Self {
        let mut pieces = Vec::new();
        for character in words.chars() {
            match Piece::of(character) {
                Some(piece) => pieces.push(piece),
                None => pieces.extend(format!("<{:X}>", u32::from(character)).chars().filter_map(Piece::of)),
            }
        }
        let width = pieces.iter().map(|piece| piece.advance).sum::<u32>().max(1);
        let (mut line, mut at) = (GrayImage::new(width, CELL), 0);
        for piece in pieces {
            piece.copy_to(&mut line, at);
            at += piece.advance;
        }
        Self(line)
    }
}

/// One character's cell, and how far the next one stands.
struct Piece {
    /// `None` of a blank.
    cell: Option<(u32, u32)>,
    advance: u32,
}

impl Piece {
    fn of(character: char) -> Option<Self> {
        if character == ' ' {
            return Some(Self { cell: None, advance: SPACE });
        }
        let (row, column) = place(character)?;
        let cell = (u32::from(column) * CELL, u32::from(row) * CELL);
        let is_inked = |x: &u32| (0..CELL).any(|y| ATLAS.get_pixel(cell.0 + x, cell.1 + y).0[0] > 0);
        let last = (0..CELL).rev().find(is_inked)?;
        let advance = if row == ASCII_ROW { last + 1 + NARROW_GAP } else { CELL };
        Some(Self { cell: Some(cell), advance })
    }

    fn copy_to(&self, line: &mut GrayImage, at: u32) {
        let Some((left, top)) = self.cell else { return };
        for (x, y) in (0..self.advance.min(CELL)).flat_map(|x| (0..CELL).map(move |y| (x, y))) {
            if left + x < COLUMNS * CELL {
                line.put_pixel(at + x, y, *ATLAS.get_pixel(left + x, top + y));
            }
        }
    }
}

/// Row and column of a character in GB 2312, from 0.
fn place(character: char) -> Option<(u8, u8)> {
    if character.is_ascii_graphic() {
        return Some((ASCII_ROW, character as u8 - b'!'));
    }
    let mut text = [0; 4];
    let (bytes, _, is_unknown) = encoding_rs::GB18030.encode(character.encode_utf8(&mut text));
    match *bytes {
        [row @ 0xA1..=0xF7, column @ 0xA1..=0xFE] if !is_unknown => Some((row - 0xA1, column - 0xA1)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ink(words: &str) -> usize {
        Line::of(words).0.pixels().filter(|pixel| pixel.0[0] > 0).count()
    }

    #[test]
    fn letters_are_those_of_the_characters() {
        assert_eq!(ATLAS.dimensions(), (COLUMNS * CELL, 87 * CELL));
        // Strokes: one, two, three.
        assert!(ink("一") < ink("二") && ink("二") < ink("三") && ink("三") < ink("龘龘龘"));
        assert_eq!(Line::of("审核").0.width(), 2 * CELL);
        assert!(Line::of("iiii").0.width() < Line::of("mmmm").0.width());
        assert_eq!(Line::of("").0.dimensions(), (1, CELL));
    }

    #[test]
    fn a_character_without_a_letter_is_written_by_its_code_point() {
        for (unknown, written) in [("𠮷", "<20BB7>"), ("劐", "<5290>"), ("\u{7}", "<7>")] {
            assert_eq!(Line::of(unknown).0, Line::of(written).0, "{unknown}");
        }
        assert_ne!(Line::of("婷").0, Line::of("<5A77>").0, "it has a letter");
    }
}

//! PURE. Text in a picture: where lines stand, and what they say (PP-OCRv5; vision §3).
//!
//! Two networks. The detector marks the pixels of text; each connected area becomes a [`Quad`] (`text/areas.rs`). The
//! quad is cut out upright as a strip 48 pixels high (`text/strip.rs`), and the recogniser says for each few pixels of
//! it which character it sees (`text/characters.rs`). The halves are called apart, because a picture is read line by line
//! and only as far as it must be.
//!
//! The work is bounded whatever the picture holds: the detector's picture by the caller's longest side, then
//! [`MOST_AREAS`] strips of bounded width. Nothing here knows what a line should say; a reading is given as it was read.

mod areas;
mod characters;
mod quad;
mod strip;

#[cfg(test)]
mod tests;

use std::fmt;

use image::RgbImage;

use self::characters::Characters;
pub use self::quad::Quad;
use super::models::network::{Network, NetworkError, Rten};

/// The most areas of text that are looked at in one picture, the largest ones.
pub const MOST_AREAS: usize = 60;
/// How much of one picture is worth reading, in columns of strips 48 high ([`Quad::columns`]): what seven cards have,
/// three seconds of one core.
pub const COLUMNS_MAX: f32 = 16_000.0;

/// One line of text in a picture.
#[derive(Clone, PartialEq)]
pub struct Line {
    /// Its corners in pixels of the picture, from where the line begins: upper left, upper right, lower right, lower
    /// left as one reads it.
    pub corners: [[f32; 2]; 4],
    /// What was read; blanks as read.
    pub text: String,
    /// How sure the recogniser is: mean over the characters, 0..1; 0 without any.
    pub confidence: f32,
}

/// Where and how surely, not what: a line of a card is somebody's name.
impl fmt::Debug for Line {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { corners, text: _, confidence } = self;
        out.debug_struct("Line")
            .field("corners", corners)
            .field("confidence", confidence)
            .finish_non_exhaustive()
    }
}

/// What a strip of text says.
#[derive(Clone, PartialEq)]
pub struct Reading {
    /// What was read; blanks as read.
    pub text: String,
    /// How sure the recogniser is: mean over the characters, 0..1; 0 without any.
    pub confidence: f32,
}

/// How surely, not what, for the same reason.
impl fmt::Debug for Reading {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Reading").field("confidence", &self.confidence).finish_non_exhaustive()
    }
}

/// Detector and recogniser of text.
pub struct TextModels {
    detector: Box<dyn Network>,
    recogniser: Box<dyn Network>,
    characters: Characters,
}

impl TextModels {
    /// Reads both networks (ONNX) and the recogniser's characters, one a line.
    pub fn read(detector: Vec<u8>, recogniser: Vec<u8>, dictionary: &str) -> Result<Self, NetworkError> {
        Ok(Self {
            detector: Box::new(Rten::read(detector)?),
            recogniser: Box::new(Rten::read(recogniser)?),
            characters: Characters::read(dictionary),
        })
    }

    /// Where text stands, from top to bottom; a quad begins where its line most probably does, but a turned or
    /// upside-down line may be the other way round. The detector sees the picture with this longest side at most.
    pub fn areas(&self, image: &RgbImage, longest_side: u32) -> Result<Vec<Quad>, NetworkError> {
        let (shape, input) = areas::input(image, longest_side);
        let outputs = self.detector.run(&shape, input)?;
        let map = outputs
            .into_iter()
            .next()
            .ok_or_else(|| NetworkError::unlike("the text detector gave nothing"))?;
        areas::find(&map, image.dimensions())
            .ok_or_else(|| NetworkError::unlike("the text detector gave no map"))
    }

    /// The line that stands in this quad.
    pub fn line(&self, image: &RgbImage, quad: &Quad) -> Result<Line, NetworkError> {
        let Reading { text, confidence } = self.reading(image, quad)?;
        Ok(Line { corners: quad.corners, text, confidence })
    }

    /// What stands in this quad, read from its first corner to its second.
    pub fn reading(&self, image: &RgbImage, quad: &Quad) -> Result<Reading, NetworkError> {
        let (shape, input) = strip::input(image, quad);
        let outputs = self.recogniser.run(&shape, input)?;
        let steps = outputs
            .into_iter()
            .next()
            .ok_or_else(|| NetworkError::unlike("the text recogniser gave nothing"))?;
        self.characters
            .decode(&steps)
            .ok_or_else(|| NetworkError::unlike("the text recogniser has other characters"))
    }
}

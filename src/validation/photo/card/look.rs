//! Which way up a picture of text stands, and what it says.
//!
//! The detector finds text whichever way it runs, so it runs once; which end of its lines is their beginning is asked of
//! the recogniser with a few of the longest. A document that fills little of its picture is looked at again alone.

use image::RgbImage;

use super::super::measure::{Area, Kernel, cut, within};
use super::super::models::network::NetworkError;
use super::super::text::{COLUMNS_MAX, Line, Quad, TextModels};
use super::super::turn::Turn;

/// The longer side of the picture that strips are cut from: twice what the detector sees.
pub(super) const PICTURE_SIDE: u32 = 2_000;
/// The longer side of what the detector sees (vision §3).
const DETECTED_SIDE: u32 = 960;
/// How many lines are asked which way up the picture stands.
const ASKED: usize = 6;
/// From which confidence on a line says so, and how many characters must say it. Numbers read upside down have 0.6.
const SURE: f32 = 0.8;
const SURE_CHARACTERS: f32 = 8.0;
/// A document that covers less than this share of the picture is looked at again.
const FILLED: f32 = 0.5;
/// How much around a card, or around text alone, is looked at with it, as a share of its longer side.
const CARD_MARGIN: f32 = 0.1;
const TEXT_MARGIN: f32 = 0.35;

/// What was seen in a picture.
pub(super) struct Look {
    /// The picture, upright, at most [`PICTURE_SIDE`] long.
    pub(super) picture: RgbImage,
    /// How it was turned.
    pub(super) turn: Turn,
    /// What was read, in pixels of `picture`, from top to bottom.
    pub(super) lines: Vec<Line>,
}

impl Look {
    /// Reads a picture that may lie on any of its sides.
    pub(super) fn at(image: &RgbImage, models: &TextModels) -> Result<Self, NetworkError> {
        let picture = within(image, PICTURE_SIDE);
        let (lines, turn) = Reader::of(&picture, models)?.read()?;
        Ok(Self { picture: turn.picture(picture), turn, lines })
    }

    /// Looks again at a part of the original picture alone, when it is a small part: at the card, whose corners are
    /// given where they are known, or else at all text. `None` when it is not.
    pub(super) fn closer(
        &self,
        image: &RgbImage,
        card: Option<[[f32; 2]; 4]>,
        models: &TextModels,
    ) -> Result<Option<Self>, NetworkError> {
        let size = size_of(&self.picture);
        let part =
            card.map_or_else(|| self.part(&self.text(), TEXT_MARGIN), |card| self.part(&card, CARD_MARGIN));
        let Some(part) = part else { return Ok(None) };
        if part.width * part.height > f64::from(FILLED * size.0 * size.1) {
            return Ok(None);
        }
        let back = turned(part, self.turn.back(), size);
        let scale = f64::from(image.width().max(image.height())) / f64::from(size.0.max(size.1));
        let original = Area {
            left: back.left * scale,
            top: back.top * scale,
            width: back.width * scale,
            height: back.height * scale,
        };
        let (width, height) = (original.width.max(1.0) as u32, original.height.max(1.0) as u32);
        let alone = self.turn.picture(cut(image, original, width, height, Kernel::Mean));
        let alone = within(&alone, PICTURE_SIDE);
        let (lines, turn) = Reader::of(&alone, models)?.read()?;
        let part = turned(part, turn, size);
        let alone = turn.size(size_of(&alone));
        let (x, y) = (part.width as f32 / alone.0, part.height as f32 / alone.1);
        let place = |[u, v]: [f32; 2]| [part.left as f32 + u * x, part.top as f32 + v * y];
        let lines = lines.into_iter().map(|line| Line { corners: line.corners.map(place), ..line });
        Ok(Some(Self {
            picture: turn.picture(self.picture.clone()),
            turn: self.turn.then(turn),
            lines: lines.collect(),
        }))
    }

    /// The corners of all lines; of the sure ones where there are any.
    fn text(&self) -> Vec<[f32; 2]> {
        let sure = self.lines.iter().filter(|line| line.confidence > SURE);
        let sure: Vec<_> = sure.flat_map(|line| line.corners).collect();
        if sure.is_empty() { self.lines.iter().flat_map(|line| line.corners).collect() } else { sure }
    }

    /// The part of the picture that holds these corners, with a margin as a share of its longer side.
    fn part(&self, corners: &[[f32; 2]], margin: f32) -> Option<Area> {
        let (width, height) = size_of(&self.picture);
        let [left, right] = reach(corners, 0)?;
        let [top, bottom] = reach(corners, 1)?;
        let margin = margin * (right - left).max(bottom - top);
        let (left, top) = ((left - margin).max(0.0), (top - margin).max(0.0));
        let (right, bottom) = ((right + margin).min(width), (bottom + margin).min(height));
        (right > left && bottom > top).then(|| Area {
            left: f64::from(left),
            top: f64::from(top),
            width: f64::from(right - left),
            height: f64::from(bottom - top),
        })
    }
}

/// Least and largest coordinate of points along an axis.
pub(super) fn reach(points: &[[f32; 2]], axis: usize) -> Option<[f32; 2]> {
    let places = points.iter().map(|point| point[axis]);
    places.fold(None, |reach, place| {
        let [least, most] = reach.unwrap_or([place, place]);
        Some([place.min(least), place.max(most)])
    })
}

pub(super) fn size_of(image: &RgbImage) -> (f32, f32) {
    (image.width() as f32, image.height() as f32)
}

/// An area of a picture of this size in the turned picture.
fn turned(area: Area, turn: Turn, size: (f32, f32)) -> Area {
    let [left, top] = [area.left as f32, area.top as f32];
    let [right, bottom] = [(area.left + area.width) as f32, (area.top + area.height) as f32];
    let [a, b] = [turn.point([left, top], size), turn.point([right, bottom], size)];
    Area {
        left: f64::from(a[0].min(b[0])),
        top: f64::from(a[1].min(b[1])),
        width: f64::from((a[0] - b[0]).abs()),
        height: f64::from((a[1] - b[1]).abs()),
    }
}

/// Reads the lines of a picture, each from one end or the other, as long as the columns last.
struct Reader<'a> {
    picture: &'a RgbImage,
    models: &'a TextModels,
    /// The longest first.
    places: Vec<Place>,
    columns: f32,
}

struct Place {
    quad: Quad,
    /// What was read from its first corner on, and from its other end.
    readings: [Option<Line>; 2],
}

impl<'a> Reader<'a> {
    fn of(picture: &'a RgbImage, models: &'a TextModels) -> Result<Self, NetworkError> {
        let mut quads = models.areas(picture, DETECTED_SIDE)?;
        quads.sort_by(|a, b| b.width().total_cmp(&a.width()));
        let places = quads.into_iter().map(|quad| Place { quad, readings: [None, None] }).collect();
        Ok(Self { picture, models, places, columns: COLUMNS_MAX })
    }

    /// All lines in the upright picture, and how it is to be turned.
    fn read(mut self) -> Result<(Vec<Line>, Turn), NetworkError> {
        let turn = self.turn()?;
        let end = usize::from(matches!(turn, Turn::Quarter | Turn::Half));
        let size = size_of(self.picture);
        let mut lines = Vec::new();
        for at in 0..self.places.len() {
            let Some(line) = self.line(at, end)? else { continue };
            lines.push(Line { corners: line.corners.map(|point| turn.point(point, size)), ..line.clone() });
        }
        lines.sort_by(|a, b| a.corners[0][1].total_cmp(&b.corners[0][1]));
        Ok((lines, turn))
    }

    /// The turn for which the longest lines are read best.
    fn turn(&mut self) -> Result<Turn, NetworkError> {
        let mut votes = [0.0; 4];
        let asked = self.places.len().min(ASKED);
        for end in [0, 1] {
            for at in 0..asked {
                let turn = self.places[at].turn(end);
                let Some(line) = self.line(at, end)? else { continue };
                if line.confidence > SURE {
                    votes[turn as usize] += line.text.chars().count() as f32;
                }
            }
            // Nothing reads well from the wrong end: what was read well from this one needs no other opinion.
            if votes.iter().any(|&vote| vote >= SURE_CHARACTERS) {
                break;
            }
        }
        let best =
            Turn::ALL.into_iter().rev().max_by(|&a, &b| votes[a as usize].total_cmp(&votes[b as usize]));
        Ok(best.unwrap_or(Turn::None))
    }

    /// The line at a place, read from this end; `None` when the columns are used up.
    fn line(&mut self, at: usize, end: usize) -> Result<Option<&Line>, NetworkError> {
        let place = &mut self.places[at];
        if place.readings[end].is_none() {
            let columns = place.quad.columns();
            if self.columns < columns {
                return Ok(None);
            }
            self.columns -= columns;
            let quad = if end == 0 { place.quad } else { place.quad.reversed() };
            place.readings[end] = Some(self.models.line(self.picture, &quad)?);
        }
        Ok(place.readings[end].as_ref())
    }
}

impl Place {
    /// How the picture is to be turned if this line begins at this end.
    fn turn(&self, end: usize) -> Turn {
        let [a, b, ..] = self.quad.corners;
        let runs_down = (b[1] - a[1]).abs() > (b[0] - a[0]).abs();
        match (runs_down, end) {
            (false, 0) => Turn::None,
            (false, _) => Turn::Half,
            (true, 0) => Turn::ThreeQuarters,
            (true, _) => Turn::Quarter,
        }
    }
}

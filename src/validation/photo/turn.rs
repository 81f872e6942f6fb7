//! Quarter turns of a picture, and where its points go.

use std::borrow::Cow;

use image::{
    RgbImage,
    imageops::{rotate90, rotate180, rotate270},
};

/// How far a picture must be turned clockwise to stand upright.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Turn {
    /// Not at all.
    None,
    /// A quarter.
    Quarter,
    /// Half: it stands on its head.
    Half,
    /// Three quarters.
    ThreeQuarters,
}

impl Turn {
    /// All four, the likeliest first.
    pub const ALL: [Self; 4] = [Self::None, Self::Half, Self::Quarter, Self::ThreeQuarters];

    /// The angle, clockwise: 0, 90, 180 or 270.
    pub const fn degrees(self) -> u16 {
        match self {
            Self::None => 0,
            Self::Quarter => 90,
            Self::Half => 180,
            Self::ThreeQuarters => 270,
        }
    }

    /// This turn and then another.
    #[must_use]
    pub const fn then(self, other: Self) -> Self {
        Self::by((self.degrees() + other.degrees()) % 360)
    }

    /// The turn back.
    #[must_use]
    pub const fn back(self) -> Self {
        Self::by((360 - self.degrees()) % 360)
    }

    const fn by(degrees: u16) -> Self {
        match degrees {
            90 => Self::Quarter,
            180 => Self::Half,
            270 => Self::ThreeQuarters,
            _ => Self::None,
        }
    }

    /// The turned picture.
    pub(super) fn picture(self, image: RgbImage) -> RgbImage {
        match self {
            Self::None => image,
            turn => turn.of(&image).into_owned(),
        }
    }

    /// The turned picture of one that is kept; not copied when it need not be turned.
    pub(super) fn of(self, image: &RgbImage) -> Cow<'_, RgbImage> {
        Cow::Owned(match self {
            Self::None => return Cow::Borrowed(image),
            Self::Quarter => rotate90(image),
            Self::Half => rotate180(image),
            Self::ThreeQuarters => rotate270(image),
        })
    }

    /// Where a point of a picture of this size comes to lie in the turned picture.
    pub(super) fn point(self, [x, y]: [f32; 2], (width, height): (f32, f32)) -> [f32; 2] {
        match self {
            Self::None => [x, y],
            Self::Quarter => [height - y, x],
            Self::Half => [width - x, height - y],
            Self::ThreeQuarters => [y, width - x],
        }
    }

    /// The size of the turned picture.
    pub(super) const fn size(self, (width, height): (f32, f32)) -> (f32, f32) {
        match self {
            Self::None | Self::Half => (width, height),
            Self::Quarter | Self::ThreeQuarters => (height, width),
        }
    }
}

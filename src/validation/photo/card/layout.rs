//! Where the card lies in the picture, from where its print was read.
//!
//! Every card has its print at the same places. A turn, a size and a shift that bring those places to where the print
//! was found tell where the rest of the card must be: whether a field that was not read lies outside the picture or is
//! hidden in it, and which part of the picture is the card.

/// Height of a card over its width (ISO 7810 ID-1).
pub(super) const HEIGHT: f32 = 0.631;
/// The print must spread over this share of the card's width at least.
const SPREAD_MIN: f32 = 0.1;
/// How far print may be from where the layout has it, as a share of the card's width: more is no such card.
const ERROR_MAX: f32 = 0.08;

/// Print at a known place: where the card has it, in card widths from its upper left corner, and where it was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Anchor {
    pub(super) card: [f32; 2],
    pub(super) picture: [f32; 2],
}

/// The place of a card: a point of the card, as a complex number, times `scale` plus `shift` is a pixel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Layout {
    scale: [f32; 2],
    shift: [f32; 2],
}

/// Why no card's place is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Misfit {
    /// The print is too little to tell.
    Unknown,
    /// The print is not where a card has it.
    Elsewhere,
}

impl Layout {
    /// The one that fits best (least squares).
    pub(super) fn of(anchors: &[Anchor]) -> Result<Self, Misfit> {
        let mean = |place: fn(&Anchor) -> [f32; 2]| {
            let sum = anchors
                .iter()
                .map(place)
                .fold([0.0, 0.0], |sum, point| [sum[0] + point[0], sum[1] + point[1]]);
            sum.map(|total| total / anchors.len().max(1) as f32)
        };
        let (card, picture) = (mean(|anchor| anchor.card), mean(|anchor| anchor.picture));
        let (mut scale, mut spread) = ([0.0, 0.0], 0.0);
        for anchor in anchors {
            let from = minus(anchor.card, card);
            let to = minus(anchor.picture, picture);
            let product = times([from[0], -from[1]], to);
            scale = [scale[0] + product[0], scale[1] + product[1]];
            spread += from[0] * from[0] + from[1] * from[1];
        }
        if spread < SPREAD_MIN * SPREAD_MIN {
            return Err(Misfit::Unknown);
        }
        let scale = scale.map(|sum| sum / spread);
        let layout = Self { scale, shift: minus(picture, times(scale, card)) };
        let fits = |anchor: &Anchor| {
            let [x, y] = minus(layout.place(anchor.card), anchor.picture);
            x.hypot(y) <= ERROR_MAX * layout.width()
        };
        if anchors.iter().all(fits) { Ok(layout) } else { Err(Misfit::Elsewhere) }
    }

    /// The card's width in pixels.
    pub(super) fn width(&self) -> f32 {
        self.scale[0].hypot(self.scale[1])
    }

    /// The pixel of a place on the card.
    pub(super) fn place(&self, card: [f32; 2]) -> [f32; 2] {
        let [x, y] = times(self.scale, card);
        [x + self.shift[0], y + self.shift[1]]
    }

    /// The place on the card of a pixel, in card widths.
    pub(super) fn card(&self, picture: [f32; 2]) -> [f32; 2] {
        let square = self.width().powi(2);
        times([self.scale[0], -self.scale[1]], minus(picture, self.shift)).map(|product| product / square)
    }

    /// Whether a pixel lies on the card.
    pub(super) fn holds(&self, picture: [f32; 2]) -> bool {
        let [x, y] = self.card(picture);
        (0.0..=1.0).contains(&x) && (0.0..=HEIGHT).contains(&y)
    }

    /// The card's corners, clockwise from the upper left.
    pub(super) fn corners(&self) -> [[f32; 2]; 4] {
        [[0.0, 0.0], [1.0, 0.0], [1.0, HEIGHT], [0.0, HEIGHT]].map(|corner| self.place(corner))
    }
}

fn minus(a: [f32; 2], b: [f32; 2]) -> [f32; 2] {
    [a[0] - b[0], a[1] - b[1]]
}

/// The product of two complex numbers: a turn and a size.
fn times(a: [f32; 2], b: [f32; 2]) -> [f32; 2] {
    [a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0]]
}

//! A four-cornered piece of a picture in which one line of text stands.

/// Four corners in pixels, from where the line begins: upper left, upper right, lower right, lower left as one reads.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quad {
    /// The corners, clockwise.
    pub corners: [[f32; 2]; 4],
}

impl Quad {
    /// Length along the line: the longer of its two edges, which perspective makes unequal.
    pub fn width(&self) -> f32 {
        let [a, b, c, d] = self.corners;
        distance(a, b).max(distance(d, c))
    }

    /// Height of the line: the longer of the two edges across it.
    pub fn height(&self) -> f32 {
        let [a, b, c, d] = self.corners;
        distance(a, d).max(distance(b, c))
    }

    /// What reading it costs: columns of the strip that it becomes.
    pub fn columns(&self) -> f32 {
        48.0 * self.width() / self.height().max(1.0)
    }

    /// Its middle.
    pub fn centre(&self) -> [f32; 2] {
        let sum =
            self.corners.iter().fold([0.0, 0.0], |sum, corner| [sum[0] + corner[0], sum[1] + corner[1]]);
        sum.map(|total| total / 4.0)
    }

    /// The same place, read from its other end: what an upside-down line needs.
    #[must_use]
    pub const fn reversed(&self) -> Self {
        let [a, b, c, d] = self.corners;
        Self { corners: [c, d, a, b] }
    }

    /// The same place, with the corner after the first as the first.
    #[must_use]
    pub(super) const fn advanced(&self) -> Self {
        let [a, b, c, d] = self.corners;
        Self { corners: [b, c, d, a] }
    }

    /// The same shape with every corner moved by this map.
    #[must_use]
    pub fn map(&self, place: impl Fn([f32; 2]) -> [f32; 2]) -> Self {
        Self { corners: self.corners.map(place) }
    }
}

fn distance(from: [f32; 2], to: [f32; 2]) -> f32 {
    (to[0] - from[0]).hypot(to[1] - from[1])
}

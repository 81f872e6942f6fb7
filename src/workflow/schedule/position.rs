//! Where a place lies, and how far it is.
//!
//! In GCJ-02, the coordinates of the country's maps and of `WeChat`'s positions: those of a GPS device (WGS-84) lie half a
//! kilometre beside them. Kept in millionths of a degree, so that places can be compared.

use serde::{Deserialize, Serialize};

/// The earth's mean radius in metres.
const RADIUS: f64 = 6_371_009.0;
/// Millionths of a degree in one.
const MILLION: f64 = 1_000_000.0;

/// A point on the map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    latitude: i32,
    longitude: i32,
}

impl Position {
    /// The point at so many degrees north and east; `None` for what is on no map.
    pub fn new(latitude: f64, longitude: f64) -> Option<Self> {
        let is_there = latitude.abs() <= 90.0 && longitude.abs() <= 180.0;
        let millionths = |degrees: f64| (degrees * MILLION).round() as i32;
        is_there.then(|| Self { latitude: millionths(latitude), longitude: millionths(longitude) })
    }

    /// Degrees north and east, as [`Position::new`] reads them back.
    pub fn degrees(self) -> [String; 2] {
        [self.latitude, self.longitude].map(|millionths| (f64::from(millionths) / MILLION).to_string())
    }

    /// The way as the crow flies, in metres (haversine).
    pub fn metres_to(self, other: Self) -> u32 {
        let radians = |millionths: i32| (f64::from(millionths) / MILLION).to_radians();
        let (from, to) = (radians(self.latitude), radians(other.latitude));
        let north = ((to - from) / 2.0).sin();
        let east = ((radians(other.longitude) - radians(self.longitude)) / 2.0).sin();
        let chord = (north * north + from.cos() * to.cos() * east * east).clamp(0.0, 1.0);
        (2.0 * RADIUS * chord.sqrt().asin()).round() as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_those_of_the_map() {
        let at = |latitude, longitude| Position::new(latitude, longitude).unwrap();
        let rows = [
            (at(23.0, 113.0), at(23.0, 113.0), 0),
            (at(23.0, 113.0), at(24.0, 113.0), 111_195),
            (at(23.0, 113.0), at(23.0, 114.0), 102_355),
            (at(23.1291, 113.2644), at(39.9042, 116.4074), 1_889_000),
            (at(0.0, 0.0), at(0.0, 180.0), 20_015_115),
        ];
        for (from, to, metres) in rows {
            let found = from.metres_to(to);
            assert!(found.abs_diff(metres) <= metres / 200 + 1, "{from:?} to {to:?}: {found}, not {metres}");
            assert_eq!(found, to.metres_to(from));
        }
    }

    #[test]
    fn what_is_on_no_map_is_no_position() {
        for (latitude, longitude) in [(f64::NAN, 0.0), (90.1, 0.0), (0.0, -180.1), (113.3, 23.1)] {
            assert_eq!(Position::new(latitude, longitude), None, "{latitude} {longitude}");
        }
    }
}

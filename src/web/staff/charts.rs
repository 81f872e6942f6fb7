//! Charts as plain numbers: what a template needs to draw bars.
//!
//! A bar stands in a row of a table, beside its words and its number: the table is the chart's text. Columns have the
//! numbers in a table of their own. Colours are classes of `charts.css`, so that they follow light and dark, and nothing
//! is inline.

use serde::Serialize;

/// Width of a bar's chart, in units of its `viewBox`.
const WIDE: f64 = 100.0;
/// Width of the thinnest part that can be seen.
const LEAST: f64 = 0.5;
/// A column's room and the column in it, and how high the highest is.
const ROOM: f64 = 20.0;
const COLUMN: f64 = 14.0;
const HIGH: f64 = 100.0;
/// Room above the highest column, for its number.
const ABOVE: f64 = 16.0;

/// A part of a horizontal bar.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Part {
    /// Its colour, a class of the stylesheet.
    pub(super) class: &'static str,
    pub(super) x: f64,
    pub(super) width: f64,
}

/// A bar of parts, one behind the other, as long against the chart's width as their sum against `most`. Parts without
/// anything are left out; one that there is, is seen.
pub(super) fn bar(parts: &[(&'static str, i64)], most: i64) -> Vec<Part> {
    let most = most.max(1) as f64;
    let seen: Vec<_> = parts.iter().filter(|(_, count)| *count > 0).collect();
    let mut x = 0.0;
    let mut drawn = Vec::with_capacity(seen.len());
    for (at, (class, count)) in seen.iter().enumerate() {
        // Those that are still to come must be seen, too.
        let room = WIDE - x - LEAST * (seen.len() - at - 1) as f64;
        let width = tenths((*count as f64 / most * WIDE).max(LEAST).min(room.max(0.0)));
        drawn.push(Part { class, x: tenths(x), width });
        x += width;
    }
    drawn
}

/// A vertical column.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Column {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
    /// Where its name and its number stand.
    pub(super) middle: f64,
    pub(super) count: i64,
    /// Its number is written above: it is the highest.
    pub(super) is_highest: bool,
}

/// Columns from left to right; their base is at [`HIGH`] + [`ABOVE`].
pub(super) fn columns(counts: &[i64]) -> Vec<Column> {
    let most = counts.iter().copied().max().unwrap_or(0);
    let highest = counts.iter().position(|count| *count == most && most > 0);
    let column = |(at, count): (usize, &i64)| {
        let share = if most == 0 { 0.0 } else { *count as f64 / most as f64 };
        let height = if *count > 0 { tenths((share * HIGH).max(1.0)) } else { 0.0 };
        let left = at as f64 * ROOM;
        Column {
            x: left + (ROOM - COLUMN) / 2.0,
            y: tenths(ABOVE + HIGH - height),
            width: COLUMN,
            height,
            middle: left + ROOM / 2.0,
            count: *count,
            is_highest: highest == Some(at),
        }
    };
    counts.iter().enumerate().map(column).collect()
}

/// Short numbers in the page.
fn tenths(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn bars_are_as_long_as_their_numbers_and_never_longer_than_the_chart() {
        let rows = [
            (vec![50], 100, vec![(0.0, 50.0)]),
            (vec![100], 100, vec![(0.0, 100.0)]),
            (vec![0], 100, vec![]),
            (vec![1], 100_000, vec![(0.0, 0.5)]),
            (vec![25, 0, 75], 100, vec![(0.0, 25.0), (25.0, 75.0)]),
            (vec![1_000, 4], 1_004, vec![(0.0, 99.5), (99.5, 0.5)]),
            (vec![1, 1_000, 1, 1], 1_003, vec![(0.0, 0.5), (0.5, 98.5), (99.0, 0.5), (99.5, 0.5)]),
            (vec![0, 0], 0, vec![]),
        ];
        for (counts, most, expected) in rows {
            let parts: Vec<(&str, i64)> = counts.iter().map(|count| ("one", *count)).collect();
            let drawn: Vec<(f64, f64)> = bar(&parts, most).iter().map(|part| (part.x, part.width)).collect();
            assert_eq!(drawn, expected, "{counts:?} of {most}");
        }
    }

    proptest! {
        #[test]
        fn whatever_the_numbers_every_part_is_seen_inside_the_chart(counts in prop::collection::vec(0..2_000_000i64, 0..8)) {
            let parts: Vec<(&str, i64)> = counts.iter().map(|count| ("one", *count)).collect();
            let drawn = bar(&parts, counts.iter().sum());
            prop_assert_eq!(drawn.len(), counts.iter().filter(|count| **count > 0).count());
            for part in &drawn {
                prop_assert!(part.width > 0.3 && part.x + part.width <= WIDE + 0.3, "{:?}", drawn);
            }
        }
    }

    #[test]
    fn the_highest_column_fills_the_chart_and_is_named_once() {
        let drawn = columns(&[0, 5, 10, 10]);
        let heights: Vec<f64> = drawn.iter().map(|column| column.height).collect();
        assert_eq!(heights, [0.0, 50.0, 100.0, 100.0]);
        assert!(drawn.iter().all(|column| column.y + column.height == ABOVE + HIGH));
        assert_eq!(drawn.iter().filter(|column| column.is_highest).count(), 1);
        assert!(columns(&[0, 0]).iter().all(|column| column.height == 0.0 && !column.is_highest));
    }
}

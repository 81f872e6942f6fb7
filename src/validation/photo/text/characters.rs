//! From the recogniser's steps to text (CTC): the best character of each step, repeats and blanks dropped.

use super::super::models::network::Output;
use super::Reading;

/// What the recogniser's classes mean: 0 is no character, then the dictionary's lines, the last is a space.
pub(super) struct Characters(Vec<String>);

impl Characters {
    pub(super) fn read(dictionary: &str) -> Self {
        let listed = dictionary.lines().map(|line| line.trim_end_matches('\r').to_owned());
        Self(std::iter::once(String::new()).chain(listed).chain(std::iter::once(" ".to_owned())).collect())
    }

    /// `None` when the output is not over these characters.
    pub(super) fn decode(&self, steps: &Output) -> Option<Reading> {
        let classes = self.0.len();
        if steps.shape.last() != Some(&classes) {
            return None;
        }
        let mut reading = Reading { text: String::new(), confidence: 0.0 };
        let (mut before, mut count) = (0, 0.0);
        for step in steps.data.chunks_exact(classes) {
            let (class, sure) = best(step);
            if class != before && class != 0 {
                reading.text.push_str(&self.0[class]);
                reading.confidence += sure;
                count += 1.0;
            }
            before = class;
        }
        if count > 0.0 {
            reading.confidence /= count;
        }
        Some(reading)
    }
}

/// The first largest value and its place.
fn best(step: &[f32]) -> (usize, f32) {
    // A block's largest first: comparing values alone is what the compiler makes fast, and there are 18 000 a step.
    let largest = step.iter().copied().fold(f32::MIN, f32::max);
    (step.iter().position(|&value| value >= largest).unwrap_or(0), largest)
}

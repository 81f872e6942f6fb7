//! What the checks of portraits and of cards share: measures, the table of codes, and how a table judges measures.
//!
//! A pipeline measures, a table judges. Measures are stored with a submission, so that a reviewer sees the number behind
//! every code and limits can be tuned on what was really seen.

use std::{collections::BTreeMap, fmt};

use serde::{Serialize, Serializer};

/// Found once when a row was not judged because its models are missing: the rest is for the reviewer.
pub const PRECHECK_UNAVAILABLE: &str = "PRECHECK_UNAVAILABLE";

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// A new photo is asked for.
    Hard,
    /// It is shown to the reviewer.
    Advisory,
}

/// One defect of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// A name of the table, in capitals.
    pub code: &'static str,
    /// Whether a new photo is needed.
    pub weight: Weight,
}

/// What was measured, by name. A name that is missing was not measured, and what needs it is not judged.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Measures(BTreeMap<&'static str, f64>);

impl Measures {
    /// Keeps a number. One that is none (0 divided by 0) was not measured.
    pub fn set(&mut self, name: &'static str, value: f64) {
        if value.is_finite() {
            self.0.insert(name, value);
        }
    }

    /// The number of this name.
    pub fn get(&self, name: &str) -> Option<f64> {
        self.0.get(name).copied()
    }

    /// All of them, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, f64)> {
        self.0.iter().map(|(name, value)| (*name, *value))
    }
}

/// `name=number`, separated by blanks, rounded to what means something.
impl fmt::Display for Measures {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (name, value)) in self.iter().enumerate() {
            let blank = if at == 0 { "" } else { " " };
            write!(out, "{blank}{name}={}", rounded(value))?;
        }
        Ok(())
    }
}

fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

/// As one flat object, rounded to what means something.
impl Serialize for Measures {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, rounded(*value))))
    }
}

/// What a row needs besides the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Nothing.
    Nothing,
    /// The models of faces.
    Face,
    /// The models of text.
    Text,
}

/// Which models are at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Has {
    /// The models of faces.
    pub face: bool,
    /// The models of text.
    pub text: bool,
}

impl Has {
    fn meets(self, needs: Needs) -> bool {
        match needs {
            Needs::Nothing => true,
            Needs::Face => self.face,
            Needs::Text => self.text,
        }
    }
}

/// One code and when it is found.
pub struct Row<L> {
    /// Its name, in capitals.
    pub code: &'static str,
    /// Which models its measures come from.
    pub needs: Needs,
    /// The judgement. A code with a hard and an advisory limit answers with the worse one that is passed.
    pub judge: fn(&Measures, &L) -> Option<Weight>,
}

/// Judges measures by a table. Hard findings come first, otherwise the order is the table's.
pub fn judge<L>(rows: &[Row<L>], measures: &Measures, limits: &L, models: Has) -> Vec<Finding> {
    let (judged, left): (Vec<_>, Vec<_>) = rows.iter().partition(|row| models.meets(row.needs));
    let find = |row: &Row<L>| Some(Finding { code: row.code, weight: (row.judge)(measures, limits)? });
    let mut found: Vec<_> = judged.into_iter().filter_map(find).collect();
    if !left.is_empty() {
        found.push(Finding { code: PRECHECK_UNAVAILABLE, weight: Weight::Advisory });
    }
    found.sort_by_key(|finding| finding.weight);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A limit of each weight for one measure, as the rows of the real tables have them.
    struct Limits {
        advisory: f64,
        hard: f64,
    }

    const ROWS: &[Row<Limits>] = &[
        Row {
            code: "WARM",
            needs: Needs::Nothing,
            judge: |measures, limits| {
                let warmth = measures.get("warmth")?;
                match warmth {
                    _ if warmth > limits.hard => Some(Weight::Hard),
                    _ if warmth > limits.advisory => Some(Weight::Advisory),
                    _ => None,
                }
            },
        },
        Row {
            code: "FROWN",
            needs: Needs::Face,
            judge: |measures, _| (measures.get("frown")? > 0.5).then_some(Weight::Hard),
        },
        Row {
            code: "SLOGAN",
            needs: Needs::Text,
            judge: |measures, _| (measures.get("words")? > 0.0).then_some(Weight::Hard),
        },
    ];
    const LIMITS: Limits = Limits { advisory: 1.0, hard: 2.0 };
    const ALL: Has = Has { face: true, text: true };

    fn found(given: &[(&'static str, f64)], models: Has) -> Vec<(&'static str, Weight)> {
        let mut measures = Measures::default();
        for (name, value) in given {
            measures.set(name, *value);
        }
        let findings = judge(ROWS, &measures, &LIMITS, models);
        findings.into_iter().map(|finding| (finding.code, finding.weight)).collect()
    }

    #[test]
    fn a_table_judges_what_was_measured() {
        use Weight::{Advisory, Hard};
        let blind = Has { face: false, text: true };
        let mute = Has { face: true, text: false };
        let none = Has { face: false, text: false };
        let cases: [(&[_], Has, &[_]); 8] = [
            (&[], ALL, &[]),
            (&[("warmth", 1.0), ("frown", 0.5)], ALL, &[]),
            (&[("warmth", 1.5)], ALL, &[("WARM", Advisory)]),
            (&[("warmth", 2.5)], ALL, &[("WARM", Hard)]),
            (
                &[("warmth", 1.5), ("words", 1.0), ("frown", 1.0)],
                ALL,
                &[("FROWN", Hard), ("SLOGAN", Hard), ("WARM", Advisory)],
            ),
            (&[("frown", 1.0)], blind, &[(PRECHECK_UNAVAILABLE, Advisory)]),
            (&[("frown", 1.0)], mute, &[("FROWN", Hard), (PRECHECK_UNAVAILABLE, Advisory)]),
            (&[("warmth", 1.5)], none, &[("WARM", Advisory), (PRECHECK_UNAVAILABLE, Advisory)]),
        ];
        for (measured, models, expected) in cases {
            assert_eq!(found(measured, models), expected, "{measured:?} with {models:?}");
        }
    }

    #[test]
    fn measures_are_finite_and_shown_rounded() {
        let mut measures = Measures::default();
        for (name, value) in [("step_ratio", 2.345_678), ("faces", 1.0), ("nothing", f64::NAN)] {
            measures.set(name, value);
        }
        assert_eq!(measures.get("step_ratio"), Some(2.345_678));
        assert_eq!(measures.get("nothing"), None);
        assert_eq!(serde_json::to_string(&measures).unwrap(), r#"{"faces":1.0,"step_ratio":2.346}"#);
        assert_eq!(measures.to_string(), "faces=1 step_ratio=2.346");
    }
}

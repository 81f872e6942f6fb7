//! A mistake in data that somebody imports: where it is, what is wrong, what to do. All mistakes of a file are
//! collected before anything is refused, so that one look at the report is enough.

use std::fmt;

/// One mistake in an imported file or record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Row of the file as its editor counts: 1 is the first line of a table (its header) and the first object of a
    /// list. 0 when the mistake belongs to no row.
    pub row: usize,
    /// Column or path inside the record, like `results[2].score`; empty when the whole row is meant.
    pub field: String,
    /// What was seen.
    pub what: String,
    /// What to write instead.
    pub remedy: String,
}

impl Mistake {
    /// A mistake of a record whose row its reader adds with [`Mistake::at_row`].
    pub fn new(field: impl Into<String>, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { row: 0, field: field.into(), what: what.into(), remedy: remedy.into() }
    }

    /// The same mistake, placed.
    #[must_use]
    pub fn at_row(self, row: usize) -> Self {
        Self { row, ..self }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.row > 0 {
            write!(f, "row {}: ", self.row)?;
        }
        if !self.field.is_empty() {
            write!(f, "{}: ", self.field)?;
        }
        write!(f, "{}; {}", self.what, self.remedy)
    }
}

/// Reads each object of a JSON list with `read`; a list of results or of all mistakes, each with its row.
pub(super) fn read_list<T>(
    items: Vec<serde_json::Value>,
    read: impl Fn(serde_json::Value) -> Result<Vec<T>, Vec<Mistake>>,
) -> Result<Vec<T>, Vec<Mistake>> {
    let mut good = Vec::new();
    let mut mistakes = Vec::new();
    for (index, item) in items.into_iter().enumerate() {
        match read(item) {
            Ok(read) => good.extend(read),
            Err(found) => mistakes.extend(found.into_iter().map(|mistake| mistake.at_row(index + 1))),
        }
    }
    if mistakes.is_empty() { Ok(good) } else { Err(mistakes) }
}

/// A file that is not the expected JSON at all.
pub(super) fn not_json(error: &serde_json::Error) -> Vec<Mistake> {
    vec![Mistake::new("", format!("the file is not valid JSON: {error}"), "export it again")]
}

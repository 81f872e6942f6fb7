//! Rows of a table, each with its number as the file's editor counts, so that mistakes can be told by it.

use super::mistake::{Mistake, is_enough};

/// A row with its number in its file.
pub type Row = (usize, Vec<String>);

/// A table, the header first.
pub type Rows = Vec<Row>;

/// Where rows come from, one by one, the header first. Empty rows may be left out.
pub trait Source: Iterator<Item = Row> {
    /// What was no row, so far. Nothing may be taken from the rows then.
    fn mistakes(&mut self) -> Vec<Mistake>;
}

impl Source for std::vec::IntoIter<Row> {
    fn mistakes(&mut self) -> Vec<Mistake> {
        Vec::new()
    }
}

/// Reads a source: what is wrong with its rows as such goes before what is wrong in them.
pub fn read_from<S: Source, T>(
    mut source: S,
    read: impl FnOnce(&mut S) -> Result<T, Vec<Mistake>>,
) -> Result<T, Vec<Mistake>> {
    let read = read(&mut source);
    let mistakes = source.mistakes();
    if mistakes.is_empty() { read } else { Err(mistakes) }
}

/// The rows of a CSV text, empty ones left out.
pub struct CsvRows<'t> {
    text: &'t str,
    reader: csv::Reader<&'t [u8]>,
    mistakes: Vec<Mistake>,
}

impl<'t> CsvRows<'t> {
    /// Reads from the text, which may begin with a byte order mark.
    pub fn new(text: &'t str) -> Self {
        let text = text.trim_start_matches('\u{feff}');
        let reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
        Self { text, reader, mistakes: Vec::new() }
    }
}

impl Iterator for CsvRows<'_> {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        let mut record = csv::StringRecord::new();
        while !is_enough(&self.mistakes) {
            match self.reader.read_record(&mut record) {
                Ok(true) => {
                    let line = record.position().map_or(0, |position| line_of(self.text, position));
                    return Some((line, record.iter().map(str::to_owned).collect()));
                }
                Ok(false) => return None,
                Err(error) => self.mistakes.push(not_a_row(self.text, &error)),
            }
        }
        None
    }
}

impl Source for CsvRows<'_> {
    fn mistakes(&mut self) -> Vec<Mistake> {
        std::mem::take(&mut self.mistakes)
    }
}

/// The line on which a record stands: its position is before the empty lines that the reader skips.
fn line_of(text: &str, position: &csv::Position) -> usize {
    let from = text.as_bytes().get(position.byte() as usize..).unwrap_or_default();
    let skipped = from.iter().take_while(|b| matches!(b, b'\r' | b'\n')).filter(|b| **b == b'\n').count();
    position.line() as usize + skipped
}

fn not_a_row(text: &str, error: &csv::Error) -> Mistake {
    let what = match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("有 {len} 格，标题行有 {expected_len} 格")
        }
        _ => "不是 CSV 的一行".to_owned(),
    };
    let line = error.position().map_or(0, |position| line_of(text, position));
    Mistake::new("", what, "每行的格数要和标题行一样，格里有逗号的要加引号").at_row(line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workflow::mistake::ENOUGH;

    #[test]
    fn lines_are_counted_as_an_editor_does() {
        let lines: Vec<usize> =
            CsvRows::new("\u{feff}a,b\n\n\n1,\"x\ny\"\r\n2,3\n").map(|(line, _)| line).collect();
        assert_eq!(lines, [1, 4, 6]);
        let read = read_from(CsvRows::new("a,b\n\n1\n2,3\n4,5,6\n"), |rows| Ok(rows.count()));
        let found = read.unwrap_err();
        let told: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(told[0].starts_with("第 3 行：有 1 格，标题行有 2 格。"), "{told:?}");
        assert!(told[1].starts_with("第 5 行"), "{told:?}");
    }

    #[test]
    fn a_file_of_nothing_but_mistakes_is_not_read_to_its_end() {
        let text = format!("a,b\n{}", "1\n".repeat(ENOUGH + 7));
        let mut rows = CsvRows::new(&text);
        assert_eq!(rows.by_ref().count(), 1);
        assert_eq!(rows.mistakes().len(), ENOUGH);
    }
}

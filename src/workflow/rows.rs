//! Rows of a table, each with its number as the file's editor counts, so that mistakes can be told by it.

use super::mistake::Mistake;

/// A table: each row with its number in its file, the header first.
pub type Rows = Vec<(usize, Vec<String>)>;

/// The rows of a CSV text, empty ones left out. Every line that is no row of the table, or all rows.
pub fn read_csv(text: &str) -> Result<Rows, Vec<Mistake>> {
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    let mut rows = Rows::new();
    let mut mistakes = Vec::new();
    for record in reader.records() {
        match record {
            Ok(record) => {
                let line = record.position().map_or(0, |position| line_of(text, position));
                rows.push((line, record.iter().map(str::to_owned).collect()));
            }
            Err(error) => mistakes.push(not_a_row(text, &error)),
        }
    }
    if mistakes.is_empty() { Ok(rows) } else { Err(mistakes) }
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

    #[test]
    fn lines_are_counted_as_an_editor_does() {
        let rows = read_csv("\u{feff}a,b\n\n\n1,\"x\ny\"\r\n2,3\n").unwrap();
        let lines: Vec<usize> = rows.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [1, 4, 6]);
        let found = read_csv("a,b\n\n1\n2,3\n4,5,6\n").unwrap_err();
        let told: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(told[0].starts_with("第 3 行：有 1 格，标题行有 2 格。"), "{told:?}");
        assert!(told[1].starts_with("第 5 行"), "{told:?}");
    }
}

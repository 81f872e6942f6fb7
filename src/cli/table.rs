//! Rows of a table file, CSV or XLSX, with their numbers as its editor shows them.

use std::path::Path;

use calamine::{Data, Reader as _, Xlsx};

use super::Failure;
use crate::workflow::mistake::Mistake;

/// A row's number and its fields.
pub(super) type Rows = Vec<(usize, Vec<String>)>;

/// From here on a number kept by a spreadsheet has lost digits: it has 15.
const EXACT: f64 = 1e15;

/// What a file is, by the end of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Csv,
    Json,
    Xlsx,
}

impl Format {
    pub(super) fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "csv" => Some(Self::Csv),
            "json" => Some(Self::Json),
            "xlsx" => Some(Self::Xlsx),
            _ => None,
        }
    }
}

/// The text of a file. Spreadsheet programs in China write CSV in GBK unless told otherwise.
pub(super) fn read_text(path: &Path) -> Result<String, Failure> {
    let bytes = std::fs::read(path)
        .map_err(|error| Failure::mistake(format!("读不到文件 {}：{error}", path.display())))?;
    let text = String::from_utf8(bytes).map_err(|_| {
        Failure::mistake(format!(
            "{} 不是 UTF-8 编码。用 Excel 打开，另存为“CSV UTF-8（逗号分隔）”，或直接导入 .xlsx。",
            path.display()
        ))
    })?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// The rows of a CSV text, empty ones left out.
pub(super) fn read_csv(text: &str) -> Result<Rows, Vec<Mistake>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    let mut rows = Rows::new();
    let mut mistakes = Vec::new();
    for record in reader.records() {
        match record {
            Ok(record) => {
                let row = record.position().map_or(0, |position| position.line() as usize);
                rows.push((row, record.iter().map(str::to_owned).collect()));
            }
            Err(error) => {
                let row = error.position().map_or(0, |position| position.line() as usize);
                let remedy = "give every row as many fields as the header, with \" around a comma";
                mistakes.push(Mistake::new("", format!("is no CSV row: {error}"), remedy).at_row(row));
            }
        }
    }
    if mistakes.is_empty() { Ok(rows) } else { Err(mistakes) }
}

/// The rows of a workbook's first sheet, empty ones left out.
pub(super) fn read_xlsx(path: &Path) -> Result<Rows, Vec<Mistake>> {
    let broken = |error: &dyn std::fmt::Display| {
        vec![Mistake::new("", format!("is no XLSX workbook: {error}"), "save it again as .xlsx")]
    };
    let mut book: Xlsx<_> =
        calamine::open_workbook(path).map_err(|error: calamine::XlsxError| broken(&error))?;
    let Some(sheet) = book.worksheet_range_at(0) else {
        return Err(vec![Mistake::new("", "the workbook has no sheet", "put the table on the first sheet")]);
    };
    let sheet = sheet.map_err(|error| broken(&error))?;
    let first = sheet.start().map_or(0, |(row, _)| row as usize);
    let mut rows = Rows::new();
    let mut mistakes = Vec::new();
    for (at, cells) in sheet.rows().enumerate() {
        let number = first + at + 1;
        let fields: Vec<String> = cells
            .iter()
            .enumerate()
            .map(|(column, cell)| {
                read_cell(cell).unwrap_or_else(|(what, remedy)| {
                    mistakes.push(Mistake::new(column_name(column), what, remedy).at_row(number));
                    String::new()
                })
            })
            .collect();
        if fields.iter().any(|field| !field.trim().is_empty()) {
            rows.push((number, fields));
        }
    }
    if mistakes.is_empty() { Ok(rows) } else { Err(mistakes) }
}

/// A cell as it would be typed: dates as `06-16`, times as `09:15`, numbers without a decimal point when whole.
fn read_cell(cell: &Data) -> Result<String, (&'static str, &'static str)> {
    Ok(match cell {
        Data::Empty => String::new(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Bool(yes) => yes.to_string(),
        Data::Int(number) => number.to_string(),
        Data::Float(number) if number.abs() >= EXACT => {
            let remedy = "format the column as text (文本) and type the number again";
            return Err((
                "is a number of more than 15 digits, whose last digits the spreadsheet lost",
                remedy,
            ));
        }
        Data::Float(number) => number.to_string(),
        Data::DateTime(at) => {
            let (_, month, day, hour, minute, ..) = at.to_ymd_hms_milli();
            if at.as_f64() < 1.0 { format!("{hour:02}:{minute:02}") } else { format!("{month:02}-{day:02}") }
        }
        Data::Error(_) => return Err(("holds a formula's error", "correct the formula or type the value")),
    })
}

/// `A`, `B`, … as the spreadsheet names its columns.
fn column_name(at: usize) -> String {
    let letter = char::from(b'A' + (at % 26) as u8);
    match at / 26 {
        0 => letter.to_string(),
        more => format!("{}{letter}", column_name(more - 1)),
    }
}

/// Rows as CSV text, for keeping a table that came as a workbook.
pub(super) fn write_csv(rows: &Rows) -> String {
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    for (_, fields) in rows {
        writer.write_record(fields).expect("memory takes every row");
    }
    let bytes = writer.into_inner().expect("memory takes every row");
    String::from_utf8(bytes).expect("every field was UTF-8")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_read_as_they_would_be_typed() {
        use calamine::{ExcelDateTime, ExcelDateTimeType::DateTime};
        let at = |value| Data::DateTime(ExcelDateTime::new(value, DateTime, false));
        let rows = [
            (Data::String("天河区".into()), Ok("天河区".to_owned())),
            (Data::Float(12.0), Ok("12".to_owned())),
            (at(0.385_416_666_666_667), Ok("09:15".to_owned())),
            (at(46_189.0), Ok("06-16".to_owned())),
            (Data::Empty, Ok(String::new())),
        ];
        for (cell, expected) in rows {
            assert_eq!(read_cell(&cell), expected, "{cell:?}");
        }
        assert!(read_cell(&Data::Float(4.401_031_990_030_7e17)).is_err(), "its digits are lost");
    }

    #[test]
    fn columns_have_letters() {
        let names: Vec<String> = [0, 25, 26, 27].into_iter().map(column_name).collect();
        assert_eq!(names, ["A", "Z", "AA", "AB"]);
    }

    #[test]
    fn a_table_survives_being_written() {
        let text = "city,phones\n广州市,\"020-1,2\"\n";
        let rows = read_csv(text).unwrap();
        assert_eq!(rows[1], (2, vec!["广州市".to_owned(), "020-1,2".to_owned()]));
        assert_eq!(write_csv(&rows), text);
    }
}
